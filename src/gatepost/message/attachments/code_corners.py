"""Count the corners of codes that a picture shows.

Standards: ISO/IEC 18004 §6.3.3: the corners are marks of dark, light, dark, light, dark, as wide as 1:1:3:1:1.
Trust: the picture comes from a stranger.
Fails: never; it is made smaller first, and of each row only MAX_RUNS stretches are looked at.
"""

import re
from itertools import islice

from PIL import Image

SMALL_SIDE_PX = 300  # as large as a picture is in which corners are sought
MAX_RUNS = 200

_THRESHOLD = [0] * 128 + [1] * 128
_RUN = re.compile(rb"\x00+|\x01+")
_CORNER = (1, 1, 3, 1, 1)
_MIN_ROWS = 3  # through the middle of a corner
_SAME_PLACE = 3  # parts of a corner


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
