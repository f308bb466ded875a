"""Find QR codes that are drawn without a picture: from the cells of a table, or from block characters.

Standards: ISO/IEC 18004 §6.3.3: finder patterns of 7 times 7 modules stand at three corners, two of them side by side.
Trust: the mail comes from a stranger.
Fails: never; no more than MAX_ROWS rows of MAX_COLUMNS modules are looked at, in MAX_DRAWINGS drawings.
"""

import html
import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from gatepost.message.html_ink import read_colour

MIN_MODULES = 21  # the smallest code has 21 times 21
MAX_ROWS = 400
MAX_COLUMNS = 400
MAX_DRAWINGS = 20
MAX_SPAN = 100
MIN_CELLS = 150  # a code of 21 rows has more, also where equal cells are joined
DARK_SUM = 240  # of red, green and blue

_FINDER = ("1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111")
_BLOCKS = "\u2588\u2580\u2584\u25a0\u2b1b\u2593"
_ENTITY = re.compile("&(?:#(?:96|110|[xX](?:25|2[bB]))|block|uhblk|lhblk)")
_DRAWN = frozenset(_BLOCKS + " \u00a0\u3000\u2002\u2003\u2591\u25a1\u2b1c\ufe0e\ufe0f")
_UPPER = str.maketrans({"\u2588": "1", "\u2580": "1", "\u2584": "0"})
_LOWER = str.maketrans({"\u2588": "1", "\u2580": "0", "\u2584": "1"})
_DARK = str.maketrans(dict.fromkeys("\u2588\u25a0\u2b1b\u2593", "1"))
_SELECTORS = str.maketrans("", "", "\ufe0e\ufe0f")
_NOT_DARK = re.compile("[^1]")
_SWAP = str.maketrans("01", "10")

_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li)\b[^>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*+>")
_CELL = re.compile(r"<t[dh]\b([^>]{0,500})>")
_SPAN = re.compile(r"colspan\s{0,5}=\s{0,5}[\"']?([0-9]{1,3})")
_GROUND = re.compile(r"(?:bgcolor\s{0,5}=\s{0,5}[\"']?|background(?:-color)?\s{0,5}:\s{0,5})([#a-z0-9(), ]{3,40})")
_CLASS = re.compile(r"class\s{0,5}=\s{0,5}[\"']?([\w-]{1,50})")
_CLASS_RULE = re.compile(r"\.([\w-]{1,50})\s{0,5}\{([^{}]{0,500})\}")


def draws_qr_code(source: str, *, is_html: bool) -> bool:
    """Say whether a text part as it stands draws a QR code."""
    return any(True for _ in find_drawn_codes(source, is_html=is_html))


def find_drawn_codes(source: str, *, is_html: bool) -> Iterator[list[str]]:
    """Give the drawings of a text part that hold a QR code, as rows of modules: "1" dark, "0" light."""
    drawn = html.unescape(_TAG.sub("", _BREAK.sub("\n", source))) if is_html and _may_be_drawn(source) else source
    if any(block in drawn for block in _BLOCKS):
        yield from filter(holds_qr_code, islice(_read_blocks(drawn), MAX_DRAWINGS))
    if is_html and source.count("<td") + source.count("<TD") >= MIN_CELLS:
        rows = _read_table(source.lower())
        if holds_qr_code(rows):
            yield rows


def cut_codes(rows: Sequence[str]) -> Iterator[list[str]]:
    """Give each square of modules that begins with two finder patterns side by side, without its margin."""
    for start in range(min(len(rows), MAX_ROWS) - len(_FINDER) + 1):
        places = [place for place in _find_all(rows[start], _FINDER[0]) if _is_finder(rows, start, place)]
        for left, right in pairwise(places):
            side = right - left + len(_FINDER)
            yield [row[left : left + side].ljust(side, "0") for row in rows[start : start + side]]


def holds_qr_code(rows: Sequence[str]) -> bool:
    """Say whether rows of modules, "1" dark and "0" light, hold two finder patterns side by side."""
    for start in range(min(len(rows), MAX_ROWS) - len(_FINDER) + 1):
        if sum(_is_finder(rows, start, place) for place in _find_all(rows[start], _FINDER[0])) > 1:
            return True
    return False


def _is_finder(rows: Sequence[str], start: int, place: int) -> bool:
    return all(rows[start + step].startswith(line, place) for step, line in enumerate(_FINDER))


def _find_all(row: str, part: str) -> Iterator[int]:
    place = row.find(part, 0, MAX_COLUMNS)
    while place >= 0:
        yield place
        place = row.find(part, place + 1, MAX_COLUMNS)


def _may_be_drawn(source: str) -> bool:
    return _ENTITY.search(source) is not None or any(block in source for block in _BLOCKS)


def _read_blocks(text: str) -> Iterator[list[str]]:
    """Give each drawing of block characters, in every way in which it may be meant."""
    lines: list[str] = []
    for line in (*text.splitlines(), "end"):
        if not line:
            continue  # between "<br>" and the end of a line of source
        if len(line) >= MIN_MODULES and _DRAWN.issuperset(line):
            lines.append(line[: 2 * MAX_COLUMNS].translate(_SELECTORS))
            continue
        if len(lines) >= MIN_MODULES // 2:
            for rows in _read_drawing(lines[:MAX_ROWS]):
                yield rows
                yield [row.translate(_SWAP) for row in rows]
        lines = []


def _read_drawing(lines: list[str]) -> Iterator[list[str]]:
    if any("\u2580" in line or "\u2584" in line for line in lines):  # half blocks: two rows in a line
        yield [_NOT_DARK.sub("0", line.translate(half)) for line in lines for half in (_UPPER, _LOWER)]
        return
    rows = [_NOT_DARK.sub("0", line.translate(_DARK)) for line in lines]
    yield rows
    yield [row[::2] for row in rows]  # two characters make a square


def _read_table(source: str) -> list[str]:
    """Give the cells of all tables as rows of modules; the source is in lower case."""
    dark = {name for name, style in _CLASS_RULE.findall(source) if _is_dark(style)}
    return [_read_row(row, dark) for row in islice(source.split("<tr"), MAX_ROWS)]


def _read_row(row: str, dark_classes: set[str]) -> str:
    modules: list[str] = []
    for cell in islice(_CELL.finditer(row), MAX_COLUMNS):
        attributes = cell[1]
        named = _CLASS.search(attributes)
        is_dark = _is_dark(attributes) or (named is not None and named[1] in dark_classes)
        span = _SPAN.search(attributes)
        modules.append("01"[is_dark] * (min(MAX_SPAN, int(span[1])) if span else 1))
    return "".join(modules)[:MAX_COLUMNS]


def _is_dark(style: str) -> bool:
    ground = _GROUND.search(style)
    colour = read_colour(ground[1].strip()) if ground else None
    return colour is not None and sum(colour) <= DARK_SUM
