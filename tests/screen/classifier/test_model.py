"""Parts add up to the score, the operator's factors move what they should, and a broken file is refused."""

import math
from typing import Any

import numpy as np
import pytest

from gatepost.model.errors import BadSettings
from gatepost.screen.classifier.evidence import AUTHOR_PROVEN, Evidence
from gatepost.screen.classifier.model import (
    FORMAT,
    MAX_WORDS_LOG_ODDS,
    PIECE_BUCKETS,
    PIECE_SHARE,
    REST,
    WORDS,
    Classifier,
)
from gatepost.screen.classifier.ngrams import BUCKETS, hash_ngrams
from gatepost.screen.classifier.pack import Pack

HEADER = {
    "format": FORMAT,
    "version": "t1",
    "names": ["a.x", "b.y"],
    "fixed": {AUTHOR_PROVEN: -0.5},
    "slope": 2.0,
    "offset": -0.5,
    "words_bias": 0.1,
    "declared_share": 0.25,
    "depth": 2,
}


def make_arrays() -> dict[str, Any]:
    words = np.zeros(BUCKETS, dtype=np.float16)
    words[hash_ngrams("prize").buckets] = 3
    return {
        "words": words,
        "roots": np.array([0, 3], dtype=np.int32),
        "features": np.array([0, 0, 0, 1, 0, 0], dtype=np.int32),
        "thresholds": np.array([0.5, 0, 0, 0.5, 0, 0]),
        "lefts": np.array([1, 1, 2, 4, 4, 5], dtype=np.int32),
        "rights": np.array([2, 1, 2, 5, 4, 5], dtype=np.int32),
        "values": np.array([0.0, -0.5, 1.0, 0.25, 0.0, 0.5]),
    }


def make_classifier(**changes: Any) -> Classifier:
    header = {**HEADER, **{name: value for name, value in changes.items() if name in HEADER}}
    arrays = {**make_arrays(), **{name: value for name, value in changes.items() if name not in HEADER}}
    return Classifier(Pack(header, arrays, "digest"), "m.gpm")


def explain(numbers: dict[str, float], words: str = "", **more: Any) -> dict[str, float]:
    options = {"declared": {}, "factors": {}, **more}
    explanation = make_classifier().explain(Evidence(numbers, words), **options)
    parts = {one.name: one.log_odds for one in explanation.contributions}
    assert math.isclose(explanation.bias + sum(parts.values()), explanation.log_odds)
    return parts


def test_the_parts_are_what_was_learned() -> None:
    parts = explain({"a.x": 1.0}, "prize")
    assert math.isclose(parts["a.x"], 2.0)
    assert math.isclose(parts["b.y"], -0.5)
    assert math.isclose(parts[WORDS], 6.0 * (1 - PIECE_SHARE + PIECE_SHARE / math.sqrt(PIECE_BUCKETS)))


def test_what_was_not_learned_counts_by_its_declared_weight() -> None:
    parts = explain({"new.code": 3.0, "a.x": 1.0, AUTHOR_PROVEN: 1.0}, declared={"new.code": 1.5})
    assert parts["new.code"] == 1.5
    assert parts[AUTHOR_PROVEN] == -0.5


def test_what_was_learned_corrects_a_share_of_the_declared_weight() -> None:
    assert math.isclose(explain({"a.x": 2.0}, declared={"a.x": 3.0})["a.x"], 2.0 + 2.0 * 0.25 * 3.0)


def test_an_operators_factor_moves_what_was_learned_of_that_check() -> None:
    parts = explain({"a.x": 1.0}, factors={"a": 0.5})
    assert math.isclose(parts["a.x"], 1.0)
    assert math.isclose(parts["b.y"], -0.5)


def test_words_alone_never_say_more_than_their_bound() -> None:
    words = np.full(BUCKETS, 1000, dtype=np.float16)
    explanation = make_classifier(words=words).explain(Evidence({}, "a b c"), {}, {})
    assert explanation.contributions[0].log_odds == 2 * MAX_WORDS_LOG_ODDS


def test_many_parts_are_told_as_a_rest() -> None:
    count = 40
    arrays = {
        "roots": np.arange(0, 3 * count, 3, dtype=np.int32),
        "features": np.repeat(np.arange(count, dtype=np.int32), 3),
        "thresholds": np.full(3 * count, 0.5),
        "lefts": np.array([p + (1 if p % 3 == 0 else 0) for p in range(3 * count)], dtype=np.int32),
        "rights": np.array([p + (2 if p % 3 == 0 else 0) for p in range(3 * count)], dtype=np.int32),
        "values": np.tile([0.0, -0.1, 0.2], count),
    }
    classifier = make_classifier(names=[f"c.n{place}" for place in range(count)], **arrays)
    explanation = classifier.explain(Evidence({"c.n3": 1.0}, ""), {}, {})
    assert explanation.contributions[0].name == "c.n3"
    assert explanation.contributions[-1].name == REST
    total = explanation.bias + math.fsum(one.log_odds for one in explanation.contributions)
    assert math.isclose(total, classifier._slope * (0.1 + 39 * -0.1 + 0.2) - 0.5)  # noqa: SLF001 - the sum by hand


def test_phrases_are_told_with_what_they_moved() -> None:
    ((phrase, moved),) = make_classifier().explain_words("claim prize", 1)
    assert phrase == "prize"
    assert math.isclose(moved, 6 * ((1 - PIECE_SHARE) / math.sqrt(3) + PIECE_SHARE / math.sqrt(PIECE_BUCKETS)))


def test_a_lure_is_heard_through_the_honest_words_around_it() -> None:
    lure = "claim your prize " * 20
    padded = lure + " ".join(f"plank{number}" for number in range(300))
    hashed = hash_ngrams(padded)
    as_a_whole = 3 / math.sqrt(hashed.buckets.size)
    assert make_classifier().weigh_words(hashed) > 2 * as_a_whole


@pytest.mark.parametrize(
    "changes",
    [
        {"lefts": np.array([1, 1, 2, 4, 4, 99], dtype=np.int32)},
        {"features": np.array([0, 0, 0, 7, 0, 0], dtype=np.int32)},
        {"roots": np.array([-1], dtype=np.int32)},
        {"words": np.zeros(5, dtype=np.float16)},
        {"values": np.array([0.0, math.nan, 1.0, 0.25, 0.0, 0.5])},
        {"depth": 0},
        {"slope": "steep"},
    ],
)
def test_arrays_that_do_not_fit_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadSettings, match=r"m\.gpm: the model file lacks a part"):
        make_classifier(**changes)


def test_another_format_is_refused() -> None:
    with pytest.raises(BadSettings, match="another version"):
        make_classifier(format=FORMAT - 1)
