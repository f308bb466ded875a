"""Each source is measured by itself, and small sources count as much as large ones."""

import numpy as np

from gatepost.learn.evaluation import Scored, evaluate


def scored(*groups: tuple[str, bool, list[float]]) -> Scored:
    scores = [score for _, _, values in groups for score in values]
    is_bad = [bad for _, bad, values in groups for _ in values]
    sources = [source for source, _, values in groups for _ in values]
    return Scored(np.array(scores), np.array(is_bad), sources, np.ones(len(scores)), hard=("shop",))


FIGURES = evaluate(
    scored(
        ("list", False, [0.1] * 90),
        ("shop", False, [0.5] * 9 + [0.9]),
        ("large", True, [0.99] * 50),
        ("small", True, [0.3, 0.99]),
    )
)


def test_the_macro_figure_is_the_mean_over_sources() -> None:
    assert FIGURES.macro_percent == (1 + 0.5) / 2


def test_hard_honest_mail_is_measured_by_itself() -> None:
    assert FIGURES.hard_auc is not None
    assert FIGURES.hard_auc.value < FIGURES.auc.value


def test_shares_above_the_thresholds_are_told_for_each_source() -> None:
    shop = next(row for row in FIGURES.sources if row.source == "shop")
    assert (shop.count, shop.at_flag, shop.at_quarantine) == (10, 0.1, 0.0)


def test_without_hard_mail_nothing_is_said_about_it() -> None:
    figures = evaluate(scored(("list", False, [0.1, 0.2]), ("pot", True, [0.9])))
    assert figures.hard_auc is None


def test_bins_hold_every_mail_once() -> None:
    assert sum(one.count for one in FIGURES.bins) == 152
    assert all(0 <= one.share_bad <= 1 for one in FIGURES.bins)
