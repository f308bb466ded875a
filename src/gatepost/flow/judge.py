"""The stretch of the road that all mail shares: parse, screen, decide.

Trust: every byte of the mail comes from a stranger.
Fails: never. A mail that breaks the judgement, or keeps it busy past its deadline, gets a verdict that says so
(`was_judged` False); policy holds it back. One that only had to wait too long is asked for again (DEFER).
"""

import asyncio
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace

from gatepost.decide.policy import BUSY, SWITCHED_OFF, Policy, build_policy, decide
from gatepost.decide.settings import DecideSettings
from gatepost.message.parse import parse_message
from gatepost.model.address import Domain
from gatepost.model.envelope import Arrival
from gatepost.model.finding import Evidence, Finding, Severity
from gatepost.model.ports import Clock
from gatepost.model.proof import UNPROVEN
from gatepost.model.verdict import Screening, Verdict
from gatepost.screen.case import Case, Kit
from gatepost.screen.kit import build_kit
from gatepost.screen.run import describe_error, screen
from gatepost.screen.settings import ScreenSettings


@dataclass(frozen=True, slots=True)
class Judging:
    """What judging needs: built once for each process, shared by all mails."""

    kit: Kit
    policy: Policy
    own_domains: frozenset[Domain]
    clock: Clock
    threads: Executor  # for mails too large to judge between two turns of the event loop


def build_judging(
    screening: ScreenSettings, deciding: DecideSettings, own_domains: frozenset[Domain], clock: Clock
) -> Judging:
    """Load tables, checks and policy; raise BadSettings with the place of a mistake."""
    threads = ThreadPoolExecutor(screening.threads, thread_name_prefix="judge")
    return Judging(build_kit(screening), build_policy(deciding), own_domains, clock, threads)


async def judge(arrival: Arrival, judging: Judging) -> Verdict:
    """Look at one mail from every side and decide."""
    started_s = judging.clock.monotonic_s()
    return _conclude(await _look_in_time(arrival, judging), started_s, arrival, judging)


def judge_at_once(arrival: Arrival, judging: Judging) -> Verdict:
    """Do the same without an event loop and without a deadline."""
    started_s = judging.clock.monotonic_s()
    return _conclude(_look(arrival, judging), started_s, arrival, judging)


async def _look_in_time(arrival: Arrival, judging: Judging) -> Screening:
    settings = judging.kit.settings
    if len(arrival.raw) <= settings.inline_max_bytes:
        return _look(arrival, judging)
    job = judging.threads.submit(_look, arrival, judging)
    try:
        return await asyncio.wait_for(asyncio.wrap_future(job), settings.deadline_s)
    except TimeoutError:
        had_not_begun = job.cancel()
    if had_not_begun:
        return _give_up(BUSY, "too much mail came at once to judge this one", "邮件过多，暂时无法检查该邮件")
    limit = f"{settings.deadline_s:g}"
    return _give_up(
        "judge.overran", f"judging this mail took longer than {limit} s", f"检查该邮件的时间超过 {limit} 秒"
    )


def _look(arrival: Arrival, judging: Judging) -> Screening:
    if not judging.kit.settings.enabled:
        return _NOT_LOOKED_AT
    try:
        message = parse_message(arrival.raw)
        return screen(Case(message, arrival.envelope, UNPROVEN, judging.own_domains), judging.kit)
    except Exception as error:  # noqa: BLE001 - whatever the mail broke, it must end in a verdict, not in a lost mail
        return _give_up("judge.broke", "this mail broke the judgement", "检查该邮件时程序出错", describe_error(error))


def _give_up(code: str, says: str, says_zh: str, detail: str = "") -> Screening:
    evidence = (Evidence(detail),) if detail else ()
    return Screening(findings=(Finding(code, Severity.ODD, says, says_zh, evidence),), was_judged=False)


_NOT_LOOKED_AT = _give_up(SWITCHED_OFF, "screening is switched off", "邮件检查已关闭")


def _conclude(screening: Screening, started_s: float, arrival: Arrival, judging: Judging) -> Verdict:
    elapsed_ms = (judging.clock.monotonic_s() - started_s) * 1000
    return decide(replace(screening, elapsed_ms=elapsed_ms), arrival.envelope, judging.policy)
