"""Learns the weight of each bucket of words: logistic regression, rare words counted down by being rare.

A mail is a unit of weight spread over its words (1/root of their number); a bucket's column is scaled by its inverse
document frequency, so that common words need much evidence to matter. What too few mails hold is left out. Learned from
are whole texts; what a text says is asked of its worst piece, too, as the classifier does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_array

from gatepost.learn.table import Row
from gatepost.screen.classifier.model import MAX_WORDS_LOG_ODDS, PIECE_BUCKETS, PIECE_SHARE
from gatepost.screen.classifier.ngrams import BUCKETS, Buckets

MIN_MAILS = 3
RIDGE = 2e-5
MAX_ITERATIONS = 80
TRUST = 1.4  # by which the learned weights count for more: the ridge that keeps them general also makes them timid

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class WordTable:
    """The words of all rows, one sparse row each; and those of all their pieces."""

    counts: csr_array
    pieces: csr_array
    piece_counts: Counts  # of each row, 1 at least

    def pick(self, chosen: npt.NDArray[np.bool_]) -> "WordTable":
        """Give some of the rows."""
        pieces = np.flatnonzero(np.repeat(chosen, self.piece_counts))
        return WordTable(self.counts[np.flatnonzero(chosen)], self.pieces[pieces], self.piece_counts[chosen])

    def weigh(self, weights: Floats) -> Floats:
        """Give what the words of each row say, as the classifier would."""
        starts = np.cumsum(self.piece_counts) - self.piece_counts
        worst = np.maximum.reduceat(self.pieces @ weights, starts) if starts.size else np.zeros(0)
        blend = (1 - PIECE_SHARE) * (self.counts @ weights) + PIECE_SHARE * worst
        said: Floats = np.clip(blend, -MAX_WORDS_LOG_ODDS, MAX_WORDS_LOG_ODDS)
        return said


def build_word_table(rows: Sequence[Row]) -> WordTable:
    """Read the words of all rows."""
    texts = [row.read_words() for row in rows]
    pieces = [piece for text in texts for piece in (np.split(text.pieces, text.starts[1:]) or [text.pieces])]
    counts = np.array([max(1, text.starts.size) for text in texts], dtype=np.intp)
    return WordTable(_tabulate([text.buckets for text in texts], 1), _tabulate(pieces, PIECE_BUCKETS), counts)


def _tabulate(texts: Sequence[Buckets], least: float) -> csr_array:
    """Give a sparse row for each text: a unit of weight spread over its buckets, over `least` where they are fewer."""
    sizes = np.array([text.size for text in texts], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    values = np.repeat(1 / np.sqrt(np.maximum(sizes, least)), sizes)
    columns = np.concatenate(texts).astype(np.int32) if texts else np.zeros(0, dtype=np.int32)
    return csr_array((values, columns, starts), shape=(len(texts), BUCKETS))


def learn_words(table: WordTable, is_bad: npt.NDArray[np.bool_], weights: Floats) -> tuple[Floats, float]:
    """Give the weight of each bucket, and the bias."""
    seen = np.bincount(table.counts.indices, minlength=BUCKETS)
    scale = np.where(seen >= MIN_MAILS, np.log((table.counts.shape[0] + 1) / (seen + 1)), 0.0)
    used = np.flatnonzero(scale > 0)
    columns = csr_array(table.counts[:, used].multiply(scale[used][None, :]))
    turned = csr_array(columns.T)
    signs = np.where(is_bad, 1.0, -1.0)
    shares = weights / weights.sum()

    def measure(point: Floats) -> tuple[float, Floats]:
        margins = signs * (columns @ point[:-1] + point[-1])
        losses = np.logaddexp(0, -margins)
        pull = -signs * shares / (1 + np.exp(np.clip(margins, -50, 50)))
        slope = turned @ pull + 2 * RIDGE * point[:-1]
        return float(shares @ losses + RIDGE * (point[:-1] @ point[:-1])), np.append(slope, pull.sum())

    best = minimize(
        measure, np.zeros(used.size + 1), jac=True, method="L-BFGS-B", options={"maxiter": MAX_ITERATIONS, "maxcor": 6}
    ).x
    found = np.zeros(BUCKETS)
    found[used] = TRUST * best[:-1] * scale[used]
    return found, TRUST * float(best[-1])
