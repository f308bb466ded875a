"""Turn many noisy measurements into few honest figures."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean, middle, near-worst and worst of one series."""

    mean: float
    p50: float
    p99: float
    worst: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Summarise a series that is not empty."""
        return cls(fmean(values), percentile(values, 50), percentile(values, 99), max(values))

    def show(self, unit: str) -> str:
        """Give all four in words, short."""
        figures = (f"{name} {value:.3g}" for name, value in (("p50", self.p50), ("p99", self.p99), ("max", self.worst)))
        return f"mean {self.mean:.3g} {unit} ({', '.join(figures)})"


def percentile(values: Iterable[float], percent: float) -> float:
    """Give the smallest value that at least `percent` of all values do not exceed (nearest rank).

    >>> percentile([4, 1, 3, 2], 50), percentile([4, 1, 3, 2], 99)
    (2, 4)
    """
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * percent / 100) - 1, 0)]


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Give the middle of the ratios of measurements that were taken side by side.

    One disturbed round moves the ratio of two totals, but not the middle of several ratios.

    >>> median_ratio([1.0, 2.0, 90.0], [2.0, 4.0, 3.0])
    0.5
    """
    return median(our / their for our, their in zip(ours, theirs, strict=True))
