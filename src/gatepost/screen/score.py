"""One number from many findings: the probability that a mail is unwanted.

This is an interim evidence score until a trained model takes its place: a logistic sum over the distinct codes that
were found. Weights (log-odds) stand beside the kinds in the checks; they come from a logistic regression on the
`train` part of the development corpus (sources and labels weighted equally, weights not below zero for signs of
bad intent), rounded to a tenth. It knows no words, so mail that merely says the wrong things scores low.
"""

import math
from collections.abc import Iterable, Mapping

PRIOR = -1.5  # log-odds of a mail in which nothing was found
MAX_SCORE = 0.999  # evidence of this kind is never certain


def score_codes(codes: Iterable[str], weights: Mapping[str, float]) -> float:
    """Give the probability (0 to 1) for a set of codes; a code without a weight counts nothing.

    >>> score_codes([], {}) < 0.2 < score_codes(["a.b"], {"a.b": 3.0})
    True
    """
    total = PRIOR + sum(weights.get(code, 0.0) for code in sorted(set(codes)))
    return min(MAX_SCORE, 1 / (1 + math.exp(-total)))
