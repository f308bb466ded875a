"""Child processes as the supervisor starts them, for tests; none outlives its test."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gatepost.daemon.children import HANDLED_SIGNALS, Child, Main

PATIENCE_S = 20.0
Start = Callable[[Main], Child]


@contextmanager
def starting_children() -> Iterator[Start]:
    """Give what starts a child, with the supervisor's signals blocked meanwhile."""
    children: list[Child] = []

    def start(main: Main) -> Child:
        child = Child("test", main)
        children.append(child)
        child.start()
        return child

    before = signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED_SIGNALS)
    try:
        yield start
    finally:
        for child in children:
            child.is_leaving = True
            child.signal(signal.SIGKILL)
            wait_for_end(child)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def wait_for_end(child: Child) -> None:
    """Wait until the process has ended, and let the child take note of it; others are left alone."""

    def has_ended() -> bool:
        if child.pid:
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid:
                child.note_end(status)
        return child.pid == 0

    wait_until(has_ended)


def wait_until(is_true: Callable[[], object]) -> None:
    """Wait for what another process does."""
    until = time.monotonic() + PATIENCE_S
    while not is_true():
        assert time.monotonic() < until, "the other process did not do it in time"
        time.sleep(0.005)
