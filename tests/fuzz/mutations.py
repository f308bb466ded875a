"""Spoils files as strangers and bad lines do: bits, numbers, cuts, repeats, pieces of other files.

The same seed gives the same files, so a test that fails can be run again.
"""

import random
import struct
from collections.abc import Callable, Iterator, Sequence

MAX_EDITS = 4
MAX_PIECE_BYTES = 256
MAX_GROWTH_BYTES = 4_096
_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF)
_FORMS = ("<H", ">H", "<I", ">I", "<Q", ">Q")
_WORDS = (
    b"\x00", b"\r\n", b"\n", b"<", b">", b"(", b")", b"<<", b"[", b"\\", b'"', b"%", b"=", b"--", b"99999999999", b"-1",
    b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04", b"MZ", b"%PDF-", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
)  # fmt: skip

Edit = Callable[[bytearray, bytes, random.Random], None]


def mutate_many(seeds: Sequence[bytes], count: int, name: str) -> Iterator[bytes]:
    """Give so many spoiled files, made from all seeds in turn; `name` chooses how."""
    chooser = random.Random(name)
    for number in range(count):
        yield mutate(seeds[number % len(seeds)], chooser.choice(seeds), chooser)


def mutate(content: bytes, other: bytes, chooser: random.Random) -> bytes:
    """Spoil a file in a few places, perhaps with pieces of another."""
    spoiled = bytearray(content)
    for _ in range(chooser.randint(1, MAX_EDITS)):
        chooser.choice(_EDITS)(spoiled, other, chooser)
    return bytes(spoiled[: len(content) + MAX_GROWTH_BYTES])


def _flip_bit(spoiled: bytearray, _other: bytes, chooser: random.Random) -> None:
    if spoiled:
        spoiled[chooser.randrange(len(spoiled))] ^= 1 << chooser.randrange(8)


def _write_number(spoiled: bytearray, _other: bytes, chooser: random.Random) -> None:
    form, at = chooser.choice(_FORMS), chooser.randint(0, len(spoiled))
    size = struct.calcsize(form)
    number = chooser.choice((*_NUMBERS, len(spoiled), at)) & ((1 << 8 * size) - 1)
    spoiled[at : at + size] = struct.pack(form, number)


def _insert_word(spoiled: bytearray, _other: bytes, chooser: random.Random) -> None:
    at = chooser.randint(0, len(spoiled))
    spoiled[at:at] = chooser.choice(_WORDS)


def _cut_out(spoiled: bytearray, _other: bytes, chooser: random.Random) -> None:
    start, end = _choose_piece(spoiled, chooser)
    del spoiled[start:end]


def _cut_off(spoiled: bytearray, _other: bytes, chooser: random.Random) -> None:
    del spoiled[chooser.randint(0, len(spoiled)) :]


def _repeat(spoiled: bytearray, _other: bytes, chooser: random.Random) -> None:
    start, end = _choose_piece(spoiled, chooser)
    spoiled[end:end] = spoiled[start:end] * chooser.randint(1, 8)


def _take_piece(spoiled: bytearray, other: bytes, chooser: random.Random) -> None:
    start, end = _choose_piece(other, chooser)
    at = chooser.randint(0, len(spoiled))
    spoiled[at : at + chooser.choice((0, end - start))] = other[start:end]


def _choose_piece(content: bytes | bytearray, chooser: random.Random) -> tuple[int, int]:
    start = chooser.randint(0, len(content))
    return start, min(len(content), start + chooser.randint(1, MAX_PIECE_BYTES))


_EDITS: tuple[Edit, ...] = (
    _flip_bit, _flip_bit, _write_number, _write_number, _insert_word, _cut_out, _cut_off, _repeat, _take_piece,
)  # fmt: skip
