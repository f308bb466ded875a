"""Trains a model from a table of mails: words, trees on top of them, one line that makes it a probability.

The trees learn on what the words say about mails whose source the words did not see, and the line is drawn through
scores of whole sources that were left out; otherwise both would trust the training data's own echo. Fixed seeds: the
same table gives the same model, bit by bit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from gatepost.learn.folds import FOLDS, choose_folds, name_groups, weigh_rows
from gatepost.learn.table import MADE, Row
from gatepost.learn.tree_growing import LESS_IS_WORSE, MORE_IS_WORSE, TreeLesson, grow_trees
from gatepost.learn.word_weights import WordTable, build_word_table, learn_words
from gatepost.screen.classifier.evidence import AUTHOR_PROVEN, SENDER_PROVEN
from gatepost.screen.classifier.model import FORMAT
from gatepost.screen.classifier.trees import Trees
from gatepost.screen.run import load_checks

MIN_SEEN = 30  # mails that must hold a number for the trees to learn it; below, its declared weight counts
UNKNOWN_SHARE = 0.1  # of a mail's weight in the trees, for the same mail with its sender unknown
DECLARED_SHARE = 0.75  # of a finding's declared weight, to which the trees add what they learn
FIXED = {  # log-odds of what the corpus cannot teach: see docs/screening.md
    AUTHOR_PROVEN: -0.8,
    SENDER_PROVEN: -0.2,
}

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Stage:
    """One training: words and trees, and how they score."""

    words: Floats
    words_bias: float
    trees: Trees


@dataclass(frozen=True, eq=False)
class Trained:
    """A finished model, and the scores of every mail by models that did not see its source."""

    stage: Stage
    names: tuple[str, ...]
    slope: float
    offset: float
    left_out: Floats  # log-odds, calibrated; one for each row, NaN for made mail; of padded mail, too
    unknown: Floats  # the same with each sender unknown


@dataclass(frozen=True, eq=False)
class Sight:
    """What was seen in each mail."""

    numbers: Floats
    declared: Floats  # by row: the share that counts of its findings' declared weights


@dataclass(frozen=True, eq=False)
class Material:
    """The table as arrays."""

    rows: Sequence[Row]
    groups: Sequence[str]
    folds: npt.NDArray[np.int_]  # of made mail, too: it takes part in inner folds
    is_made: Flags
    is_padded: Flags
    is_bad: Flags
    names: tuple[str, ...]
    seen: Sight
    unknown: Sight  # of the same mail from nobody; where nobody sent it, what was seen
    has_unknown: Flags
    words: WordTable
    seed: int

    def weigh(self, chosen: Flags) -> Floats:
        """Give the weights of some of the rows."""
        places = np.flatnonzero(chosen).tolist()
        return weigh_rows([self.rows[place] for place in places], [self.groups[place] for place in places])


def prepare(rows: Sequence[Row], seed: int) -> Material:
    """Bring the rows into arrays."""
    groups = name_groups(rows)
    folds = choose_folds(rows, groups)
    is_made = np.array([row.source == MADE for row in rows])
    folds[is_made] = np.arange(int(is_made.sum())) // 2 % FOLDS
    names = _choose_names(rows)
    return Material(
        rows=rows,
        groups=groups,
        folds=folds,
        is_made=is_made,
        is_padded=np.array([row.is_padded for row in rows]),
        is_bad=np.array([row.is_bad for row in rows]),
        names=names,
        seen=_gather([row.numbers for row in rows], names),
        unknown=_gather([row.numbers if row.unknown is None else row.unknown for row in rows], names),
        has_unknown=np.array([row.unknown is not None for row in rows]),
        words=build_word_table(rows),
        seed=seed,
    )


def _gather(seen: Sequence[Mapping[str, float]], names: Sequence[str]) -> Sight:
    columns = {name: index for index, name in enumerate(names)}
    weights = list_declared_weights()
    numbers, declared = np.zeros((len(seen), len(names))), np.zeros(len(seen))
    for place, values in enumerate(seen):
        for name, value in values.items():
            if (column := columns.get(name)) is not None:
                numbers[place, column] = value
                declared[place] += weights.get(name, 0.0)
    return Sight(numbers, DECLARED_SHARE * declared)


def train(material: Material) -> Trained:
    """Train the model on everything, and once more for each fold without it."""
    raw = np.full(len(material.rows), np.nan)
    raw_unknown = raw.copy()
    for fold in range(FOLDS):
        is_out = (material.folds == fold) & ~material.is_made
        if is_out.any():
            stage = train_stage(material, ~is_out)
            raw[is_out] = score_rows(stage, material, material.seen, is_out)
            raw_unknown[is_out] = score_rows(stage, material, material.unknown, is_out)
    is_real = ~np.isnan(raw) & ~material.is_padded
    slope, offset = _draw_line(raw[is_real], material.is_bad[is_real], material.weigh(is_real))
    everything = np.ones(len(material.rows), dtype=np.bool_)
    stage = train_stage(material, everything)
    return Trained(stage, material.names, slope, offset, slope * raw + offset, slope * raw_unknown + offset)


def train_stage(material: Material, chosen: Flags) -> Stage:
    """Train words and trees on the chosen rows."""
    weights = np.zeros(len(material.rows))
    weights[chosen] = material.weigh(chosen)

    def learn(part: Flags) -> tuple[Floats, float]:
        return learn_words(material.words.pick(part), material.is_bad[part], weights[part])

    said = np.zeros(len(material.rows))
    for fold in range(FOLDS):
        is_out = (material.folds == fold) & chosen
        if is_out.any() and (chosen & ~is_out).any():
            found, bias = learn(chosen & ~is_out)
            said[is_out] = material.words.pick(is_out).weigh(found) + bias
    words, bias = learn(chosen)
    directions = [_find_direction(name) for name in material.names]
    lesson = _prepare_trees(material, chosen, weights, said)
    return Stage(words, bias, grow_trees(lesson, directions, material.seed))


def _prepare_trees(material: Material, chosen: Flags, weights: Floats, said: Floats) -> TreeLesson:
    """Give the chosen rows, and below them those whose sender is known once more without him."""
    again = chosen & material.has_unknown
    shares = np.where(material.has_unknown, 1 - UNKNOWN_SHARE, 1.0)
    return TreeLesson(
        numbers=np.concatenate([material.seen.numbers[chosen], material.unknown.numbers[again]]),
        is_bad=np.concatenate([material.is_bad[chosen], material.is_bad[again]]),
        weights=np.concatenate([(shares * weights)[chosen], UNKNOWN_SHARE * weights[again]]),
        said=np.concatenate([(said + material.seen.declared)[chosen], (said + material.unknown.declared)[again]]),
    )


def score_rows(stage: Stage, material: Material, sight: Sight, chosen: Flags) -> Floats:
    """Give the log-odds of the chosen rows before calibration."""
    said = material.words.pick(chosen).weigh(stage.words) + stage.words_bias + sight.declared[chosen]
    trees = stage.trees
    grown = np.array([trees.weigh(row).sum() + trees.bias for row in sight.numbers[chosen]])
    scores: Floats = said + grown
    return scores


def export(
    trained: Trained, card: Mapping[str, Any], version: str
) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Give header and arrays of the packed file."""
    trees = trained.stage.trees
    header = {
        "format": FORMAT,
        "version": version,
        "names": list(trained.names),
        "fixed": FIXED,
        "slope": trained.slope,
        "offset": trained.offset,
        "words_bias": trained.stage.words_bias,
        "declared_share": DECLARED_SHARE,
        "depth": trees.depth,
        "card": dict(card),
    }
    arrays: dict[str, npt.NDArray[Any]] = {
        "words": trained.stage.words.astype(np.float16),
        "roots": trees.roots,
        "features": trees.features,
        "thresholds": trees.thresholds,
        "lefts": trees.lefts,
        "rights": trees.rights,
        "values": trees.values,
    }
    return header, arrays


