"""One number from many findings: the probability that a mail is unwanted.

This is an interim evidence score until a trained model takes its place: a logistic sum over the distinct codes that
were found. Weights (log-odds) stand beside the kinds in the checks. They were fitted by logistic regression on the
`train` part of the development corpus (every source of honest and of unwanted mail with a share of its own), then
rounded, cut at 3 so that no single sign short of a test virus keeps a mail, and lowered where that corpus lacks the
honest mail that looks alike (shortened links, pictures in a sender's name, Reply-To at a free mailbox). The score
knows no words: mail that merely says the wrong things scores low.
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
