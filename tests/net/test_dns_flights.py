"""Sharing one run of the same work."""

import asyncio

import pytest

from gatepost.net.dns_flights import Flights


class Work:
    """Counts its runs, and ends when a test lets it."""

    def __init__(self) -> None:
        self.runs = 0
        self.may_end = asyncio.Event()

    async def __call__(self) -> int:
        self.runs += 1
        await self.may_end.wait()
        return self.runs


async def test_all_who_wait_get_the_result_of_one_run() -> None:
    flights: Flights[str, int] = Flights()
    work = Work()
    waiting = [asyncio.ensure_future(flights.join("a", work)) for _ in range(5)]
    await asyncio.sleep(0)
    assert flights.has("a")
    work.may_end.set()
    assert await asyncio.gather(*waiting) == [1] * 5


async def test_another_key_is_other_work() -> None:
    flights: Flights[str, int] = Flights()
    work = Work()
    work.may_end.set()
    assert sorted(await asyncio.gather(flights.join("a", work), flights.join("b", work))) == [1, 2]


async def test_what_has_ended_is_run_anew_and_nothing_is_left_over() -> None:
    flights: Flights[str, int] = Flights()
    work = Work()
    work.may_end.set()
    assert [await flights.join("a", work), await flights.join("a", work)] == [1, 2]
    await asyncio.sleep(0)
    assert len(flights) == 0
    assert not flights.has("a")


async def test_work_goes_on_when_all_who_wait_are_cancelled() -> None:
    flights: Flights[str, int] = Flights()
    work = Work()
    waiting = asyncio.ensure_future(flights.join("a", work))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert flights.has("a")
    work.may_end.set()
    assert await flights.join("a", work) == 1


async def test_what_fails_fails_for_all_who_wait_and_is_tried_anew() -> None:
    flights: Flights[str, int] = Flights()
    runs: list[int] = []

    async def fail() -> int:
        runs.append(1)
        await asyncio.sleep(0)
        raise ValueError("no")

    told = await asyncio.gather(*(flights.join("a", fail) for _ in range(3)), return_exceptions=True)
    assert [type(error) for error in told] == [ValueError] * 3
    assert len(runs) == 1
    with pytest.raises(ValueError, match="no"):
        await flights.join("a", fail)


def test_each_event_loop_does_its_own_work() -> None:
    flights: Flights[str, int] = Flights()

    async def run() -> int:
        work = Work()
        work.may_end.set()
        return await flights.join("a", work)

    assert [asyncio.run(run()), asyncio.run(run())] == [1, 1]
    assert len(flights) == 0


def test_an_event_loop_that_ends_leaves_no_work_behind() -> None:
    flights: Flights[str, int] = Flights()

    async def leave() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(flights.join("a", Work()), 0.01)

    asyncio.run(leave())
    assert len(flights) == 0
