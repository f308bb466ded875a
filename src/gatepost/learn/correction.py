"""A bounded correction of what the words say, learned from few mails: logistic regression around a given model.

The model's own sum stands; learned is what each bucket of words adds to it. A mail is at most a unit of weight spread
over its words, as the model does it, so the length of the correction (MAX_LENGTH at most) bounds what it moves any mail
by, and the model cuts the words' sum as ever. Shrinkage, a quiet answer on mails about which nobody decided (anchors),
and words that stand in one mail only left out keep it from learning single mails by heart.

Source: Beck and Teboulle, A Fast Iterative Shrinkage-Thresholding Algorithm, 2009 (here with a projection on a ball).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gatepost.screen.classifier.model import MAX_WORDS_LOG_ODDS
from gatepost.screen.classifier.ngrams import BUCKETS, Buckets

MAX_LENGTH = 16.0
SPREAD = 4.0  # standard deviation of a mail's move that the shrinkage expects; measured, as those below
MIN_MAILS = 2  # that hold a word, before it is learned
ANCHOR_WEIGHT = 4.0  # of an anchor, in mails
STEPS = 200
SHIFTS = np.linspace(-8, 8, 161)
POWER_STEPS = 15

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Descent = Callable[[Floats], Floats]


class Text(NamedTuple):
    """The distinct words of one mail, and what the weight of each counts for in the model's sum."""

    buckets: Buckets
    shares: Floats


@dataclass(frozen=True, eq=False)
class Pupil:
    """The mails to learn from: what the model says of each, in log-odds, and what is true."""

    texts: Sequence[Text]
    rest: Floats  # all that does not come from words
    words: Floats  # the words' sum before the slope, not yet cut
    is_bad: npt.NDArray[np.bool_]
    weights: Floats

    def pick(self, chosen: npt.NDArray[np.bool_]) -> "Pupil":
        """Give some of the mails."""
        texts = [text for text, is_chosen in zip(self.texts, chosen, strict=True) if is_chosen]
        return Pupil(texts, self.rest[chosen], self.words[chosen], self.is_bad[chosen], self.weights[chosen])

    def score(self, slope: float, added: Floats | None = None) -> Floats:
        """Give the log-odds of each mail, with what a correction adds to its words."""
        words = self.words if added is None else self.words + spread(self.texts, added)
        scores: Floats = self.rest + slope * np.clip(words, -MAX_WORDS_LOG_ODDS, MAX_WORDS_LOG_ODDS)
        return scores


def spread(texts: Sequence[Text], weights: Floats) -> Floats:
    """Give the sum of the weights of each text's words, as the model takes it."""
    return np.array([weights[text.buckets] @ text.shares for text in texts])


def learn_correction(pupil: Pupil, anchors: Sequence[Text], slope: float) -> Floats:
    """Give what each bucket of words is to add; zeros where nothing can be learned."""
    found = np.zeros(BUCKETS)
    table = _Table.build(pupil.texts, anchors)
    if not table.used.size:
        return found
    count = len(pupil.texts)
    signs, shift = np.where(pupil.is_bad, 1.0, -1.0), find_shift(pupil, slope)
    pulls = np.concatenate([pupil.weights / 4, np.full(len(anchors), ANCHOR_WEIGHT)]) * slope**2
    pace = 1 / (table.find_stretch(pulls) + 1 / SPREAD**2)

    def descend(point: Floats) -> Floats:
        moved = table.apply(point)
        words = np.clip(pupil.words + moved[:count], -MAX_WORDS_LOG_ODDS, MAX_WORDS_LOG_ODDS)
        scores = pupil.rest + shift + slope * words
        wrong = -signs * pupil.weights / (1 + np.exp(np.clip(signs * scores, -50, 50)))
        drift = slope**2 * ANCHOR_WEIGHT * moved[count:]
        slopes = table.gather(np.concatenate([slope * wrong, drift])) + point / SPREAD**2
        return _project(point - pace * slopes)

    found[table.used] = _run(descend, table.used.size) * table.scale
    return found


def find_shift(pupil: Pupil, slope: float) -> float:
    """Give the constant that, added to all scores, suits what was decided best.

    What is held back is no sample of all mail, and people let through more or less of it than the model's scores say.
    That is true of held mail alone: words are learned beside this constant, and it is then forgotten.
    """
    signs = np.where(pupil.is_bad, 1.0, -1.0)
    losses = np.logaddexp(0, -signs * (pupil.score(slope)[None, :] + SHIFTS[:, None])) @ pupil.weights
    return float(SHIFTS[int(losses.argmin())])


def _run(descend: Descent, size: int) -> Floats:
    """Walk downhill with momentum."""
    point = ahead = np.zeros(size)
    speed = 1.0
    for _ in range(STEPS):
        following = descend(ahead)
        next_speed = (1 + np.sqrt(1 + 4 * speed**2)) / 2
        ahead = following + (speed - 1) / next_speed * (following - point)
        point, speed = following, next_speed
    return point


def _project(point: Floats) -> Floats:
    length = float(np.linalg.norm(point))
    return point if length <= MAX_LENGTH else point * (MAX_LENGTH / length)


@dataclass(frozen=True, eq=False)
class _Table:
    """The words of all mails and anchors: for each entry its mail, its word, its value."""

    used: Buckets  # the buckets that may be learned, by column
    scale: Floats  # of each column, 1 at most: common words need much evidence
    mails: Places
    columns: Places
    values: Floats
    mail_count: int

    @classmethod
    def build(cls, texts: Sequence[Text], anchors: Sequence[Text]) -> "_Table":
        every = [*texts, *anchors]
        seen = np.bincount(_join(texts), minlength=BUCKETS)
        known = np.bincount(_join(every), minlength=BUCKETS)
        used = np.flatnonzero(seen >= MIN_MAILS)
        rarity = np.log((len(every) + 1) / (known[used] + 1))
        scale = rarity / max(float(rarity.max(initial=0)), 1.0)
        column_of = np.full(BUCKETS, -1)
        column_of[used] = np.arange(used.size)
        sizes = np.array([text.buckets.size for text in every])
        shares = np.concatenate([np.zeros(0), *(text.shares for text in every)])
        mails, columns = np.repeat(np.arange(len(every)), sizes), column_of[_join(every)]
        is_used = columns >= 0
        mails, columns = mails[is_used], columns[is_used]
        values = scale[columns] * shares[is_used]
        return cls(used.astype(np.uint32), scale, mails, columns, values, len(every))

    def apply(self, point: Floats) -> Floats:
        """Give what each mail is moved by."""
        moved: Floats = np.bincount(self.mails, self.values * point[self.columns], self.mail_count).astype(np.float64)
        return moved

    def gather(self, pulls: Floats) -> Floats:
        """Give what all mails together pull each word by."""
        pulled: Floats = np.bincount(self.columns, self.values * pulls[self.mails], self.used.size).astype(np.float64)
        return pulled

    def find_stretch(self, pulls: Floats) -> float:
        """Give (a little more than) the greatest curvature that mails of these weights make together."""
        point = np.ones(self.used.size)
        stretch = 0.0
        for _ in range(POWER_STEPS):
            point = self.gather(pulls * self.apply(point / np.linalg.norm(point)))
            stretch = float(np.linalg.norm(point))
            if not stretch:
                break
        return 1.1 * stretch


def _join(texts: Sequence[Text]) -> Places:
    return np.concatenate([np.zeros(0, np.intp), *(text.buckets.astype(np.intp) for text in texts)])
