"""Whoever sends slow files without pause, from one network or from many, others are opened meanwhile."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

import pytest

from built_files.plain import build_zip
from doubles import FakeCounters
from gatepost.model.contents import Opening
from gatepost.net.sandbox.answers import BUSY
from gatepost.net.sandbox.sandbox import Sandbox
from gatepost.net.sandbox.settings import OpenSettings
from sandboxes import make_order

REAL = "hostile_desks:prepare_beside_real"
SETTINGS = OpenSettings(children=2, deadline_s=4, wait_s=4, memory_mb=256)
ORDINARY = build_zip({"notes.txt": b"Agreed. " * 5_000, "numbers.csv": b"1,2,3\n" * 5_000})
FLOOD = 4  # slow mails at the same time, again and again
BUSY_MACHINE_S = 0.1  # far below the seconds that a slow mail would cost those behind it


@pytest.fixture
def counters() -> FakeCounters:
    return FakeCounters()


@pytest.fixture
def real(counters: FakeCounters) -> Iterator[Sandbox]:
    one = Sandbox(SETTINGS, counters=counters, desks=REAL)
    yield one
    one.close()


@contextmanager
def attack(sandbox: Sandbox, name_network: Callable[[], str]) -> Iterator[None]:
    """Send slow mails without pause meanwhile."""
    is_over = threading.Event()

    def send() -> None:
        while not is_over.is_set():
            sandbox.open(make_order("hang", network=name_network()))

    threads = [threading.Thread(target=send) for _ in range(FLOOD)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def send_ordinary(sandbox: Sandbox, count: int) -> list[float]:
    """Send ordinary mails from three networks; give how long each took. None may be put off."""
    took_s = []
    for number in range(count):
        started_s = time.monotonic()
        (file,) = sandbox.open(make_order("a.zip", content=ORDINARY, network=f"192.0.2.{number % 3}")).files
        took_s.append(time.monotonic() - started_s)
        assert file.opening is Opening.OPENED
        assert BUSY not in {trait.code for trait in file.traits}
        time.sleep(0.02)
    return took_s


def test_one_network_s_slow_mails_keep_nobody_else_waiting(real: Sandbox, counters: FakeCounters) -> None:
    send_ordinary(real, 3)
    calm_s = send_ordinary(real, 60)
    with attack(real, lambda: "203.0.113.9"):
        busy_s = send_ordinary(real, 200)
    assert median(busy_s) < 2 * median(calm_s) + BUSY_MACHINE_S
    assert counters.numbers["sandbox_put_off_total"] > 0  # of the other network


def test_slow_mails_from_ever_new_networks_keep_out_nobody_who_is_known(real: Sandbox, counters: FakeCounters) -> None:
    numbers = itertools.count()
    send_ordinary(real, 3)
    calm_s = send_ordinary(real, 30)
    with attack(real, lambda: f"203.0.113.{next(numbers)}"):
        busy_s = send_ordinary(real, 60)
    assert max(busy_s) < SETTINGS.wait_s
    assert median(busy_s) < 2 * median(calm_s) + BUSY_MACHINE_S
    assert counters.numbers["sandbox_recalled_total"] > 0
