"""Look for words in any case of letters through a mail of any size: never is all of it copied.

Trust: the bytes come from the mail's author.
Fails: never. Linear in the size of what is looked through.
"""

from collections.abc import Iterator

STEP_BYTES = 262_144


def count_lowered(raw: bytes, word: bytes, start: int, end: int) -> int:
    """Say how often a word (in lower case) stands in raw[start:end]."""
    return sum(piece.count(word) for piece in _iterate(raw, start, end, len(word) - 1))


def holds_lowered(raw: bytes, words: tuple[bytes, ...], start: int, end: int) -> bool:
    """Say whether one of these words (in lower case) stands in raw[start:end]."""
    overlap = max(map(len, words)) - 1
    return any(word in piece for piece in _iterate(raw, start, end, overlap) for word in words)


def _iterate(raw: bytes, start: int, end: int, overlap_bytes: int) -> Iterator[bytes]:
    for at in range(start, end, STEP_BYTES):
        yield raw[at : min(end, at + STEP_BYTES + overlap_bytes)].lower()
