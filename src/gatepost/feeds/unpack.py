"""Give the content of what was fetched, a piece at a time, gzip undone where there is any.

Standards: RFC 1952 (gzip, several members in a row included).
Trust: the bytes come from a list's server; a few of them may unpack to terabytes.
Fails: FeedTrouble: too long, cut off, damaged.
"""

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

from gatepost.feeds.trouble import FeedTrouble

PIECE_BYTES = 65_536
MAX_LAYERS = 2  # a .gz file that the server has packed once more on its way
MAX_MEMBERS = 10_000
_GZIP = b"\x1f\x8b"
_GZIP_WBITS = 31


def read_pieces(file: BinaryIO, max_bytes: int) -> Iterator[bytes]:
    """Give the content; raise FeedTrouble when it is longer than `max_bytes`."""
    pieces: Iterable[bytes] = iter(lambda: file.read(PIECE_BYTES), b"")
    for _ in range(MAX_LAYERS):
        pieces = _limit(_unpack_if_packed(iter(pieces)), max_bytes)
    yield from pieces


def _limit(pieces: Iterable[bytes], max_bytes: int) -> Iterator[bytes]:
    left = max_bytes
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise FeedTrouble(f"is longer than {max_bytes} bytes (max_bytes)")
        yield piece


def _unpack_if_packed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    first = next(pieces, b"")
    while len(first) < len(_GZIP) and (more := next(pieces, b"")):
        first += more
    packed = chain([first], pieces)
    return _unpack(packed) if first.startswith(_GZIP) else packed


def _unpack(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Undo gzip; RFC 1952 §2.2: further members may follow, and zeros behind the last are usual."""
    members = 0
    waiting = next(pieces, b"")
    while waiting:
        members += 1
        if members > MAX_MEMBERS:
            raise FeedTrouble(f"is packed in more than {MAX_MEMBERS} gzip members")
        unpacker = zlib.decompressobj(_GZIP_WBITS)
        yield from _unpack_member(unpacker, waiting, pieces)
        waiting = unpacker.unused_data.lstrip(b"\0")
        while not waiting and (more := next(pieces, b"")):
            waiting = more.lstrip(b"\0")


def _unpack_member(unpacker: "zlib._Decompress", waiting: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    while not unpacker.eof:
        if not (waiting or (waiting := next(pieces, b""))):
            raise FeedTrouble("is gzip that is cut off")
        try:
            piece = unpacker.decompress(waiting, PIECE_BYTES)
        except zlib.error as error:
            raise FeedTrouble("is damaged gzip") from error
        waiting = unpacker.unconsumed_tail
        if piece:
            yield piece
