"""The gate's side of one nursery: its process, the children that are idle, and how others ended.

One thread of its own listens to the nursery; any other thread may take a child, and must give it back or end it.
Fails: NurseryGoneError once the nursery has ended; what it said last is `last_words`.
"""

import contextlib
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from gatepost.net.sandbox.frames import (
    MAX_PACKET_BYTES,
    Born,
    Died,
    Failed,
    Kill,
    Limits,
    NurseryPlan,
    NurseryWord,
    decode_word,
    encode,
)

_START = "import sys; sys.path[:] = sys.argv[2:]; from gatepost.net.sandbox.nursery import main; main(sys.argv[1])"
_OUR_PACKAGES = Path(__file__).parents[3]
_KEPT_ENVIRONMENT = ("LD_LIBRARY_PATH", "PATH", "TZ")
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}
END_TIMEOUT_S = 5.0
LOST_WAIT_S = 0.2
MAX_LAST_WORDS = 2_000
Report = Callable[..., None]  # an event and its words, for the log


def _find_packages() -> list[str]:
    """Give the folders that this process imports from, but not the one in which it happens to stand."""
    paths = [path for path in sys.path if Path(path).is_absolute()]
    return list(dict.fromkeys((*paths, str(_OUR_PACKAGES))))


class NurseryGoneError(Exception):
    """There is no nursery any more."""


@dataclass(slots=True, eq=False)
class ChildHandle:
    """One child: its stream, and how often it was used. `death` is known once it has ended."""

    nursery: "NurseryHandle"
    serial: int
    pid: int
    sock: socket.socket
    mails: int = 0
    death: Died | None = None

    def is_well(self) -> bool:
        """Say whether it waits for an order: its stream is open, and it says nothing unasked."""
        waiting = select.poll()
        waiting.register(self.sock, select.POLLIN)
        return not waiting.poll(0)


