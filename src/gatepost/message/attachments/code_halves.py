"""Codes that are cut in two, and shown as two pictures side by side, or one above the other.

Only pictures in black and white are kept, and a pair is read only where one of them shows two corners of a code.

Standards: ISO/IEC 18004 §6.3.3: the corners are marks of dark, light, dark, light, dark, as wide as 1:1:3:1:1.
Trust: the pictures come from a stranger.
Fails: never; the last MAX_KEPT pictures of a mail are kept, none larger than MAX_SIDE_PX, and MAX_PAIRS are read; where
there would be more, that is told.
"""

import re
from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from weakref import WeakKeyDictionary

from PIL import Image

from gatepost.message.attachments.codes import MIN_SIDE_PX, UNREAD_CODES, is_black_and_white, note_found, read_codes
from gatepost.message.attachments.desk import Desk, Insides

MAX_KEPT = 8
MAX_PAIRS = 40
MAX_SIDE_PX = 1_200
SAMPLE_SIDE_PX = 64  # of each side so many pixels tell whether a picture is in black and white
SMALL_SIDE_PX = 300  # as large as a picture is in which corners are sought
MAX_RUNS = 200
MAX_UNEQUAL_PX = 2
_THRESHOLD = [0] * 128 + [1] * 128
_RUN = re.compile(rb"\x00+|\x01+")
_CORNER = (1, 1, 3, 1, 1)
_MIN_ROWS = 3  # through the middle of a corner
_SAME_PLACE = 3  # parts of a corner


@dataclass(frozen=True)
class _Half:
    picture: Image.Image

    @cached_property
    def has_corners(self) -> bool:
        """Say whether it shows two corners of a code; asked only where another picture fits to it."""
        return count_corners(self.picture) > 1


@dataclass(slots=True)
class _Halves:
    kept: deque[_Half] = field(default_factory=lambda: deque(maxlen=MAX_KEPT))
    pairs_left: int = MAX_PAIRS


_KEPT: WeakKeyDictionary[Desk, _Halves] = WeakKeyDictionary()


def note_halves(picture: Image.Image, insides: Insides, desk: Desk) -> None:
    """Note the codes that a picture without a code makes with one before it in the same mail."""
    if min(picture.size) < MIN_SIDE_PX // 2 or max(picture.size) > MAX_SIDE_PX:
        return
    if not is_black_and_white(picture.resize((SAMPLE_SIDE_PX, SAMPLE_SIDE_PX), Image.Resampling.NEAREST).convert("L")):
        return
    halves, new = _KEPT.setdefault(desk, _Halves()), _Half(picture.convert("L"))
    for old in reversed(halves.kept):
        if _may_fit(old, new):
            if not halves.pairs_left:
                insides.note(UNREAD_CODES)
                break
            halves.pairs_left -= 1
            note_found(_read_pair(old, new), insides)
    halves.kept.append(new)


def _are_beside(one: _Half, other: _Half) -> bool:
    return abs(one.picture.height - other.picture.height) <= MAX_UNEQUAL_PX


def _are_above(one: _Half, other: _Half) -> bool:
    return abs(one.picture.width - other.picture.width) <= MAX_UNEQUAL_PX


def _may_fit(one: _Half, other: _Half) -> bool:
    return (_are_beside(one, other) or _are_above(one, other)) and (one.has_corners or other.has_corners)


def _read_pair(one: _Half, other: _Half) -> list[tuple[str, str]]:
    are_beside, are_above = _are_beside(one, other), _are_above(one, other)
    for first, second in ((one.picture, other.picture), (other.picture, one.picture)):
        if are_beside and (found := read_codes(_join(first, second, right=True))):
            return found
        if are_above and (found := read_codes(_join(first, second, right=False))):
            return found
    return []


def _join(first: Image.Image, second: Image.Image, *, right: bool) -> Image.Image:
    width, height = first.size
    size = (width + second.width, height) if right else (width, height + second.height)
    joined = Image.new("L", size, 255)
    joined.paste(first, (0, 0))
    joined.paste(second, (width, 0) if right else (0, height))
    return joined


def count_corners(grey: Image.Image) -> int:
    """Give how many corners of codes a picture shows, each met by some rows."""
    scale = max(1.0, max(grey.size) / SMALL_SIDE_PX)
    small = grey.resize((round(grey.width / scale), round(grey.height / scale)), Image.Resampling.BOX)
    bits = small.point(_THRESHOLD).tobytes()
    middles: list[tuple[float, float, int, int]] = []  # place, size, first row, how many rows
    for row in range(0, small.height, 2):
        for middle, size in _find_corners(bits[row * small.width : (row + 1) * small.width]):
            _count(middle, size, row, middles)
    return sum(rows >= _MIN_ROWS for *_, rows in middles)


def _count(middle: float, size: float, row: int, middles: list[tuple[float, float, int, int]]) -> None:
    """Count a row with the corner that it belongs to, or with a new one."""
    for number, (place, known_size, first, rows) in enumerate(middles):
        if abs(place - middle) < size * _SAME_PLACE and row - first < known_size * len(_CORNER) * 2:
            middles[number] = place, known_size, first, rows + 1
            return
    middles.append((middle, size, row, 1))


def _find_corners(row: bytes) -> list[tuple[float, float]]:
    """Give (middle, size of a module) of each stretch of a row that is like a cut through a corner."""
    runs = list(islice(_RUN.finditer(row), MAX_RUNS))
    found = []
    for start in range(len(runs) - len(_CORNER) + 1):
        group = runs[start : start + len(_CORNER)]
        if group[0][0][0]:
            continue  # it begins light
        lengths = [match.end() - match.start() for match in group]
        module = sum(lengths) / sum(_CORNER)
        if all(
            abs(length - parts * module) <= max(1.0, module * 0.5)
            for length, parts in zip(lengths, _CORNER, strict=True)
        ):
            found.append(((group[0].start() + group[-1].end()) / 2, module))
    return found
