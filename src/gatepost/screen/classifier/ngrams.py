"""Numbers that stand for the words of a text and for neighbouring words: hashed, without a dictionary.

A word is a run of letters, or one character of Chinese, Japanese or Korean; so pairs and triples of the latter are
what words are elsewhere. Hashes of all stretches come from one running sum: the sum over a stretch, brought to its
place by the inverse power. Everything is done by whole arrays; no step is quadratic.

A text is read in pieces, too: what a lure says must not vanish among the honest words that are put around it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gatepost.screen.classifier.words import MAX_CHARS

BUCKET_BITS = 18
BUCKETS = 1 << BUCKET_BITS
PIECE_CHARS = 500  # of a cleaned text; measured, as is what pieces count for (model.py)
BUCKET_BYTES = 4

Buckets = npt.NDArray[np.uint32]
Letters = npt.NDArray[np.uint8] | npt.NDArray[np.uint32]
Places = npt.NDArray[np.intp]

_BASE = 0x9E37_79B9_7F4A_7C15 | 1
_MIX = np.uint64(0xD6E8_FEB8_6659_FD93)
_SHIFT = np.uint64(32)
_LAST_SHIFT = np.uint64(64 - BUCKET_BITS)
_SPACE = 0x20
_NOWHERE = np.zeros(0, dtype=np.intp)
_BEGINNING = np.zeros(1, dtype=np.intp)
_WIDE = ((0x2E80, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))


def _make_powers(base: int) -> npt.NDArray[np.uint64]:
    values = [1]
    for _ in range(MAX_CHARS):
        values.append(values[-1] * base & (1 << 64) - 1)
    return np.array(values, dtype=np.uint64)


_POWERS = _make_powers(_BASE)
_INVERSES = _make_powers(pow(_BASE, -1, 1 << 64))


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """Where the words of a text start and end, and which words begin a triple of wide characters or end in one."""

    starts: Places
    ends: Places
    triples: Places  # numbers of words


@dataclass(frozen=True, slots=True, eq=False)
class Hashed:
    """A text in numbers: its distinct buckets in ascending order, and the same of each piece, one after the other."""

    buckets: Buckets
    pieces: Buckets
    starts: Places  # of the pieces; a text without words has none

    @property
    def sizes(self) -> Places:
        """Give the number of buckets of each piece."""
        sizes = np.empty_like(self.starts)
        np.subtract(self.starts[1:], self.starts[:-1], out=sizes[:-1])
        sizes[-1:] = self.pieces.size - self.starts[-1:]
        return sizes

    def split(self) -> tuple[bytes, ...]:
        """Give the pieces as bytes, 4 for each bucket, little-endian."""
        return tuple(piece.astype("<u4").tobytes() for piece in np.split(self.pieces, self.starts[1:]) if piece.size)


def join_pieces(pieces: Iterable[bytes]) -> Hashed:
    """Undo `Hashed.split`."""
    read = [np.frombuffer(piece, dtype="<u4") for piece in pieces]
    if not read:
        return hash_ngrams("")
    starts = np.cumsum([0, *(piece.size for piece in read[:-1])])
    return Hashed(np.unique(np.concatenate(read)), np.concatenate(read), starts)


def hash_ngrams(text: str) -> Hashed:
    """Give the buckets of a cleaned text.

    >>> set(hash_ngrams("your account").buckets) > set(hash_ngrams("account").buckets)
    True
    """
    letters = _read_letters(text)
    words = _find_words(letters)
    buckets = _hash_words(letters, words)
    count = max(1, (letters.size + PIECE_CHARS // 2) // PIECE_CHARS)  # a short end belongs to the piece before
    if count == 1:
        distinct = _keep_distinct(buckets)
        return Hashed(distinct, distinct, _BEGINNING if distinct.size else _NOWHERE)
    pieces = np.minimum(words.starts // PIECE_CHARS, count - 1).astype(np.uint32) << BUCKET_BITS
    marked = _keep_distinct(buckets | np.concatenate([pieces, pieces[:-1], pieces[words.triples]]))
    numbers = marked >> BUCKET_BITS
    starts = _find_changes(numbers).nonzero()[0]
    inside = marked & np.uint32(BUCKETS - 1)
    return Hashed(_keep_distinct(inside.copy()), inside, starts)


def _keep_distinct(buckets: Buckets) -> Buckets:
    """Sort the buckets in place; give each once."""
    buckets.sort()
    return buckets[_find_changes(buckets)]


def _find_changes(numbers: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Say of each number whether it is another than the one before; the first one is."""
    changes = np.empty(numbers.size, dtype=np.bool_)
    changes[:1] = True
    np.not_equal(numbers[1:], numbers[:-1], out=changes[1:])
    return changes


