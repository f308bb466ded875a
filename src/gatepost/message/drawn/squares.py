"""Find what a page or an SVG picture draws of squares at coordinates, as modules of a code for cameras.

Standards: SVG 2 §9 (paths), §10 (shapes); CSS Backgrounds and Borders 3 (shadows, many backgrounds); CSS 2.1 §9.3.
Trust: the source comes from a stranger.
Fails: never; at most MAX_SQUARES squares are looked at.
"""

import re
from collections.abc import Callable, Iterator
from itertools import accumulate, islice, pairwise
from operator import add
from typing import NamedTuple

from gatepost.message.drawn.cells import is_dark

MIN_SQUARES = 60  # the smallest code has more dark stretches
MAX_SQUARES = 40_000
MAX_MODULES = 200
MAX_PATH_WORDS = 100_000
MAX_SHADOWED = 50
MIN_SHADOW_CHARS = 500  # of so many shadows

_N = r"(-?(?:[0-9]{1,6}(?:\.[0-9]{1,6})?|\.[0-9]{1,6}))"
_COLOUR = r"(#[0-9a-f]{3,6}\b|rgba?\([^()]{1,40}\)|[a-z]{3,20})"
_SHADOW = re.compile(rf"{_N}(?:px)?\s+{_N}(?:px)?(?:\s+0(?:px)?){{0,2}}\s+{_COLOUR}")
_GRADIENT = re.compile(
    rf"linear-gradient\(\s{{0,5}}{_COLOUR}[^()]{{0,60}}(?:\([^()]{{0,60}}\)[^()]{{0,60}})?\)\s{{0,5}}(?:no-repeat\s{{1,5}})?"
    rf"{_N}(?:px)?\s{{1,5}}{_N}(?:px)?\s{{0,5}}/\s{{0,5}}{_N}(?:px)?\s{{1,5}}{_N}(?:px)?"
)
_STYLE_END = re.compile("[;\"'{}<>]")
_PLACED = re.compile(r"<[a-z]{1,9}\b([^<>]{0,500}?position\s{0,5}:\s{0,5}absolute[^<>]{0,500})>")
_MAX_BEFORE_PLACED = 530  # of which "absolute" stands behind the beginning of its tag
_RECT = re.compile(r"<(?:svg:)?rect\b([^<>]{1,500})>")
_PATH = re.compile(r"<(?:svg:)?path\b([^<>]{0,500}?)\sd\s{0,5}=\s{0,5}[\"']([^\"'<>]{60,})[\"']")
_WORD = re.compile(r"([a-z])|(-?(?:[0-9]{1,6}(?:\.[0-9]{0,6})?|\.[0-9]{1,6}))", re.IGNORECASE)
_LIGHT_FILL = re.compile(
    r"(?:fill|background(?:-color)?)\s{0,5}[:=]\s{0,5}[\"']?\s{0,5}(?:#f|white|none|transparent|rgb\(2[2-5])"
)
_SIDES, _CSS_SIDES = (
    tuple(re.compile(rf"{name}(?<![\w-]{name})\s{{0,5}}[:=]\s{{0,5}}[\"']?{_N}") for name in names.split())
    for names in ("x y width height", "left top width height")
)


class Square(NamedTuple):
    """A dark square, or a stretch of some; a size of 0 is that of one module."""

    x: float
    y: float
    width: float = 0.0
    height: float = 0.0


def read_squares(source: str) -> list[str] | None:
    """Give what is drawn at coordinates as rows of modules, "1" dark and "0" light; None where too little is."""
    low = ""
    for word, least, find in _WAYS:
        if source.count(word) >= least:
            low = low or source.lower()
            squares = list(islice(find(low if find is not _find_in_paths else source), MAX_SQUARES))
            if len(squares) >= MIN_SQUARES and (rows := _lay_out(squares)) is not None:
                return rows
    return None


def _find_shadows(source: str) -> Iterator[Square]:
    for said in source.split("box-shadow")[1:MAX_SHADOWED]:
        value = _STYLE_END.split(said, maxsplit=1)[0]
        for match in _SHADOW.finditer(value) if len(value) > MIN_SHADOW_CHARS else ():
            if is_dark(match[3]):
                yield Square(float(match[1]), float(match[2]))


def _find_gradients(source: str) -> Iterator[Square]:
    for match in _GRADIENT.finditer(source):
        if is_dark(match[1]):
            yield Square(*(float(number) for number in match.groups()[1:]))


