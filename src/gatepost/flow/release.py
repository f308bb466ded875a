"""Whether what is left of a held mail may go: it is judged again before a person lets it go without its suspect files.

A person who asks for that looks at the files; what else holds the mail is easily overlooked.
Trust: the mail is a stranger's.
Fails: CannotCleanError where nothing can be taken out.
"""

from collections.abc import Collection
from typing import NamedTuple

from gatepost.flow.clean import Scan, judge_rest
from gatepost.flow.judging import Judging
from gatepost.flow.take_out import ANY_HOST, Subject, find_cleaning
from gatepost.model.envelope import Arrival
from gatepost.model.verdict import Action, Decision
from gatepost.store.entries import StoredMail

_GOES = frozenset({Action.DELIVER, Action.FLAG})


class Obstacle(NamedTuple):
    """Why what is left of a mail would be held, in English and Chinese."""

    says: str
    says_zh: str


def find_obstacle(
    kept: StoredMail, numbers: Collection[int], judging: Judging, scan: Scan | None = None
) -> Obstacle | None:
    """Say why what is left of a mail would be held for one of these recipients; None where it would not.

    It is judged by the proof and the history of the day when it came, else as mail is that comes now; `scan` asks an
    antivirus about it. The sentences name the finding.
    """
    entry = kept.entry
    cleaning = find_cleaning(kept, ANY_HOST)
    arrival = Arrival(entry.mail_id, entry.received_at, entry.envelope, kept.raw)
    verdict = judge_rest(Subject(arrival, entry.verdict.screening, entry.splices, ANY_HOST), cleaning, judging, scan)
    held = [one for number, one in enumerate(verdict.decisions) if number in numbers and not _may_go(one)]
    if not held:
        return None
    codes = dict.fromkeys(one.code for one in verdict.screening.findings if one.says in held[0].says)
    names = ", ".join((*codes, held[0].rule))
    return Obstacle(f"{held[0].says} ({names})", f"{held[0].says_zh}（{names}）")


def _may_go(decision: Decision) -> bool:
    return (decision.would_be or decision.action) in _GOES
