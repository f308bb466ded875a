"""Child processes: started by fork from the loaded supervisor, watched, restarted, ended.

A child is ready when it has written to its pipe; until then nobody relies on it. It ends with its parent
(PR_SET_PDEATHSIG), so that a killed supervisor leaves no gate behind that nobody watches.
"""

import contextlib
import ctypes
import gc
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import structlog

from gatepost.daemon.memory import give_memory_back
from gatepost.model.errors import GatepostError

PR_SET_PDEATHSIG = 1
HANDLED_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 10.0
STABLE_AFTER_S = 10.0  # a child that lived as long as this did not fail at its start

log = structlog.get_logger()
Main = Callable[[Callable[[], None]], None]  # a child's whole life; it gets a function to call when it is ready


@dataclass(slots=True)
class Child:
    """One process: what it is called, what it does, and how its last lives went."""

    name: str
    main: Main
    pid: int = 0
    ready_pipe: int = -1
    started_s: float = 0.0
    restart_at_s: float = 0.0
    wait_s: float = FIRST_WAIT_S
    is_leaving: bool = field(default=False)

    def start(self) -> None:
        """Fork; returns in the parent only. Where the machine has no room for a process it is tried again later."""
        self.started_s = time.monotonic()
        self.restart_at_s = 0.0
        try:
            self._fork()
        except OSError as error:
            self._restart_later()
            log.error("child_not_started", child=self.name, says=str(error), restart_in_s=self.wait_s)  # noqa: TRY400

    def _fork(self) -> None:
        reading, writing = os.pipe()
        parent = os.getpid()
        gc.freeze()  # shared pages stay shared when the child's collector runs
        try:
            self.pid = os.fork()
        except OSError:
            os.close(reading)
            raise
        else:
            if self.pid == 0:
                os.close(reading)
                _live(self.name, self.main, parent, writing)
            self.ready_pipe = reading
        finally:
            os.close(writing)

    def wait_until_ready(self, timeout_s: float) -> bool:
        """Say whether the child became ready in time."""
        if self.ready_pipe < 0:
            return False
        waiting = select.poll()  # select() takes no descriptor above 1023: many workers with many doors have those
        waiting.register(self.ready_pipe, select.POLLIN)
        return bool(waiting.poll(timeout_s * 1000)) and os.read(self.ready_pipe, 1) == b"."

    def note_end(self, status: int) -> None:
        """Take note that the process has ended; one that was not asked to is started again, ever more patiently."""
        os.close(self.ready_pipe)
        self.pid, self.ready_pipe = 0, -1
        if self.is_leaving:
            return
        self._restart_later()
        code = os.waitstatus_to_exitcode(status)
        log.error("child_died", child=self.name, code=code, restart_in_s=self.wait_s)

    def _restart_later(self) -> None:
        now_s = time.monotonic()
        self.wait_s = FIRST_WAIT_S if now_s - self.started_s > STABLE_AFTER_S else min(self.wait_s * 2, LONGEST_WAIT_S)
        self.restart_at_s = now_s + self.wait_s

    def ask_to_leave(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ask the process to finish what it has at hand and end."""
        self.is_leaving = True
        self.signal(number)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, if the process lives."""
        if self.pid:
            os.kill(self.pid, number)


def reap(children: Iterable[Child]) -> None:
    """Collect every process that has ended."""
    by_pid = {child.pid: child for child in children if child.pid}
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        if pid in by_pid:
            by_pid[pid].note_end(status)


def _live(name: str, main: Main, parent: int, ready_pipe: int) -> None:
    """Run the child's life; never returns."""
    code = 1
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we asked to be told
            os._exit(code)
        for number in HANDLED_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the supervisor tells us
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED_SIGNALS)
        give_memory_back()
        main(lambda: _tell_ready(ready_pipe))
        code = 0
    except GatepostError as error:
        log.error("child_failed", child=name, says=error.public, detail=error.detail)  # noqa: TRY400 - told in a sentence
    except Exception:
        log.exception("child_failed", child=name)
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):  # whoever reads our words may have gone
                stream.flush()
        os._exit(code)


def _tell_ready(pipe: int) -> None:
    os.write(pipe, b".")
