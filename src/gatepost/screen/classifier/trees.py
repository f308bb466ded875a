"""Boosted trees as plain arrays: one walk through all of them at once, and what each piece of evidence moved.

A leaf points at itself, so that every walk may take the same number of steps. Each node knows the mean of what lies
below it; the steps of a walk add up to its leaf, and so the parts add up to the whole without a rest.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Trees:
    """All nodes of all trees in one row; `roots` says where each tree starts."""

    roots: Numbers
    features: Numbers  # which number of the evidence a node asks for
    thresholds: Floats  # left where the number is not above
    lefts: Numbers
    rights: Numbers
    values: Floats  # log-odds: the mean below a node, or the leaf's own
    depth: int

    @property
    def bias(self) -> float:
        """Give what the trees say before they ask anything."""
        return float(self.values[self.roots].sum())

    def weigh(self, evidence: Floats) -> Floats:
        """Give what each number of the evidence adds to the log-odds; with `bias` they make up the whole."""
        goes_right = evidence[self.features] > self.thresholds
        following = np.where(goes_right, self.rights, self.lefts)
        steps = self.values[following] - self.values
        at = self.roots
        seen = [at]
        for _ in range(self.depth - 1):
            at = following[at]
            seen.append(at)
        visited = np.concatenate(seen)
        moved = np.bincount(self.features[visited], weights=steps[visited], minlength=evidence.size)
        return moved.astype(np.float64, copy=False)
