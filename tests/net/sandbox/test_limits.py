"""A process that limits itself cannot take more, and cannot go back."""

import resource
import signal
import time

import pytest

from forked import run_forked
from gatepost.net.sandbox.frames import Limits
from gatepost.net.sandbox.limits import end_order, limit_life, limit_order

MEGABYTE = 1024 * 1024
LIMITS = Limits(memory_bytes=200 * MEGABYTE, written_bytes=MEGABYTE, life_cpu_s=100)

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


def take_memory() -> str:
    limit_life(LIMITS)
    assert len(bytes(50 * MEGABYTE)) == 50 * MEGABYTE
    try:
        bytes(300 * MEGABYTE)
    except MemoryError:
        return "refused"
    return "given"


def test_memory_ends_at_the_limit() -> None:
    assert run_forked(take_memory) == "refused"


def test_no_core_is_left_and_no_process_is_made() -> None:
    def look() -> list[tuple[int, int]]:
        limit_life(LIMITS)
        return [resource.getrlimit(which) for which in (resource.RLIMIT_CORE, resource.RLIMIT_NPROC)]

    assert run_forked(look) == [(0, 0), (0, 0)]


def test_a_limit_that_holds_already_is_never_raised() -> None:
    def look() -> int:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
        limit_life(LIMITS)
        return resource.getrlimit(resource.RLIMIT_FSIZE)[1]

    assert run_forked(look) == 10


def test_an_order_that_is_late_ends_the_process_and_one_that_is_done_does_not() -> None:
    def live() -> list[object]:
        signal.signal(signal.SIGALRM, lambda *_: None)
        limit_order(0.05)
        before = signal.getitimer(signal.ITIMER_REAL)[0]
        cpu_s = resource.getrlimit(resource.RLIMIT_CPU)[0]
        end_order()
        time.sleep(0.01)
        return [0 < before < 2, cpu_s < 60, signal.getitimer(signal.ITIMER_REAL)[0]]

    assert run_forked(live) == [True, True, 0.0]
