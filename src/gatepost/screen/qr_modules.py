"""Read a QR code from its modules, as text: for codes that are drawn without a picture, so that no library is needed.

Standards: ISO/IEC 18004 §6 (structure), §7.4 (data), §7.5 (error correction), §7.8 (masks), §7.9 (format).
Trust: the modules come from a stranger's mail.
Fails: never; None for what is no code, or is damaged beyond its own repair. Work is bounded by the largest code.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import chain

from gatepost.screen.qr_repair import mend

MIN_SIDE, MAX_SIDE = 21, 177
_SIDE_STEP, _QUIET = 4, 17

# By level of error correction (L, M, Q, H), for each version from 1 on
_CHECK_BYTES = (  # of each block
    (7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, *[30] * 14),
    (10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, *[26] * 4, *[28] * 19),
    (
        13,
        22,
        18,
        26,
        18,
        24,
        18,
        22,
        20,
        24,
        28,
        26,
        24,
        20,
        30,
        24,
        28,
        28,
        26,
        30,
        28,
        30,
        30,
        30,
        30,
        28,
        *[30] * 14,
    ),
    (17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, *[30] * 18),
)
_BLOCKS = tuple(
    tuple(map(int, line.split()))
    for line in (
        "1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20 21 22 24 25",
        "1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 17 17 18 20 21 23 25 26 28 29 31 33 35 37 38 40 43 45 47 49",
        "1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20 23 23 25 27 29 34 34 35 38 40 43 45 48 51 53 56 59 62 65 68",
        "1 1 2 4 4 4 5 6 8 8 11 11 16 16 18 16 19 21 25 25 25 34 30 32 35 37 40 42 45 48 51 54 57 60 63 66 70 74 77 81",
    )
)
_LEVEL_BY_BITS = (1, 0, 3, 2)  # 00 is M, 01 is L, 10 is H, 11 is Q
_FORMAT_POLYNOMIAL, _FORMAT_MASK, _FORMAT_BITS = 0x537, 0x5412, 15
_MAX_FORMAT_ERRORS = 3
_MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda row, column: (row + column) % 2 == 0,
    lambda row, _: row % 2 == 0,
    lambda _, column: column % 3 == 0,
    lambda row, column: (row + column) % 3 == 0,
    lambda row, column: (row // 2 + column // 3) % 2 == 0,
    lambda row, column: row * column % 2 + row * column % 3 == 0,
    lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
)
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_DIGITS, _ALPHANUMERIC, _STRUCTURED, _BYTES, _FNC1, _ECI, _KANJI, _FNC1_SECOND = 1, 2, 3, 4, 5, 7, 8, 9
_COUNT_BITS = {_DIGITS: (10, 12, 14), _ALPHANUMERIC: (9, 11, 13), _BYTES: (8, 16, 16), _KANJI: (8, 10, 12)}


def read_modules(rows: Sequence[str]) -> str | None:
    """Give the text of a code; `rows` are its modules without any margin, "1" dark and "0" light."""
    side = len(rows)
    if not MIN_SIDE <= side <= MAX_SIDE or side % _SIDE_STEP != 1 or any(len(row) != side for row in rows):
        return None
    if (form := _read_format(rows)) is None:
        return None
    level, mask = form
    blocks = _split_blocks(_read_words(rows, _MASKS[mask]), (side - _QUIET) // _SIDE_STEP, level)
    mended = [mend(block, count) for block, count in blocks]
    if any(block is None for block in mended):
        return None
    data = b"".join(
        bytes(block[: len(block) - count]) for block, (_, count) in zip(mended, blocks, strict=True) if block
    )
    return _read_text(data, (side - _QUIET) // _SIDE_STEP)


def _read_format(rows: Sequence[str]) -> tuple[int, int] | None:
    """Give the level of error correction and the mask, from the copy that stands around the upper left corner."""
    places = [*((8, column) for column in (0, 1, 2, 3, 4, 5, 7, 8)), *((row, 8) for row in (7, 5, 4, 3, 2, 1, 0))]
    found = int("".join(rows[row][column] for row, column in places), 2)
    distance, data = min(((found ^ _write_format(data)).bit_count(), data) for data in range(32))
    return (_LEVEL_BY_BITS[data >> 3], data & 7) if distance <= _MAX_FORMAT_ERRORS else None


def _write_format(data: int) -> int:
    rest = data
    for _ in range(10):
        rest = rest << 1 ^ (rest >> 9) * _FORMAT_POLYNOMIAL
    return (data << 10 | rest) ^ _FORMAT_MASK


def _read_words(rows: Sequence[str], mask: Callable[[int, int], bool]) -> bytes:
    """Read the data in its zigzag, from the lower right."""
    side, fixed = len(rows), _find_fixed(len(rows))
    bits = [
        "01"[(rows[row][column] == "1") ^ mask(row, column)]
        for row, column in _walk(side)
        if (row, column) not in fixed
    ]
    text = "".join(bits[: len(bits) // 8 * 8])
    return int(text, 2).to_bytes(len(text) // 8, "big") if text else b""


def _walk(side: int) -> Iterator[tuple[int, int]]:
    columns = [*range(side - 1, 6, -2), *range(5, 0, -2)]  # the column of the timing marks is left out
    for number, right in enumerate(columns):
        rows = range(side) if number % 2 else range(side - 1, -1, -1)
        for row in rows:
            yield row, right
            yield row, right - 1


@cache
def _find_fixed(side: int) -> frozenset[tuple[int, int]]:
    """Give the places that hold no data."""
    version = (side - _QUIET) // _SIDE_STEP
    corners = (((0, 9), (0, 9)), ((0, 9), (side - 8, side)), ((side - 8, side), (0, 9)))
    boxes = [(range(*row), range(*column)) for row, column in corners]
    boxes += [(range(6, 7), range(side)), (range(side), range(6, 7))]
    if version >= 7:  # noqa: PLR2004 - from there on the version is written, too
        boxes += [(range(6), range(side - 11, side - 8)), (range(side - 11, side - 8), range(6))]
    marks = _find_marks(version, side)
    for row in marks:
        for column in marks:
            if (row, column) not in ((6, 6), (6, side - 7), (side - 7, 6)):
                boxes.append((range(row - 2, row + 3), range(column - 2, column + 3)))
    return frozenset((row, column) for rows, columns in boxes for row in rows for column in columns)


def _find_marks(version: int, side: int) -> list[int]:
    """Give the middles of the alignment patterns (Annex E)."""
    if version == 1:
        return []
    count = version // 7 + 2
    step = (version * 8 + count * 3 + 5) // (count * 4 - 4) * 2
    return [6, *(side - 7 - place * step for place in reversed(range(count - 1)))]


def _split_blocks(words: bytes, version: int, level: int) -> list[tuple[list[int], int]]:
    """Undo the interleaving; give each block with how many of its bytes are for repair."""
    checks, count = _CHECK_BYTES[level][version - 1], _BLOCKS[level][version - 1]
    short, longer = divmod(len(words), count)
    sizes = [short - checks + (number >= count - longer) for number in range(count)]
    blocks: list[list[int]] = [[] for _ in sizes]
    order = [
        *(number for place in range(max(sizes)) for number in range(count) if place < sizes[number]),
        *(number for _ in range(checks) for number in range(count)),
    ]
    for word, number in zip(words, order, strict=False):
        blocks[number].append(word)
    return [(block, checks) for block in blocks]


class _Bits:
    """Gives bits from the front; past the end they are 0."""

    def __init__(self, data: bytes) -> None:
        self.left = len(data) * 8
        self._value = int.from_bytes(data, "big")

    def take(self, count: int) -> int:
        if count > self.left:
            self.left = 0
            return 0
        self.left -= count
        return self._value >> self.left & (1 << count) - 1


def _read_text(data: bytes, version: int) -> str:
    bits = _Bits(data)
    size = (version > 9) + (version > 26)  # noqa: PLR2004 - where counts become longer
    pieces: list[bytes] = []
    while bits.left >= 4:  # noqa: PLR2004 - the bits of a mode
        mode = bits.take(4)
        if mode in _COUNT_BITS:
            pieces.append(_READERS[mode](bits, bits.take(_COUNT_BITS[mode][size])))
        elif mode == _ECI:
            _skip_assignment(bits)
        elif mode in (_STRUCTURED, _FNC1_SECOND):
            bits.take(16 if mode == _STRUCTURED else 8)
        elif mode != _FNC1:
            break
    content = b"".join(pieces)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _skip_assignment(bits: _Bits) -> None:
    first = bits.take(8)
    bits.take(16 if first >= 0xC0 else 8 if first >= 0x80 else 0)  # noqa: PLR2004 - its own length marks


def _take_digits(bits: _Bits, count: int) -> bytes:
    count = min(count, bits.left)
    groups = [f"{bits.take(10):03}" for _ in range(count // 3)]
    rest = count % 3
    groups += [f"{bits.take(3 * rest + 1):0{rest}}"] if rest else []
    return "".join(groups).encode()


def _take_letters(bits: _Bits, count: int) -> bytes:
    count = min(count, bits.left)
    pairs = (divmod(min(bits.take(11), len(_LETTERS) ** 2 - 1), len(_LETTERS)) for _ in range(count // 2))
    numbers = [*chain.from_iterable(pairs), *([min(bits.take(6), len(_LETTERS) - 1)] if count % 2 else [])]
    return "".join(_LETTERS[number] for number in numbers).encode()


def _take_bytes(bits: _Bits, count: int) -> bytes:
    return bytes(bits.take(8) for _ in range(min(count, bits.left // 8)))


def _take_kanji(bits: _Bits, count: int) -> bytes:
    """Give characters of Shift JIS, as UTF-8 like all that is read."""
    codes = bytearray()
    for _ in range(min(count, bits.left // 13)):
        high, low = divmod(bits.take(13), 0xC0)
        code = high << 8 | low
        code += 0x8140 if code < 0x1F00 else 0xC140  # noqa: PLR2004 - the two ranges of §7.4.6
        codes += (code & 0xFFFF).to_bytes(2, "big")
    return bytes(codes).decode("cp932", "replace").encode()


_READERS: dict[int, Callable[[_Bits, int], bytes]] = {
    _DIGITS: _take_digits,
    _ALPHANUMERIC: _take_letters,
    _BYTES: _take_bytes,
    _KANJI: _take_kanji,
}
