"""A small corpus of made mail in a folder, as `gatepost model` wants it, and a small model trained from it."""

import csv
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from gatepost.learn.augment.mails import make_mails
from gatepost.learn.lessons import Lesson, Outcome, train_model
from gatepost.learn.table import Row
from gatepost.screen.classifier.ngrams import hash_ngrams
from gatepost.screen.tables import load_tables

SOURCES = ("shop", "list", "pot")
COLUMNS = ("id", "file", "source", "label", "month", "split", "lang", "simhash")


def write_corpus(folder: Path, count: int = 560, seed: int = 9) -> Path:
    """Write `count` mails, half of them unwanted; every eighth is for measuring only."""
    rows = []
    for number, made in enumerate(make_mails(count, load_tables(), seed)):
        source = SOURCES[number // 2 % len(SOURCES)]
        file = f"{source}/{number}.eml"
        (folder / source).mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(made.raw)
        label, split = ("phish" if made.is_bad else "ham"), ("dev" if number // 2 % 8 == 0 else "train")
        month = f"202{number % 6}-0{number % 9 + 1}"
        rows.append((str(number), file, source, label, month, split, made.language, "0"))
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as manifest:
        csv.writer(manifest).writerows([COLUMNS, *rows])
    return folder


@cache
def train_small_model() -> tuple[Lesson, Outcome]:
    """Train once for each test process."""
    home = Path(mkdtemp(prefix="gatepost-model-"))
    lesson = Lesson(write_corpus(home / "corpus"), home / "cache", made_count=40)
    return lesson, train_model(lesson)


def make_row(
    words: str = "", *, bad: bool = False, source: str = "one", month: str = "2024-01", **numbers: float
) -> Row:
    """Give a row of a table; `a__b=1` is the number a.b."""
    named = {name.replace("__", "."): value for name, value in numbers.items()}
    return Row(f"{source}-{words}", source, bad, month, "train", "en", named, hash_ngrams(words).split())