def name_ngrams(text: str) -> dict[int, str]:
    """Give for each bucket the first stretch of the text that falls into it.

    >>> sorted(name_ngrams("your account").values())
    ['account', 'your', 'your account']
    """
    letters = _read_letters(text)
    words = _find_words(letters)
    starts, ends, triples = words.starts, words.ends, words.triples
    first = np.concatenate([starts, starts[:-1], starts[triples]])
    last = np.concatenate([ends, ends[1:], ends[triples + 2]])
    names: dict[int, str] = {}
    for bucket, start, end in zip(_hash_words(letters, words).tolist(), first.tolist(), last.tolist(), strict=True):
        names.setdefault(bucket, text[start:end])
    return names


def _read_letters(text: str) -> Letters:
    """Give the numbers of the letters, in as few bytes as they need."""
    text = text[:MAX_CHARS]
    if text.isascii():
        return np.frombuffer(text.encode(), dtype=np.uint8)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _hash_words(letters: Letters, words: _Words) -> Buckets:
    """Give the buckets of all words, then of all pairs, then of triples that begin and end with a wide character."""
    count, triples = words.starts.size, words.triples
    sums = np.zeros(letters.size + 1, dtype=np.uint64)
    np.add.accumulate(letters * _POWERS[: letters.size], out=sums[1:])
    before, until, inverses = sums.take(words.starts), sums.take(words.ends), _INVERSES.take(words.starts)
    hashes = np.empty(max(0, 2 * count - 1) + triples.size, dtype=np.uint64)
    np.multiply(until - before, inverses, out=hashes[:count])
    if count:
        np.multiply(until[1:] - before[:-1], inverses[:-1], out=hashes[count : 2 * count - 1])
    if triples.size:
        hashes[2 * count - 1 :] = (until[triples + 2] - before[triples]) * inverses[triples]
    hashes ^= hashes >> _SHIFT
    hashes *= _MIX
    return (hashes >> _LAST_SHIFT).astype(np.uint32)


def _find_words(letters: Letters) -> _Words:
    """Give words: runs of letters, and every wide character by itself."""
    gaps = np.empty(letters.size + 2, dtype=np.bool_)
    gaps[0] = gaps[-1] = True
    np.equal(letters, _SPACE, out=gaps[1:-1])
    if letters.dtype == np.uint8 or not (is_wide := _find_wide(letters)).any():
        edges = (gaps[1:] != gaps[:-1]).nonzero()[0]
        return _Words(edges[::2], edges[1::2], _NOWHERE)
    is_break = gaps[1:] | gaps[:-1]  # between a letter and the one before
    is_break[1:] |= is_wide
    is_break[:-1] |= is_wide
    is_letter = ~gaps[1:-1]
    starts = (is_break[:-1] & is_letter).nonzero()[0]
    ends = (is_break[1:] & is_letter).nonzero()[0] + 1
    stands_alone = is_wide[starts]
    return _Words(starts, ends, (stands_alone[:-2] & stands_alone[2:]).nonzero()[0])


def _find_wide(letters: Letters) -> npt.NDArray[np.bool_]:
    is_wide = np.zeros(letters.size, dtype=np.bool_)
    for low, high in _WIDE:
        is_wide |= (letters >= low) & (letters <= high)
    return is_wide
