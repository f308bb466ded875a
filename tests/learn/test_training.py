"""Scores of left-out sources become probabilities; rare numbers are left to their declared weights."""

import numpy as np
import pytest
from msgspec.structs import replace

from gatepost.learn.table import Row
from gatepost.learn.training import MIN_SEEN, prepare, train
from learn_corpus import make_row


def make_rows() -> list[Row]:
    dice = np.random.default_rng(2)
    rows = []
    for number in range(600):
        bad = number % 2 == 1
        words = " ".join(
            dice.choice(["prize", "claim", "now"] if bad and dice.random() < 0.8 else ["notes", "lunch", "draft"], 4)
        )
        sign = float(bad and dice.random() < 0.5)
        rows.append(
            make_row(
                f"{words} w{number % 50}",
                bad=bad,
                source=f"s{number // 2 % 5}",
                sign__seen=sign,
                rare__seen=float(number < 5),
            )
        )
    return rows


MATERIAL = prepare(make_rows(), seed=1)
TRAINED = train(MATERIAL)


def test_a_number_that_few_mails_hold_is_not_learned() -> None:
    assert MIN_SEEN > 5
    assert TRAINED.names == ("sign.seen",)


def test_scores_of_left_out_sources_are_probabilities() -> None:
    chances = 1 / (1 + np.exp(-TRAINED.left_out))
    for low, high in ((0.0, 0.4), (0.6, 1.0)):
        chosen = (chances >= low) & (chances <= high)
        assert abs(chances[chosen].mean() - MATERIAL.is_bad[chosen].mean()) < 0.08


def test_every_real_mail_has_a_score_by_a_model_that_did_not_see_its_source() -> None:
    assert np.isfinite(TRAINED.left_out).all()


def test_trees_learn_from_a_mail_once_more_without_its_sender() -> None:
    known = [replace(row, unknown={"sign.seen": 1.0}) if row.is_bad else row for row in make_rows()]
    material = prepare(known, seed=1)
    assert material.has_unknown.sum() == 300
    trained = train(material)
    bad = material.is_bad
    assert (trained.unknown[bad] > trained.left_out[bad] - 1e-9).all()
    assert (trained.unknown[bad] > trained.left_out[bad]).any()
    assert trained.unknown[~bad] == pytest.approx(trained.left_out[~bad])
