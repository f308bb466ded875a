"""A nursery that is gone is replaced; one that cannot live is tried ever less often, and nobody waits for it."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from forked import run_forked
from gatepost.net.sandbox.handle import NurseryGoneError, NurseryHandle
from gatepost.net.sandbox.home import Home, build_limits
from gatepost.net.sandbox.settings import OpenSettings
from sandboxes import HOSTILE, SMALL, Reports, find_nurseries, lives, wait_until

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture
def home(reports: Reports) -> Iterator[Home]:
    one = Home(SMALL, reports, HOSTILE, b"")
    yield one
    one.close()


def kill(home: Home) -> None:
    handle = home.nursery()
    os.kill(handle.pid, signal.SIGKILL)
    wait_until(lambda: handle.is_gone)


def wait_for_another(home: Home, former: NurseryHandle) -> float:
    """Give the seconds until there is another nursery."""
    started_s = time.monotonic()

    def is_there() -> bool:
        try:
            return home.nursery() is not former
        except NurseryGoneError:
            return False

    wait_until(is_there)
    return time.monotonic() - started_s


def test_all_ask_the_same_nursery(home: Home) -> None:
    assert home.nursery() is home.nursery()
    wait_until(lambda: find_nurseries() == [home.nursery().pid])


def test_a_nursery_that_is_lost_once_is_replaced_at_once_and_one_lost_again_later(home: Home, reports: Reports) -> None:
    waits_s = []
    for _ in range(3):
        former = home.nursery()
        kill(home)
        waits_s.append(wait_for_another(home, former))
    assert waits_s[1] > 0.3
    assert waits_s[2] > 0.8
    assert [words["restart_in_s"] for words in reports.of("sandbox_nursery_died")] == [0.0, 0.5, 1.0]


def test_what_is_closed_is_not_started_again(home: Home) -> None:
    pid = home.nursery().pid
    home.close()
    assert not lives(pid)
    with pytest.raises(NurseryGoneError):
        home.nursery()


def test_who_is_forked_from_us_starts_one_of_its_own(home: Home) -> None:
    pid = home.nursery().pid

    def live() -> bool:
        is_another = home.nursery().pid != pid
        home.close()
        return is_another

    assert run_forked(live)
    assert lives(pid)


def test_a_python_that_is_not_there_is_told(home: Home, reports: Reports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    for _ in range(20):
        with pytest.raises(NurseryGoneError):
            home.nursery()
    told = reports.of("sandbox_not_started")
    assert 1 <= len(told) <= 3
    assert "/nowhere/python" in str(told[0]["says"])


def test_limits_follow_the_settings() -> None:
    limits = build_limits(OpenSettings(memory_mb=200, max_file_mb=10, deadline_s=5, mails_per_child=3))
    assert (limits.memory_bytes, limits.written_bytes) == (200 << 20, 20 << 20)
    assert limits.life_cpu_s >= 3 * 5
