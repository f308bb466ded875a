"""Boosted trees as plain arrays: one walk through all of them at once, and what each piece of evidence moved.

A leaf points at itself, so that every walk may take the same number of steps. Each node knows the mean of what lies
below it; the steps of a walk add up to its leaf, and so the parts add up to the whole without a rest.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int32]
Places = npt.NDArray[np.intp]
Small = npt.NDArray[np.unsignedinteger[Any]]  # numbers in as few bytes as they need: memory takes longer than the walk


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
        plan = self._plan
        goes_right = evidence.take(plan.asked) > plan.thresholds
        following = plan.ends.copy()
        following[: goes_right.size] = np.where(goes_right, plan.rights, plan.lefts)
        at = plan.roots
        for _ in range(self.depth - 1):
            at = following.take(at)
        asked, steps = plan.path_features.take(at, axis=0), plan.path_steps.take(at, axis=0)
        moved = np.bincount(asked.ravel(), weights=steps.ravel(), minlength=evidence.size)
        return moved.astype(np.float64, copy=False)

    @cached_property
    def _plan(self) -> "_Plan":
        return _make_plan(self)


@dataclass(frozen=True, eq=False)
class _Plan:
    """The same nodes as a walk needs them: those that ask come first; each knows the whole way down to it."""

    roots: Small
    asked: Small  # the number that a node asks for, its threshold, and where it leads
    thresholds: Floats
    lefts: Small
    rights: Small
    ends: Small  # where every node leads that asks nothing: to itself
    path_features: Small  # for each node what was asked on the way to it, a column for each step ...
    path_steps: Floats  # ... and what the answers moved


def _make_plan(trees: Trees) -> _Plan:
    nodes = np.arange(trees.features.size)
    asks = (trees.lefts != nodes) | (trees.rights != nodes)
    asking = np.flatnonzero(asks)
    order = np.concatenate([asking, np.flatnonzero(~asks)])
    numbers = np.empty_like(order)
    numbers[order] = nodes
    features, steps = _trace_paths(trees, asking)
    return _Plan(
        roots=_shrink(numbers[trees.roots], nodes.size),
        asked=_shrink(trees.features[asking], trees.features.max()),
        thresholds=trees.thresholds[asking],
        lefts=_shrink(numbers[trees.lefts[asking]], nodes.size),
        rights=_shrink(numbers[trees.rights[asking]], nodes.size),
        ends=_shrink(nodes, nodes.size),
        path_features=_shrink(features[order], trees.features.max()),
        path_steps=steps[order],
    )


def _shrink(numbers: Numbers | Places, most: int) -> Small:
    """Give the same numbers, none above `most`, in as few bytes as they need."""
    return numbers.astype(np.min_scalar_type(most))


def _trace_paths(trees: Trees, asking: Places) -> tuple[Places, Floats]:
    """Go from every node up to its root, which is its own parent."""
    nodes = np.arange(trees.features.size)
    parents = nodes.copy()
    parents[trees.lefts[asking]] = asking
    parents[trees.rights[asking]] = asking
    features = np.zeros((nodes.size, max(1, trees.depth - 1)), dtype=np.intp)
    steps = np.zeros(features.shape)
    at = nodes
    for column in range(trees.depth - 1):
        above = parents[at]
        features[:, column] = trees.features[above]
        steps[:, column] = trees.values[at] - trees.values[above]
        at = above
    return features, steps
