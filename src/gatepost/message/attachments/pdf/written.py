"""Text as a reader of a PDF sees it placed: what stands together is a word, what stands apart is not.

Standards: ISO 32000-1 §9.3 (state of text), §9.4 (placing and showing it).
Trust: the drawing comes from a stranger.
Fails: never; at most MAX_TOKENS words of a drawing are read.
"""

import math
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from types import MappingProxyType
from typing import Protocol

from gatepost.message.attachments.pdf.fonts import NO_WIDTHS, PLAIN_FONT, Font, Widths
from gatepost.message.attachments.pdf.streams import HEX_STRING, LITERAL_STRING, read_hex, unescape

MAX_TOKENS = 400_000
MAX_DEPTH = 64
_TOKEN = re.compile(
    LITERAL_STRING + rb"|" + HEX_STRING + rb"|([-+]?(?:[0-9]{1,12}(?:\.[0-9]{0,12})?|\.[0-9]{1,12}))"
    rb"|/([^\s/<>\[\](){}%]{0,200})|([A-Za-z'\"][A-Za-z*]{0,8})",
    re.DOTALL,
)
_LITERAL, _HEX, _NUMBER, _NAME = 1, 2, 3, 4
_TEX_LIGATURES = {
    0x0B: "ff",
    0x0C: "fi",
    0x0D: "fl",
    0x0E: "ffi",
    0x0F: "ffl",
}  # where a font says nothing of its codes
_APART = 0.17  # of the font's size: so wide is the narrowest blank
_BACK = -0.5
_OTHER_LINE = 0.4
_FAR = 3.0
_BLANK = -170.0  # a number between two strings, in thousandths of the size

Matrix = tuple[float, float, float, float, float, float]
Operand = float | bytes
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Fonts(Protocol):
    """The fonts that a drawing calls by names."""

    def read(self, name: bytes) -> Font:
        """Give how text in a font is read."""
        ...

    def measure(self, name: bytes) -> Widths:
        """Give how wide its codes are."""
        ...


@dataclass(frozen=True, slots=True)
class _State:
    """What `q` keeps and `Q` brings back."""

    page: Matrix = _IDENTITY
    font: Font = PLAIN_FONT
    widths: Widths = NO_WIDTHS
    size: float = 1.0
    leading: float = 0.0
    between_signs: float = 0.0
    between_words: float = 0.0
    stretch: float = 1.0


