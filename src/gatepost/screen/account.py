"""The account of a score: every piece of evidence in words, with what it moved, adding up to the probability."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from gatepost.model.finding import Finding
from gatepost.model.verdict import Contribution
from gatepost.screen.evidence_words import find_label
from gatepost.screen.run import load_checks
from gatepost.screen.score import to_probability


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of evidence: its name, what it means, what was measured, and what it moved the log-odds by."""

    name: str
    says: str
    says_zh: str
    value: float
    log_odds: float


@dataclass(frozen=True, slots=True)
class Account:
    """The whole sum: `bias` and the steps make `log_odds`, and that makes `probability`, which is the score."""

    bias: float
    steps: tuple[Step, ...]  # what moved most comes first
    log_odds: float
    probability: float


def account_for(bias: float, contributions: Iterable[Contribution], findings: Iterable[Finding]) -> Account | None:
    """Give the account of a screening's score; None where nothing was weighed."""
    means, seen = _list_meanings(), {one.code: one.says_zh.rstrip("。") for one in findings}
    steps = tuple(Step(part.name, *find_label(part.name, means), part.value, part.log_odds) for part in contributions)
    steps = tuple(replace(step, says_zh=seen.get(step.name, step.says_zh)) for step in steps)
    if not steps and not bias:
        return None
    total = bias + math.fsum(step.log_odds for step in steps)
    return Account(bias, steps, total, to_probability(total))


@cache
def _list_meanings() -> Mapping[str, str]:
    return {kind.code: kind.means for check in load_checks().values() for kind in check.KINDS}
