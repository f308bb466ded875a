"""What a set of scores is worth: pooled, for each source, and where the honest mail is of the hard kinds.

A source of honest mail is held against all unwanted mail, a source of unwanted mail against all honest mail. The
macro figure is the mean over the sources of unwanted mail, so that a large one does not hide a small one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
import numpy.typing as npt

from gatepost.learn.metrics import Measure, find_interval, find_threshold, measure_auc, measure_recall

HARD = ("html_dev", "mxai_synth")  # transactional mail and newsletters in HTML
THRESHOLDS = (0.5, 0.8, 0.95)  # the last two are the defaults of [decide] flag_at and quarantine_at
BINS = 10
SEED = 11

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Figure(msgspec.Struct, frozen=True):
    """One figure with its 95 % interval."""

    value: float
    low: float
    high: float


class SourceFigures(msgspec.Struct, frozen=True):
    """One source, one label."""

    source: str
    is_bad: bool
    count: int
    auc: float
    at_half: float  # share of its mails at or above 0.5
    at_flag: float  # at or above flag_at
    at_quarantine: float
    caught: float  # of unwanted mail, at 1 % false positives over all honest mail; of honest mail, what is lost there


class Bin(msgspec.Struct, frozen=True):
    """One bar of the reliability diagram; sources weigh alike."""

    mean_score: float
    share_bad: float
    count: int


class Figures(msgspec.Struct, frozen=True):
    """Everything that is told about one set of scores."""

    auc: Figure
    recall_permille: Figure  # at 0.1 % false positives
    recall_percent: Figure
    macro_percent: float  # mean over sources of unwanted mail, at 1 %
    hard_auc: Figure | None
    hard_recall_5: Figure | None  # at 5 % of the hard honest mail
    hard_recall_1: Figure | None
    sources: tuple[SourceFigures, ...]
    bins: tuple[Bin, ...]


@dataclass(frozen=True, eq=False)
class Scored:
    """Probabilities with what is true."""

    scores: Floats
    is_bad: Flags
    sources: Sequence[str]
    weights: Floats
    hard: tuple[str, ...] = field(default=HARD)


def evaluate(scored: Scored) -> Figures:
    """Measure everything."""
    names = np.array(scored.sources)
    ham, bad = scored.scores[~scored.is_bad], scored.scores[scored.is_bad]
    hard = scored.scores[~scored.is_bad & np.isin(names, scored.hard)]
    cut = find_threshold(ham, 0.01)
    rows = tuple(_measure_source(scored, names, source, is_bad, cut) for source, is_bad in _list_sources(scored))
    caught = [row.caught for row in rows if row.is_bad]
    return Figures(
        auc=_measure(measure_auc, ham, bad),
        recall_permille=_measure(lambda h, b: measure_recall(h, b, 0.001), ham, bad),
        recall_percent=_measure(lambda h, b: measure_recall(h, b, 0.01), ham, bad),
        macro_percent=float(np.mean(caught)),
        hard_auc=_measure(measure_auc, hard, bad) if hard.size else None,
        hard_recall_5=_measure(lambda h, b: measure_recall(h, b, 0.05), hard, bad) if hard.size else None,
        hard_recall_1=_measure(lambda h, b: measure_recall(h, b, 0.01), hard, bad) if hard.size else None,
        sources=rows,
        bins=_fill_bins(scored),
    )


def _measure(measure: Measure, ham: Floats, bad: Floats) -> Figure:
    return Figure(measure(ham, bad), *find_interval(measure, ham, bad, SEED))


def _list_sources(scored: Scored) -> list[tuple[str, bool]]:
    return sorted(set(zip(scored.sources, scored.is_bad.tolist(), strict=True)), key=lambda pair: (pair[1], pair[0]))


def _measure_source(
    scored: Scored, names: npt.NDArray[np.str_], source: str, is_bad: bool, cut: float
) -> SourceFigures:
    own = scored.scores[(names == source) & (scored.is_bad == is_bad)]
    others = scored.scores[scored.is_bad != is_bad]
    return SourceFigures(
        source=source,
        is_bad=is_bad,
        count=int(own.size),
        auc=measure_auc(others, own) if is_bad else measure_auc(own, others),
        at_half=float((own >= THRESHOLDS[0]).mean()),
        at_flag=float((own >= THRESHOLDS[1]).mean()),
        at_quarantine=float((own >= THRESHOLDS[2]).mean()),
        caught=float((own > cut).mean()),
    )


def _fill_bins(scored: Scored) -> tuple[Bin, ...]:
    places = np.minimum((scored.scores * BINS).astype(int), BINS - 1)
    bins = []
    for place in range(BINS):
        chosen = places == place
        weights = scored.weights[chosen]
        if weights.size:
            share = float(np.average(scored.is_bad[chosen], weights=weights))
            bins.append(Bin(float(np.average(scored.scores[chosen], weights=weights)), share, int(weights.size)))
    return tuple(bins)
