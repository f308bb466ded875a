"""Measure the promises from anywhere: `python bench/run.py [NAME...]` is `python -m bench [NAME...]`."""

import os
import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    project = Path(__file__).resolve().parents[1]
    os.chdir(project)  # the children are started as modules of this package
    sys.path[0] = str(project)
    runpy.run_module("bench", run_name="__main__", alter_sys=True)
