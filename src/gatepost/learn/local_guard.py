"""Whether a correction that was learned from decisions may be trusted: on decisions kept back, and on mail beside them.

Decisions that the correction did not see must be told apart better than by the model alone, by more than chance does.
They are compared after a line was drawn through the model's scores of the other decisions: "all that is held is a
little less bad" and "the scores are too sure of themselves" are no knowledge of words. And mail of other kinds must be
told apart as well as before: mail made by code, half honest and half not, from which nothing was learned.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from gatepost.learn.correction import Pupil
from gatepost.learn.metrics import measure_auc

FLAG = 1.386  # log-odds of 0.8, where mail is flagged
TOLERANCE = 0.005  # by so much the area under the curve may fall and count as the same
MAX_MORE_FLAGGED = 0.01  # of honest made mail
MAX_LESS_FLAGGED = 0.02  # of unwanted made mail
MAX_DRIFT = 0.05  # mean distance between the scores before and after
MIN_ERRORS = 2.0  # standard errors that the gain on decisions kept back must have ...
MIN_GAIN = 0.01  # ... and the share of the loss
LINE_STEPS, LINE_RIDGE = 50, 0.1
LEAST_ORDER = 0.2  # area under the curve: below, decisions say the opposite of the model

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Measure = Callable[[Floats], float]


@dataclass(frozen=True, eq=False)
class Scores:
    """Log-odds of decided mail before and after, and the line (factor, constant) that suits the other decisions."""

    before: Floats
    after: Floats
    factors: Floats
    constants: Floats


class KeptBack(msgspec.Struct, frozen=True):
    """Decisions, each scored by a correction that did not see it. Losses are nats for each decision; less is better."""

    before: float
    after: float
    lined_before: float  # with the line drawn
    lined_after: float
    noise: float  # standard error of the gain between those two
    auc_before: float
    auc_after: float

    def list_losses(self) -> Iterator[str]:
        """Give in words why the correction is not to be trusted."""
        if self.auc_before < LEAST_ORDER:
            yield (
                f"what was decided is the opposite of what the model says (area under the curve {self.auc_before:.3f}):"
                " perhaps released and reported are mixed up"
            )
        if not all(map(math.isfinite, msgspec.structs.astuple(self))):
            yield "on decisions kept back, scores are no numbers"
        gain = self.lined_before - self.lined_after
        if gain < max(MIN_ERRORS * self.noise, MIN_GAIN * self.lined_before) or self.after > self.before:
            yield (
                f"on decisions kept back it is no better than chance makes it (loss {self.lined_after:.3f} instead of"
                f" {self.lined_before:.3f}, standard error {self.noise:.3f})"
            )


class Drift(msgspec.Struct, frozen=True):
    """What became of made mail: before and after."""

    auc: tuple[float, float]
    honest_flagged: tuple[float, float]
    unwanted_flagged: tuple[float, float]
    distance: float

    def list_losses(self) -> Iterator[str]:
        """Give in words what the correction does worse on mail of other kinds."""
        if not all(map(math.isfinite, (*self.auc, *self.honest_flagged, *self.unwanted_flagged, self.distance))):
            yield "on made mail, scores are no numbers"
        pairs = (
            ("area under the curve", self.auc, -TOLERANCE, -1),
            ("share of honest mail that is flagged", self.honest_flagged, MAX_MORE_FLAGGED, 1),
            ("share of unwanted mail that is flagged", self.unwanted_flagged, -MAX_LESS_FLAGGED, -1),
        )
        for name, (before, after), most, sign in pairs:
            if (after - before - most) * sign > 0:
                yield f"on made mail, {name} {after:.3f} instead of {before:.3f}"
        if self.distance > MAX_DRIFT:
            yield f"scores of made mail move by {self.distance:.3f} on average, {MAX_DRIFT} at most are allowed"


def measure_kept_back(pupil: Pupil, scores: Scores) -> KeptBack:
    """Hold the scores of left-out decisions against those of the model alone."""
    signs, weights = np.where(pupil.is_bad, 1.0, -1.0), pupil.weights

    def lose(log_odds: Floats) -> Floats:
        loss: Floats = np.logaddexp(0, -signs * log_odds)
        return loss

    before, after = _pair(lambda one: float(np.average(lose(one), weights=weights)), scores.before, scores.after)
    lined = [lose(scores.factors * one + scores.constants) for one in (scores.before, scores.after)]
    lined_before, lined_after = _pair(lambda loss: float(np.average(loss, weights=weights)), *lined)
    noise = round(_measure_noise(lined[0] - lined[1], weights), 4)
    return KeptBack(
        before,
        after,
        lined_before,
        lined_after,
        noise,
        *_pair(lambda one: _measure_order(one, pupil), scores.before, scores.after),
    )


def draw_line(log_odds: Floats, pupil: Pupil) -> tuple[float, float]:
    """Give factor (from 0 to 1) and constant that make the scores of these decisions probabilities, by Newton steps."""
    columns, weights = np.stack([log_odds, np.ones_like(log_odds)], axis=1), pupil.weights
    line = np.array([1.0, 0.0])
    for _ in range(LINE_STEPS):
        chances = _squash(columns @ line)
        slopes = columns.T @ (weights * (chances - pupil.is_bad)) + LINE_RIDGE * (line - [1.0, 0.0])
        curves = (columns.T * (weights * chances * (1 - chances))) @ columns + LINE_RIDGE * np.eye(2)
        line = line - np.clip(np.linalg.solve(curves, slopes), -1, 1)
        line[0] = min(max(line[0], 0.0), 1.0)
    return float(line[0]), float(line[1])


def measure_drift(before: Floats, after: Floats, is_bad: Flags) -> Drift:
    """Hold scores of made mail against each other, in log-odds."""
    return Drift(
        auc=_pair(lambda scores: measure_auc(scores[~is_bad], scores[is_bad]), before, after),
        honest_flagged=_pair(lambda scores: float((scores[~is_bad] >= FLAG).mean()), before, after),
        unwanted_flagged=_pair(lambda scores: float((scores[is_bad] >= FLAG).mean()), before, after),
        distance=round(float(np.abs(_squash(after) - _squash(before)).mean()), 4),
    )


def _measure_order(log_odds: Floats, pupil: Pupil) -> float:
    """Give the area under the curve, where each decision counts by its weight; ties count half."""
    is_bad, weights = pupil.is_bad, pupil.weights
    order = np.argsort(log_odds[~is_bad], kind="stable")
    ham, sums = log_odds[~is_bad][order], np.concatenate([[0.0], np.cumsum(weights[~is_bad][order])])
    bad = log_odds[is_bad]
    below = sums[np.searchsorted(ham, bad, "left")] + sums[np.searchsorted(ham, bad, "right")]
    return float(np.average(below, weights=weights[is_bad]) / (2 * sums[-1]))


def _measure_noise(gains: Floats, weights: Floats) -> float:
    """Give the standard error of a weighted mean."""
    shares = weights / weights.sum()
    return float(np.sqrt((shares**2 * (gains - shares @ gains) ** 2).sum()))


def _squash(scores: Floats) -> Floats:
    squashed: Floats = 1 / (1 + np.exp(-np.clip(scores, -50, 50)))
    return squashed


def _pair(measure: Measure, before: Floats, after: Floats) -> tuple[float, float]:
    return round(measure(before), 4), round(measure(after), 4)
