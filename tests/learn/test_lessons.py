"""A model is trained from a folder, the same one each time, and too little mail is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from gatepost.learn.lessons import Lesson, load_later, measure_model, train_model
from gatepost.model.errors import BadSettings
from gatepost.screen.classifier.model import Classifier
from gatepost.screen.classifier.pack import parse_pack
from learn_corpus import train_small_model, write_corpus


def test_training_twice_gives_the_same_file() -> None:
    lesson, outcome = train_small_model()
    assert train_model(lesson).packed == outcome.packed


def test_other_mail_gives_another_version(tmp_path: Path) -> None:
    lesson, outcome = train_small_model()
    other = train_model(replace(lesson, corpus=write_corpus(tmp_path, seed=10)))
    assert other.version != outcome.version


def test_a_trained_model_tells_made_mail_apart() -> None:
    lesson, outcome = train_small_model()
    classifier = Classifier(parse_pack(memoryview(outcome.packed), "m"), "m")
    assert measure_model(classifier, lesson).auc.value > 0.8


def test_the_card_says_what_it_was_made_of() -> None:
    _, outcome = train_small_model()
    card = parse_pack(memoryview(outcome.packed), "m").header["card"]
    assert {row["source"] for row in card["data"]} == {"shop", "list", "pot", "made"}
    assert card["corpus_sha256"]["manifest.csv"]
    assert card["sources_left_out"]["auc"]["value"] == outcome.left_out.auc.value


def test_measuring_uses_no_mail_that_was_learned() -> None:
    lesson, _ = train_small_model()
    assert {row.split for row in load_later(lesson)} == {"dev"}


def test_too_little_mail_is_refused(tmp_path: Path) -> None:
    lesson = Lesson(write_corpus(tmp_path / "corpus", 20), tmp_path / "cache", made_count=4)
    with pytest.raises(BadSettings, match="200 of each needed"):
        train_model(lesson)
