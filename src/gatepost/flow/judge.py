"""The stretch of the road that all mail shares: parse, open, prove, ask, screen, decide.

Trust: every byte of the mail comes from a stranger.
Fails: never. A mail that breaks the judgement, or keeps it busy past its deadline, gets a verdict that says so
(`was_judged` False); policy holds it back. One that only had to wait too long is asked for again (DEFER).
"""

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib import metadata
from typing import TypeVar

import msgspec

from gatepost.decide.policy import BUSY, SWITCHED_OFF, Policy, build_policy, decide
from gatepost.decide.settings import DecideSettings
from gatepost.feeds.shelf import FeedShelf
from gatepost.flow.open import carries_files, find_other_files, open_contents
from gatepost.flow.prove import Proving, prove_origin
from gatepost.flow.readings import screen_readings
from gatepost.message.ambiguity.read import read_otherwise
from gatepost.message.message import Message
from gatepost.message.parse import parse_message
from gatepost.model.address import Domain
from gatepost.model.contents import NO_CONTENTS, Contents
from gatepost.model.envelope import Arrival
from gatepost.model.errors import TryLater
from gatepost.model.facts import NO_FACTS, AntivirusAnswer, Facts
from gatepost.model.finding import Evidence, Finding, Severity
from gatepost.model.ports import Antivirus, Clock, Keep, Opener
from gatepost.model.proof import UNPROVEN, Proof
from gatepost.model.verdict import Screening, Verdict
from gatepost.origin.body_digests import BodyDigests, prepare_digests
from gatepost.screen.case import Case, Kit
from gatepost.screen.kit import build_kit
from gatepost.screen.lookups.antivirus import ask_about_files
from gatepost.screen.lookups.history import HistoryDesk, look_up_history
from gatepost.screen.run import describe_error
from gatepost.screen.settings import ScreenSettings

OPENER_THREADS = 8  # mails that wait for the sandbox at once; they only wait
OPENER_PATIENCE_S = 60.0  # of a mail that waits for one of these threads
RULES = "rules"  # of YARA, among what is set for judging
DIGEST_CHARS = 16  # enough to tell settings apart
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Judging:
    """What judging needs: built once for each process, shared by all mails."""

    kit: Kit
    policy: Policy
    own_domains: frozenset[Domain]
    clock: Clock
    threads: Executor  # for mails too large to judge between two turns of the event loop
    openers: Executor  # wait for the sandbox
    proving: Proving | None = None  # None: nothing is asked from the network
    history: HistoryDesk | None = None  # None: nobody knows whom the recipients know
    opener: Opener | None = None  # None: what a mail carries stays closed
    antivirus: Antivirus | None = None  # None: none is asked
    gatepost: str = ""  # version of this program
    settings: tuple[tuple[str, str], ...] = ()  # see Verdict


def build_judging(
    screening: ScreenSettings,
    deciding: DecideSettings,
    own_domains: frozenset[Domain],
    clock: Clock,
    proving: Proving | None = None,
) -> Judging:
    """Load tables, checks and policy; raise BadSettings with the place of a mistake."""
    threads = ThreadPoolExecutor(screening.threads, thread_name_prefix="judge")
    kit = build_kit(screening)
    return Judging(
        kit=kit,
        policy=build_policy(deciding),
        own_domains=own_domains,
        clock=clock,
        threads=threads,
        openers=ThreadPoolExecutor(OPENER_THREADS, thread_name_prefix="open"),
        proving=proving,
        gatepost=metadata.version("gatepost"),
        settings=(*_digest_settings(screening, deciding, own_domains), (RULES, kit.rule_book.version)),
    )


def _digest_settings(
    screening: ScreenSettings, deciding: DecideSettings, own_domains: frozenset[Domain]
) -> tuple[tuple[str, str], ...]:
    """Name what is set for judging; which file holds the model is left out, for the model tells its version itself."""
    parts = {
        "screen": msgspec.structs.replace(screening, model=""),
        "decide": deciding,
        "recipients.domains": sorted(domain.name for domain in own_domains),
    }
    return tuple((name, _digest(part)) for name, part in parts.items())


def _digest(part: object) -> str:
    return hashlib.sha256(msgspec.json.encode(part, order="deterministic")).hexdigest()[:DIGEST_CHARS]


def give_feeds(judging: Judging, feeds: FeedShelf) -> Judging:
    """Let the checks ask these lists of known bad URLs and files."""
    return replace(judging, kit=replace(judging.kit, feeds=feeds))


def give_history(judging: Judging, history: HistoryDesk | None) -> Judging:
    """Let the lookup ask this book of contacts; it belongs to one process."""
    return replace(judging, history=history)