def _choose_names(rows: Sequence[Row]) -> tuple[str, ...]:
    """Give the numbers that enough real mails hold."""
    seen: dict[str, int] = {}
    for row in rows:
        if row.source != MADE and not row.is_padded:
            for name, value in row.numbers.items():
                seen[name] = seen.get(name, 0) + bool(value)
    return tuple(sorted(name for name, count in seen.items() if count >= MIN_SEEN))


def list_declared_weights() -> dict[str, float]:
    """Give what the checks declare, by the code of the finding, where the operator has changed nothing."""
    return {kind.code: kind.weight for check in load_checks().values() for kind in check.KINDS}


def _find_direction(name: str) -> int:
    if name in LESS_IS_WORSE:
        return -1
    return int(name in MORE_IS_WORSE or name in _list_bad_codes())


def _list_bad_codes() -> frozenset[str]:
    return frozenset(code for code, weight in list_declared_weights().items() if weight > 0)


def _draw_line(raw: Floats, is_bad: Flags, weights: Floats) -> tuple[float, float]:
    """Fit slope and offset so that the scores of left-out sources are probabilities (Platt)."""
    signs, shares = np.where(is_bad, 1.0, -1.0), weights / weights.sum()

    def measure(point: Floats) -> float:
        return float(shares @ np.logaddexp(0, -signs * (point[0] * raw + point[1])))

    slope, offset = minimize(
        measure, np.array([1.0, 0.0]), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9}
    ).x
    return float(slope), float(offset)
