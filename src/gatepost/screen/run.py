"""Run every check over one mail and gather what they saw.

Trust: the mail may be made to break a check. A check that breaks costs its own findings only, and the mail then
counts as not judged, so that policy can hold it back.
Fails: never for what a mail holds.
"""

import importlib
import itertools
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import cast

from gatepost.message.message import Message
from gatepost.model.contents import shorten
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.model.verdict import PartSummary, Screening
from gatepost.screen import checks
from gatepost.screen.case import Case, Check, Kit, LoadedCheck
from gatepost.screen.kind import Kind
from gatepost.screen.plain_files import list_codes
from gatepost.screen.reason import find_main_sign
from gatepost.screen.score import weigh

MAX_FINDINGS_PER_CODE = 5  # a mail with a thousand bad links says no more than one with five
MAX_OBSERVATIONS_PER_CHECK = 1000
MAX_PARTS_SHOWN = 200
MAX_FILES_NAMED = 200

CHECK_FAILED = Kind(
    "screen.check_failed",
    Severity.ODD,
    0.0,
    "A check broke on this mail, so the mail is judged only in part; the defect should be reported.",
)


@dataclass(frozen=True, slots=True)
class Observations:
    """What all checks saw: findings for people and policy, features for a classifier."""

    findings: tuple[Finding, ...]
    features: tuple[Feature, ...]
    is_complete: bool


@cache
def load_checks() -> dict[str, Check]:
    """Import every module of screen/checks/; the key is its name."""
    names = sorted(module.name for module in pkgutil.iter_modules(checks.__path__))
    return {name: cast("Check", importlib.import_module(f"{checks.__name__}.{name}")) for name in names}


def screen(case: Case, kit: Kit) -> Screening:
    """Look at one mail with every check of the kit, and weigh what they saw."""
    observations = observe(case, kit)
    message = case.message
    score = weigh(case, (*observations.findings, *observations.features), kit)
    says, says_zh = find_main_sign(observations.findings, score.contributions)
    return Screening(
        findings=observations.findings,
        score=score.probability,
        bias=score.bias,
        contributions=score.contributions,
        model=score.model,
        feeds=tuple(sorted(kit.feeds.versions.items())),
        says=says,
        says_zh=says_zh,
        proof=case.proof,
        facts=case.facts,
        parts=tuple(_summarise_parts(message)),
        contents=shorten(case.contents, list_codes(observations.findings)),
        was_judged=observations.is_complete,
        subject=message.subject,
        header_from=message.from_[0].address if message.from_ else "",
    )


def observe(case: Case, kit: Kit) -> Observations:
    """Gather findings and features of all checks, gravest finding first."""
    findings: list[Finding] = []
    features: list[Feature] = []
    is_complete = True
    for check in kit.checks:
        if check.needs_files and not case.contents.files:
            continue
        seen: list[Finding | Feature] = []
        try:
            seen.extend(itertools.islice(check.examine(case, kit), MAX_OBSERVATIONS_PER_CHECK))
        except Exception as error:  # noqa: BLE001 - whatever breaks a check must not keep the others from looking
            seen.append(_report_failure(check, error))
            is_complete = False
        if not seen:
            continue
        features += [one for one in seen if isinstance(one, Feature)]
        if found := [one for one in seen if isinstance(one, Finding)]:
            findings += _limit(found)
    findings.sort(key=lambda finding: -finding.severity)
    return Observations(tuple(findings), tuple(features), is_complete)


def _limit(findings: list[Finding]) -> list[Finding]:
    if len(findings) <= MAX_FINDINGS_PER_CODE:
        return findings
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(finding.code, []).append(finding)
    return [kept for alike in by_code.values() for kept in _limit_alike(alike)]


def _limit_alike(findings: list[Finding]) -> list[Finding]:
    """Leave out what is too many; but every file that one of them is about stays named, so that it can be taken out."""
    *kept, last = findings[:MAX_FINDINGS_PER_CODE]
    left_out = findings[MAX_FINDINGS_PER_CODE:]
    files = dict.fromkeys(evidence.file for finding in left_out for evidence in finding.evidence if evidence.file)
    named = tuple(Evidence("", None, file) for file in itertools.islice(files, MAX_FILES_NAMED))
    return [*kept, replace(last, evidence=last.evidence + named) if named else last]


def _report_failure(check: LoadedCheck, error: Exception) -> Finding:
    return CHECK_FAILED.seen(
        Evidence(describe_error(error)),
        says=f"The check {check.name} broke on this mail, so the mail is judged only in part.",
        says_zh=f"检查项 {check.name} 在处理该邮件时出错，因此该邮件仅完成部分检查。",
    )


def describe_error(error: BaseException) -> str:
    """Give kind and place of an error, never its text: that may quote the mail."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    file_name = trace.tb_frame.f_code.co_filename.rpartition("/")[2]
    return f"{type(error).__name__} at {file_name}:{trace.tb_lineno}"


def _summarise_parts(message: Message) -> Iterable[PartSummary]:
    return (
        PartSummary(part.path, part.content_type, part.filename, part.size_bytes)
        for part in itertools.islice(message.walk(), MAX_PARTS_SHOWN)
    )
