"""Our arrays say what LightGBM's trees say, and signs of bad intent never speak for a mail."""

import lightgbm
import numpy as np

from gatepost.learn.tree_growing import PARAMETERS, TreeLesson, grow_trees, read_trees

DICE = np.random.default_rng(3)
NUMBERS = np.round(DICE.normal(size=(800, 6)), 2)
IS_BAD = NUMBERS[:, 0] + NUMBERS[:, 1] * NUMBERS[:, 2] > 0


def test_our_walk_ends_where_lightgbm_ends() -> None:
    booster = lightgbm.train(PARAMETERS, lightgbm.Dataset(NUMBERS, IS_BAD.astype(float)), 30)
    trees = read_trees(booster)
    ours = [trees.weigh(row).sum() + trees.bias for row in NUMBERS]
    assert np.allclose(ours, booster.predict(NUMBERS, raw_score=True))


def test_a_sign_of_bad_intent_never_speaks_for_a_mail() -> None:
    against = TreeLesson(NUMBERS, NUMBERS[:, 0] < 0, np.ones(800), np.zeros(800))
    trees = grow_trees(against, [1, 0, 0, 0, 0, 0], seed=1)
    low, high = np.zeros(6), np.zeros(6)
    low[0], high[0] = -2, 2
    assert trees.weigh(high).sum() >= trees.weigh(low).sum()


def test_the_same_seed_grows_the_same_trees() -> None:
    lesson = TreeLesson(NUMBERS, IS_BAD, np.ones(800), np.zeros(800))
    first, second = (grow_trees(lesson, [0] * 6, seed=5) for _ in range(2))
    assert np.array_equal(first.values, second.values)
    assert np.array_equal(first.thresholds, second.thresholds)
