"""The trained model: words and evidence of one mail become log-odds, and every part of the sum has a name.

Words give a sum of weights, and so do findings by what their checks declare; trees correct that by everything that was
seen; one line makes the result a probability. What the training data could not teach (the sender's proof, rare
findings) is added with fixed weights.

Fails: BadSettings where the file is no model or one of another version.
"""

import math
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gatepost.model.errors import BadSettings
from gatepost.model.verdict import Contribution
from gatepost.screen.classifier.evidence import Evidence
from gatepost.screen.classifier.ngrams import BUCKETS, Hashed, hash_ngrams, name_ngrams
from gatepost.screen.classifier.pack import Pack, read_pack
from gatepost.screen.classifier.trees import Trees

FORMAT = 2
WORDS = "words"
MAX_WORDS_LOG_ODDS = 6.0  # words alone never say more than this, however many there are
PIECE_SHARE = 0.7  # of what the words say, by the worst piece of the text; the rest by the text as a whole
PIECE_BUCKETS = 40.0  # fewer in a piece say no more than so many
MAX_TOLD = 12  # pieces of learned evidence that are told one by one ...
REST = "rest"  # ... the others together
MIN_TOLD = 1e-9


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a mail has its score: `bias` and the contributions add up to `log_odds`."""

    bias: float
    contributions: tuple[Contribution, ...]  # what moved most comes first
    log_odds: float


class Classifier:
    """One model, loaded; shared by all threads."""

    def __init__(self, pack: Pack, name: str) -> None:
        header, arrays = pack.header, pack.arrays
        if header.get("format") != FORMAT:
            raise BadSettings(f"{name}: the model file was written by another version of gatepost; train it anew.")
        try:
            self._read(header, arrays)
        except (KeyError, TypeError, ValueError) as error:
            raise BadSettings(f"{name}: the model file lacks a part; train it anew.") from error
        self.digest = pack.digest
        self.card: Mapping[str, Any] = header.get("card", {})

    def _read(self, header: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        self.version: str = str(header["version"])
        self.names: tuple[str, ...] = tuple(header["names"])
        self.fixed: Mapping[str, float] = {name: float(value) for name, value in header["fixed"].items()}
        self._empty_row = bytes(8 * len(self.names))
        self._columns = {name: index for index, name in enumerate(self.names)}
        self._slope, self._offset = float(header["slope"]), float(header["offset"])
        self._words_bias = float(header["words_bias"])
        self._declared_share = self._slope * float(header["declared_share"])
        self._words = arrays["words"]
        self._trees = Trees(
            roots=arrays["roots"],
            features=arrays["features"],
            thresholds=arrays["thresholds"],
            lefts=arrays["lefts"],
            rights=arrays["rights"],
            values=arrays["values"],
            depth=int(header["depth"]),
        )
        _check_shapes(self._trees, self._words, len(self.names))
        self._bias = self._slope * (self._words_bias + self._trees.bias) + self._offset

    def explain(self, evidence: Evidence, declared: Mapping[str, float], factors: Mapping[str, float]) -> Explanation:
        """Weigh one mail.

        `declared` holds the weights of findings with the operator's factors; `factors`, by the check's name, are those
        factors, and move what the model learned of that check.
        """
        return self.explain_hashed(evidence.numbers, hash_ngrams(evidence.words), declared, factors)

    def explain_hashed(
        self,
        numbers: Mapping[str, float],
        hashed: Hashed,
        declared: Mapping[str, float],
        factors: Mapping[str, float],
    ) -> Explanation:
        """Weigh one mail whose words are hashed already."""
        row = self._make_row(numbers)
        weighed = self._slope * self._trees.weigh(row)
        if factors:
            weighed *= self._spread_factors(factors)
        words = self._slope * self.weigh_words(hashed)
        parts = [
            Contribution(WORDS, words, float(hashed.buckets.size)),
            *self._weigh_declared(numbers, declared, weighed),
        ]
        order = (-np.abs(weighed)).argsort()[:MAX_TOLD]
        told = weighed.take(order).tolist()
        parts += map(Contribution, map(self.names.__getitem__, order.tolist()), told, row.take(order).tolist())
        parts.sort(key=_strength, reverse=True)
        rest = float(np.add.reduce(weighed)) - math.fsum(told)
        if abs(rest) > MIN_TOLD:
            parts.append(Contribution(REST, rest, float(np.count_nonzero(weighed) - len(told))))
        return Explanation(self._bias, tuple(parts), self._bias + math.fsum([one.log_odds for one in parts]))

    def _spread_factors(self, factors: Mapping[str, float]) -> npt.NDArray[np.float64]:
        return np.array([factors.get(name.partition(".")[0], 1.0) for name in self.names])

    def weigh_words(self, hashed: Hashed) -> float:
        """Give what the words say, in log-odds before calibration."""
        buckets = hashed.buckets
        if not buckets.size:
            return 0.0
        total = float(np.add.reduce(self._words.take(buckets), dtype=np.float64)) / math.sqrt(buckets.size)
        blend = (1 - PIECE_SHARE) * total + PIECE_SHARE * float(self._weigh_pieces(hashed).max())
        return max(-MAX_WORDS_LOG_ODDS, min(MAX_WORDS_LOG_ODDS, blend))

    def share_words(self, hashed: Hashed) -> npt.NDArray[np.float64]:
        """Give what the weight of each bucket counts for in the words' sum, before that is cut."""
        buckets = hashed.buckets
        shares = np.full(buckets.size, (1 - PIECE_SHARE) / math.sqrt(buckets.size or 1))
        if buckets.size:
            worst = np.split(hashed.pieces, hashed.starts[1:])[int(self._weigh_pieces(hashed).argmax())]
            shares[np.searchsorted(buckets, worst)] += PIECE_SHARE / math.sqrt(max(worst.size, PIECE_BUCKETS))
        return shares

    def _weigh_pieces(self, hashed: Hashed) -> npt.NDArray[np.float64]:
        totals = np.add.reduceat(self._words.take(hashed.pieces), hashed.starts, dtype=np.float64)
        weighed: npt.NDArray[np.float64] = totals / np.sqrt(np.maximum(hashed.sizes, PIECE_BUCKETS))
        return weighed

    def explain_words(self, words: str, limit: int) -> list[tuple[str, float]]:
        """Give the phrases that moved the words' sum most, each with its log-odds; what moved most comes first."""
        names, hashed = name_ngrams(words), hash_ngrams(words)
        weighed = (self._slope * self.share_words(hashed) * self._words.take(hashed.buckets)).tolist()
        moved = [(names[bucket], value) for bucket, value in zip(hashed.buckets.tolist(), weighed, strict=True)]
        return sorted(moved, key=lambda one: -abs(one[1]))[:limit]

    def _make_row(self, numbers: Mapping[str, float]) -> npt.NDArray[np.float64]:
        row = array("d", self._empty_row)  # whose places are set more quickly than numpy's
        columns = self._columns
        for name, value in numbers.items():
            if value and (column := columns.get(name)) is not None:
                row[column] = value
        return np.frombuffer(row)

    def _weigh_declared(
        self, numbers: Mapping[str, float], declared: Mapping[str, float], weighed: npt.NDArray[np.float64]
    ) -> Iterator[Contribution]:
        """Add to what was learned its share of the declared weights; give what was not learned."""
        fixed = self.fixed
        for name in [name for name in numbers if name in declared or name in fixed]:
            value, weight = numbers[name], declared.get(name, 0.0) or fixed.get(name, 0.0)
            if not value or not weight:
                continue
            if (column := self._columns.get(name)) is None:
                yield Contribution(name, weight, value)
            else:
                weighed[column] += self._declared_share * weight


def load_classifier(path: Path) -> Classifier:
    """Load a model file (a few milliseconds)."""
    return Classifier(read_pack(path), str(path))


def _strength(part: Contribution) -> float:
    return abs(part.log_odds)


def _check_shapes(trees: Trees, words: npt.NDArray[Any], width: int) -> None:
    """Refuse arrays that would lead a walk out of them."""
    size = trees.features.size
    inside = [
        words.shape == (BUCKETS,),
        all(one.shape == (size,) for one in (trees.thresholds, trees.lefts, trees.rights, trees.values)),
        all(one.size and one.min() >= 0 and one.max() < size for one in (trees.roots, trees.lefts, trees.rights)),
        bool(size) and trees.features.min() >= 0 and trees.features.max() < width,
        0 < trees.depth <= 64,  # noqa: PLR2004 - far deeper than any tree that is of use
        bool(np.isfinite(trees.values).all() and np.isfinite(trees.thresholds).all() and np.isfinite(words).all()),
    ]
    if not all(inside):
        raise ValueError("arrays do not fit")
