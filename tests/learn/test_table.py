"""The table holds what the screening would see, and is made anew only when it must be."""

from pathlib import Path

import pytest

from gatepost.learn.corpus import open_corpus
from gatepost.learn.table import MADE, Plan, load_table
from learn_corpus import write_corpus


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


def test_a_mail_is_looked_at_once_more_without_its_sender(tmp_path: Path) -> None:
    rows = load_table(Plan(open_corpus(write_corpus(tmp_path / "corpus", 8)), 4, 1), tmp_path / "cache")
    real, made = [row for row in rows if row.source != MADE], [row for row in rows if row.source == MADE]
    assert all(row.unknown is None for row in made)
    told = [row for row in real if row.unknown is not None]
    assert told
    assert any(row.unknown != row.numbers for row in told)
