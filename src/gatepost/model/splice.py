"""Edits to a mail that keep its raw bytes as the truth: recorded, applied on delivery, undone at will."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Splice:
    """At `offset` of the raw bytes leave out `removed_bytes` bytes and put `inserted` in their place."""

    offset: int
    removed_bytes: int
    inserted: bytes


def merge_splices(*groups: Iterable[Splice]) -> tuple[Splice, ...]:
    """Give the edits of all groups in order; raise ValueError where two of them are about the same bytes."""
    every = sorted((each for group in groups for each in group), key=lambda each: (each.offset, each.removed_bytes > 0))
    end = 0
    for each in every:
        if each.offset < end:
            raise ValueError(f"two edits are about byte {each.offset}")
        end = each.offset + each.removed_bytes
    return tuple(every)


def apply_splices(raw: bytes, splices: Iterable[Splice]) -> bytes:
    r"""Give the mail with all edits made; splices must be in order of offset and must not overlap.

    >>> apply_splices(b"A: 1\r\n\r\nhi", [Splice(0, 0, b"B: 2\r\n")])
    b'B: 2\r\nA: 1\r\n\r\nhi'
    """
    pieces: list[bytes] = []
    position = 0
    for splice in splices:
        pieces += (raw[position : splice.offset], splice.inserted)
        position = splice.offset + splice.removed_bytes
    pieces.append(raw[position:])
    return b"".join(pieces)
