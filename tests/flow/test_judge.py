"""The judgement of one mail: never an exception, never a silent pass, never in the way of the event loop."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

import pytest

from doubles import FakeAntivirus, FakeClock, FakeContactBook, FakeCounters, FakeOpener, FakeResolver
from gatepost.decide.settings import DecideSettings
from gatepost.flow.judge import (
    OPENER_PATIENCE_S,
    Judging,
    build_judging,
    give_antivirus,
    give_history,
    give_opener,
    judge,
    judge_at_once,
)
from gatepost.flow.prove import build_proving
from gatepost.model.address import Address, Domain
from gatepost.model.contents import OpenedFile
from gatepost.model.envelope import Arrival, Envelope
from gatepost.model.facts import NO_FACTS, AntivirusAnswer, Contact, History, Scanned, Way
from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Feature, Finding
from gatepost.model.ports import Keep
from gatepost.model.proof import UNPROVEN, AuthResult, Proof
from gatepost.model.verdict import Action
from gatepost.net.clock import SystemClock
from gatepost.origin.settings import OriginSettings
from gatepost.screen.case import Case, Kit, LoadedCheck
from gatepost.screen.kit import build_kit
from gatepost.screen.lookups.contact_keys import ContactKeys
from gatepost.screen.lookups.history import HistoryDesk
from gatepost.screen.settings import ScreenSettings
from gatepost.screen.tables import load_tables
from screen_cases import write_attachment

RAW = (
    b"From: Ann <ann@woodwork.example>\r\nTo: bo@mill-street.example\r\nDate: Tue, 14 Oct 2025 08:00:00 +0200\r\n"
    b"Message-ID: <1@woodwork.example>\r\nSubject: Oak\r\n\r\nBeech, please.\r\n"
)
SPOOFED = RAW.replace(b"From: Ann <ann@woodwork.example>", b"From: PayPal <x@y.example>")


def arrive(raw: bytes = RAW) -> Arrival:
    envelope = Envelope(None, (Address.parse("bo@mill-street.example"),), "", "", protocol="SMTP")
    return Arrival("1", datetime(2026, 1, 2, tzinfo=UTC), envelope, raw)


def build(settings: ScreenSettings | None = None) -> Judging:
    return build_judging(settings or ScreenSettings(), DecideSettings(), frozenset(), FakeClock())


def with_check(judging: Judging, check: LoadedCheck) -> Judging:
    return replace(judging, kit=replace(judging.kit, checks=(*judging.kit.checks, check)))


def break_down(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    raise ValueError(case.message.subject + str(kit.settings.threads))


@pytest.fixture
def slow_check() -> Iterator[tuple[LoadedCheck, threading.Event]]:
    may_end = threading.Event()

    def wait(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
        del case, kit
        may_end.wait(10)
        return iter(())

    yield LoadedCheck("slow", wait), may_end
    may_end.set()


async def test_an_ordinary_mail_is_delivered() -> None:
    verdict = await judge(arrive(), build())
    assert verdict.action is Action.DELIVER
    assert verdict.screening.was_judged
    assert (verdict.screening.subject, verdict.screening.header_from) == ("Oak", "ann@woodwork.example")


async def test_without_screening_everything_passes_and_is_called_not_judged() -> None:
    verdict = await judge(arrive(), build(ScreenSettings(enabled=False)))
    assert verdict.action is Action.DELIVER
    assert not verdict.screening.was_judged
    assert [finding.code for finding in verdict.screening.findings] == ["judge.switched_off"]


async def test_a_check_that_breaks_holds_the_mail_back_and_the_others_still_look() -> None:
    verdict = await judge(arrive(SPOOFED), with_check(build(), LoadedCheck("broken", break_down)))
    codes = {finding.code for finding in verdict.screening.findings}
    assert codes == {"screen.check_failed", "display_name_spoof.brand"}
    assert verdict.action is Action.QUARANTINE
    assert verdict.decisions[0].rule == "not_judged"


async def test_a_judgement_that_breaks_as_a_whole_holds_the_mail_back() -> None:
    judging = build()
    no_weights = replace(judging, kit=replace(judging.kit, weights=None))  # type: ignore[arg-type] # breaks the score
    verdict = await judge(arrive(SPOOFED), no_weights)
    assert verdict.action is Action.QUARANTINE
    (finding,) = verdict.screening.findings
    assert finding.code == "judge.broke"
    assert "Error at model.py:" in finding.evidence[0].text


async def test_a_large_mail_does_not_stop_the_event_loop(slow_check: tuple[LoadedCheck, threading.Event]) -> None:
    check, may_end = slow_check
    judging = with_check(build(ScreenSettings(inline_max_bytes=10)), check)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(judge(arrive(), judging))
        await asyncio.sleep(0.02)
        assert not task.done()
        may_end.set()
    assert task.result().action is Action.DELIVER


async def test_a_large_mail_past_its_deadline_is_held_back(slow_check: tuple[LoadedCheck, threading.Event]) -> None:
    settings = ScreenSettings(inline_max_bytes=10, deadline_s=0.1)
    verdict = await judge(arrive(), with_check(build(settings), slow_check[0]))
    assert verdict.action is Action.QUARANTINE
    assert [finding.code for finding in verdict.screening.findings] == ["judge.overran"]


async def test_a_large_mail_that_only_waited_is_asked_for_again(
    slow_check: tuple[LoadedCheck, threading.Event],
) -> None:
    check, may_end = slow_check
    settings = ScreenSettings(inline_max_bytes=10, deadline_s=0.1, threads=1)
    judging = with_check(build(settings), check)
    first, second = await asyncio.gather(judge(arrive(), judging), judge(arrive(), judging))
    may_end.set()
    assert [first.action, second.action] == [Action.QUARANTINE, Action.DEFER]
    assert [finding.code for finding in second.screening.findings] == ["judge.busy"]


SPOOFING_ZONE: dict[tuple[str, str], Sequence[Any]] = {("_dmarc.woodwork.example", "TXT"): [b"v=DMARC1; p=reject"]}


def with_dns(judging: Judging, resolver: FakeResolver) -> Judging:
    return replace(judging, proving=build_proving(OriginSettings(), (), resolver, Domain("mx.example.org")))


@pytest.mark.parametrize("inline_max_bytes", [0, 100_000])
async def test_a_mail_small_or_large_is_proven_before_it_is_decided_on(inline_max_bytes: int) -> None:
    arrival = arrive()
    spoofing = replace(arrival, envelope=replace(arrival.envelope, client_ip="192.0.2.9", helo="x.example"))
    judging = with_dns(build(ScreenSettings(inline_max_bytes=inline_max_bytes)), FakeResolver(SPOOFING_ZONE))
    verdict = await judge(spoofing, judging)
    assert verdict.screening.proof.dmarc is AuthResult.FAIL
    assert (verdict.action, verdict.decisions[0].rule) == (Action.REJECT, "dmarc.reject")


async def test_without_a_way_to_ask_nothing_is_proven() -> None:
    assert (await judge(arrive(), build())).screening.proof == UNPROVEN


async def test_a_proof_that_breaks_holds_the_mail_back_and_tells_where() -> None:
    broken = FakeResolver({("_dmarc.woodwork.example", "TXT"): ["no bytes"]})
    verdict = await judge(arrive(), with_dns(build(), broken))
    assert verdict.action is Action.QUARANTINE
    assert verdict.screening.findings[0].evidence[0].text.startswith("TypeError at ")


def test_the_judgement_without_a_loop_is_the_same() -> None:
    judging = build()
    assert judge_at_once(arrive(), judging) == asyncio.run(judge(arrive(), judging))


async def test_the_time_it_took_is_told() -> None:
    judging = replace(build(), clock=SystemClock(), threads=ThreadPoolExecutor(1))
    verdict = await judge(arrive(), judging)
    assert 0 < verdict.screening.elapsed_ms < 10_000


async def test_a_mail_that_we_are_too_busy_to_prove_is_asked_for_again() -> None:
    busy = FakeResolver(fails=True, was_turned_away=True)
    verdict = await judge(arrive(), with_dns(build(), busy))
    assert verdict.action is Action.DEFER
    assert [finding.code for finding in verdict.screening.findings] == ["judge.busy"]


def test_a_verdict_says_who_judged_and_by_which_settings() -> None:
    verdict = judge_at_once(arrive(), build())
    assert verdict.gatepost == metadata.version("gatepost")
    assert [name for name, _ in verdict.settings] == ["screen", "decide", "recipients.domains", "rules"]
    assert verdict.screening.model == (build().kit.classifier or pytest.fail("no model")).version
    other = judge_at_once(arrive(), build(ScreenSettings(deadline_s=9)))
    assert [name for name, digest in other.settings if digest != dict(verdict.settings)[name]] == ["screen"]


def test_what_is_known_of_the_sender_may_be_told_to_the_judgement_without_a_network() -> None:
    proof = Proof(dmarc=AuthResult.PASS)
    assert judge_at_once(arrive(), build(), proof).screening.proof is proof


def with_history(judging: Judging, book: FakeContactBook) -> Judging:
    own = frozenset({Domain.parse("mill-street.example")})
    desk = HistoryDesk(ContactKeys(b"k" * 32), book, FakeCounters(), own, (), load_tables())
    return give_history(replace(judging, own_domains=own), desk)


@pytest.mark.parametrize("inline_max_bytes", [0, 100_000])
async def test_the_history_of_a_mail_small_or_large_is_asked_for_after_its_proof(inline_max_bytes: int) -> None:
    proven: dict[tuple[str, str], Sequence[Any]] = {("woodwork.example", "TXT"): [b"v=spf1 ip4:192.0.2.9 -all"]}
    judging = with_dns(build(ScreenSettings(inline_max_bytes=inline_max_bytes)), FakeResolver(proven))
    arrival = arrive()
    sender = Address.parse("ann@woodwork.example")
    envelope = replace(arrival.envelope, mail_from=sender, client_ip="192.0.2.9", helo="x.example")
    book = FakeContactBook()
    verdict = await judge(replace(arrival, envelope=envelope), with_history(judging, book))
    facts = verdict.screening.facts
    assert len(book.asked) == 1
    assert facts.history == History(ways=(Way.SPF,), readers=(Contact(),), domain=Contact())
    assert facts.imprint is not None
    assert [line.recipient_number for line in facts.imprint.lines] == [0, 0]


async def test_without_a_book_or_with_one_that_is_silent_a_mail_is_judged_all_the_same() -> None:
    silent = await judge(arrive(), with_history(build(), FakeContactBook(is_closed=True)))
    without = await judge(arrive(), build())
    assert without.screening.facts == NO_FACTS
    assert silent.screening.facts.history is None
    assert (silent.action, silent.screening.score) == (without.action, without.screening.score)


async def test_a_mail_that_is_not_screened_asks_nobody() -> None:
    book = FakeContactBook()
    await judge(arrive(), with_history(build(ScreenSettings(enabled=False)), book))
    assert book.asked == []


async def test_the_antivirus_is_asked_about_the_mail_as_it_came_and_its_answer_is_recorded() -> None:
    antivirus = FakeAntivirus({b"Beech": "Test.Wood"})
    verdict = await judge(arrive(), give_antivirus(build(), antivirus))
    assert antivirus.asked == [RAW]
    assert verdict.action is Action.REJECT
    facts = verdict.screening.facts
    assert facts.antivirus == (AntivirusAnswer(Scanned.FOUND, "Test.Wood"),)
    assert judge_at_once(arrive(), build(), facts=facts).action is Action.REJECT


async def test_what_only_we_could_open_is_scanned_apart_from_the_mail() -> None:
    unlocked = OpenedFile("2:1", "a.exe", FileKind.PE, 3, content=b"bad")
    opener, antivirus = FakeOpener(unlocked), FakeAntivirus({b"bad": "Test.Unlocked"})
    judging = give_antivirus(give_opener(build(), opener), antivirus)
    verdict = await judge(arrive(write_attachment("a.zip", b"locked")), judging)
    assert opener.orders[0].keep is Keep.UNLOCKED
    assert AntivirusAnswer(Scanned.FOUND, "Test.Unlocked", "2:1") in verdict.screening.facts.antivirus
    assert verdict.action is Action.REJECT


async def test_while_the_antivirus_is_silent_the_sender_is_asked_to_come_again() -> None:
    silent = give_antivirus(build(), FakeAntivirus(is_down=True))
    assert (await judge(arrive(), silent)).action is Action.DEFER
    large = arrive(RAW + b"x" * 300_000)
    assert (await judge(large, silent)).action is Action.DEFER


async def test_a_file_that_only_another_reading_shows_is_scanned_apart() -> None:
    hidden = (
        RAW.replace(b"\r\n\r\n", b'\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\n', 1)
        + b"--b--\r\n--b\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\nYmFk\r\n--b--\r\n"
    )
    antivirus = FakeAntivirus({b"bad": "Test.Hidden"})
    verdict = await judge(arrive(hidden), give_antivirus(build(), antivirus))
    assert AntivirusAnswer(Scanned.FOUND, "Test.Hidden", "~1") in verdict.screening.facts.antivirus


def test_which_rules_judged_is_told_beside_the_settings() -> None:
    assert dict(build().settings)["rules"] == build_kit(ScreenSettings()).rule_book.version


async def test_a_mail_behind_too_many_others_that_are_being_opened_is_put_off_unopened() -> None:
    clock, may_go_on = FakeClock(), threading.Event()
    opener = FakeOpener()
    judging = replace(give_opener(build(), opener), clock=clock, openers=ThreadPoolExecutor(1))
    judging.openers.submit(may_go_on.wait, 10)
    task = asyncio.ensure_future(judge(arrive(write_attachment("a.zip", b"PK")), judging))
    await asyncio.sleep(0.05)  # now it waits for the thread
    clock.advance(OPENER_PATIENCE_S + 1)
    may_go_on.set()
    verdict = await task
    assert (verdict.action, opener.orders) == (Action.DEFER, [])