def give_opener(judging: Judging, opener: Opener | None) -> Judging:
    """Let what a mail carries be opened by this one; its processes belong to one process."""
    return replace(judging, opener=opener)


def give_antivirus(judging: Judging, antivirus: Antivirus | None) -> Judging:
    """Let this one be asked about every mail."""
    return replace(judging, antivirus=antivirus)


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
        known = _Known(proof, facts, open_contents(message, judging.opener))
        return _screen(message, known, arrival, judging)
    except Exception as error:  # noqa: BLE001 - as above
        return _break_off(error)


async def _look_here(arrival: Arrival, judging: Judging) -> Screening:
    message = parse_message(arrival.raw)
    known = await _learn(message, BodyDigests(message), arrival, judging)
    return _screen(message, known, arrival, judging)


async def _look_in_threads(arrival: Arrival, judging: Judging) -> Screening:
    """Do in threads what takes long for a large mail; only the DNS is asked from here."""
    ends_s = judging.clock.monotonic_s() + judging.kit.settings.deadline_s
    message, bodies = await _run_in_thread(judging, ends_s, lambda: _read(arrival.raw))
    known = await _learn(message, bodies, arrival, judging)
    return await _run_in_thread(judging, ends_s, lambda: _screen(message, known, arrival, judging))


def _read(raw: bytes) -> tuple[Message, BodyDigests]:
    message = parse_message(raw)
    read_otherwise(message)  # here, where it keeps nobody waiting; it stays with the message
    return message, prepare_digests(message)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a mail besides its bytes."""

    proof: Proof
    facts: Facts
    contents: Contents


async def _learn(message: Message, bodies: BodyDigests, arrival: Arrival, judging: Judging) -> _Known:
    """Open what the mail carries, and have it scanned, while its sender is proven; then ask."""
    opening = _start_opening(message, judging)
    proof, answers = await _prove_and_scan(message, bodies, arrival, judging)
    contents = await asyncio.wrap_future(opening) if opening else NO_CONTENTS
    facts = _ask(message, proof, arrival, judging)
    if judging.antivirus is not None:
        answers += await ask_about_files(contents, judging.antivirus, find_other_files(message))
        facts = replace(facts, antivirus=answers)
    return _Known(proof, facts, contents)


def _start_opening(message: Message, judging: Judging) -> Future[Contents] | None:
    if judging.opener is None or not carries_files(message):
        return None
    keep = Keep.NOTHING if judging.antivirus is None else Keep.UNLOCKED
    return judging.openers.submit(_open_in_turn, message, judging, keep, judging.clock.monotonic_s())


def _open_in_turn(message: Message, judging: Judging, keep: Keep, asked_s: float) -> Contents:
    """Open what the mail carries; raise TryLater where too much mail stood in front of it."""
    if judging.clock.monotonic_s() - asked_s > OPENER_PATIENCE_S:
        raise TryLater("too many mails wait for their files to be opened")
    return open_contents(message, judging.opener, keep)


async def _prove_and_scan(
    message: Message, bodies: BodyDigests, arrival: Arrival, judging: Judging
) -> tuple[Proof, tuple[AntivirusAnswer, ...]]:
    proving = _prove(message, bodies, arrival, judging)
    if judging.antivirus is None:
        return await proving, ()
    proof, answer = await asyncio.gather(proving, judging.antivirus.scan(arrival.raw))
    return proof, (answer,)


async def _prove(message: Message, bodies: BodyDigests, arrival: Arrival, judging: Judging) -> Proof:
    return await prove_origin(message, arrival, bodies, judging.proving) if judging.proving else UNPROVEN


def _ask(message: Message, proof: Proof, arrival: Arrival, judging: Judging) -> Facts:
    return look_up_history(message, arrival, proof, judging.history) if judging.history else NO_FACTS


def _screen(message: Message, known: _Known, arrival: Arrival, judging: Judging) -> Screening:
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
    return _give_up(BUSY, "too much mail came at once to judge this one", "邮件过多，暂时无法检查该邮件")


def _give_up(code: str, says: str, says_zh: str, detail: str = "") -> Screening:
    evidence = (Evidence(detail),) if detail else ()
    return Screening(findings=(Finding(code, Severity.ODD, says, says_zh, evidence),), was_judged=False)


_NOT_LOOKED_AT = _give_up(SWITCHED_OFF, "screening is switched off", "邮件检查已关闭")


def _conclude(screening: Screening, started_s: float, arrival: Arrival, judging: Judging) -> Verdict:
    elapsed_ms = (judging.clock.monotonic_s() - started_s) * 1000
    verdict = decide(replace(screening, elapsed_ms=elapsed_ms), arrival.envelope, judging.policy)
    return Verdict(verdict.screening, verdict.decisions, judging.gatepost, judging.settings)
