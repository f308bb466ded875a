"""Many threads take children of one nursery, and each child has one master at a time."""

import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gatepost.net.sandbox.frames import Limits
from gatepost.net.sandbox.handle import ChildHandle, NurseryGoneError, NurseryHandle
from gatepost.net.sandbox.sandbox import report_nothing
from sandboxes import HOSTILE, lives, wait_until

Take = Callable[[], ChildHandle]
MEGABYTE = 1024 * 1024
LIMITS = Limits(memory_bytes=256 * MEGABYTE, written_bytes=MEGABYTE, life_cpu_s=100)


@pytest.fixture
def nursery() -> Iterator[NurseryHandle]:
    handle = NurseryHandle(2, LIMITS, HOSTILE, report_nothing)
    yield handle
    handle.close()


@pytest.fixture
def take(nursery: NurseryHandle) -> Iterator[Take]:
    taken: list[ChildHandle] = []

    def take_one() -> ChildHandle:
        child = nursery.take(time.monotonic() + 20)
        assert child is not None
        taken.append(child)
        return child

    yield take_one
    for child in taken:
        child.sock.close()


def test_a_child_that_is_taken_is_not_given_to_another(nursery: NurseryHandle, take: Take) -> None:
    first, second = take(), take()
    assert first.pid != second.pid
    assert nursery.take(time.monotonic() + 0.05) is None
    nursery.give_back(first)
    assert take() is first


def test_who_waits_gets_what_another_gives_back(nursery: NurseryHandle, take: Take) -> None:
    _, second = take(), take()
    threading.Timer(0.1, nursery.give_back, [second]).start()
    assert take() is second


def test_a_child_that_is_ended_is_replaced_and_its_end_is_known(nursery: NurseryHandle, take: Take) -> None:
    child = take()
    nursery.end(child)
    death = nursery.wait_for_death(child, 20)
    assert death is not None
    assert not lives(child.pid)
    assert child.pid not in (take().pid, take().pid)


def test_a_child_that_retires_ends_by_itself(nursery: NurseryHandle, take: Take) -> None:
    child = take()
    nursery.retire(child)
    death = nursery.wait_for_death(child, 20)
    assert death is not None
    assert os.waitstatus_to_exitcode(death.status) == 0


def test_who_waits_is_told_that_there_is_no_nursery_any_more(nursery: NurseryHandle, take: Take) -> None:
    take(), take()
    threading.Timer(0.1, nursery.close).start()
    with pytest.raises(NurseryGoneError):
        take()
    assert nursery.is_gone


def count_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_what_cannot_be_started_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = count_files()
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(OSError, match="/nowhere/python"):
        NurseryHandle(2, LIMITS, HOSTILE, report_nothing)
    wait_until(lambda: count_files() <= before)


def test_a_child_whose_stream_is_lost_is_replaced(nursery: NurseryHandle, take: Take) -> None:
    first, second = take(), take()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    os.kill(nursery.pid, signal.SIGSTOP)
    nursery.end(first)
    room = os.dup(0)
    os.close(room)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (room, hard))  # this process opens no file any more
        os.kill(nursery.pid, signal.SIGCONT)
        time.sleep(0.3)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert take().pid not in (first.pid, second.pid)
    assert not nursery.is_gone
