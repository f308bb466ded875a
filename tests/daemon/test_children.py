"""Child processes: relied on when they are ready, started again ever more patiently, gone when their parent is."""

import contextlib
import fcntl
import io
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable

import pytest

from child_processes import PATIENCE_S, Start, wait_for_end, wait_until
from gatepost.daemon.children import FIRST_WAIT_S, LONGEST_WAIT_S, STABLE_AFTER_S, Child, reap
from gatepost.model.errors import StorageTrouble

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


def end_at_once(_: Callable[[], None]) -> None:
    os._exit(3)


def live_on(tell_ready: Callable[[], None]) -> None:
    tell_ready()
    time.sleep(PATIENCE_S)


def test_a_child_is_ready_when_it_says_so(start: Start) -> None:
    child = start(live_on)
    assert child.wait_until_ready(PATIENCE_S)
    child.ask_to_leave()
    wait_for_end(child)
    assert (child.ready_pipe, child.restart_at_s) == (-1, 0.0)  # it was asked to: nobody starts it again


def test_a_child_that_ends_or_hangs_before_it_is_ready_is_not_ready(start: Start) -> None:
    began = time.monotonic()
    assert not start(end_at_once).wait_until_ready(PATIENCE_S)
    assert time.monotonic() - began < PATIENCE_S / 2  # its end is noticed, not waited out
    assert not start(lambda _: time.sleep(PATIENCE_S)).wait_until_ready(0.05)


def test_a_ready_pipe_may_have_a_high_number(start: Start) -> None:
    """With many workers and doors it has; select() takes none above 1023."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    try:
        child = start(live_on)
        high = fcntl.fcntl(child.ready_pipe, fcntl.F_DUPFD_CLOEXEC, 2000)
        os.close(child.ready_pipe)
        child.ready_pipe = high
        assert child.wait_until_ready(PATIENCE_S)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_child_that_keeps_dying_is_started_again_ever_more_patiently(start: Start) -> None:
    child = start(end_at_once)
    waits = []
    for _ in range(8):
        wait_for_end(child)
        assert child.restart_at_s == pytest.approx(time.monotonic() + child.wait_s, abs=1)
        waits.append(child.wait_s)
        child.start()
    assert waits == [min(FIRST_WAIT_S * 2**turn, LONGEST_WAIT_S) for turn in range(1, 9)]
    child.started_s -= STABLE_AFTER_S + 1
    wait_for_end(child)
    assert child.wait_s == FIRST_WAIT_S  # it had lived well


def test_where_the_machine_has_no_room_for_a_process_it_is_tried_again(start: Start) -> None:
    """A fork that failed for a moment ended the whole gate."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with open(os.devnull) as free:  # noqa: PTH123 - the number of the next descriptor is what matters
        number = free.fileno()
    resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))
    try:
        child = start(live_on)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert (child.pid, child.ready_pipe) == (0, -1)
    assert child.restart_at_s > 0
    assert not child.wait_until_ready(PATIENCE_S)
    child.start()
    assert child.wait_until_ready(PATIENCE_S)


def test_a_child_takes_signals_again_but_not_those_of_the_terminal(start: Start) -> None:
    child = start(live_on)
    assert child.wait_until_ready(PATIENCE_S)
    child.signal(signal.SIGINT)
    child.signal(signal.SIGHUP)
    time.sleep(0.1)
    reap([child])
    assert child.pid
    child.signal(signal.SIGTERM)
    wait_for_end(child)


@pytest.mark.parametrize(("error", "code"), [(StorageTrouble("no room"), 1), (ZeroDivisionError(), 1), (None, 0)])
def test_the_end_of_its_life_is_the_end_of_the_process(start: Start, error: Exception | None, code: int) -> None:
    def fail(_: Callable[[], None]) -> None:
        if error:
            raise error

    child = start(fail)
    _, status = os.waitpid(child.pid, 0)
    child.note_end(status)
    assert os.waitstatus_to_exitcode(status) == code


def test_a_child_ends_even_when_nobody_takes_its_last_words(start: Start) -> None:
    """It went on as a second supervisor when they could not be written."""
    reading, writing = os.pipe()
    os.close(reading)

    def talk(_: Callable[[], None]) -> None:
        sys.stdout = io.TextIOWrapper(io.FileIO(writing, "w"), write_through=False)
        sys.stdout.write("last words")

    child = start(talk)
    os.close(writing)
    _, status = os.waitpid(child.pid, 0)
    child.note_end(status)
    assert os.waitstatus_to_exitcode(status) == 0


def test_a_child_goes_when_its_parent_is_killed(start: Start) -> None:
    reading, writing = os.pipe()

    def be_a_parent(tell_ready: Callable[[], None]) -> None:
        grandchild = Child("grandchild", live_on)
        grandchild.start()
        assert grandchild.wait_until_ready(PATIENCE_S)
        os.close(writing)
        tell_ready()
        time.sleep(PATIENCE_S)

    parent = start(be_a_parent)
    os.close(writing)  # now the grandchild alone holds it
    assert parent.wait_until_ready(PATIENCE_S)
    assert not select.select([reading], [], [], 0.05)[0]
    parent.ask_to_leave(signal.SIGKILL)
    wait_for_end(parent)
    assert select.select([reading], [], [], PATIENCE_S)[0]
    assert os.read(reading, 1) == b""
    os.close(reading)


def test_all_who_have_ended_are_reaped_and_nobody_else(start: Start) -> None:
    ended, alive = [start(end_at_once) for _ in range(3)], start(live_on)

    def have_ended() -> bool:
        reap([*ended, alive])
        return not any(child.pid for child in ended)

    wait_until(have_ended)
    assert alive.pid
    assert all(child.restart_at_s for child in ended)


def test_lives_leave_no_descriptor_behind(start: Start) -> None:
    child = start(end_at_once)
    wait_for_end(child)
    before = count_open_files()
    for _ in range(20):
        child.start()
        child.wait_until_ready(PATIENCE_S)
        wait_for_end(child)
    assert count_open_files() == before


def count_open_files() -> int:
    with contextlib.closing(os.scandir("/proc/self/fd")) as entries:
        return len(list(entries))
