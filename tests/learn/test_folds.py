"""Whole sources are left out together; no group drowns the others."""

import numpy as np

from gatepost.learn.folds import BLOCK_MAILS, MADE_SHARE, SOURCE_POWER, choose_folds, name_groups, weigh_rows
from gatepost.learn.table import MADE
from learn_corpus import make_row


def test_a_source_is_never_in_two_folds() -> None:
    rows = [make_row(str(n), source=f"s{n % 7}", bad=n % 2 == 1) for n in range(70)]
    groups = name_groups(rows)
    folds = choose_folds(rows, groups)
    for group in set(groups):
        assert len({fold for fold, name in zip(folds.tolist(), groups, strict=True) if name == group}) == 1


def test_a_large_unwanted_source_is_cut_by_time() -> None:
    rows = [
        make_row(source="pot", bad=True, month=f"{2000 + n * 20 // (3 * BLOCK_MAILS)}-01")
        for n in range(3 * BLOCK_MAILS)
    ]
    groups = name_groups(rows)
    assert sorted(set(groups)) == ["pot bad 1", "pot bad 2", "pot bad 3"]
    assert groups == sorted(groups)


def test_made_mail_is_in_no_fold() -> None:
    rows = [make_row(source=MADE), make_row(source="a")]
    assert choose_folds(rows, name_groups(rows)).tolist() == [-1, 0]


def test_labels_weigh_alike_and_made_mail_has_its_share() -> None:
    rows = [
        *(make_row(source="big") for _ in range(90)),
        *(make_row(source="small") for _ in range(10)),
        *(make_row(source="pot", bad=True) for _ in range(5)),
        *(make_row(source=MADE, bad=n % 2 == 1) for n in range(20)),
    ]
    weights = weigh_rows(rows, name_groups(rows))
    parts = {name: weights[[row.source == name for row in rows]].sum() for name in ("big", "small", "pot", MADE)}
    assert np.isclose(parts["big"] + parts["small"], parts["pot"])
    assert np.isclose(parts["big"] / parts["small"], 9**SOURCE_POWER)
    assert np.isclose(parts[MADE], 2 * MADE_SHARE * parts["pot"])
    assert np.isclose(weights.mean(), 1)
