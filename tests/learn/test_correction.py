import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decided_mails import decide_many
from gatepost.learn.correction import MAX_LENGTH, Pupil, Text, find_shift, learn_correction, spread
from gatepost.screen.classifier.ngrams import BUCKETS, Buckets, hash_ngrams

SLOPE = 0.8


def spell(buckets: Buckets) -> Text:
    return Text(buckets, np.full(buckets.size, 1 / np.sqrt(max(buckets.size, 1))))


def make_pupil(count: int = 20, rest: float = 3.0, weight: float = 1.0) -> Pupil:
    decisions = decide_many(count)
    texts = [spell(one.read_words().buckets) for one in decisions]
    is_bad = np.array([one.is_bad for one in decisions])
    return Pupil(texts, np.full(len(texts), rest), np.zeros(len(texts)), is_bad, np.full(len(texts), weight))


def move(texts: list[Text], added: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float]:
    moved: list[float] = spread(texts, added).tolist()
    return moved


def test_words_of_released_mail_speak_for_a_mail_and_words_of_reported_mail_against_it() -> None:
    added = learn_correction(make_pupil(), [], SLOPE)
    wood, prize, strange = move(
        [spell(hash_ngrams(text).buckets) for text in ("oak beech plank", "lottery prize", "zebra")], added
    )
    assert wood < -0.3
    assert prize > 0.3
    assert strange == 0


def test_words_that_both_kinds_share_move_little() -> None:
    added = learn_correction(make_pupil(60), [], SLOPE)
    common, wood = move(
        [
            spell(hash_ngrams("please we you this will").buckets),
            spell(hash_ngrams("oak beech plank saw plane").buckets),
        ],
        added,
    )
    assert abs(common) < abs(wood) / 3


def test_anchors_keep_the_words_that_they_hold_still() -> None:
    pupil = make_pupil()
    anchors = [spell(hash_ngrams("oak beech plank saw plane timber").buckets)] * 50
    free, held = (move(anchors[:1], learn_correction(pupil, some, SLOPE))[0] for some in ([], anchors))
    assert abs(held) < abs(free) / 4


@settings(max_examples=10)
@given(st.floats(-30, 30), st.floats(0.1, 1000))
def test_the_correction_has_a_greatest_length_whatever_was_decided(rest: float, weight: float) -> None:
    pupil = make_pupil(8, rest, weight)
    added = learn_correction(pupil, [], SLOPE)
    assert np.linalg.norm(added) <= MAX_LENGTH + 1e-9
    assert np.abs(spread(pupil.texts, added)).max() <= MAX_LENGTH + 1e-9


def test_a_word_that_stands_in_one_mail_only_is_not_learned() -> None:
    pupil = make_pupil()
    texts = [*pupil.texts[:-1], spell(hash_ngrams("xylophone " * 3).buckets)]
    added = learn_correction(Pupil(texts, pupil.rest, pupil.words, pupil.is_bad, pupil.weights), [], SLOPE)
    assert move([spell(hash_ngrams("xylophone").buckets)], added) == [0]


def test_mails_without_words_teach_nothing() -> None:
    nothing = spell(hash_ngrams("").buckets)
    pupil = Pupil([nothing] * 4, np.zeros(4), np.zeros(4), np.array([True, False] * 2), np.ones(4))
    assert not learn_correction(pupil, [nothing], SLOPE).any()


def test_the_constant_that_held_mail_has_in_common_is_found_and_not_learned() -> None:
    pupil = make_pupil(30, rest=4.0)
    assert find_shift(pupil, SLOPE) == pytest.approx(-4.0, abs=0.2)
    moved = spread(pupil.texts, learn_correction(pupil, [], SLOPE))
    assert abs(moved.mean()) < 0.3


def test_scores_are_cut_as_the_model_cuts_them() -> None:
    pupil = Pupil([spell(hash_ngrams("oak").buckets)], np.array([1.0]), np.array([50.0]), np.array([True]), np.ones(1))
    assert pupil.score(SLOPE).tolist() == [1 + 6 * SLOPE]
    assert pupil.score(SLOPE, np.full(BUCKETS, -60.0)).tolist() == [1 - 6 * SLOPE]
