"""Find modules of QR codes in coloured cells of HTML: of tables, and of other elements that stand in rows.

Standards: HTML (tables with cells that span several), CSS 2.1 §14 (colours) as far as elements and classes say them.
Trust: the source comes from a stranger.
Fails: never; no more than MAX_CELLS elements are looked at.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import dropwhile

from gatepost.message.drawn.glyphs import MAX_COLUMNS, MAX_ROWS
from gatepost.message.html_ink import read_colour

MIN_CELLS = 150  # a code of 21 rows has more, also where equal cells are joined
MAX_CELLS = 60_000
MAX_SPAN = 100
MAX_TEXT = 400  # characters that are kept of an element
MAX_DEPTH = 50
DARK_SUM = 128  # of light, 0 to 255

_LEAVES = ("div", "span", "i", "b", "p", "font", "a", "u", "s", "em", "strong", "td", "th")
_EMPTY_ENDS = ('"></', "'></", "nbsp;</", "\u2588</")
_SIDE_BY_SIDE = re.compile(  # no sign in two branches of a repetition: else it takes for ever where nothing is found
    r"(?:<(?:td|th|div|span|i|b|p|font|a|u|s|em|strong)\b[^<>]{0,500}>(?:[\s\u2588\u25a0\u2b1b]|&nbsp;|&#160;){0,200}"
    r"(?:</[a-z]{1,6}>\s{0,9}){0,2}){7}",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]{0,9})\b([^<>]{0,2000})>|([^<]{1,2000})")
_ROW_ENDS = frozenset(("tr", "br", "li", "table", "tbody"))
_VOID = frozenset(("br", "img", "hr", "wbr", "col", "input", "meta", "link"))
_CELLS = frozenset(("td", "th"))
_GROUND = re.compile(r"(?:bgcolor\s{0,5}=\s{0,5}[\"']?|background(?:-color)?\s{0,5}:\s{0,5})(#?[a-z0-9(), .%]{3,40})")
_INK = re.compile(r"(?<![\w-])color\s{0,5}[:=]\s{0,5}[\"']?(#?[a-z0-9(), .%]{3,40})")
_CLASS = re.compile(r"class\s{0,5}=\s{0,5}[\"']?([\w-]{1,50})")
_CLASS_RULE = re.compile(r"\.([\w-]{1,50})\s{0,5}\{([^{}]{0,500})\}")
_SPAN = re.compile(r"(?<![\w-])(col|row)span\s{0,5}=\s{0,5}[\"']?([0-9]{1,3})")
_WIDTH = re.compile(r"(?<![\w-])width\s{0,5}[:=]\s{0,5}[\"']?([0-9]{1,4}(?:\.[0-9]{1,3})?)")
_BLANKS = frozenset("\u00a0\u2002\u2003\u3000")
_FULL = frozenset("\u2588\u25a0\u2b1b\u25cf")
_NAMED_LIGHT = (
    "white snow ivory azure beige linen seashell floralwhite ghostwhite whitesmoke mintcream honeydew aliceblue"
    " lavender lavenderblush oldlace cornsilk gainsboro transparent none inherit initial"
)
_LIGHT_NAMES = frozenset(_NAMED_LIGHT.split())


@dataclass(slots=True)
class _Element:
    """An element that is open."""

    name: str
    attributes: str
    is_dark: bool | None  # of its ground, or of the ground that it stands on; None: none was said
    is_ink_dark: bool
    says: bool  # it has a colour of its own
    has_children: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Cell:
    is_dark: bool
    columns: int
    rows: int
    width: float  # in pixels, or in characters; 0.0 where nothing is said


@dataclass(slots=True)
class _Reader:
    """Reads the source, which is in lower case, and gathers rows of cells."""

    classes: Mapping[str, str]
    rows: list[list[_Cell]] = field(default_factory=lambda: [[]])
    _open: list[_Element] = field(default_factory=list)
    _is_begun: bool = False  # the last row, by a table

    def read(self, source: str) -> None:
        for count, match in enumerate(_TOKEN.finditer(source)):
            if count > MAX_CELLS:
                return
            closing, name, attributes, text = match.groups()
            if text is not None:
                self._take(text)
            elif closing:
                self._close(name)
            else:
                self._enter(name, attributes)

    def _take(self, text: str) -> None:
        if "\n" in text and any(element.name == "pre" for element in self._open):
            self._end_row()
        if self._open and (text := text.replace("&nbsp;", "\u00a0").replace("&#160;", "\u00a0").strip(" \t\r\n")):
            self._open[-1].text = (self._open[-1].text + text[:MAX_SPAN])[:MAX_TEXT]

    def _enter(self, name: str, attributes: str) -> None:
        if (name in _CELLS or name == "tr") and self._open and self._open[-1].name in _CELLS:
            self._close(self._open[-1].name)  # whose end tag was left out
        if name in _ROW_ENDS:
            self._end_row()
        if name == "tr":
            self._begin_row()
        if name in _VOID or len(self._open) >= MAX_DEPTH:
            return
        around = self._open[-1] if self._open else None
        if around:
            around.has_children = True
        styles = f"{attributes};{self.classes.get(named[1], '') if (named := _CLASS.search(attributes)) else ''}"
        ground, ink = _find_colour(_GROUND, styles), _find_colour(_INK, styles)
        self._open.append(
            _Element(
                name,
                attributes,
                ground if ground is not None else (around.is_dark if around else None),
                ink if ink is not None else (around.is_ink_dark if around else True),
                ground is not None or ink is not None,
            )
        )

    def _close(self, name: str) -> None:
        if name == "tr" and self._open and self._open[-1].name in _CELLS:
            self._close(self._open[-1].name)
        for place in range(len(self._open) - 1, max(-1, len(self._open) - 6), -1):
            if self._open[place].name == name:
                element = self._open[place]
                del self._open[place:]
                break
        else:
            return
        if not element.has_children and (name in _CELLS or (element.says and name in _LEAVES)):
            self._add(element)
        elif name in ("div", "p", "tr", "li"):
            self._end_row()

    def _begin_row(self) -> None:
        """Begin a row of a table; one before it counts also where cells above take all of its places."""
        if self._is_begun:
            self.rows.append([])
        self._is_begun = True

    def _end_row(self) -> None:
        if self.rows[-1]:
            self._is_begun = False
            self.rows.append([])

    def _add(self, element: _Element) -> None:
        spans = dict(_SPAN.findall(element.attributes))
        columns, rows = (max(1, min(MAX_SPAN, int(spans.get(way, "1")))) for way in ("col", "row"))
        width = _WIDTH.search(element.attributes)
        is_inked = bool(element.text) and _FULL.issuperset(element.text)
        if element.text and not is_inked and not _BLANKS.issuperset(element.text):
            return  # words
        measure = float(width[1]) if width else float(len(element.text))
        dark = element.is_ink_dark if is_inked else bool(element.is_dark)
        self.rows[-1].append(_Cell(dark, columns, rows, measure))


def may_have_cells(source: str) -> bool:
    """Say whether a source has as many empty elements, side by side, as a code needs; this is quick."""
    if source.count("<") < MIN_CELLS:
        return False
    cells = source.count("<td") + source.count("<TD")
    if cells < MIN_CELLS:
        return sum(map(source.count, _EMPTY_ENDS)) >= MIN_CELLS and _SIDE_BY_SIDE.search(source) is not None
    ends = source.count("</td") + source.count("</TD")
    full = ends - sum(source.count(f"{before}</{name}") for before in (">", "nbsp;", "\u00a0") for name in ("td", "TD"))
    return cells - full >= MIN_CELLS and _SIDE_BY_SIDE.search(source) is not None


def read_cells(source: str) -> Iterator[list[str]]:
    """Give all cells of a source in lower case as rows of modules, in both ways in which their widths may be meant."""
    reader = _Reader(dict(_CLASS_RULE.findall(source)))
    reader.read(source)
    rows = list(dropwhile(lambda row: not row, reader.rows))[:MAX_ROWS]
    yield _lay_out(rows)
    widths = [cell.width for row in rows for cell in row if cell.width > 0]
    if widths:
        unit = min(widths)
        yield ["".join(_stretch(cell, unit) for cell in row[:MAX_COLUMNS])[:MAX_COLUMNS] for row in rows]


def _lay_out(rows: list[list[_Cell]]) -> list[str]:
    """Put cells into columns; one that spans rows takes its place in those below."""
    laid: list[str] = []
    taken: dict[int, tuple[int, bool]] = {}  # by column: how many rows are left, and whether they are dark
    for row in rows:
        modules: list[str] = []
        cells = iter(row)
        while len(modules) < MAX_COLUMNS:
            place = len(modules)
            if place in taken:
                left, is_dark = taken.pop(place)
                if left > 1:
                    taken[place] = left - 1, is_dark
                modules.append("01"[is_dark])
            elif (cell := next(cells, None)) is not None:
                modules += ["01"[cell.is_dark]] * cell.columns
                if cell.rows > 1:
                    taken |= dict.fromkeys(range(place, len(modules)), (cell.rows - 1, cell.is_dark))
            else:
                break
        laid.append("".join(modules))
    return laid


def _stretch(cell: _Cell, unit: float) -> str:
    return "01"[cell.is_dark] * max(1, min(MAX_SPAN, round(cell.width / unit)))


def _find_colour(pattern: re.Pattern[str], styles: str) -> bool | None:
    """Say whether a colour is dark, None where none is said."""
    match = pattern.search(styles)
    return None if match is None else is_dark(match[1].strip())


def is_dark(colour: str) -> bool:
    """Say whether a colour in lower case is dark; a name that is not known to be light is.

    >>> is_dark("#1a73e8"), is_dark("rgb(250, 250, 0)"), is_dark("navy"), is_dark("white")
    (True, False, True, False)
    """
    if said := read_colour(colour):
        red, green, blue = said
        return 0.299 * red + 0.587 * green + 0.114 * blue < DARK_SUM
    return colour.partition(" ")[0] not in _LIGHT_NAMES and not colour.startswith("light")
