"""Find modules of QR codes in lines of characters: blocks, their halves and quarters, dots of Braille, emoji, signs.

Trust: the text comes from a stranger.
Fails: never; no more than MAX_ROWS lines of MAX_COLUMNS characters of one drawing are read.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

MIN_GLYPHS, MIN_LINES = (
    10,
    6,
)  # of the smallest code, 21 modules wide and high, where a glyph shows two modules side by side, or four rows of them
MAX_SIGNS = 3  # in a line of a drawing of signs: dark, light, and blanks around
MIN_DRAWN_BYTES = 150  # beyond one for each character, as the glyphs of such a code have in UTF-8
MAX_ROWS = 400
MAX_COLUMNS = 400

_FULL = "\u2588\u25a0\u2b1b\u2593\u25fc\u25fe\u25aa\u25cf\u26ab"
_PICTURES = "\U0001f5a4\U0001f533\U0001f7e5\U0001f7e6\U0001f7e7\U0001f7e9\U0001f7ea\U0001f7eb\U0001f534\U0001f535"
_LIGHT = (
    " \u00a0\u3000\u2002\u2003\u2800\u2591\u25a1\u2b1c\u25fb\u25fd\u25ab\u25cb\u26aa\U0001f90d\U0001f532"
    "|\u2502\u2503\u2551"
)
_QUARTERS = (
    "\u2598\u259d\u2580\u2596\u258c\u259e\u259b\u2597\u259a\u2590\u259c\u2584\u2599\u259f\u2588"  # by their bits
)
_SIGNS = "#@X"  # seven of one are a side of a finder pattern
_BETWEEN = rb"(?:\xef\xb8[\x8e\x8f]|\xe2\x80[\x8b-\x8d])?"
_ONES = (  # as UTF-8, each with a beginning that is quickly found
    (rb"\xe2(?:\x96[\x88\x93\xa0\xaa]|\x97[\x8f\xbc\xbe]|\x9a\xab|\xac\x9b)", 7),
    (rb"\xf0\x9f(?:\x94[\xb3-\xb5]|\x96\xa4|\x9f[\xa5-\xab])", 7),
    (rb"\xe2\x96[\x80\x84]", 2),
    (rb"\xe2[\xa0-\xa3][\x80-\xbf]", 5),
)
_RUNS = tuple(re.compile(one + _BETWEEN + b"(?:" + one + _BETWEEN + b"){%d}" % (count - 1)) for one, count in _ONES)
_QUOTED = re.compile(r"(?:> ?|(?!))++")  # (?!): see message/parameters.py
_INVISIBLE = dict.fromkeys(map(ord, "\ufe0e\ufe0f\u200b\u200c\u200d\u2060\ufeff"))

Glyphs = Mapping[str, tuple[str, ...]]  # what each shows, row by row; all of one set have the same size


def _list_quarters() -> dict[str, tuple[str, ...]]:
    bits = ((sign, number) for number, sign in enumerate(_QUARTERS, 1))
    return {sign: (f"{number & 1}{number >> 1 & 1}", f"{number >> 2 & 1}{number >> 3 & 1}") for sign, number in bits}


def _list_dots() -> dict[str, tuple[str, ...]]:
    places = ((0, 3), (1, 4), (2, 5), (6, 7))  # the bits of each row of dots
    signs = ((chr(0x2800 + number), number) for number in range(256))
    return {sign: tuple(f"{number >> a & 1}{number >> b & 1}" for a, b in places) for sign, number in signs}


def _add_light(dark: Mapping[str, tuple[str, ...]]) -> Glyphs:
    size = next(iter(dark.values()))
    return MappingProxyType(dict.fromkeys(_LIGHT, tuple("0" * len(row) for row in size)) | dict(dark))


_SINGLE = _add_light(dict.fromkeys(_FULL + _PICTURES, ("1",)))
_HALF = _add_light({"\u2588": ("1", "1"), "\u2580": ("1", "0"), "\u2584": ("0", "1")})
_QUARTER = _add_light(_list_quarters())
_DOTS = _add_light(_list_dots())
_SETS = (_SINGLE, _HALF, _QUARTER, _DOTS)
_DRAWN = frozenset().union(*_SETS)


def may_be_drawn(text: str) -> bool:
    """Say whether a text holds anything of which codes are drawn; this is quick."""
    if not text.isascii():
        coded = text.encode("utf-8", "replace")
        if len(coded) - len(text) >= MIN_DRAWN_BYTES and any(run.search(coded) for run in _RUNS):
            return True
    return "#######" in text or "XXXXXXX" in text or "@@@@@@@" in text


def read_glyphs(text: str) -> Iterator[list[str]]:
    """Give each drawing of characters as rows of modules, in every way in which it may be meant."""
    lines: list[str] = []
    for written in (*text.splitlines(), "end"):
        if not written:
            continue  # between "<br>" and the end of a line of source
        line = _clean(written)
        if _is_drawn(line):
            lines.append(line)
            continue
        if len(lines) >= MIN_LINES:
            yield from _read_drawing(lines[:MAX_ROWS])
        lines = []


def _clean(line: str) -> str:
    line = line[: 4 * MAX_COLUMNS]
    if line.startswith(">"):
        line = _QUOTED.sub("", line, count=1)
    if not line.isascii():
        line = line.translate(_INVISIBLE)
    return line.expandtabs()[: 2 * MAX_COLUMNS]


def _is_drawn(line: str) -> bool:
    if len(line) < MIN_GLYPHS:
        return False
    if _DRAWN.issuperset(line):
        return True
    return line.isascii() and len(set(line[:MIN_GLYPHS])) <= MAX_SIGNS and len(set(line)) <= MAX_SIGNS


def _read_drawing(lines: list[str]) -> Iterator[list[str]]:
    if (glyphs := _choose(set().union(*lines))) is None:
        return
    height = len(next(iter(glyphs.values())))
    rows = ["".join([glyphs[sign][number] for sign in line]) for line in lines for number in range(height)]
    yield rows
    if height == 1:
        yield [row[::2] for row in rows]  # two characters make a square


def _choose(used: set[str]) -> Glyphs | None:
    """Give the glyphs of which a drawing is made."""
    for glyphs in _SETS:
        if used <= glyphs.keys():
            return glyphs
    dark = next((sign for sign in _SIGNS if sign in used), "")
    return {sign: ("1" if sign == dark else "0",) for sign in used} if dark else None
