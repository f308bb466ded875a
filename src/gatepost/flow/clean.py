"""Makes the cleaned form of a mail that comes in, and looks whether what is left may be delivered.

What is left is judged again: a check may name only some of many files, and a file may show where nobody looked for it.
An antivirus that has found something is asked about what is left, too: it stops at the first thing that it finds.
Fails: never; a mail that cannot be cleaned, or breaks the cleaning, is kept whole.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from gatepost.flow.judge import judge_at_once
from gatepost.flow.judging import Judging
from gatepost.flow.take_out import CannotCleanError, Subject, lies_in, take_out
from gatepost.model.cleaning import NO_CLEANING, Cleaning
from gatepost.model.facts import AntivirusAnswer, Scanned
from gatepost.model.ports import Antivirus
from gatepost.model.splice import apply_splices
from gatepost.model.verdict import Action, Decision, Verdict
from gatepost.screen.run import describe_error

Scan = Callable[[bytes], AntivirusAnswer]
JudgeRest = Callable[[Subject, Cleaning], Verdict]

MAX_ROUNDS = 3  # what is left may hold more that has to go, where a check names only some of many


async def clean(subject: Subject, verdict: Verdict, judging: Judging) -> tuple[Verdict, Cleaning]:
    """Make the cleaned form where a recipient is to get it; where none can be made, the mail is kept for them."""
    if not _is_asked_for(verdict):
        return verdict, NO_CLEANING
    loop = asyncio.get_running_loop()
    scan = partial(_scan_elsewhere, judging.antivirus, loop) if judging.antivirus else None
    work = loop.run_in_executor(judging.threads, clean_at_once, subject, verdict, judging, scan)
    try:
        return await asyncio.wait_for(work, judging.kit.settings.deadline_s)
    except TimeoutError:
        return _keep_all(verdict, CannotCleanError("that took too long", "耗时过长"))


def _scan_elsewhere(antivirus: Antivirus, loop: asyncio.AbstractEventLoop, content: bytes) -> AntivirusAnswer:
    """Ask from a thread; the antivirus is asked in the event loop, and answers within its own deadline."""
    return asyncio.run_coroutine_threadsafe(antivirus.scan(content), loop).result()


def clean_at_once(
    subject: Subject, verdict: Verdict, judging: Judging, scan: Scan | None = None
) -> tuple[Verdict, Cleaning]:
    """Do the same without an event loop and without a deadline; without `scan` no antivirus is asked."""
    if not _is_asked_for(verdict):
        return verdict, NO_CLEANING
    said = subject.screening.facts.antivirus
    if not said or AntivirusAnswer(Scanned.CLEAN) in said:  # it knows the rest already
        scan = None
    try:
        return _clean_and_judge(subject, verdict, partial(judge_rest, judging=judging, scan=scan))
    except CannotCleanError as error:
        return _keep_all(verdict, error)
    except Exception as error:  # noqa: BLE001 - whatever the mail broke, it must end in a verdict, not in a lost mail
        says, says_zh = f"the mail broke it ({describe_error(error)})", f"处理出错（{describe_error(error)}）"
        return _keep_all(verdict, CannotCleanError(says, says_zh))


def _is_asked_for(verdict: Verdict) -> bool:
    return any(decision.action is Action.CLEAN for decision in verdict.decisions)


def _keep_all(verdict: Verdict, cause: CannotCleanError) -> tuple[Verdict, Cleaning]:
    decisions = (_keep(one, cause) if one.action is Action.CLEAN else one for one in verdict.decisions)
    return replace(verdict, decisions=tuple(decisions)), NO_CLEANING


def _clean_and_judge(subject: Subject, verdict: Verdict, judge: JudgeRest) -> tuple[Verdict, Cleaning]:
    """Take out what has to go, until the judgement of what is left names nothing more."""
    paths: set[str] = set()
    named = {path for decision in verdict.decisions for path in decision.removes}
    for _ in range(MAX_ROUNDS):
        paths |= named
        cleaning = take_out(subject, paths)
        after = judge(subject, cleaning)
        pairs = list(zip(verdict.decisions, after.decisions, strict=True))
        named = {path for one, other in pairs if one.action is Action.CLEAN for path in other.removes}
        if not named - paths:
            after = replace(verdict, decisions=tuple(_decide_again(*pair) for pair in pairs))
            return after, cleaning if _is_asked_for(after) else NO_CLEANING
    raise CannotCleanError("there is always more to be taken out", "总有更多内容需要移除")


def judge_rest(subject: Subject, cleaning: Cleaning, judging: Judging, scan: Scan | None = None) -> Verdict:
    """Judge what is left by what is known of its sender; what an antivirus said of files that are gone is forgotten.

    Where there is `scan`, its answer about what is left takes the place of what was said of the mail.
    """
    arrival, screening = subject.arrival, subject.screening
    rest = replace(arrival, raw=apply_splices(arrival.raw, cleaning.splices))
    gone = {part.path for part in cleaning.removed}
    said = [one for one in screening.facts.antivirus if not (one.file and lies_in(one.file, gone))]
    answers = (*(one for one in said if one.file), scan(rest.raw)) if scan else tuple(said)
    return judge_at_once(rest, judging, screening.proof, replace(screening.facts, antivirus=answers))


def _decide_again(decision: Decision, after: Decision) -> Decision:
    if decision.action is not Action.CLEAN or after.action is Action.DELIVER:
        return decision
    if after.action is Action.FLAG:  # the warning is about what is delivered: its reader is to see it
        says, says_zh = f"{decision.says} The rest: {after.says}", f"{decision.says_zh}其余部分：{after.says_zh}"
        return replace(decision, says=says, says_zh=says_zh)
    return _keep(decision, CannotCleanError(after.says, after.says_zh))


def _keep(decision: Decision, cause: CannotCleanError) -> Decision:
    return replace(
        decision,
        action=Action.QUARANTINE,
        says=f"Kept in quarantine, because it cannot be cleaned: {cause.says.rstrip('.')}.",
        says_zh=f"已隔离，因为无法移除危险内容：{cause.says_zh.rstrip('。')}。",
        removes=(),
    )
