"""How well scores tell unwanted mail from honest mail, and how sure we may be of it."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

RESAMPLES = 300
INTERVAL = (2.5, 97.5)  # percent

Floats = npt.NDArray[np.float64]
Measure = Callable[[Floats, Floats], float]  # of honest and of unwanted scores


def measure_auc(ham: Floats, bad: Floats) -> float:
    """Give the chance that an unwanted mail scores above an honest one; ties count half.

    >>> measure_auc(np.array([0.1, 0.2]), np.array([0.2, 0.9]))
    0.875
    """
    ordered = np.sort(ham)
    below = np.searchsorted(ordered, bad, "left") + np.searchsorted(ordered, bad, "right")
    return float(below.mean() / (2 * ham.size))


def find_threshold(ham: Floats, rate: float) -> float:
    """Give the score above which at most `rate` of the honest mails lie."""
    ordered = np.sort(ham)[::-1]
    return float(ordered[min(int(rate * ham.size), ham.size - 1)])


def measure_recall(ham: Floats, bad: Floats, rate: float) -> float:
    """Give the share of unwanted mails caught at that rate of false positives."""
    return float((bad > find_threshold(ham, rate)).mean())


def find_interval(measure: Measure, ham: Floats, bad: Floats, seed: int) -> tuple[float, float]:
    """Give the 95 % interval of a figure, by drawing both kinds of mail anew with replacement."""
    dice = np.random.default_rng(seed)
    figures = [measure(dice.choice(ham, ham.size), dice.choice(bad, bad.size)) for _ in range(RESAMPLES)]
    low, high = np.percentile(figures, INTERVAL)
    return float(low), float(high)
