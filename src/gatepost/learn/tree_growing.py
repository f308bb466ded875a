"""Grows the trees that correct what the words say, and brings them into the form that the classifier walks.

What a sign of bad intent may do is fixed by its direction: more of it never makes a mail look better. That keeps the
trees from learning by which habits a collection differs from another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt

from gatepost.screen.classifier.trees import Trees

ROUNDS = 250
PARAMETERS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 8,
    "max_depth": 6,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.25,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "use_missing": False,
    "verbose": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "boost_from_average": False,
}
LESS_IS_WORSE = frozenset(
    f"shape.{name}"
    for name in (
        *("aligned", "aligned_any", "aligned_main", "sender_named", "sender_in_text", "main_in_text"),
        *("pictures_sender", "link_main_known", "sender_known_brand", "mailto"),
    )
)
MORE_IS_WORSE = frozenset(
    f"shape.{name}"
    for name in (
        *("pictures_foreign", "sender_name_symbols", "sender_local_digits", "sender_label_digits", "sender_cheap"),
        *("link_main_cheap", "link_main_digits", "subject_capitals", "subject_marks", "subject_emoji"),
        *("hidden_share", "forms", "text_capitals"),
    )
)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TreeLesson:
    """What trees are grown from, a row for each mail."""

    numbers: Floats
    is_bad: npt.NDArray[np.bool_]
    weights: Floats
    said: Floats  # by the words


def grow_trees(lesson: TreeLesson, directions: Sequence[int], seed: int) -> Trees:
    """Grow trees on top of what the words say."""
    labels = lesson.is_bad.astype(np.float64)
    data = lightgbm.Dataset(lesson.numbers, labels, weight=lesson.weights, init_score=lesson.said)
    parameters = {**PARAMETERS, "monotone_constraints": list(directions), "seed": seed}
    return read_trees(lightgbm.train(parameters, data, ROUNDS))


def read_trees(booster: lightgbm.Booster) -> Trees:
    """Bring LightGBM's trees into arrays."""
    nodes: list[tuple[int, float, int, int, float]] = []
    roots, depth = [], 1
    for tree in booster.dump_model()["tree_info"]:
        roots.append(len(nodes))
        depth = max(depth, _read_node(tree["tree_structure"], nodes))
    features, thresholds, lefts, rights, values = zip(*nodes, strict=True)
    return Trees(
        roots=np.array(roots, dtype=np.int32),
        features=np.array(features, dtype=np.int32),
        thresholds=np.array(thresholds),
        lefts=np.array(lefts, dtype=np.int32),
        rights=np.array(rights, dtype=np.int32),
        values=np.array(values),
        depth=depth,
    )


def _read_node(node: dict[str, Any], nodes: list[tuple[int, float, int, int, float]]) -> int:
    """Append a node and what lies below it; give how deep that goes."""
    place = len(nodes)
    if "leaf_value" in node:
        nodes.append((0, 0.0, place, place, float(node["leaf_value"])))
        return 1
    nodes.append((0, 0.0, 0, 0, 0.0))
    left = len(nodes)
    depth = _read_node(node["left_child"], nodes)
    right = len(nodes)
    depth = max(depth, _read_node(node["right_child"], nodes))
    feature, threshold, value = int(node["split_feature"]), float(node["threshold"]), float(node["internal_value"])
    nodes[place] = (feature, threshold, left, right, value)
    return depth + 1
