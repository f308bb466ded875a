"""gatepost as the others are: servers and scanners in processes of their own, in folders of their own."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.process import pick_port, run_server, wait_for_greeting
from bench.scanner import PipeScanner, Scanner, start_piped
from bench.served import Served

GATEPOST = Path(sys.executable).with_name("gatepost")
NAME = "gatepost"
WORKERS = 2


@contextlib.contextmanager
def run_scanner() -> Iterator[Scanner]:
    """Run one warm gatepost.Scanner."""
    with start_piped([sys.executable, "-m", "bench.scan_loop"]) as child:
        yield PipeScanner(child)


@contextlib.contextmanager
def run_gatepost(folder: Path, *, screening: str, settings: str = "") -> Iterator[Served]:
    """Run the gate with two workers; what it accepts it delivers into `maildir_of(folder)`; `settings` are a file's."""
    folder.mkdir()
    config = folder / "gatepost.toml"
    config.write_text(settings)
    port = pick_port()
    argv = [
        *(str(GATEPOST), "serve", "--state", str(folder / "state"), "--smtp", f"127.0.0.1:{port}"),
        *("--domain", "bench.test", "--maildir", str(maildir_of(folder))),
        *("--config", str(config)),
        *("--workers", str(WORKERS), "--screening", screening, "--metrics", ""),
    ]
    with run_server(argv, log=folder / "log") as server:
        wait_for_greeting(server, port, folder / "log")
        yield Served(NAME, port, (server.pid,))


def maildir_of(folder: Path) -> Path:
    """Give the Maildir that run_gatepost delivers into."""
    return folder / "Maildir"
