"""Text in the colour of its ground: what is white on white is there for filters, not for readers.

Standards: CSS 2.1 §14 (colours), as far as one element says them itself; HTML's `bgcolor`, `color` and `text`.
Trust: the styles come from the mail's author.
Fails: never. Where a ground may come from a picture or from a style sheet, nothing is told.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from gatepost.message.css import split_declarations
from gatepost.message.html_sight import Attributes

MAX_STYLE_CHARS = 2_000
MAX_KEPT_CHARS = 500  # of a style whose reading is remembered
MAX_KEPT_STYLES = 2_048
MAX_KEPT_PAIRS = 1_024  # of colours
MAX_FAINT_CHARS = 20_000
MAX_DISTANCE = 24  # of the three parts of two colours, 0 to 255 each

_IS_LIGHT = (
    rb"\s*[:=]\s*[\"']?"
    rb"(?:white|snow|ivory|#?[def][0-9a-f][def][0-9a-f][def][0-9a-f]|#?[def]{3}(?![0-9a-f])|rgba?\(\s*2[2345])"
)
_LIGHT = (re.compile(b"color" + _IS_LIGHT), re.compile(b"text" + _IS_LIGHT))  # quicker than one that looks for both
_INK = re.compile(r"(?<![a-z-])color\s*:\s*([^;]+)")
_GROUND = re.compile(r"(?<![a-z-])background(-color|-image)?\s*:\s*([^;]+)")
_GROUNDS = frozenset(("background", "background-color", "background-image"))
_HEX = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})(?![0-9a-f])")
_RGB = re.compile(r"rgba?\(\s*([0-9]{1,3})[\s,]+([0-9]{1,3})[\s,]+([0-9]{1,3})")
_NAMES = {"white": (255, 255, 255), "snow": (255, 250, 250), "ivory": (255, 255, 240), "black": (0, 0, 0)}
_PICTURES = ("url(", "gradient", "image")

Colour = tuple[int, int, int]
Colours = tuple[Colour | None, Colour | str | None]  # of text and ground; None: not said
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
_UNSAID: Colours = (None, None)


class Ink(NamedTuple):
    """The colours of text and ground at one place; None where they cannot be known."""

    text: Colour | None = BLACK
    ground: Colour | None = WHITE

    @property
    def is_faint(self) -> bool:
        """Say whether text here can hardly be told from its ground."""
        return self.text is not None and self.ground is not None and _are_near(self.text, self.ground)

    def under(self, style: str) -> "Ink":
        """Give the colours inside an element of this style."""
        said = read_colours(style)
        if said == _UNSAID:
            return self
        text = said[0] or self.text
        ground = None if said[1] == "" else said[1] or self.ground
        return self if text == self.text and ground == self.ground else Ink(text, ground)  # type: ignore[arg-type]


@lru_cache(MAX_KEPT_PAIRS)
def _are_near(one: Colour, other: Colour) -> bool:
    return sum(abs(mine - yours) for mine, yours in zip(one, other, strict=True)) <= MAX_DISTANCE


PLAIN_INK = Ink()


def may_be_faint(html: bytes) -> bool:
    """Say whether light text can be in a page in lower case; only the few that have any are looked at closely."""
    return any(light.search(html) for light in _LIGHT)


@dataclass(slots=True)
class Painter:
    """Finds the colours inside an element; `is_guessing` where a style sheet may set grounds by class."""

    is_guessing: bool

    def paint(self, ink: Ink, tag: str, attributes: Attributes) -> Ink:
        """Give the colours inside an element that stands at a place with these colours."""
        text, ground = ink
        if "background" in attributes or (self.is_guessing and ("class" in attributes or "id" in attributes)):
            ground = None
        if said := attributes.get("bgcolor"):
            ground = read_colour(said.strip().lower())
        if said := attributes.get("color" if tag == "font" else "text"):
            text = read_colour(said.strip().lower())
        painted = ink if text == ink.text and ground == ink.ground else Ink(text, ground)
        style = attributes.get("style")
        return painted.under(style) if style else painted


def read_colours(style: str) -> Colours:
    """Give the colours of text and ground that a style says; the ground is "" where it cannot be known."""
    return _read_kept(style) if len(style) <= MAX_KEPT_CHARS else _read_style(style)


def _read_style(style: str) -> Colours:
    style = style[:MAX_STYLE_CHARS].lower()
    if "color" not in style and "background" not in style:
        return None, None
    pairs = split_declarations(style)
    if pairs is None or any(not value for _, value in pairs):
        text = _INK.search(style)
        return read_colour(text[1].strip()) if text else None, _find_ground(
            [match[2] for match in _GROUND.finditer(style)]
        )
    said = next((value for name, value in pairs if name == "color"), "")
    return read_colour(said.strip()), _find_ground([value for name, value in pairs if name in _GROUNDS])


def _find_ground(values: list[str]) -> Colour | str | None:
    ground: Colour | str | None = None
    for value in values:
        if any(word in value for word in _PICTURES):
            return ""
        if not value.strip().startswith(("none", "transparent", "inherit", "initial", "0")):
            ground = read_colour(value.strip()) or ""
    return ground


_read_kept = lru_cache(MAX_KEPT_STYLES)(_read_style)


def read_colour(value: str) -> Colour | None:
    """Read a colour in lower case.

    >>> read_colour("#fff"), read_colour("#fefefe !important"), read_colour("rgb(1, 2, 3)"), read_colour("plum")
    ((255, 255, 255), (254, 254, 254), (1, 2, 3), None)
    """
    if match := _HEX.match(value):
        digits = match[1] if len(match[1]) == 6 else "".join(digit * 2 for digit in match[1])  # noqa: PLR2004 - two digits for each part
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if match := _RGB.match(value):
        return int(match[1]), int(match[2]), int(match[3])
    return _NAMES.get(value.partition("!")[0].partition(" ")[0])
