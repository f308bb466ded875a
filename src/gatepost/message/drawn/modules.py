"""Find QR codes that are drawn without a picture: from characters, from cells, or from squares at coordinates.

Standards: ISO/IEC 18004 §6.3.3: finder patterns of 7 times 7 modules stand at three corners, two of them side by side.
Trust: the mail comes from a stranger.
Fails: never; no more than MAX_ROWS rows of MAX_COLUMNS modules are looked at, in MAX_DRAWINGS drawings.
"""

import html
import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from gatepost.message.drawn.cells import may_have_cells, read_cells
from gatepost.message.drawn.glyphs import MAX_COLUMNS, MAX_ROWS, may_be_drawn, read_glyphs
from gatepost.message.drawn.squares import read_squares

MAX_DRAWINGS = 20
MIN_ENTITIES = 50  # of a code that is drawn of them

_FINDER = ("1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111")
_ENTITY = re.compile(
    "&(?:#(?:9[6-9][0-9]{2}|10[2-4][0-9]{2}|110[0-9]{2}|12[89][0-9]{3}|[xX](?:2[568bB][0-9a-fA-F]{2}|1[fF][0-9a-fA-F]{3}))"
    "|block|uhblk|lhblk|blk)"
)
_SWAP = str.maketrans("01", "10")

_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li)\b[^>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*+>")


def draws_qr_code(source: str, *, is_html: bool) -> bool:
    """Say whether a text part as it stands draws a QR code."""
    return any(True for _ in find_drawn_codes(source, is_html=is_html))


def find_drawn_codes(source: str, *, is_html: bool) -> Iterator[list[str]]:
    """Give the drawings of a text part that hold a QR code, as rows of modules: "1" dark, "0" light."""
    if (drawn := _write_out(source) if is_html else source) and may_be_drawn(drawn):
        for rows in islice(read_glyphs(drawn), MAX_DRAWINGS):
            yield from filter(holds_qr_code, (rows, swap(rows)))
    if is_html and may_have_cells(source):
        for rows in read_cells(source.lower()):
            yield from filter(holds_qr_code, (rows, swap(rows)))
    if is_html and (placed := read_squares(source)) is not None:
        yield from filter(holds_qr_code, (placed, swap(placed)))


def cut_codes(rows: Sequence[str]) -> Iterator[list[str]]:
    """Give each square of modules that begins with two finder patterns side by side, without its margin."""
    for start in range(min(len(rows), MAX_ROWS) - len(_FINDER) + 1):
        places = [place for place in _find_seconds(rows, start) if _is_finder(rows, start, place)]
        for left, right in pairwise(places):
            side = right - left + len(_FINDER)
            yield [row[left : left + side].ljust(side, "0") for row in rows[start : start + side]]


def holds_qr_code(rows: Sequence[str]) -> bool:
    """Say whether rows of modules, "1" dark and "0" light, hold two finder patterns side by side."""
    for start in range(min(len(rows), MAX_ROWS) - len(_FINDER) + 1):
        if sum(_is_finder(rows, start, place) for place in _find_seconds(rows, start)) > 1:
            return True
    return False


def _is_finder(rows: Sequence[str], start: int, place: int) -> bool:
    return all(rows[start + step].startswith(line, place) for step, line in enumerate(_FINDER))


def _find_seconds(rows: Sequence[str], start: int) -> Iterator[int]:
    """Give the places of what may be second lines of finders: in a dark drawing first ones stand everywhere."""
    row, line = rows[start + 1], _FINDER[1]
    place = row.find(line, 0, MAX_COLUMNS)
    while place >= 0:
        yield place
        place = row.find(line, place + 1, MAX_COLUMNS)


def swap(rows: Sequence[str]) -> list[str]:
    """Give the same drawing with light and dark swapped."""
    return [row.translate(_SWAP) for row in rows]


def _write_out(source: str) -> str:
    """Give the text of a page in which a code may be drawn, as far as that is told quickly; else ""."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", source))) if _may_be_drawn(source) else ""


def _may_be_drawn(source: str) -> bool:
    if (source.count("&#") >= MIN_ENTITIES or "blk;" in source or "block;" in source) and _ENTITY.search(source):
        return True
    return may_be_drawn(source)
