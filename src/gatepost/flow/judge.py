"""The stretch of the road that all mail shares: parse, open, prove, ask, screen, decide.

Trust: every byte of the mail comes from a stranger.
Fails: never. A mail that breaks the judgement, or keeps it busy past its deadline, gets a verdict that says so
(`was_judged` False); policy holds it back. One that only had to wait too long is asked for again (DEFER).
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from gatepost.decide.policy import BUSY, SWITCHED_OFF, decide
from gatepost.flow.ask import Known, ask_around
from gatepost.flow.judging import Judging
from gatepost.flow.open import open_contents
from gatepost.flow.readings import screen_readings
from gatepost.flow.shown import count_shown_bytes
from gatepost.message.ambiguity.read import read_otherwise
from gatepost.message.message import Message
from gatepost.message.parse import parse_message
from gatepost.model.envelope import Arrival
from gatepost.model.errors import TryLater
from gatepost.model.facts import NO_FACTS, Facts
from gatepost.model.finding import Evidence, Finding, Severity
from gatepost.model.proof import UNPROVEN, Proof
from gatepost.model.verdict import Screening, Verdict
from gatepost.origin.body_digests import BodyDigests, prepare_digests
from gatepost.screen.case import Case
from gatepost.screen.run import describe_error

T = TypeVar("T")


async def judge(arrival: Arrival, judging: Judging) -> Verdict:
    """Look at one mail from every side and decide."""
    started_s = judging.clock.monotonic_s()
    return _conclude(await _look(arrival, judging), started_s, arrival, judging)


def judge_at_once(arrival: Arrival, judging: Judging, proof: Proof = UNPROVEN, facts: Facts = NO_FACTS) -> Verdict:
    """Do the same without an event loop and without a deadline; nobody is asked: `proof` and `facts` are known."""
    started_s = judging.clock.monotonic_s()
    return _conclude(_look_at_once(arrival, judging, proof, facts), started_s, arrival, judging)


async def _look(arrival: Arrival, judging: Judging) -> Screening:
    if not judging.kit.settings.enabled:
        return _NOT_LOOKED_AT
    is_large = len(arrival.raw) > judging.kit.settings.inline_max_bytes
    try:
        return await (_look_in_threads if is_large else _look_here)(arrival, judging)
    except _TooLateError as error:
        return error.screening
    except TryLater:
        return _wait()
    except Exception as error:  # noqa: BLE001 - whatever the mail broke, it must end in a verdict, not in a lost mail
        return _break_off(error)


def _look_at_once(arrival: Arrival, judging: Judging, proof: Proof, facts: Facts) -> Screening:
    if not judging.kit.settings.enabled:
        return _NOT_LOOKED_AT
    try:
        message = parse_message(arrival.raw)
        known = Known(proof, facts, open_contents(message, judging.opener, client_ip=arrival.envelope.client_ip))
        return _screen(message, known, arrival, judging)
    except Exception as error:  # noqa: BLE001 - as above
        return _break_off(error)


async def _look_here(arrival: Arrival, judging: Judging) -> Screening:
    message = parse_message(arrival.raw)
    known = await ask_around(message, BodyDigests(message), arrival, judging)
    if count_shown_bytes(known.contents) <= judging.kit.settings.inline_max_bytes:
        return _screen(message, known, arrival, judging)
    ends_s = judging.clock.monotonic_s() + judging.kit.settings.deadline_s
    return await _run_in_thread(judging, ends_s, lambda: _screen(message, known, arrival, judging))


async def _look_in_threads(arrival: Arrival, judging: Judging) -> Screening:
    """Do in threads what takes long for a large mail; only the DNS is asked from here."""
    ends_s = judging.clock.monotonic_s() + judging.kit.settings.deadline_s
    message, bodies = await _run_in_thread(judging, ends_s, lambda: _read(arrival.raw))
    asked_s = judging.clock.monotonic_s()
    known = await ask_around(message, bodies, arrival, judging)
    ends_s += judging.clock.monotonic_s() - asked_s  # who was asked has deadlines of their own
    return await _run_in_thread(judging, ends_s, lambda: _screen(message, known, arrival, judging))


def _read(raw: bytes) -> tuple[Message, BodyDigests]:
    message = parse_message(raw)
    read_otherwise(message)  # here, where it keeps nobody waiting; it stays with the message
    return message, prepare_digests(message)


def _screen(message: Message, known: Known, arrival: Arrival, judging: Judging) -> Screening:
    case = Case(message, arrival.envelope, known.proof, judging.own_domains, known.facts, known.contents)
    return screen_readings(case, judging.kit)


class _TooLateError(Exception):
    """The time for one mail ran out."""

    def __init__(self, screening: Screening) -> None:
        super().__init__()
        self.screening = screening


async def _run_in_thread(judging: Judging, ends_s: float, do: Callable[[], T]) -> T:
    job = judging.threads.submit(do)
    try:
        return await asyncio.wait_for(asyncio.wrap_future(job), ends_s - judging.clock.monotonic_s())
    except TimeoutError:
        had_not_begun = job.cancel()
    if had_not_begun:
        raise _TooLateError(_wait())
    limit = f"{judging.kit.settings.deadline_s:g}"
    says, says_zh = f"judging this mail took longer than {limit} s", f"检查该邮件的时间超过 {limit} 秒"
    raise _TooLateError(_give_up("judge.overran", says, says_zh))


def _break_off(error: Exception) -> Screening:
    cause: BaseException = error
    while isinstance(cause, BaseExceptionGroup):
        cause = cause.exceptions[0]
    return _give_up("judge.broke", "this mail broke the judgement", "检查该邮件时程序出错", describe_error(cause))


def _wait() -> Screening:
    says = "this mail cannot be judged at the moment: too much came at once, or what opens files stands still"
    return _give_up(BUSY, says, "暂时无法检查该邮件：邮件过多，或打开附件的进程未在运行")


def _give_up(code: str, says: str, says_zh: str, detail: str = "") -> Screening:
    evidence = (Evidence(detail),) if detail else ()
    return Screening(findings=(Finding(code, Severity.ODD, says, says_zh, evidence),), was_judged=False)


_NOT_LOOKED_AT = _give_up(SWITCHED_OFF, "screening is switched off", "邮件检查已关闭")


def _conclude(screening: Screening, started_s: float, arrival: Arrival, judging: Judging) -> Verdict:
    elapsed_ms = (judging.clock.monotonic_s() - started_s) * 1000
    verdict = decide(replace(screening, elapsed_ms=elapsed_ms), arrival.envelope, judging.policy)
    return Verdict(verdict.screening, verdict.decisions, judging.gatepost, judging.settings)
