"""`gatepost model` as administrators use it."""

import re
from pathlib import Path

from typer.testing import CliRunner, Result

from gatepost.cli import app
from learn_corpus import train_small_model


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["model", *map(str, words)])


def test_training_writes_the_model_its_figures_and_a_picture(tmp_path: Path) -> None:
    lesson, _ = train_small_model()
    output, picture = tmp_path / "m.gpm", tmp_path / "r.svg"
    cache = tmp_path / "cache"
    result = run("train", lesson.corpus, "--output", output, "--cache", cache, "--diagram", picture, "--made", "40")
    assert result.exit_code == 0, result.output
    assert "Sources left out in turn" in result.output
    assert re.search(r"model m[0-9a-f]{10}, [\d,]+ bytes", result.output)
    assert picture.read_text("utf-8").startswith("<svg")


def test_evaluating_tells_every_source(tmp_path: Path) -> None:
    lesson, outcome = train_small_model()
    (tmp_path / "m.gpm").write_bytes(outcome.packed)
    result = run("evaluate", lesson.corpus, "--model", tmp_path / "m.gpm", "--cache", tmp_path / "cache")
    assert result.exit_code == 0, result.output
    assert all(source in result.output for source in ("shop", "list", "pot", "recall at 0.1 %"))


def test_the_first_model_comes_into_service(tmp_path: Path) -> None:
    lesson, outcome = train_small_model()
    (tmp_path / "new.gpm").write_bytes(outcome.packed)
    result = run(
        "pack", tmp_path / "new.gpm", tmp_path / "m.gpm", "--corpus", lesson.corpus, "--cache", tmp_path / "cache"
    )
    assert result.exit_code == 0, result.output
    assert (tmp_path / "m.gpm").read_bytes() == outcome.packed


def test_a_mail_is_explained_as_a_sum(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"From: Ann <ann@woodwork.example>\nSubject: claim your prize\n\nnow\n")
    result = run("explain", tmp_path / "a.eml")
    assert result.exit_code == 0, result.output
    assert "Probability that the mail is unwanted" in result.output
    assert "prize" in result.output


def test_without_a_mail_the_card_is_shown() -> None:
    result = run("explain")
    assert "CC BY-NC 4.0" in result.output
    assert "Weak:" in result.output


def test_a_folder_that_is_no_corpus_is_told(tmp_path: Path) -> None:
    result = run("evaluate", tmp_path, "--cache", tmp_path)
    assert result.exit_code == 2
