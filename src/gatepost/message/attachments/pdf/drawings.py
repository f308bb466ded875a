"""Find codes for cameras that a PDF draws square by square, without any picture, as programs that print pages do.

Standards: ISO 32000-1 §8.4 (graphics state), §8.5 (paths), §8.6 (colours).
Trust: the drawing comes from a stranger.
Fails: never; at most MAX_TOKENS words of a drawing are read, and MAX_SQUARES squares are drawn.
"""

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from PIL import Image, ImageDraw

MIN_SQUARES = 60  # the smallest code has more dark stretches
MAX_SQUARES = 40_000
MAX_TOKENS = 600_000  # more than a megabyte can have, which is all that is looked at (pictures.py)
MAX_MODULES = 200
MAX_DEPTH = 64
MODULE_PX = 4
MARGIN_PX = 24
MAX_LENGTH = 60  # of a stretch of modules, and of the code's side in modules when a stretch is one module high

_TOKEN = re.compile(
    rb"(?<!\\)\((?:[^()\\]++|\\.|(?!)){0,500}+\)|[-+]?(?:[0-9]{1,10}\.?[0-9]{0,12}|\.[0-9]{1,12})(?![\w.])"
    rb"|/[^\s/<>\[\]()]{0,100}|[A-Za-z'\"*]{1,8}"
)
_PAINTS = frozenset((b"f", b"F", b"f*", b"b", b"B", b"b*", b"B*"))
_ENDS = frozenset((b"n", b"s", b"S"))
_PATHS = _PAINTS | _ENDS | {b"m", b"h"}
_PAINTING = (b" f", b" F", b" b", b" B")
_ONE_BLANK = bytes.maketrans(b"\0\t\n\f\r", b"     ")
_DARK_SUM = 1.5  # of red, green and blue, which are 3.0 together in white
_SAME = 0.2  # of a module
_NUMBERS = frozenset(b"0123456789.+-")

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]  # left, bottom, right, top
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(slots=True)
class _Pen:
    """What the words of a drawing have done so far."""

    matrix: Matrix = _IDENTITY
    is_dark: bool = True
    kept: deque[tuple[Matrix, bool]] = field(default_factory=lambda: deque(maxlen=MAX_DEPTH))
    boxes: list[Box] = field(default_factory=list)  # of the path that is being made
    corners: list[tuple[float, float]] = field(default_factory=list)
    squares: list[Box] = field(default_factory=list)  # that were painted dark


def draw_codes(content: bytes) -> Image.Image | None:
    """Give the dark squares of a drawing as a picture, None where too few are alike for a code."""
    if not may_draw_code(content):
        return None
    squares = _read_squares(content)
    if len(squares) < MIN_SQUARES:
        return None
    module = _find_module(squares)
    alike = [box for box in squares if module and _is_stretch(box, module)]
    return _paint(alike, module) if len(alike) >= MIN_SQUARES else None


def may_draw_code(content: bytes) -> bool:
    """Say whether a drawing paints as many boxes as a code has at least; this is quick."""
    return _count_boxes(content) >= MIN_SQUARES


def _count_boxes(content: bytes) -> int:
    """Give how many boxes the drawing paints at most: 0 where nothing is painted; a box of lines has three at least."""
    words = content.translate(_ONE_BLANK)
    if not any(paint in words for paint in _PAINTING):
        return 0
    return words.count(b" re") + words.count(b" l") // 3


def _read_squares(content: bytes) -> list[Box]:
    pen = _Pen()
    numbers: list[float] = []
    for match in islice(_TOKEN.finditer(content), MAX_TOKENS):
        word = match[0]
        if word[0] in _NUMBERS:
            numbers.append(float(word))
        else:
            _obey(word, numbers[-6:], pen)
            numbers.clear()
            if len(pen.squares) >= MAX_SQUARES:
                break
    return pen.squares