def _find_placed(source: str) -> Iterator[Square]:
    end, place = 0, source.find("absolute")
    while place >= 0:
        start = source.rfind("<", max(end, place - _MAX_BEFORE_PLACED), place)
        if start >= 0:  # a tag that is not looked at yet
            match = _PLACED.match(source, start)
            end = match.end() if match else start + 1
            if match and not _is_light(match[1]):
                yield _read_sides(match[1], _CSS_SIDES)
        place = source.find("absolute", max(end, place + 1))


def _find_rects(source: str) -> Iterator[Square]:
    for match in _RECT.finditer(source):
        if not _is_light(match[1]):
            yield _read_sides(match[1], _SIDES)


def _is_light(attributes: str) -> bool:
    """Say whether what these attributes fill is light."""
    says_fill = "fill" in attributes or "background" in attributes
    return says_fill and _LIGHT_FILL.search(attributes) is not None


def _read_sides(attributes: str, sides: tuple[re.Pattern[str], ...]) -> Square:
    found = [side.search(attributes) for side in sides]
    return Square(*[float(match[1]) if match else 0.0 for match in found])


def _find_in_paths(source: str) -> Iterator[Square]:
    for match in _PATH.finditer(source):
        if not _is_light(match[1].lower()) or "stroke" in match[1]:
            yield from _follow_path(match[2])


def _follow_path(path: str) -> Iterator[Square]:
    """Give each stretch to the right; where the pen goes down from its end, so far down it reaches."""
    x, y, stretch = 0.0, 0.0, None
    for command, first, second in _read_path(path):
        is_relative = command.islower()
        if command in "Mm":
            x, y = (x + first, y + second) if is_relative else (first, second)
        elif command in "Hh":
            end = x + first if is_relative else first
            if stretch:
                yield stretch
            stretch = Square(x, y, end - x) if end > x else None
            x = end
        else:
            end = y + first if is_relative else first
            if stretch and end > y:
                yield stretch._replace(height=end - y)
                stretch = None
            y = end
    if stretch:
        yield stretch


def _read_path(path: str) -> Iterator[tuple[str, float, float]]:
    """Give the moves, and the lines along the sides of a grid, as far as they are one after the other."""
    command, numbers = "", list[float]()
    for match in islice(_WORD.finditer(path), MAX_PATH_WORDS):
        if match[1]:
            command, numbers = match[1], []
            continue
        numbers.append(float(match[2]))
        if command in "MmHhVv" and command and len(numbers) == (2 if command in "Mm" else 1):
            yield command, numbers[0], numbers[-1]
            numbers = []


def _lay_out(squares: list[Square]) -> list[str] | None:
    """Put squares into a grid as fine as the smallest of them, or as the smallest step where none has a size."""
    unit = min((size for square in squares for size in square[2:] if size > 0), default=0.0)
    unit = unit or _find_step(squares)
    if unit <= 0:
        return None
    left, top = min(square.x for square in squares), min(square.y for square in squares)
    edges = [[0] * (MAX_MODULES + 1) for _ in range(MAX_MODULES + 1)]
    side = 0
    for square in squares:
        x, y = round((square.x - left) / unit), round((square.y - top) / unit)
        right, bottom = x + max(1, round(square.width / unit)), y + max(1, round(square.height / unit))
        if right > MAX_MODULES or bottom > MAX_MODULES:
            continue  # a frame, or the ground
        for row, column, step in ((y, x, 1), (y, right, -1), (bottom, x, -1), (bottom, right, 1)):
            edges[row][column] += step
        side = max(side, right, bottom)
    return _fill(edges, side) if side else None


def _fill(edges: list[list[int]], side: int) -> list[str]:
    """Give the rows of all squares together, by how many begin, or end (below 0), at each place; so none costs more."""
    above = [0] * side
    rows: list[str] = []
    for line in edges[:side]:
        above = list(map(add, above, accumulate(line[:side])))
        rows.append("".join("01"[count > 0] for count in above))
    return rows


def _find_step(squares: list[Square]) -> float:
    places = sorted({square.x for square in squares} | {square.y for square in squares})
    return min((after - before for before, after in pairwise(places)), default=0.0)


_WAYS: tuple[tuple[str, int, Callable[[str], Iterator[Square]]], ...] = (
    ("box-shadow", 1, _find_shadows),
    ("linear-gradient(", MIN_SQUARES, _find_gradients),
    ("absolute", MIN_SQUARES, _find_placed),
    ("<rect", MIN_SQUARES, _find_rects),
    ("<path", 1, _find_in_paths),
)
