"""Undoes Deflate64, which Windows unpacks and zlib does not: Deflate with a window and matches of up to 64 KiB.

Standards: APPNOTE.TXT 6.3.10 §4.4.5 (method 9), RFC 1951 §3.2 for everything but the three codes that differ.
Trust: the data comes from a stranger; it is undone in Python, so there are limits for bytes and for blocks.
Fails: never; what is damaged gives what stands in front of the damage.
"""

from collections.abc import Sequence
from functools import cache

MAX_BYTES = 512 * 1024
MAX_BLOCKS = 200  # each has tables of its own, which take their time
_MAX_BITS = 15
_END_OF_BLOCK = 256
_LENGTHS = (
    *((3 + number, 0) for number in range(8)),
    *((((4 + number % 4) << number // 4) + 3, number // 4) for number in range(4, 24)),
    (3, 16),  # here Deflate has the length 258
)
_DISTANCES = (
    *((1 + number, 0) for number in range(4)),
    *((((2 + number % 2) << number // 2) + 1, number // 2) for number in range(2, 30)),
)
_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
_REPEATS = {16: (2, 3), 17: (3, 3), 18: (7, 11)}


class DamagedDeflateError(Exception):
    """The data is no Deflate64, or is cut off."""


class _Bits:
    """Reads bits, the lowest of each byte first."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = self._held = self._count = 0

    def take(self, count: int) -> int:
        """Give the next bits as a number."""
        while self._count < count:
            if self._at >= len(self._data):
                raise DamagedDeflateError
            self._held |= self._data[self._at] << self._count
            self._at += 1
            self._count += 8
        value = self._held & ((1 << count) - 1)
        self._held >>= count
        self._count -= count
        return value

    def symbol(self, table: "_Table") -> int:
        """Give the next symbol of a code."""
        while self._count < table.bits and self._at < len(self._data):
            self._held |= self._data[self._at] << self._count
            self._at += 1
            self._count += 8
        found, length = table.entries[self._held & table.mask]
        if not length or length > self._count:
            raise DamagedDeflateError
        self._held >>= length
        self._count -= length
        return found

    def align(self) -> None:
        """Go on at the next byte."""
        self.take(self._count % 8)


class _Table:
    """A code, spread out over all patterns of its longest word."""

    def __init__(self, lengths: Sequence[int]) -> None:
        self.bits = max(lengths, default=0)
        self.mask = (1 << self.bits) - 1
        self.entries: list[tuple[int, int]] = [(0, 0)] * (1 << self.bits)
        code = 0
        for length in range(1, self.bits + 1):
            for symbol, own in enumerate(lengths):
                if own == length:
                    if code >> length:
                        raise DamagedDeflateError
                    first = int(f"{code:0{length}b}"[::-1], 2)
                    for pattern in range(first, 1 << self.bits, 1 << length):
                        self.entries[pattern] = (symbol, length)
                    code += 1
            code <<= 1


def inflate64(data: bytes, room_bytes: int) -> tuple[bytes, bool, bool]:
    """Give the content, at most so much; whether that is all; and whether there is damage."""
    room, bits, out = min(room_bytes, MAX_BYTES), _Bits(data), bytearray()
    try:
        for _ in range(MAX_BLOCKS):
            is_last = bits.take(1)
            _read_block(bits, out, room)
            if len(out) > room:
                return bytes(out[:room]), False, False
            if is_last:
                return bytes(out), True, False
    except (DamagedDeflateError, IndexError):
        return bytes(out[:room]), True, True
    return bytes(out[:room]), False, False


def _read_block(bits: _Bits, out: bytearray, room: int) -> None:
    kind = bits.take(2)
    if kind == 0:
        bits.align()
        length, check = bits.take(16), bits.take(16)
        if length ^ check != 0xFFFF:  # noqa: PLR2004 - each is the other, turned over
            raise DamagedDeflateError
        for _ in range(min(length, room + 1)):
            out.append(bits.take(8))
    elif kind == 1:
        _read_symbols(bits, out, room, *_make_fixed_tables())
    elif kind == 2:  # noqa: PLR2004 - the third of three kinds
        _read_symbols(bits, out, room, *_read_tables(bits))
    else:
        raise DamagedDeflateError


@cache
def _make_fixed_tables() -> tuple[_Table, _Table]:
    return _Table([8] * 144 + [9] * 112 + [7] * 24 + [8] * 8), _Table([5] * 32)


def _read_tables(bits: _Bits) -> tuple[_Table, _Table]:
    literals, distances, count = bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4
    own = [0] * len(_ORDER)
    for place in _ORDER[:count]:
        own[place] = bits.take(3)
    table, lengths = _Table(own), list[int]()
    while len(lengths) < literals + distances:
        symbol = bits.symbol(table)
        if symbol <= _MAX_BITS:
            lengths.append(symbol)
        else:
            extra, least = _REPEATS[symbol]
            lengths += [lengths[-1] if symbol == 16 else 0] * (bits.take(extra) + least)  # noqa: PLR2004
    return _Table(lengths[:literals]), _Table(lengths[literals : literals + distances])


def _read_symbols(bits: _Bits, out: bytearray, room: int, literals: _Table, distances: _Table) -> None:
    while len(out) <= room:
        symbol = bits.symbol(literals)
        if symbol < _END_OF_BLOCK:
            out.append(symbol)
        elif symbol == _END_OF_BLOCK:
            return
        else:
            base, extra = _LENGTHS[symbol - _END_OF_BLOCK - 1]
            length = base + bits.take(extra)
            start, extra = _DISTANCES[bits.symbol(distances)]
            _repeat(out, start + bits.take(extra), length)


def _repeat(out: bytearray, distance: int, length: int) -> None:
    if distance > len(out):
        raise DamagedDeflateError
    piece = out[-distance:]
    out += (piece * (length // distance + 1))[:length]
