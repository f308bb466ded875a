"""Noticing that our own name servers are gone."""

import asyncio
from dataclasses import dataclass, field

from doubles import FakeClock
from gatepost.net.dns_health import RECHECK_S, UP_FOR_S, DnsHealth


@dataclass
class Check:
    """Says what a test wants, and counts."""

    is_up: bool = True
    count: int = 0
    clock: FakeClock = field(default_factory=FakeClock)

    async def __call__(self) -> bool:
        self.count += 1
        await asyncio.sleep(0)
        return self.is_up

    @property
    def health(self) -> DnsHealth:
        return DnsHealth(self, self.clock)


async def test_nothing_is_checked_while_questions_are_answered() -> None:
    check = Check(is_up=False)
    assert await check.health.is_up()
    assert check.count == 0


async def test_silence_leads_to_a_check_and_a_good_one_changes_nothing() -> None:
    check = Check()
    health = check.health
    assert await health.is_up_after_silence()
    assert await health.is_up()
    assert check.count == 1


async def test_after_a_failed_check_all_are_turned_away_until_the_next_check() -> None:
    check = Check(is_up=False)
    health = check.health
    assert not await health.is_up_after_silence()
    check.is_up = True
    check.clock.advance(RECHECK_S - 0.1)
    assert not await health.is_up()
    assert check.count == 1
    check.clock.advance(0.1)
    assert await health.is_up()
    assert await health.is_up()
    assert check.count == 2


async def test_much_silence_leads_to_one_check_a_second() -> None:
    check = Check()
    health = check.health
    for _ in range(3):
        assert all(await asyncio.gather(*(health.is_up_after_silence() for _ in range(20))))
    assert check.count == 1
    check.clock.advance(UP_FOR_S)
    await health.is_up_after_silence()
    assert check.count == 2


async def test_questions_wait_for_the_check_that_is_under_way() -> None:
    check = Check(is_up=False)
    health = check.health
    await health.is_up_after_silence()
    check.is_up = True
    check.clock.advance(RECHECK_S)
    assert await asyncio.gather(*(health.is_up() for _ in range(20))) == [True] * 20
    assert check.count == 2
