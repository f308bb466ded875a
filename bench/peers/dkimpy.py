"""dkimpy as a peer: the Python library that signs and verifies DKIM elsewhere, in a process of Debian's own Python."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from bench.row import Unmeasurable
from bench.scanner import PipeScanner, start_piped

PYTHON = "/usr/bin/python3"
PACKAGE = Path("/usr/lib/python3/dist-packages/dkim/__init__.py")
LOOP = Path(__file__).with_name("dkimpy_loop.py")


@contextlib.contextmanager
def run_dkimpy(*arguments: str) -> Iterator[PipeScanner]:
    """Run dkimpy; the `score` that it gives of a mail is its cost in milliseconds of CPU."""
    if not PACKAGE.is_file():
        raise Unmeasurable("dkimpy is missing: apt-get install python3-dkim")
    with start_piped([PYTHON, "-I", str(LOOP), *arguments]) as child:
        yield PipeScanner(child)
