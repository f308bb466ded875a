"""A ZIP archive that holds itself, without end; written after Russ Cox, "Zip Files All The Way Down" (2010).

Its Deflate stream is a program of two instructions, each five bytes long: "print what follows" and "repeat the last n
bytes". What the program prints is the archive. The CRC, which is part of what it is the CRC of, is solved for.
"""

import struct
import zlib
from collections.abc import Iterator

NAME = b"minutes of the meeting of May.zip"
COMMENT = b"\xff"  # the last byte must be one that takes nine bits
_BITS = range(32)


def write_endless_zip() -> bytes:
    """Give an archive whose only file is the archive."""
    constant = zlib.crc32(_write(0))
    rows = [zlib.crc32(_write(1 << bit)) ^ constant ^ (1 << bit) for bit in _BITS]  # what each bit of it changes
    whole = _write(_solve(rows, constant))
    assert zlib.decompress(whole[30 + len(NAME) :], -15) == whole
    return whole


def _write(crc: int) -> bytes:
    blank = _program(_head(crc, 0, 0), _tail(crc, 0, 0))
    size = len(blank)
    total = size + len(_head(0, 0, 0)) + len(_tail(0, 0, 0))
    head, tail = _head(crc, size, total), _tail(crc, size, total)
    return head + _program(head, tail) + tail


def _head(crc: int, packed: int, size: int) -> bytes:
    return struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 33, crc, packed, size, len(NAME), 0) + NAME


def _tail(crc: int, packed: int, size: int) -> bytes:
    entry = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 33, crc, packed, size, len(NAME), 0, 0, 0, 0, 0, 0)
    directory = entry + NAME
    at = len(_head(0, 0, 0)) + packed
    return directory + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(directory), at, len(COMMENT)) + COMMENT


def _program(head: bytes, tail: bytes) -> bytes:
    begin, end = _print(len(head) + 5), _print(len(tail) + 5)
    again, last = _repeat_until_high(len(head) + 5), _repeat_until_high(len(tail) + 5, is_last=True)
    one, four, none = _print(5), _print(20), _print(0)
    repeat = _pack((3, 0b010), *_match(10, 20), *_match(10, 20), (7, 0))  # twenty bytes, in forty bits
    pieces = (
        begin, head, begin, again, one, again, one, one, four, again, one, one, four, repeat,
        four, repeat, four, repeat, four, repeat, four, repeat, none, none, end, repeat, none, none, end,
        last, tail, last,
    )  # fmt: skip
    return b"".join(pieces)


def _print(size: int) -> bytes:
    """Give the head of a stored block (RFC 1951 §3.2.4)."""
    return struct.pack("<BHH", 0, size, size ^ 0xFFFF)


def _repeat_until_high(size: int, *, is_last: bool = False) -> bytes:
    """Repeat so many bytes, of which the last one is 0xFF and written out: so it takes forty bits."""
    return _pack((3, 0b010 | is_last), *_match(size - 1, size), _code(0b111111111, 9), (7, 0))


def _match(length: int, distance: int) -> Iterator[tuple[int, int]]:
    """Give the codes of a match, as RFC 1951 §3.2.5 and §3.2.6 have them."""
    code, base, extra = next(one for one in _lengths() if one[1] <= length < one[1] + (1 << one[2]))
    yield _code(code - 256, 7)
    yield extra, length - base
    code, base, extra = next(one for one in _distances() if one[1] <= distance < one[1] + (1 << one[2]))
    yield _code(code, 5)
    yield extra, distance - base


def _lengths() -> Iterator[tuple[int, int, int]]:
    base = 3
    for code in range(257, 280):
        extra = max(0, (code - 261) // 4)
        yield code, base, extra
        base += 1 << extra


def _distances() -> Iterator[tuple[int, int, int]]:
    base = 1
    for code in range(30):
        extra = max(0, code // 2 - 1)
        yield code, base, extra
        base += 1 << extra


def _code(value: int, bits: int) -> tuple[int, int]:
    """Give a code of Huffman's, whose bits come in the other order."""
    return bits, int(f"{value:0{bits}b}"[::-1], 2)


def _pack(*fields: tuple[int, int]) -> bytes:
    number = at = 0
    for bits, value in fields:
        number |= value << at
        at += bits
    assert at == 40
    return number.to_bytes(5, "little")


def _solve(columns: list[int], wanted: int) -> int:
    """Give the bits whose columns add up to what is wanted, without carrying (Gauss)."""
    reduced: dict[int, tuple[int, int]] = {}  # by their highest bit: a sum of columns, and which these are
    for number, column in enumerate(columns):
        value, used = _reduce(column, 1 << number, reduced)
        if value:
            reduced[value.bit_length()] = value, used
    rest, used = _reduce(wanted, 0, reduced)
    assert not rest
    return used


def _reduce(value: int, used: int, reduced: dict[int, tuple[int, int]]) -> tuple[int, int]:
    for top in sorted(reduced, reverse=True):
        if value.bit_length() == top:
            value, used = value ^ reduced[top][0], used ^ reduced[top][1]
    return value, used
