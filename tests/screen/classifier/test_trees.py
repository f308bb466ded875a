"""Parts add up to the whole, and each part is named after what was asked."""

import numpy as np

from gatepost.screen.classifier.trees import Trees

# One tree: x0 > 1 ? 2.0 : (x1 > 0 ? 1.0 : -1.0); the mean below the inner node is 0.2, of all 0.5. And a single leaf.
TREES = Trees(
    roots=np.array([0, 5], dtype=np.int32),
    features=np.array([0, 1, 0, 0, 0, 0], dtype=np.int32),
    thresholds=np.array([1.0, 0.0, 0, 0, 0, 0]),
    lefts=np.array([1, 2, 2, 3, 4, 5], dtype=np.int32),
    rights=np.array([4, 3, 2, 3, 4, 5], dtype=np.int32),
    values=np.array([0.5, 0.2, -1.0, 1.0, 2.0, 0.25]),
    depth=3,
)


def test_every_walk_ends_in_its_leaf() -> None:
    for row, leaf in (([2.0, 0.0], 2.0), ([0.0, 1.0], 1.0), ([1.0, 0.0], -1.0)):
        assert np.isclose(TREES.weigh(np.array(row)).sum() + TREES.bias, leaf + 0.25)


def test_each_question_moves_its_own_number() -> None:
    assert np.allclose(TREES.weigh(np.array([0.0, 1.0])), [0.2 - 0.5, 1.0 - 0.2])
    assert np.allclose(TREES.weigh(np.array([2.0, 1.0])), [2.0 - 0.5, 0.0])