@dataclass(slots=True)
class Writer:
    """Obeys the words of a drawing, and writes down what it shows."""

    fonts: Fonts
    pieces: list[str] = field(default_factory=list)
    _state: _State = _State()
    _kept: deque[_State] = field(default_factory=lambda: deque(maxlen=MAX_DEPTH))
    _line: Matrix = _IDENTITY
    _here: Matrix = _IDENTITY  # where the next sign stands
    _end: tuple[float, float] | None = None  # of the last sign, on the page; None where it is not known
    _has_moved: bool = True

    def obey(self, word: bytes, operands: list[Operand], name: bytes) -> None:
        """Do what one word of the drawing says."""
        numbers = [one for one in operands if isinstance(one, float)]
        if word in _SHOWING:
            self._show(word, operands, numbers)
        elif word in _PLACING:
            self._place(word, numbers)
        elif word == b"Tf":
            size = numbers[-1] if numbers else 1.0
            self._state = replace(self._state, font=self.fonts.read(name), widths=self.fonts.measure(name), size=size)
        elif word in _SETTING and numbers:
            self._state = _SETTING[word](self._state, numbers)
        elif word == b"q":
            self._kept.append(self._state)
        elif word == b"Q" and self._kept:
            self._state = self._kept.pop()

    def _place(self, word: bytes, numbers: list[float]) -> None:
        if word == b"BT":
            self._line = _IDENTITY
        elif word == b"Tm" and len(numbers) >= 6:  # noqa: PLR2004 - a matrix
            a, b, c, d, e, f = numbers[-6:]
            self._line = (a, b, c, d, e, f)
        elif word in (b"Td", b"TD") and len(numbers) >= 2:  # noqa: PLR2004 - a place
            x, y = numbers[-2:]
            if word == b"TD":
                self._state = replace(self._state, leading=-y)
            self._line = _multiply((1.0, 0.0, 0.0, 1.0, x, y), self._line)
        elif word == b"T*":
            self._line = _multiply((1.0, 0.0, 0.0, 1.0, 0.0, -self._state.leading), self._line)
        self._here, self._has_moved = self._line, True

    def _show(self, word: bytes, operands: list[Operand], numbers: list[float]) -> None:
        if word in (b"'", b'"'):
            self._place(b"T*", numbers)
            operands = operands[-1:]
        place = _multiply(self._here, self._state.page)
        self.pieces.append(self._separate(place))
        for one in operands:
            if isinstance(one, bytes):
                self.pieces.append(self._state.font.decode(one))
                self._go_on(one)
            else:
                self._step(-one / 1000 * self._state.size)
                if one < _BLANK:
                    self.pieces.append(" ")
        self._has_moved = False

    def _separate(self, place: Matrix) -> str:
        """Give what stands between the last sign and one at this place."""
        if not self._has_moved:
            return ""
        if self._end is None:
            return "\n"
        a, b, _, _, x, y = place
        scale = math.hypot(a, b)
        size = abs(self._state.size) * scale
        if not size:
            return "\n"
        right, down = x - self._end[0], y - self._end[1]
        along, across = (right * a + down * b) / scale / size, (down * a - right * b) / scale / size
        if abs(across) > _OTHER_LINE or not _BACK < along < _FAR:
            return "\n"
        return " " if along > _APART else ""

    def _go_on(self, shown: bytes) -> None:
        state = self._state
        width = state.widths.measure(shown)
        if width is None:
            self._end = None
            return
        count = len(shown) // state.font.code_bytes
        blanks = shown.count(b" ") if state.font.code_bytes == 1 else 0
        self._step(width * state.size + count * state.between_signs + blanks * state.between_words)

    def _step(self, width: float) -> None:
        self._here = _multiply((1.0, 0.0, 0.0, 1.0, width * self._state.stretch, 0.0), self._here)
        *_, x, y = _multiply(self._here, self._state.page)
        self._end = x, y


_SHOWING = frozenset((b"Tj", b"TJ", b"'", b'"'))
_PLACING = frozenset((b"BT", b"Td", b"TD", b"Tm", b"T*"))
_SETTING: Mapping[bytes, Callable[[_State, list[float]], _State]] = MappingProxyType(
    {
        b"TL": lambda state, numbers: replace(state, leading=numbers[-1]),
        b"Tc": lambda state, numbers: replace(state, between_signs=numbers[-1]),
        b"Tw": lambda state, numbers: replace(state, between_words=numbers[-1]),
        b"Tz": lambda state, numbers: replace(state, stretch=numbers[-1] / 100),
        b"cm": lambda state, numbers: replace(state, page=_read_page(numbers, state.page)),
    }
)


def read_written(content: bytes, fonts: Fonts) -> str:
    """Give the text that a drawing shows, with blanks and ends of lines where a reader sees them."""
    writer = Writer(fonts)
    operands: list[Operand] = []
    name = b""
    for match in islice(_TOKEN.finditer(content), MAX_TOKENS):
        kind, word = match.lastindex, match[match.lastindex or 0]
        if kind == _NUMBER:
            operands.append(float(word))
        elif kind == _LITERAL:
            operands.append(unescape(word))
        elif kind == _HEX:
            operands.append(read_hex(word))
        elif kind == _NAME:
            name = word
        else:
            writer.obey(word, operands, name)
            operands.clear()
    return "".join(writer.pieces).translate(_TEX_LIGATURES)


def _read_page(numbers: list[float], page: Matrix) -> Matrix:
    if len(numbers) < 6:  # noqa: PLR2004 - a matrix
        return page
    a, b, c, d, e, f = numbers[-6:]
    return _multiply((a, b, c, d, e, f), page)


def _multiply(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m