class NurseryHandle:
    """A running nursery."""

    def __init__(self, children: int, limits: Limits, prepare: str, report: Report, given: bytes = b"") -> None:
        """Start the process; it becomes ready by itself, and finds `given` on its standard input.

        Raises OSError where it cannot be started.
        """
        self._report = report
        self._changed = threading.Condition()
        self._idle: deque[ChildHandle] = deque()
        self._known: dict[int, ChildHandle] = {}
        self._is_gone = False
        self._failure = ""  # why the last child that should have become ready did not
        self.last_words = ""  # of a nursery that could not begin
        with contextlib.ExitStack() as undoing:  # where it does not come to a start
            self._folder = tempfile.mkdtemp(prefix="gatepost-open-")
            undoing.callback(shutil.rmtree, self._folder, ignore_errors=True)
            self._errors = os.memfd_create("nursery-errors")
            undoing.callback(os.close, self._errors)
            self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            undoing.callback(self._channel.close)
            with theirs:
                plan = NurseryPlan(theirs.fileno(), os.getpid(), self._folder, children, limits, prepare)
                self._process = self._start(plan, given)
            undoing.pop_all()
        threading.Thread(target=self._listen, name="sandbox", daemon=True).start()

    def _start(self, plan: NurseryPlan, given: bytes) -> "subprocess.Popen[bytes]":
        words = [sys.executable, "-I", "-B", "-c", _START, msgspec.json.encode(plan).decode(), *_find_packages()]
        environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ} | _ENVIRONMENT
        with os.fdopen(os.memfd_create("nursery-given"), "w+b") as input_file:
            input_file.write(given)
            input_file.seek(0)
            return subprocess.Popen(  # noqa: S603 - our own interpreter, and a program that stands here
                words,
                stdin=input_file,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                cwd="/",
                env=environment,
                pass_fds=[plan.channel],
                start_new_session=True,  # Ctrl-C at a terminal is for the gate
            )

    @property
    def pid(self) -> int:
        """The process of the nursery."""
        return self._process.pid

    @property
    def is_gone(self) -> bool:
        """Say whether it has ended."""
        return self._is_gone

    def take(self, until_s: float) -> ChildHandle | None:
        """Give a child that is idle, None where none becomes so in time."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._idle or self._is_barren(), max(until_s - time.monotonic(), 0))
                if self._is_barren():
                    raise NurseryGoneError
                if not self._idle:
                    return None
                child = self._idle.pop()  # the last one used is warm, and the others stay young
            if child.is_well():
                return child
            self.end(child)

    def _is_barren(self) -> bool:
        """Say whether there is no child, and nothing to wait for."""
        return self._is_gone or (bool(self._failure) and not self._known)

    def give_back(self, child: ChildHandle) -> None:
        """Let others have it."""
        with self._changed:
            if child.death is None and not self._is_gone:
                self._idle.append(child)
                self._changed.notify_all()  # who waits for a death is not who waits for a child
                return
        child.sock.close()

    def retire(self, child: ChildHandle) -> None:
        """Let it end by itself; the nursery makes a new one."""
        child.sock.close()

    def end(self, child: ChildHandle) -> None:
        """Kill it, if it still lives."""
        child.sock.close()
        self._order_end(child.serial)

    def kill(self, child: ChildHandle) -> None:
        """Kill it while another thread uses it, which will find its stream closed."""
        self._order_end(child.serial)

    def wait_for_death(self, child: ChildHandle, timeout_s: float) -> Died | None:
        """Give how a child ended, None where nobody knows."""
        with self._changed:
            self._changed.wait_for(lambda: child.death or self._is_gone, timeout_s)
            return child.death

    def close(self) -> None:
        """End the nursery and all its children; returns when they are gone."""
        with contextlib.suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)  # wakes our thread, and tells the nursery
        try:
            self._process.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def forget(self) -> None:
        """In a process that was forked from ours: let go of what is not its own."""
        self._is_gone = True
        for child in list(self._known.values()):
            child.sock.close()
        self._channel.close()
        self._process.returncode = 0  # it is the child of another process: nothing to wait for

    def _listen(self) -> None:
        try:
            while (heard := self._hear()) is not None:
                self._note(*heard)
        finally:
            self._end()

    def _hear(self) -> tuple[NurseryWord, list[int]] | None:
        try:
            packet, descriptors, *_ = socket.recv_fds(self._channel, MAX_PACKET_BYTES, 1)
        except OSError:
            return None
        return (decode_word(packet), descriptors) if packet else None

    def _note(self, word: NurseryWord, descriptors: list[int]) -> None:
        if isinstance(word, Born) and not descriptors:  # its stream got lost: this process has too many open files
            time.sleep(LOST_WAIT_S)
            self._order_end(word.serial)
            return
        with self._changed:
            told = self._take_note(word, descriptors)
            self._changed.notify_all()
        if told:
            event, words = told
            self._report(event, **words)

    def _take_note(self, word: NurseryWord, descriptors: list[int]) -> tuple[str, dict[str, object]] | None:
        """Remember what the nursery said; give what is to be told of it."""
        match word:
            case Born():
                return self._note_birth(word, socket.socket(fileno=descriptors[0]))
            case Died():
                self._note_death(word)
            case Failed():
                return self._note_failure(word)
        return None

    def _note_birth(self, word: Born, sock: socket.socket) -> tuple[str, dict[str, object]] | None:
        child = ChildHandle(self, word.serial, word.pid, sock)
        self._known[word.serial] = child
        self._idle.append(child)
        is_news = bool(self._failure) or word.serial == 1
        self._failure = ""
        return ("sandbox_ready", {"measures": word.measures}) if is_news else None

    def _note_death(self, word: Died) -> None:
        child = self._known.pop(word.serial, None)
        if child is not None:
            child.death = word
            if child in self._idle:
                self._idle.remove(child)
                child.sock.close()

    def _note_failure(self, word: Failed) -> tuple[str, dict[str, object]] | None:
        is_news, self._failure = word.says != self._failure, word.says
        return ("sandbox_failed", {"says": word.says}) if is_news else None

    def _order_end(self, serial: int) -> None:
        with contextlib.suppress(OSError):
            self._channel.send(encode(Kill(serial)))

    def _end(self) -> None:
        self.close()
        self.last_words = self._read_last_words()
        with self._changed:
            self._is_gone = True
            for child in self._idle:
                child.sock.close()
            self._idle.clear()
            self._changed.notify_all()
        self._channel.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _read_last_words(self) -> str:
        """Give the last line on its standard error, which is closed to it once it is ready."""
        with os.fdopen(self._errors, "rb") as file:
            file.seek(max(file.seek(0, os.SEEK_END) - MAX_LAST_WORDS, 0))
            text = file.read()
        return text.decode("utf-8", "replace").strip().rpartition("\n")[2]
