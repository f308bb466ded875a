"""SpamAssassin as a peer: its Perl library in one warm process, local rules only (what spamd -L does per mail)."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from bench.row import Unmeasurable
from bench.scanner import PipeScanner, Scanner, start_piped


@contextlib.contextmanager
def run_spamassassin(folder: Path) -> Iterator[Scanner]:
    """Run SpamAssassin with its state in `folder`."""
    if shutil.which("spamassassin") is None:
        raise Unmeasurable("SpamAssassin is missing: apt-get install spamassassin")
    folder.mkdir()
    with start_piped(["perl", str(Path(__file__).with_suffix(".pl")), str(folder)]) as child:
        yield PipeScanner(child)
