"""The keeper fetches lists while mail flows; workers judge by them without a restart."""

import asyncio
import smtplib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from doubles import FakeClock
from feed_builders import put_table
from feed_server import FeedServer, answer, serving_feeds
from gate_process import GateProcess
from gatepost.config.settings import Settings
from gatepost.daemon.feeds import FeedKeeper, build_updater, refresh_shelf
from gatepost.feeds.guard import Guard
from gatepost.feeds.settings import FeedSettings, FeedsSettings, Threat
from gatepost.feeds.shelf import FeedShelf
from gatepost.feeds.update import FeedUpdater, Result
from gatepost.screen.tables import load_tables

LIST = b"https://evil.example/a\n"


@dataclass
class Bench:
    """A keeper's part with one list."""

    server: FeedServer
    keeper: FeedKeeper
    clock: FakeClock
    feed: FeedSettings
    state: Path

    def metrics(self) -> dict[str, float]:
        return {one.name: one.value for one in self.keeper.read_numbers()}


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with serving_feeds(tmp_path / "tls") as server:
        server.pages["/list"] = answer(LIST)
        clock, state = FakeClock(), tmp_path / "state"
        state.mkdir()
        feed = FeedSettings(url=server.url("/list"), allow_private=True)
        updater = FeedUpdater(state, Guard(), server.build_fetcher(), clock)
        yield Bench(server, FeedKeeper(updater, FeedsSettings(lists={"a": feed}), clock), clock, feed, state)


async def test_a_list_is_fetched_when_it_is_due_and_not_before(bench: Bench) -> None:
    first = await bench.keeper.turn("a", bench.feed)
    assert first is not None
    assert first.result is Result.UPDATED
    assert await bench.keeper.turn("a", bench.feed) is None
    bench.clock.advance(3599)
    assert await bench.keeper.turn("a", bench.feed) is None
    bench.clock.advance(1)
    assert await bench.keeper.turn("a", bench.feed) is not None
    assert len(bench.server.heads) == 2


async def test_size_and_freshness_are_shown(bench: Bench) -> None:
    assert bench.metrics() == {"feed_entries": 0, "feed_table_bytes": 0, "feed_failures": 0}
    await bench.keeper.turn("a", bench.feed)
    bench.clock.advance(60)
    numbers = bench.metrics()
    assert (numbers["feed_entries"], numbers["feed_age_s"], numbers["feed_failures"]) == (1, 60, 0)
    assert 100 < numbers["feed_table_bytes"] < 1000


async def test_a_list_that_grows_old_is_warned_of_once_a_day(bench: Bench) -> None:
    await bench.keeper.turn("a", bench.feed)
    bench.server.pages["/list"] = answer(b"", "500 Oops")
    with structlog.testing.capture_logs() as logs:
        for _ in range(4 * 24):
            bench.clock.advance(3600)
            await bench.keeper.turn("a", bench.feed)
    warned = [entry for entry in logs if entry["event"] == "feed_stale"]
    assert [entry["says"].split(";")[0] for entry in warned] == [
        f"the list a is {hours} h old" for hours in (25, 49, 73)
    ]
    assert all("answered 500" in entry["says"] for entry in logs if entry["event"] == "feed_failed")
    assert bench.metrics()["feed_failures"] == 96
    assert bench.metrics()["feed_entries"] == 1


async def test_a_server_is_left_in_peace_even_where_nothing_can_be_recorded(bench: Bench) -> None:
    (bench.state / "feeds").mkdir()
    (bench.state / "feeds" / "a.json.new").mkdir()  # as a full disk would: the state cannot be kept
    for _ in range(10):
        await bench.keeper.turn("a", bench.feed)
        bench.clock.advance(29)
    assert len(bench.server.heads) == 1
    bench.clock.advance(10)
    await bench.keeper.turn("a", bench.feed)
    assert len(bench.server.heads) == 2


