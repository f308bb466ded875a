"""The nursery: a process of one thread that forks the children of the sandbox, ends them, and tells the gate.

It is started by exec, with nothing of the gate in its memory but its plan, and never sees a byte of a mail. It ends
when the gate closes the channel or dies, and all children with it.
Fails: it ends with what went wrong on standard error, which the gate reads while it has no child.
"""

import contextlib
import gc
import importlib
import os
import select
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import msgspec

from gatepost.net.sandbox.child import Birth, MakeDesk, live
from gatepost.net.sandbox.frames import (
    MAX_PACKET_BYTES,
    Died,
    NurseryPlan,
    decode_kill,
    encode,
)
from gatepost.net.sandbox.lockdown import Measure, find_code, lock_nursery

FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 10.0
FOLDER_MODE = 0o711  # a child that is nobody passes through to its own


@dataclass(frozen=True, slots=True)
class Life:
    """One child."""

    pid: int
    ready: int  # a pipe; that it is ready, a child says before it sees a file, and never again

    def was_ready(self) -> bool:
        """Say whether it became ready, once it has ended; closes the pipe."""
        with os.fdopen(self.ready, "rb") as pipe:
            return bool(pipe.read(1))


@dataclass(slots=True)
class Nursery:
    """The children that live, and what makes new ones."""

    plan: NurseryPlan
    channel: socket.socket
    measures: frozenset[Measure]
    make_desk: MakeDesk
    lives: dict[int, Life] = field(default_factory=dict)  # by serial
    last_serial: int = 0
    wait_s: float = FIRST_WAIT_S
    fork_at_s: float = 0.0  # not before

    def run(self) -> None:
        """Keep the children's number until the gate is gone."""
        waiting, endings = select.poll(), _watch_children()
        for descriptor in (self.channel.fileno(), endings.fileno(), *_watch_parent(self.plan.parent)):
            waiting.register(descriptor, select.POLLIN)
        while self._is_wanted():
            self._fill()
            ready = dict(waiting.poll(None if self.is_full else self.wait_s * 1000))
            if self.channel.fileno() in ready and not self._obey():
                return
            _drain(endings)
            self._reap()

    @property
    def is_full(self) -> bool:
        """Say whether no child is missing."""
        return len(self.lives) >= self.plan.children

    def _is_wanted(self) -> bool:
        return os.getppid() == self.plan.parent

    def _fill(self) -> None:
        while not self.is_full and time.monotonic() >= self.fork_at_s:
            try:
                self._fork()
            except OSError:  # no room for a process now
                self._wait_longer()

    def _fork(self) -> None:
        serial, nursery = self.last_serial + 1, os.getpid()
        folder = self._folder(serial)
        folder.mkdir(mode=0o700, exist_ok=True)
        reading, writing = os.pipe()
        birth = Birth(serial, self.channel, writing, folder, self.plan.limits, nursery, self.measures, self.make_desk)
        try:
            pid = os.fork()
        except OSError:
            folder.rmdir()
            os.close(reading)
            raise
        else:
            if pid == 0:
                live(birth)
        finally:
            os.close(writing)
        self.last_serial, self.lives[serial] = serial, Life(pid, reading)

    def _folder(self, serial: int) -> Path:
        return Path(self.plan.folder, str(serial))

    def _obey(self) -> bool:
        """Do what the gate orders; say whether it is still there."""
        try:
            packet = self.channel.recv(MAX_PACKET_BYTES)
        except OSError:
            return False
        if packet:
            self.end(decode_kill(packet).serial)
        return bool(packet)

    def end(self, serial: int) -> None:
        """Kill one child; it is not reaped yet, so its number means no other process."""
        if serial in self.lives:
            os.kill(self.lives[serial].pid, signal.SIGKILL)

    def end_all(self) -> None:
        """Kill all children, and remove what they wrote."""
        for serial in list(self.lives):
            self.end(serial)
        for life in self.lives.values():
            os.waitpid(life.pid, 0)
        shutil.rmtree(self.plan.folder, ignore_errors=True)

    def _reap(self) -> None:
        for serial, life in list(self.lives.items()):
            found, status, usage = os.wait4(life.pid, os.WNOHANG)
            if found:
                del self.lives[serial]
                shutil.rmtree(self._folder(serial), ignore_errors=True)
                self._be_patient(life)
                self._tell(Died(serial, status, usage.ru_maxrss * 1024))

    def _be_patient(self, life: Life) -> None:
        """Wait before the next child where this one could not even begin."""
        if life.was_ready():
            self.wait_s = FIRST_WAIT_S
        else:
            self._wait_longer()

    def _wait_longer(self) -> None:
        self.fork_at_s = time.monotonic() + self.wait_s
        self.wait_s = min(self.wait_s * 2, LONGEST_WAIT_S)

    def _tell(self, word: Died) -> None:
        with contextlib.suppress(OSError):  # the gate has gone; the next look at the channel ends us
            self.channel.send(encode(word))


def _watch_children() -> socket.socket:
    """Give a socket on which something comes whenever a child ends."""
    reading, writing = socket.socketpair()
    reading.setblocking(False)
    writing.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(writing.detach(), warn_on_full_buffer=False)
    return reading


def _drain(sock: socket.socket) -> None:
    with contextlib.suppress(BlockingIOError):
        sock.recv(4096)


def _watch_parent(parent: int) -> list[int]:
    """Give a descriptor that tells of the gate's end, where the kernel has such."""
    try:
        return [os.pidfd_open(parent)]
    except OSError:
        return []  # then the end of the channel tells


def prepare(name: str) -> MakeDesk:
    """Load everything that opens files, before there are children."""
    module, _, function = name.partition(":")
    prepare_desks = cast("Callable[[], MakeDesk]", getattr(importlib.import_module(module), function))
    return prepare_desks()


def main(text: str) -> None:
    """Live the nursery's life."""
    plan = msgspec.json.decode(text, type=NurseryPlan)
    channel = socket.socket(fileno=plan.channel)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    make_desk = prepare(plan.prepare)
    _close_standard_input()
    find_code()
    Path(plan.folder).chmod(FOLDER_MODE)
    gc.collect()
    gc.freeze()  # what is shared with the children stays shared when their collectors run
    nursery = Nursery(plan, channel, lock_nursery(), make_desk)
    _close_standard_error()
    try:
        nursery.run()
    finally:
        nursery.end_all()


def _close_standard_input() -> None:
    """What was given is taken; no child shall find a file there that others hold, too."""
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, sys.stdin.fileno())
    os.close(nowhere)


def _close_standard_error() -> None:
    """From here on a library may write there what a stranger's file says."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stderr.fileno())
    os.close(nowhere)
