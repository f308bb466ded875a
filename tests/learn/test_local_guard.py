import numpy as np
import pytest
from msgspec import structs

from gatepost.learn.correction import Pupil, Text
from gatepost.learn.local_guard import Drift, KeptBack, Scores, draw_line, measure_drift, measure_kept_back
from gatepost.screen.classifier.ngrams import hash_ngrams

GOOD = KeptBack(0.5, 0.4, 0.3, 0.25, 0.01, 0.8, 0.9)
STILL = Drift((0.97, 0.97), (0.03, 0.03), (0.84, 0.84), 0.001)


def make_pupil(is_bad: list[bool]) -> Pupil:
    count = len(is_bad)
    return Pupil(
        [Text(hash_ngrams("a").buckets, np.ones(1))] * count,
        np.zeros(count),
        np.zeros(count),
        np.array(is_bad),
        np.ones(count),
    )


def test_a_better_model_loses_nothing() -> None:
    assert [*GOOD.list_losses(), *STILL.list_losses()] == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"lined_after": 0.29}, "no better than chance"),  # a gain within two standard errors
        ({"lined_after": 0.299, "noise": 0.0}, "no better than chance"),  # a gain below one in a hundred
        ({"after": 0.51}, "no better than chance"),
        ({"auc_before": 0.1}, "the opposite of what the model says"),
    ],
)
def test_what_is_not_better_on_decisions_kept_back_is_told(changes: dict[str, float], told: str) -> None:
    (says,) = structs.replace(GOOD, **changes).list_losses()
    assert told in says


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"auc": (0.97, 0.96)}, "area under the curve 0.960 instead of 0.970"),
        ({"honest_flagged": (0.03, 0.05)}, "honest mail that is flagged 0.050 instead of 0.030"),
        ({"unwanted_flagged": (0.84, 0.8)}, "unwanted mail that is flagged 0.800 instead of 0.840"),
        ({"distance": 0.06}, "scores of made mail move by 0.060"),
    ],
)
def test_what_is_worse_on_other_mail_is_told(changes: dict[str, object], told: str) -> None:
    (says,) = structs.replace(STILL, **changes).list_losses()
    assert told in says


@pytest.mark.parametrize("name", KeptBack.__struct_fields__)
def test_what_is_no_number_is_never_trusted(name: str) -> None:
    assert list(structs.replace(GOOD, **{name: float("nan")}).list_losses()) != []
    assert list(structs.replace(STILL, auc=(0.97, float("nan"))).list_losses()) != []
    assert list(structs.replace(STILL, distance=float("nan")).list_losses()) != []


def test_what_is_better_on_other_mail_is_no_loss() -> None:
    assert list(Drift((0.9, 0.99), (0.1, 0.0), (0.5, 0.9), 0.02).list_losses()) == []


def test_a_constant_and_a_flatter_line_are_no_gain() -> None:
    dice = np.random.default_rng(3)
    is_bad = (dice.random(400) < 0.5).tolist()
    pupil, before = make_pupil(is_bad), dice.normal(4, 2, 400)
    factor, constant = draw_line(before, pupil)
    flatter = before / 2 - 2
    kept_back = measure_kept_back(pupil, Scores(before, flatter, np.full(400, factor), np.full(400, constant)))
    assert kept_back.after < kept_back.before - 0.5
    assert kept_back.lined_before == pytest.approx(np.log(2), abs=0.02)
    assert list(kept_back.list_losses())


def test_knowledge_is_a_gain() -> None:
    dice = np.random.default_rng(3)
    is_bad = (dice.random(400) < 0.5).tolist()
    pupil, before = make_pupil(is_bad), dice.normal(4, 1, 400)
    after = before + np.where(is_bad, 1.0, -1.0)
    factor, constant = draw_line(dice.permutation(after), pupil)
    lines = np.full(400, max(factor, 0.5)), np.full(400, constant - 2)
    assert list(measure_kept_back(pupil, Scores(before, after, *lines)).list_losses()) == []


def test_the_line_makes_scores_probabilities() -> None:
    dice = np.random.default_rng(4)
    scores = dice.normal(0, 2, 4000)
    is_bad = dice.random(4000) < 1 / (1 + np.exp(-(0.5 * scores - 1)))
    assert draw_line(scores, make_pupil(is_bad.tolist())) == pytest.approx((0.5, -1.0), abs=0.1)
    assert draw_line(-scores, make_pupil(is_bad.tolist()))[0] == 0  # never the other way round


def test_many_light_decisions_are_no_majority() -> None:
    is_bad = np.array([True, False, *[False] * 98])
    pupil = Pupil(
        [Text(hash_ngrams("a").buckets, np.ones(1))] * 100,
        np.zeros(100),
        np.zeros(100),
        is_bad,
        np.array([1.0, 1.0, *[0.001] * 98]),
    )
    scores = np.array([2.0, 1.0, *[3.0] * 98])
    kept_back = measure_kept_back(pupil, Scores(scores, -scores, np.ones(100), np.zeros(100)))
    assert (kept_back.auc_before, kept_back.auc_after) == pytest.approx((0.911, 0.089), abs=0.002)


def test_drift_counts_flagged_mail_of_both_kinds() -> None:
    before, after = np.array([-3.0, 2.0, 3.0, 0.0]), np.array([-3.0, -2.0, 3.0, 2.0])
    drift = measure_drift(before, after, np.array([False, False, True, True]))
    assert (drift.honest_flagged, drift.unwanted_flagged) == ((0.5, 0.0), (0.5, 1.0))
    assert drift.auc == (0.75, 1.0)
    assert drift.distance == pytest.approx((0.8808 - 0.1192 + 0.8808 - 0.5) / 4, abs=1e-3)
