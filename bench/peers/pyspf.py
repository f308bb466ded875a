"""pyspf as a peer: the Python library that checks SPF elsewhere, in a process of Debian's own Python."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from bench.row import Unmeasurable
from bench.scanner import PipeScanner, start_piped

PYTHON = "/usr/bin/python3"
MODULE = Path("/usr/lib/python3/dist-packages/spf.py")
LOOP = Path(__file__).with_name("pyspf_loop.py")


@contextlib.contextmanager
def run_pyspf(table: Path) -> Iterator[PipeScanner]:
    """Run pyspf over a DNS in a file; the `score` of a session is its cost in milliseconds of CPU."""
    if not MODULE.is_file():
        raise Unmeasurable("pyspf is missing: apt-get install python3-spf")
    with start_piped([PYTHON, "-I", str(LOOP), str(table)]) as child:
        yield PipeScanner(child)
