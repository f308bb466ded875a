"""The work behind `gatepost model`: train a model from a corpus, and measure one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gatepost.learn.card import name_version, write_card
from gatepost.learn.corpus import open_corpus
from gatepost.learn.evaluation import Figures, Scored, evaluate
from gatepost.learn.folds import weigh_rows
from gatepost.learn.guard import score_table
from gatepost.learn.table import Plan, Row, is_cached, load_table
from gatepost.learn.training import Floats, Material, export, prepare, train
from gatepost.model.errors import BadSettings
from gatepost.screen.classifier.model import Classifier
from gatepost.screen.classifier.pack import parse_pack, write_pack
from gatepost.screen.score import to_probability

MADE_MAILS = 12_000
MADE_SEED = 4
TREE_SEED = 1
MIN_MAILS = 200  # of each label; fewer teach nothing that holds


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a model is trained from."""

    corpus: Path
    cache: Path
    made_count: int = MADE_MAILS
    seed: int = MADE_SEED


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished model file, and what it is worth: with sources left out, and on later mail of known sources."""

    packed: bytes
    version: str
    left_out: Figures
    unknown: Figures  # with sources left out, and every sender unknown
    padded: Figures  # with sources left out, and unwanted mail padded with honest words
    later: Figures | None


def train_model(lesson: Lesson) -> Outcome:
    """Train on the `train` part of a corpus; measure with sources left out, and on the `dev` part."""
    plan, rows = _load(lesson)
    learned = [row for row in rows if row.split == "train"]
    _check_size(learned)
    material = prepare(learned, TREE_SEED)
    trained = train(material)
    left_out = evaluate(score_left_out(material, trained.left_out))
    unknown = evaluate(score_left_out(material, trained.unknown))
    padded = evaluate(score_left_out(material, trained.left_out, is_padded=True))
    header, arrays = export(trained, {}, "")
    later = _measure_later(write_pack(header, arrays), _list_later(rows))
    version = name_version(plan.corpus, arrays)
    header, arrays = export(
        trained,
        write_card(
            plan,
            learned,
            {"sources_left_out": left_out, "sender_unknown": unknown, "padded": padded, "later_mail": later},
        ),
        version,
    )
    return Outcome(write_pack(header, arrays), version, left_out, unknown, padded, later)


def measure_model(classifier: Classifier, lesson: Lesson) -> Figures:
    """Measure a finished model on the `dev` part of a corpus."""
    rows = load_later(lesson)
    return evaluate(score_table(classifier, rows))


def load_later(lesson: Lesson) -> list[Row]:
    """Give the rows that no model is trained on; where no table is at hand, one without made mail is enough."""
    plan = _plan(lesson)
    if not is_cached(plan, lesson.cache):
        plan = replace(plan, made_count=0)
    rows = _list_later(load_table(plan, lesson.cache))
    _check_size(rows, 1)
    return rows


def _list_later(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.split == "dev" and not row.is_padded]


def score_left_out(material: Material, log_odds: Floats, *, is_padded: bool = False) -> Scored:
    """Give the scores of real mail by models that did not see its source, as probabilities."""
    is_wanted = np.where(material.is_bad, material.is_padded == is_padded, ~material.is_padded)
    chosen = np.flatnonzero(~material.is_made & is_wanted).tolist()
    rows = [material.rows[place] for place in chosen]
    return Scored(
        np.array([to_probability(value) for value in log_odds[chosen]]),
        material.is_bad[chosen],
        [row.source for row in rows],
        weigh_rows(rows, [material.groups[place] for place in chosen]),
    )


def _load(lesson: Lesson) -> tuple[Plan, list[Row]]:
    plan = _plan(lesson)
    return plan, load_table(plan, lesson.cache)


def _plan(lesson: Lesson) -> Plan:
    return Plan(open_corpus(lesson.corpus), lesson.made_count, lesson.seed)


def _measure_later(packed: bytes, rows: Sequence[Row]) -> Figures | None:
    if len({row.is_bad for row in rows}) < 2:  # noqa: PLR2004 - both labels
        return None
    classifier = Classifier(parse_pack(memoryview(packed), "the new model"), "the new model")
    return evaluate(score_table(classifier, rows))


def _check_size(rows: Sequence[Row], least: int = MIN_MAILS) -> None:
    bad = sum(row.is_bad for row in rows)
    if min(bad, len(rows) - bad) < least:
        raise BadSettings(
            f"The corpus holds {len(rows) - bad} honest and {bad} unwanted mails; {least} of each needed."
        )
