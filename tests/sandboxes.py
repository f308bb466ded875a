"""Sandboxes for tests, with hostile desks in place of the real openers, and what they told."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from gatepost.model.contents import OpenedFile
from gatepost.model.ports import FileToOpen, Keep, OpenOrder
from gatepost.net.sandbox.sandbox import Sandbox
from gatepost.net.sandbox.settings import OpenSettings

HOSTILE = "hostile_desks:prepare"
SMALL = OpenSettings(deadline_s=4, memory_mb=256, max_file_mb=8)
PATIENCE_S = 20.0


class Reports:
    """What a sandbox told."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, object]]] = []

    def __call__(self, event: str, **words: object) -> None:
        self.events.append((event, words))

    def of(self, event: str) -> list[dict[str, object]]:
        return [words for name, words in self.events if name == event]


def make_order(*names: str, keep: Keep = Keep.NOTHING, content: bytes = b"x", network: str = "") -> OpenOrder:
    """Give an order for files of these names, which say to hostile desks what to do."""
    files = tuple(FileToOpen(str(number), name, content, "a/b") for number, name in enumerate(names, 1))
    return OpenOrder(files, ("secret",), keep, network)


def open_one(sandbox: Sandbox, name: str) -> OpenedFile:
    """Open a mail with one file."""
    return sandbox.open(make_order(name)).files[0]


def ask(sandbox: Sandbox, name: str) -> str:
    """Open a mail with one file, and give what the desk said about it."""
    return open_one(sandbox, name).traits[0].text


def wait_until(is_true: Callable[[], object]) -> None:
    """Wait for what another process does."""
    until_s = time.monotonic() + PATIENCE_S
    while not is_true():
        assert time.monotonic() < until_s, "it did not happen in time"
        time.sleep(0.005)


def find_nurseries(parent: int | None = None, desks: str = "hostile_desks:") -> list[int]:
    """Give the processes that are nurseries of this process, or of another; of this one those with hostile desks."""
    return [pid for pid in find_children(parent or os.getpid()) if desks.encode() in _read(f"/proc/{pid}/cmdline")]


def find_children(parent: int) -> list[int]:
    """Give the processes that another one started."""
    numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in numbers if _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()[1:2] == [b"%d" % parent]]


def lives(pid: int) -> bool:
    """Say whether a process is there and does more than wait to be buried."""
    state = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()[:1]
    return bool(state) and state != [b"Z"]


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError:
        return b""


def run_in_another_process(*lines: str) -> list[str]:
    """Run a program that knows this module, and give what it prints."""
    program = "\n".join(("from sandboxes import *", "reports = Reports()", *lines))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