async def test_a_defect_in_the_updater_does_not_end_the_keeper(bench: Bench, tmp_path: Path) -> None:
    class Broken:
        async def fetch(self, *_: object) -> None:
            raise ZeroDivisionError

    updater = FeedUpdater(tmp_path / "state", Guard(), Broken(), bench.clock)  # type: ignore[arg-type]
    keeper = FeedKeeper(updater, FeedsSettings(lists={"a": bench.feed}), bench.clock)
    with structlog.testing.capture_logs() as logs:
        task = asyncio.ensure_future(keeper.run())
        await until(lambda: any(entry["event"] == "feed_broke" for entry in logs))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110 - what is waited for knows no events
            await asyncio.sleep(0.02)


async def test_without_lists_the_keeper_has_nothing_to_do(bench: Bench) -> None:
    updater = FeedUpdater(bench.state, Guard(), bench.server.build_fetcher(), bench.clock)
    await FeedKeeper(updater, FeedsSettings(), bench.clock).run()
    await refresh_shelf(FeedShelf(bench.state, {}))
    assert bench.server.heads == []


async def test_a_worker_takes_up_what_was_replaced(tmp_path: Path) -> None:
    shelf = FeedShelf(tmp_path, {"a": Threat.PHISHING})
    assert shelf.find_host("bad.example") is None
    task = asyncio.ensure_future(refresh_shelf(shelf))
    put_table(tmp_path, "a", "bad.example\n")
    task.cancel()
    task = asyncio.ensure_future(refresh_shelf(shelf))
    await until(lambda: shelf.find_host("bad.example") is not None)
    task.cancel()
    assert shelf.find_host("good.example") is None


async def test_no_list_may_block_our_own_domains(tmp_path: Path) -> None:
    settings = Settings(state=str(tmp_path), hostname="mx.own.example", feeds=FeedsSettings(never=("Partner.example",)))
    guard = build_updater(settings, load_tables(()), FakeClock()).guard
    assert all(guard.shields(host) for host in ("mx.own.example", "a.partner.example", "docs.google.com"))


MAIL = "From: Ann <ann@example.com>\r\nTo: b@example.org\r\nSubject: hello\r\n\r\nSee https://evil.example/a?you\r\n"


def send(gate: GateProcess) -> None:
    with smtplib.SMTP("127.0.0.1", gate.port, timeout=20) as client:
        client.sendmail("ann@example.com", ["b@example.org"], MAIL)


async def test_a_gate_fetches_its_list_and_holds_mail_by_it_and_goes_on_without_the_server(tmp_path: Path) -> None:
    async with serving_feeds(tmp_path / "tls") as server:
        server.pages["/list"] = answer(LIST)
        config = tmp_path / "gatepost.toml"
        config.write_text(
            f'[deliver]\nmaildir = "{tmp_path}/Maildir"\n[tls]\ntrusted_ca = "{server.ca}"\n[origin]\nenabled = false\n'
            f'[feeds.lists.test]\nurl = "{server.url("/list")}"\nallow_private = true\n'
        )
        gate = GateProcess(tmp_path, ("--workers", "1", "--config", str(config)))
        await asyncio.to_thread(gate.start)
        try:
            await until(lambda: '"feed_updated"' in gate.log)
            await asyncio.to_thread(wait_until_held, gate)
            page = await asyncio.to_thread(gate.read_page, "/metrics")
            assert 'gatepost_feed_entries{feed="test"} 1.0' in page
            assert 'gatepost_feed_age_s{feed="test"}' in page
        finally:
            await asyncio.to_thread(gate.stop)
    offline = GateProcess(tmp_path, ("--workers", "1", "--config", str(config)))
    await asyncio.to_thread(offline.start)
    try:
        await asyncio.to_thread(send, offline)
        assert offline.delivered() == gate.delivered()
    finally:
        await asyncio.to_thread(offline.stop)


def wait_until_held(gate: GateProcess) -> None:
    """Send the mail again until a worker has taken up the list and the mail is no longer delivered."""
    for count in range(1, 60):
        send(gate)
        time.sleep(0.3)
        if len(gate.delivered()) < count and "gatepost_deliveries_quarantined 0" not in gate.read_page("/metrics"):
            return
    raise AssertionError(gate.log[-3000:])
