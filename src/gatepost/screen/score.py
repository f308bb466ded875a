"""One number from all that was seen: the probability that a mail is unwanted, and what each piece added to it.

With a model, the model weighs (screen/classifier/). Without one (`[screen] model = "none"`) the score is a logistic
sum over the distinct codes that were found; their weights (log-odds) stand beside the kinds in the checks. They were
fitted by logistic regression on the `train` part of the development corpus (every source of honest and of unwanted
mail with a share of its own), then rounded, cut at 3 so that no single sign short of a test virus keeps a mail, and
lowered where that corpus lacks the honest mail that looks alike. Such a score knows no words.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gatepost.model.finding import Feature, Finding
from gatepost.model.verdict import Contribution
from gatepost.screen.case import Case, Kit
from gatepost.screen.classifier.evidence import gather_evidence

PRIOR = -1.5  # log-odds of a mail in which nothing was found, where no model knows better
MAX_SCORE = 0.999  # evidence of this kind is never certain


@dataclass(frozen=True, slots=True)
class Score:
    """The probability, and the sum that it is made of: `bias` and the contributions are its log-odds."""

    probability: float
    bias: float
    contributions: tuple[Contribution, ...]
    model: str = ""


def weigh(case: Case, seen: Iterable[Finding | Feature], kit: Kit) -> Score:
    """Score one mail by what was seen in it."""
    if kit.classifier is None:
        return score_codes((one.code for one in seen if isinstance(one, Finding)), kit.weights)
    evidence = gather_evidence(case.message, case.proof, seen, kit.tables)
    explanation = kit.classifier.explain(evidence, kit.weights, kit.factors)
    parts = explanation.contributions
    return Score(to_probability(explanation.log_odds), explanation.bias, parts, kit.classifier.version)


def score_codes(codes: Iterable[str], weights: Mapping[str, float]) -> Score:
    """Score a set of codes by their declared weights; a code without a weight counts nothing.

    >>> score_codes([], {}).probability < 0.2 < score_codes(["a.b"], {"a.b": 3.0}).probability
    True
    """
    parts = [Contribution(code, weights[code], 1.0) for code in sorted(set(codes)) if weights.get(code)]
    parts.sort(key=lambda part: -abs(part.log_odds))
    total = PRIOR + math.fsum(part.log_odds for part in parts)
    return Score(to_probability(total), PRIOR, tuple(parts))


def to_probability(log_odds: float) -> float:
    """Give the probability; never certain.

    >>> to_probability(0.0)
    0.5
    """
    return min(MAX_SCORE, 1 / (1 + math.exp(-max(-30.0, log_odds))))
