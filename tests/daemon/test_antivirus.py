"""How a process asks the antivirus; the whole gate with a real clamd is in tests/interop/test_clamd.py."""

import asyncio
from datetime import timedelta

from structlog.testing import capture_logs

from doubles import FakeAntivirus, FakeClock, FakeCounters
from gatepost.daemon.antivirus import OLD_AFTER_S, WARN_AGAIN_S, AntivirusWatch, WatchedAntivirus
from gatepost.model.facts import AntivirusAnswer, Scanned
from gatepost.net.settings import AntivirusSettings
from gatepost.wire.clamd import ClamdVersion

SETTINGS = AntivirusSettings(clamd="127.0.0.1:3310", connections=2, timeout_s=0.5)


class SlowAntivirus(FakeAntivirus):
    """Answers when `may_answer` is set; counts who waits at the same time."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = asyncio.Event()
        self.waiting = 0

    async def scan(self, content: bytes) -> AntivirusAnswer:
        self.waiting += 1
        await self.may_answer.wait()
        self.waiting -= 1
        return await super().scan(content)


async def test_questions_findings_and_failures_are_counted() -> None:
    counters, antivirus = FakeCounters(), FakeAntivirus({b"bad": "Test"})
    watched = WatchedAntivirus(antivirus, SETTINGS, counters, FakeClock())
    for content in (b"good", b"bad", b"good"):
        await watched.scan(content)
    antivirus.is_down = True
    assert (await watched.scan(b"good")).outcome is Scanned.UNANSWERED
    assert counters.numbers["antivirus_scans_total"] == 4
    assert counters.numbers["antivirus_found_total"] == 1
    assert counters.numbers["antivirus_failures_total"] == 1


async def test_silence_and_its_end_are_told_once_each() -> None:
    antivirus, clock = FakeAntivirus(is_down=True), FakeClock()
    watched = WatchedAntivirus(antivirus, SETTINGS, FakeCounters(), clock)
    with capture_logs() as told:
        for is_down in (True, True, False, False, True, True):
            antivirus.is_down = is_down
            clock.advance(WARN_AGAIN_S / 2)
            await watched.scan(b"mail")
    assert [one["event"] for one in told] == ["antivirus_silent", "antivirus_back", "antivirus_silent"]


async def test_no_more_are_asked_about_at_once_than_the_settings_say() -> None:
    slow = SlowAntivirus()
    watched = WatchedAntivirus(slow, SETTINGS, FakeCounters(), FakeClock())
    async with asyncio.TaskGroup() as tasks:
        scans = [tasks.create_task(watched.scan(b"mail")) for _ in range(5)]
        await asyncio.sleep(0.05)
        assert slow.waiting == SETTINGS.connections
        slow.may_answer.set()
    assert {scan.result().outcome for scan in scans} == {Scanned.CLEAN}


async def test_who_waits_too_long_for_a_turn_was_not_scanned() -> None:
    slow, counters = SlowAntivirus(), FakeCounters()
    watched = WatchedAntivirus(slow, SETTINGS, counters, FakeClock())
    async with asyncio.TaskGroup() as tasks:
        scans = [tasks.create_task(watched.scan(b"mail")) for _ in range(3)]
        await asyncio.sleep(1)
        assert [scan.done() for scan in scans] == [False, False, True]
        slow.may_answer.set()
    assert scans[2].result().outcome is Scanned.UNANSWERED
    assert counters.numbers["antivirus_failures_total"] == 1


async def look(watch: AntivirusWatch) -> list[str]:
    """Let it look once; give what it tells."""
    with capture_logs() as told:
        looking = asyncio.ensure_future(watch.run())
        await asyncio.sleep(0.01)
        looking.cancel()
    return [f"{one['log_level']} {one['event']}" for one in told]


async def test_what_the_antivirus_is_and_how_old_is_told_when_it_changes() -> None:
    clock = FakeClock()
    versions = [ClamdVersion("1.4.3", 27500, clock.now()), None]

    async def ask_version() -> ClamdVersion | None:
        await asyncio.sleep(0)
        return versions[0]

    watch = AntivirusWatch(ask_version, "127.0.0.1:3310", clock)
    assert await look(watch) == ["info antivirus_ready"]
    assert await look(watch) == []
    clock.at += timedelta(seconds=OLD_AFTER_S + 1)
    assert await look(watch) == ["warning antivirus_old"]
    assert watch.read_numbers() == {"antivirus_database_age_s": OLD_AFTER_S + 1}
    versions.reverse()
    assert await look(watch) == ["warning antivirus_absent"]
    assert watch.read_numbers() == {}


async def test_without_an_antivirus_nothing_is_done() -> None:
    watch = AntivirusWatch(None, "", FakeClock())
    await asyncio.wait_for(watch.run(), 1)
    assert watch.read_numbers() == {}
