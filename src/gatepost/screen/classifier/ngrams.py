"""Numbers that stand for the words of a text and for neighbouring words: hashed, without a dictionary.

A word is a run of letters, or one character of Chinese, Japanese or Korean; so pairs and triples of the latter are
what words are elsewhere. Hashes of all stretches come from one running sum: the sum over a stretch, brought to its
place by the inverse power. Everything is done by whole arrays; no step is quadratic.
"""

import numpy as np
import numpy.typing as npt

from gatepost.screen.classifier.words import MAX_CHARS

BUCKET_BITS = 18
BUCKETS = 1 << BUCKET_BITS

Buckets = npt.NDArray[np.uint32]
Places = npt.NDArray[np.intp]

_BASE = 0x9E37_79B9_7F4A_7C15 | 1
_MIX = np.uint64(0xD6E8_FEB8_6659_FD93)
_SHIFT = np.uint64(32)
_LAST_SHIFT = np.uint64(64 - BUCKET_BITS)
_SPACE = 0x20
_WIDE = ((0x2E80, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))


def _make_powers(base: int) -> npt.NDArray[np.uint64]:
    values = [1]
    for _ in range(MAX_CHARS):
        values.append(values[-1] * base & (1 << 64) - 1)
    return np.array(values, dtype=np.uint64)


_POWERS = _make_powers(_BASE)
_INVERSES = _make_powers(pow(_BASE, -1, 1 << 64))


def hash_ngrams(text: str) -> Buckets:
    """Give the distinct buckets of a cleaned text, in ascending order.

    >>> set(hash_ngrams("your account")) > set(hash_ngrams("account"))
    True
    """
    buckets = _hash_spans(text)[0]
    buckets.sort()
    is_first = np.ones(buckets.size, dtype=np.bool_)
    np.not_equal(buckets[1:], buckets[:-1], out=is_first[1:])
    return buckets[is_first]


def name_ngrams(text: str) -> dict[int, str]:
    """Give for each bucket the first stretch of the text that falls into it.

    >>> sorted(name_ngrams("your account").values())
    ['account', 'your', 'your account']
    """
    buckets, first, last = _hash_spans(text)
    names: dict[int, str] = {}
    for bucket, start, end in zip(buckets.tolist(), first.tolist(), last.tolist(), strict=True):
        names.setdefault(bucket, text[start:end])
    return names


def _hash_spans(text: str) -> tuple[Buckets, Places, Places]:
    """Give the bucket of every stretch, and where it starts and ends."""
    letters = np.frombuffer(text[:MAX_CHARS].encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    if not letters.size:
        nowhere = np.zeros(0, dtype=np.intp)
        return np.zeros(0, dtype=np.uint32), nowhere, nowhere
    sums = np.zeros(letters.size + 1, dtype=np.uint64)
    np.cumsum(letters.astype(np.uint64) * _POWERS[: letters.size], out=sums[1:])
    first, last = _find_spans(letters)
    hashes = (sums[last] - sums[first]) * _INVERSES[first]
    hashes ^= hashes >> _SHIFT
    hashes *= _MIX
    buckets = (hashes >> _LAST_SHIFT).astype(np.uint32)
    return buckets, first, last


def _find_spans(letters: Buckets) -> tuple[Places, Places]:
    """Give words, pairs of them, and triples that begin and end with a wide character."""
    starts, ends, is_wide = _find_words(letters)
    triples = np.flatnonzero(is_wide[:-2] & is_wide[2:])
    first = np.concatenate([starts, starts[:-1], starts[triples]])
    return first, np.concatenate([ends, ends[1:], ends[triples + 2]])


def _find_words(letters: Buckets) -> tuple[Places, Places, npt.NDArray[np.bool_]]:
    """Give where words start and end, and which are single wide characters."""
    is_gap = letters == _SPACE
    is_wide = np.zeros(letters.size, dtype=np.bool_)
    for low, high in _WIDE:
        is_wide |= (letters >= low) & (letters <= high)
    is_break = np.ones(letters.size + 1, dtype=np.bool_)  # between a letter and the one before
    is_break[1:-1] = is_gap[1:] | is_gap[:-1] | is_wide[1:] | is_wide[:-1]
    starts = np.flatnonzero(is_break[:-1] & ~is_gap)
    ends = np.flatnonzero(is_break[1:] & ~is_gap) + 1
    return starts, ends, is_wide[starts]
