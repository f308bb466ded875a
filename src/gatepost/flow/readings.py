"""Screens a mail in every way that mail programs may read it, and makes one screening of what was seen.

Trust: other readings hold what only some programs show; the sender chose that.
Fails: never for what a mail holds.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from gatepost.flow.open import OTHER
from gatepost.message.ambiguity.read import read_otherwise
from gatepost.model.finding import Finding
from gatepost.model.verdict import PartSummary, Screening
from gatepost.screen.case import Case, Kit
from gatepost.screen.run import MAX_FINDINGS_PER_CODE, screen


def screen_readings(case: Case, kit: Kit) -> Screening:
    """Look at one mail in each of its readings; where nothing is ambiguous it has but one."""
    first = screen(case, kit)
    others = [screen(replace(case, message=other), kit) for other in read_otherwise(case.message)]
    return _unite(first, others) if others else first


def _unite(first: Screening, others: Iterable[Screening]) -> Screening:
    """Give all findings once, and the highest score with what it is made of."""
    screenings = (first, *others)
    worst = max(screenings, key=lambda screening: screening.score)
    return replace(
        first,
        findings=_unite_findings(screenings),
        score=worst.score,
        bias=worst.bias,
        contributions=worst.contributions,
        says=worst.says,
        says_zh=worst.says_zh,
        parts=(*first.parts, *(part for other in screenings[1:] for part in _mark(other.parts))),
        was_judged=all(screening.was_judged for screening in screenings),
    )


def _unite_findings(screenings: Iterable[Screening]) -> tuple[Finding, ...]:
    count: Counter[str] = Counter()
    found: dict[tuple[str, str], Finding] = {}
    for finding in (finding for screening in screenings for finding in screening.findings):
        if (key := (finding.code, finding.says)) in found or count[finding.code] >= MAX_FINDINGS_PER_CODE:
            continue
        found[key] = finding
        count[finding.code] += 1
    return tuple(sorted(found.values(), key=lambda finding: -finding.severity))


def _mark(parts: Iterable[PartSummary]) -> Iterable[PartSummary]:
    """Leave out the frame that holds the parts of another reading together, and mark those."""
    return (replace(part, path=OTHER + part.path) for part in parts if part.path != "1")
