"""Lets no worse model into service: two models are held against the same mails before one takes the other's place."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gatepost.learn.evaluation import Figures, Scored, evaluate
from gatepost.learn.folds import name_groups, weigh_rows
from gatepost.learn.table import Row
from gatepost.learn.training import list_declared_weights
from gatepost.model.errors import BadSettings
from gatepost.screen.classifier.model import Classifier, load_classifier
from gatepost.screen.score import to_probability

TOLERANCE = 0.005  # by so much a figure may fall and count as the same

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both models on the same mails."""

    candidate: Figures
    present: Figures

    def list_losses(self) -> list[str]:
        """Give in words what the candidate does worse."""
        pairs = (
            ("area under the curve", self.candidate.auc.value, self.present.auc.value),
            ("recall at 1 % false positives", self.candidate.recall_percent.value, self.present.recall_percent.value),
            ("mean recall over sources at 1 %", self.candidate.macro_percent, self.present.macro_percent),
        )
        return [f"{name} {new:.3f} instead of {old:.3f}" for name, new, old in pairs if new < old - TOLERANCE]


def score_table(classifier: Classifier, rows: Sequence[Row]) -> Scored:
    """Score the rows of a table with a finished model."""
    declared = list_declared_weights()
    scores = [
        to_probability(classifier.explain_hashed(row.numbers, row.read_words(), declared, {}).log_odds) for row in rows
    ]
    return Scored(
        np.array(scores),
        np.array([row.is_bad for row in rows]),
        [row.source for row in rows],
        weigh_rows(rows, name_groups(rows)),
    )


def compare(candidate: Path, present: Path, rows: Sequence[Row]) -> Comparison:
    """Measure both models on mails that neither was trained on."""
    figures = [evaluate(score_table(load_classifier(path), rows)) for path in (candidate, present)]
    return Comparison(*figures)


def admit(candidate: Path, place: Path, rows: Sequence[Row]) -> Comparison | None:
    """Put a model into its place; raise BadSettings where it is worse than the one that is there."""
    comparison = compare(candidate, place, rows) if place.is_file() else None
    if comparison is None:
        load_classifier(candidate)
    elif losses := comparison.list_losses():
        raise BadSettings(f"{candidate}: the model is worse than {place}: {'; '.join(losses)}. It was not admitted.")
    unfinished = place.with_suffix(".part")
    shutil.copyfile(candidate, unfinished)
    unfinished.replace(place)
    return comparison
