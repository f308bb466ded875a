"""The judgement of one mail: never an exception, never a silent pass, never in the way of the event loop."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from doubles import FakeClock, FakeOpener, FakeResolver
from gatepost.flow.judge import judge, judge_at_once
from gatepost.flow.judging import Judging, give_opener
from gatepost.model.contents import Contents, OpenedFile, Opening
from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Feature, Finding
from gatepost.model.ports import OpenOrder
from gatepost.model.proof import UNPROVEN, AuthResult, Proof
from gatepost.model.verdict import Action
from gatepost.net.clock import SystemClock
from gatepost.screen.case import Case, Kit, LoadedCheck
from gatepost.screen.settings import ScreenSettings
from judging_cases import RAW, arrive, build, with_dns
from screen_cases import write_attachment

SPOOFED = RAW.replace(b"From: Ann <ann@woodwork.example>", b"From: PayPal <x@y.example>")


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


async def test_a_small_mail_whose_file_shows_a_long_text_does_not_stop_the_event_loop(
    slow_check: tuple[LoadedCheck, threading.Event],
) -> None:
    check, may_end = slow_check
    raw = write_attachment("winmail.dat", b"x")
    shown = OpenedFile("1", "winmail.dat", FileKind.TNEF, 1, shown=(b"\r\n" + bytes(len(raw)),))
    judging = give_opener(build(ScreenSettings(inline_max_bytes=len(raw))), FakeOpener(shown))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(judge(arrive(raw), with_check(judging, check)))
        await asyncio.sleep(0.02)
        assert not task.done()
        may_end.set()
    assert task.result().screening.was_judged


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


async def test_a_large_mail_whose_files_take_long_to_open_is_screened_all_the_same() -> None:
    clock = FakeClock()

    class SlowOpener(FakeOpener):
        def open(self, order: OpenOrder) -> Contents:
            clock.advance(100)
            return super().open(order)

    gave_up = OpenedFile("1", "a.zip", FileKind.UNKNOWN, 1, Opening.TOO_SLOW)
    judging = give_opener(build(ScreenSettings(inline_max_bytes=10)), SlowOpener(gave_up))
    verdict = await judge(arrive(write_attachment("a.zip", b"x")), replace(judging, clock=clock))
    assert verdict.screening.was_judged
    assert "unopened_file.gave_up" in {finding.code for finding in verdict.screening.findings}


SPOOFING_ZONE: dict[tuple[str, str], Sequence[Any]] = {("_dmarc.woodwork.example", "TXT"): [b"v=DMARC1; p=reject"]}


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


def test_what_is_known_of_the_sender_may_be_told_to_the_judgement_without_a_network() -> None:
    proof = Proof(dmarc=AuthResult.PASS)
    assert judge_at_once(arrive(), build(), proof).screening.proof is proof
