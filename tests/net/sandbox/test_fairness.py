"""Whoever sends slow files without pause, from one network or from many, others are opened meanwhile.

How long is measured beside a second sandbox at the same moment, which opens one slow mail at a time: what else the
machine has to do slows both.
"""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from statistics import median

import pytest

from built_files.plain import build_zip
from doubles import FakeCounters
from gatepost.model.contents import Opening
from gatepost.net.sandbox.answers import BUSY
from gatepost.net.sandbox.sandbox import Sandbox
from gatepost.net.sandbox.settings import OpenSettings
from sandboxes import make_order, wait_until

REAL = "hostile_desks:prepare_beside_real"
SETTINGS = OpenSettings(children=2, deadline_s=4, wait_s=4, memory_mb=256)
ORDINARY = build_zip({"notes.txt": b"Agreed. " * 5_000, "numbers.csv": b"1,2,3\n" * 5_000})
FLOOD = 4  # slow mails at the same time, again and again; more than there are children
KNOWN_AFTER = 30  # mails of three networks
ROUNDS = 5
MAILS = 16  # of a round
NO_WAIT_MS = 20  # twice what an ordinary mail takes; a wait for a child that a slow mail keeps is hundreds


@dataclass
class Waits(FakeCounters):
    """Counts, and notes how long each mail of the test's own thread waited in the line."""

    thread: int = field(default_factory=threading.get_ident)
    noted_ms: list[int] = field(default_factory=list)

    def add(self, name: str, amount: int = 1) -> None:
        """Add to a number."""
        super().add(name, amount)
        if name == "sandbox_wait_ms_total" and threading.get_ident() == self.thread:
            self.noted_ms.append(amount)

    def count_waits(self) -> int:
        """Say how many mails waited longer than a moment."""
        return sum(1 for wait_ms in self.noted_ms if wait_ms > NO_WAIT_MS)


@pytest.fixture
def counters() -> Waits:
    return Waits()


@pytest.fixture
def real(counters: Waits) -> Iterator[Sandbox]:
    one = Sandbox(SETTINGS, counters=counters, desks=REAL)
    yield one
    one.close()


@pytest.fixture
def calm() -> Iterator[Sandbox]:
    """Give the sandbox to compare with."""
    one = Sandbox(SETTINGS, desks=REAL)
    yield one
    one.close()


@contextmanager
def attack(sandbox: Sandbox, name_network: Callable[[], str], count: int = FLOOD) -> Iterator[None]:
    """Send so many slow mails at the same time without pause meanwhile."""
    is_over = threading.Event()

    def send() -> None:
        while not is_over.is_set():
            sandbox.open(make_order("hang", network=name_network()))

    threads = [threading.Thread(target=send) for _ in range(count)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def send_ordinary(sandbox: Sandbox, number: int) -> float:
    """Send an ordinary mail from one of three networks; give how long it took. None may be put off."""
    started_s = time.monotonic()
    (file,) = sandbox.open(make_order("a.zip", content=ORDINARY, network=f"192.0.2.{number % 3}")).files
    took_s = time.monotonic() - started_s
    assert file.opening is Opening.OPENED
    assert BUSY not in {trait.code for trait in file.traits}
    time.sleep(0.02)
    return took_s


def stands(sandbox: Sandbox) -> bool:
    """Say whether files are opened by now."""
    return sandbox.open(make_order("a.zip", content=ORDINARY)).files[0].opening is Opening.OPENED


def get_known(*sandboxes: Sandbox) -> None:
    """Be known to be quick; where the machine is busy, it takes a while until a sandbox stands."""
    for sandbox in sandboxes:
        wait_until(partial(stands, sandbox))
    for sandbox, number in itertools.product(sandboxes, range(KNOWN_AFTER)):
        send_ordinary(sandbox, number)


def compare(attacked: Sandbox, calm: Sandbox) -> Iterator[float]:
    """Give for each round how many times as long ordinary mails take beside a flood as beside one slow mail."""
    for _ in range(ROUNDS):
        pairs = [(send_ordinary(attacked, number), send_ordinary(calm, number)) for number in range(MAILS)]
        yield median(pair[0] for pair in pairs) / median(pair[1] for pair in pairs)


def test_one_network_s_slow_mails_keep_nobody_else_waiting(real: Sandbox, calm: Sandbox, counters: Waits) -> None:
    get_known(real, calm)
    with attack(calm, lambda: "203.0.113.9", 1), attack(real, lambda: "203.0.113.9"):
        ratios = list(compare(real, calm))
    assert counters.count_waits() == 0
    assert median(ratios) < 2
    assert counters.numbers["sandbox_put_off_total"] > 0  # of the other network


def test_slow_mails_from_ever_new_networks_keep_out_nobody_who_is_known(
    real: Sandbox, calm: Sandbox, counters: Waits
) -> None:
    numbers = itertools.count()
    get_known(real, calm)
    with attack(calm, lambda: "203.0.113.9", 1), attack(real, lambda: f"203.0.113.{next(numbers)}"):
        ratios = list(compare(real, calm))
    assert max(counters.noted_ms) < SETTINGS.wait_s * 1000
    assert counters.count_waits() <= 2  # until it is seen that there are many
    assert median(ratios) < 2
    assert counters.numbers["sandbox_recalled_total"] > 0
