"""Screens a mail in every way that mail programs may read it, and makes one screening of what was seen.

Trust: other readings hold what only some programs show, or what lies in a file; the sender chose that.
Fails: never for what a mail holds.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from gatepost.flow.shown import list_shown
from gatepost.message.ambiguity.pieces import OTHER
from gatepost.message.ambiguity.read import read_otherwise
from gatepost.model.contents import Contents, shorten
from gatepost.model.finding import Finding
from gatepost.model.verdict import Screening
from gatepost.screen.case import Case, Kit
from gatepost.screen.plain_files import list_codes
from gatepost.screen.run import MAX_FINDINGS_PER_CODE, screen


def screen_readings(case: Case, kit: Kit) -> Screening:
    """Look at one mail in each of its readings, with the files that it has in that one."""
    first, *others = (screen(one, kit) for one in _list_readings(case))
    for shown in list_shown(case):
        others += (shown.tell_places(screen(one, kit)) for one in _list_readings(shown.case))
    if not others:
        return first
    united = _unite(first, others)
    return replace(united, contents=shorten(case.contents, list_codes(united.findings)))


def _list_readings(case: Case) -> list[Case]:
    """Give the default reading, and those in which other programs read the same bytes."""
    if not (others := read_otherwise(case.message)):
        return [case]
    files = case.contents.files
    theirs = Contents(tuple(file for file in files if file.path.startswith(OTHER)))
    ours = Contents(tuple(file for file in files if not file.path.startswith(OTHER)))
    return [replace(case, contents=ours), *(replace(case, message=other, contents=theirs) for other in others)]


def _unite(first: Screening, others: Sequence[Screening]) -> Screening:
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
        parts=(*first.parts, *(part for other in others for part in other.parts if part.path != OTHER)),
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
