"""Figures against examples that can be counted by hand."""

import numpy as np
import pytest

from gatepost.learn.metrics import find_interval, find_threshold, measure_auc, measure_recall

HAM = np.arange(100) / 100
BAD = np.array([0.5, 0.985, 0.999, 1.0])


def test_the_area_counts_pairs_in_the_right_order() -> None:
    assert measure_auc(np.array([0.0, 1.0]), np.array([0.5])) == 0.5
    assert measure_auc(np.array([0.0]), np.array([1.0])) == 1


@pytest.mark.parametrize(("rate", "caught"), [(0.0, 0.5), (0.01, 0.75), (0.4, 0.75), (0.6, 1.0)])
def test_recall_is_counted_above_the_line(rate: float, caught: float) -> None:
    assert measure_recall(HAM, BAD, rate) == caught


@pytest.mark.parametrize("rate", [0.0, 0.01, 0.1, 0.5])
def test_no_more_honest_mail_than_allowed_lies_above_the_line(rate: float) -> None:
    assert (find_threshold(HAM, rate) < HAM).mean() <= rate


def test_an_interval_holds_the_figure_and_narrows_with_more_mail() -> None:
    dice = np.random.default_rng(1)
    few = (dice.normal(size=30), dice.normal(1, size=30))
    many = (dice.normal(size=3000), dice.normal(1, size=3000))
    widths = []
    for ham, bad in (few, many):
        low, high = find_interval(measure_auc, ham, bad, 1)
        assert low <= measure_auc(ham, bad) <= high
        widths.append(high - low)
    assert widths[1] < widths[0] / 3
