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


def test_trees_of_any_form_are_walked_as_one_by_one() -> None:
    dice = np.random.default_rng(3)
    nodes: list[tuple[int, float, int, int, float]] = []
    roots = [_grow(nodes, dice, 5) for _ in range(20)]
    features, thresholds, lefts, rights, values = map(np.array, zip(*nodes, strict=True))
    trees = Trees(np.array(roots), features, thresholds, lefts, rights, values, depth=6)
    for row in dice.random((30, 7)):
        expected = np.zeros(7)
        for root in roots:
            at = root
            while nodes[at][2] != at:
                following = nodes[at][3] if row[nodes[at][0]] > nodes[at][1] else nodes[at][2]
                expected[nodes[at][0]] += nodes[following][4] - nodes[at][4]
                at = following
        assert np.allclose(trees.weigh(row), expected)


def _grow(nodes: list[tuple[int, float, int, int, float]], dice: np.random.Generator, depth: int) -> int:
    """Append a tree of at most this depth below its root; give its place."""
    place = len(nodes)
    nodes.append((0, 0.0, place, place, float(dice.normal())))
    if depth and dice.random() < 0.8:  # most nodes ask something
        left, right = _grow(nodes, dice, depth - 1), _grow(nodes, dice, depth - 1)
        nodes[place] = (int(dice.integers(7)), float(dice.random()), left, right, nodes[place][4])
    return place
