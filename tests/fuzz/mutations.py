"""Spoils files as strangers and bad lines do: bits, numbers, cuts, repeats, pieces of other files.

Half of the ZIP archives are spoiled inside, so that what reads a document meets the damage, and no wrong checksum.
The same seed gives the same files, so a test that fails can be run again.
"""

import io
import random
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence

MAX_EDITS = 4
MAX_PIECE_BYTES = 256
MAX_GROWTH_BYTES = 4_096
INSIDE_SHARE = 0.5
MAX_INSIDE_BYTES = 300_000
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
    inside = mutate_inside(content, chooser) if chooser.random() < INSIDE_SHARE else None
    return _mutate_bytes(content, other, chooser) if inside is None else inside


def mutate_inside(content: bytes, chooser: random.Random) -> bytes | None:
    """Spoil one file in a ZIP archive, and pack all of them anew; None for what is no archive, or large."""
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if not entries or sum(entry.file_size for entry in entries) > MAX_INSIDE_BYTES:
                return None
            files = [(entry, archive.read(entry)) for entry in entries]
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error):
        return None
    spoilt = chooser.randrange(len(files))
    packed = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (entry, inner) in enumerate(files):
            is_spoilt, other = number == spoilt, chooser.choice(files)[1]
            name = zipfile.ZipInfo(entry.filename.split("\0")[0] or "a")
            archive.writestr(name, _mutate_bytes(inner, other, chooser) if is_spoilt else inner)
    return packed.getvalue()


def _mutate_bytes(content: bytes, other: bytes, chooser: random.Random) -> bytes:
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
