"""What is measured when a mail is screened: anything that gives an opinion on raw bytes, and its processes."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bench.process import list_tree


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a scanner said, in its own scale."""

    score: float
    finding_count: int


class Scanner(Protocol):
    """A scanner that runs in processes of its own."""

    @property
    def pids(self) -> tuple[int, ...]:
        """Give the processes whose CPU counts."""
        ...

    def scan(self, raw: bytes) -> Opinion:
        """Ask for an opinion on one mail."""
        ...


class PipeScanner:
    """A scanner behind a pipe: we write the length on a line and the mail, it answers `score count` on a line."""

    def __init__(self, child: "subprocess.Popen[bytes]") -> None:
        self._child = child
        if self._read_line() != b"ready\n":
            raise RuntimeError(f"{child.args!r} does not start")

    @property
    def pids(self) -> tuple[int, ...]:
        """Give the processes whose CPU counts, also those that the child has started."""
        return tuple(list_tree(self._child.pid))

    def scan(self, raw: bytes) -> Opinion:
        """Ask for an opinion on one mail."""
        if self._child.stdin is None:
            raise RuntimeError("the scanner was started without a pipe")
        self._child.stdin.write(b"%d\n" % len(raw) + raw)
        self._child.stdin.flush()
        score, count = self._read_line().split()
        return Opinion(float(score), int(count))

    def _read_line(self) -> bytes:
        if self._child.stdout is None:
            raise RuntimeError("the scanner was started without a pipe")
        return self._child.stdout.readline()


def start_piped(argv: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Start the child of a PipeScanner; leaving its `with` block closes the pipe, and the child ends."""
    return subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