def _obey(word: bytes, numbers: list[float], pen: _Pen) -> None:
    count = len(numbers)
    if word == b"l" and count >= 2:  # noqa: PLR2004 - a place; most words of a drawing are such
        pen.corners.append((numbers[-2], numbers[-1]))
    elif word == b"re" and count >= 4:  # noqa: PLR2004 - place and size
        left, bottom, width, height = numbers[-4:]
        pen.boxes.append(_move(pen.matrix, [(left, bottom), (left + width, bottom + height)]))
    elif word in _PATHS:
        _follow_path(word, numbers, pen)
    elif word == b"cm" and count == 6:  # noqa: PLR2004
        pen.matrix = _multiply(tuple(numbers), pen.matrix)  # type: ignore[arg-type]
    elif word == b"q":
        pen.kept.append((pen.matrix, pen.is_dark))
    elif word == b"Q" and pen.kept:
        pen.matrix, pen.is_dark = pen.kept.pop()
    elif word in (b"g", b"rg", b"k", b"sc", b"scn") and numbers:
        pen.is_dark = _is_dark(numbers)


def _follow_path(word: bytes, numbers: list[float], pen: _Pen) -> None:
    _close_path(pen)
    if word == b"m" and len(numbers) >= 2:  # noqa: PLR2004 - a place
        pen.corners.append((numbers[-2], numbers[-1]))
        return
    if word in _PAINTS and pen.is_dark:
        pen.squares += pen.boxes
    if word != b"h":
        pen.boxes = []


def _close_path(pen: _Pen) -> None:
    """Take a path of four corners, or five where the last is the first, for the box around them."""
    if 4 <= len(set(pen.corners)) <= 5:  # noqa: PLR2004
        pen.boxes.append(_move(pen.matrix, pen.corners))
    pen.corners = []


def _move(matrix: Matrix, corners: list[tuple[float, float]]) -> Box:
    a, b, c, d, e, f = matrix
    xs = [a * x + c * y + e for x, y in corners]
    ys = [b * x + d * y + f for x, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _multiply(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _is_dark(numbers: list[float]) -> bool:
    if len(numbers) == 4:  # noqa: PLR2004 - cyan, magenta, yellow, black
        *colours, black = numbers
        return sum(max(0.0, 1 - colour - black) for colour in colours) < _DARK_SUM
    return sum(numbers[:3]) * 3 / min(3, len(numbers)) < _DARK_SUM


def _find_module(squares: list[Box]) -> float:
    """Give the height that most squares have."""
    heights = Counter(round(top - bottom, 2) for _, bottom, _, top in squares)
    return next((height for height, _ in heights.most_common(3) if height > 0), 0.0)


def _is_stretch(box: Box, module: float) -> bool:
    left, bottom, right, top = box
    width, height = right - left, top - bottom
    return abs(height - module) < module * _SAME and module * (1 - _SAME) < width < module * MAX_LENGTH


def _paint(squares: list[Box], module: float) -> Image.Image | None:
    left, bottom = min(box[0] for box in squares), min(box[1] for box in squares)
    right, top = max(box[2] for box in squares), max(box[3] for box in squares)
    if max(right - left, top - bottom) > module * MAX_MODULES:
        return None
    scale = MODULE_PX / module
    size = (int((right - left) * scale) + 2 * MARGIN_PX, int((top - bottom) * scale) + 2 * MARGIN_PX)
    picture = Image.new("L", size, 255)
    brush = ImageDraw.Draw(picture)
    for corners in _place(squares, scale, (left, top)):
        brush.rectangle(corners, fill=0)
    return picture


def _place(squares: list[Box], scale: float, corner: tuple[float, float]) -> Iterator[Box]:
    """Give the squares as pixels; a picture counts from its upper edge."""
    for left, bottom, right, top in squares:
        x, y = (left - corner[0]) * scale + MARGIN_PX, (corner[1] - top) * scale + MARGIN_PX
        yield round(x), round(y), round(x + (right - left) * scale) - 1, round(y + (top - bottom) * scale) - 1
