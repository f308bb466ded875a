"""The table holds what the screening would see, and is made anew only when it must be."""

from pathlib import Path

import pytest

from gatepost.learn.corpus import open_corpus
from gatepost.learn.table import MADE, Plan, load_table, look_at
from gatepost.screen.kit import build_kit
from gatepost.screen.settings import ScreenSettings
from learn_corpus import write_corpus

MAIL = b"From: Ann <ann@woodwork.test>\r\nSubject: oak\r\n\r\nhttp://192.0.2.1/\r\n"


def test_findings_and_features_and_words_are_in_it() -> None:
    numbers, buckets = look_at(MAIL, build_kit(ScreenSettings(model="none")))
    assert numbers["url_tricks.ip_host"] == 1
    assert numbers["shape.links"] > 0
    assert len(buckets) % 4 == 0
    assert buckets


def test_a_second_reading_comes_from_the_cache(tmp_path: Path) -> None:
    plan = Plan(open_corpus(write_corpus(tmp_path / "corpus", 8)), 4, 1)
    rows = load_table(plan, tmp_path / "cache")
    assert [row.source for row in rows].count(MADE) == 4
    (tmp_path / "corpus" / "shop" / "0.eml").unlink()
    assert load_table(plan, tmp_path / "cache") == rows


@pytest.mark.parametrize(("made_count", "seed"), [(2, 1), (4, 2)])
def test_other_made_mail_makes_another_table(tmp_path: Path, made_count: int, seed: int) -> None:
    corpus = open_corpus(write_corpus(tmp_path / "corpus", 8))
    load_table(Plan(corpus, 4, 1), tmp_path / "cache")
    load_table(Plan(corpus, made_count, seed), tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 2
