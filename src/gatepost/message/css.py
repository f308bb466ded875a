"""Which styles take an element out of the reader's sight.

Standards: CSS 2.1 §9.2.4, §11.1, §11.2, §15.7, as far as mail clients follow them.
Trust: the styles come from the mail's author.
Fails: never; a style that is not understood hides nothing.
"""

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

MAX_RULES = 2_000
MAX_SHEET_CHARS = 200_000
MAX_STYLE_CHARS = 20_000
MAX_KEPT_CHARS = 500  # of a style whose reading is remembered: mails of one sender have the same ones
MAX_KEPT_STYLES = 2_048
MAX_VALUE_CHARS = 100
OFF_SCREEN_PX = 500  # an indent or offset of minus this much leaves the window
MIN_OPACITY = 0.05

_NAMES_OF_SIGHT = (
    "display visibility opacity font-size font max-height height max-width width overflow text-indent left top clip"
    " color background-color transform"
)
_NAMES = frozenset(_NAMES_OF_SIGHT.split())
_DECLARATION = re.compile(rf"(?<![a-z-])({'|'.join(_NAMES_OF_SIGHT.split())})\s*+:\s*+([^;{{}}]*+)")
_ANY_DECLARATION = re.compile(r"(?<![a-z-])([a-z-]++)\s*+:\s*+([^;{}]*+)")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_SIMPLE_SELECTOR = re.compile(r"(?:[a-z][a-z0-9]*)?([.#][a-z_][\w-]*)")
_ZERO = re.compile(r"[+-]?(?:0++(?:\.0*+)?|\.0++)(?:px|pt|em|rem|ex|cm|mm|in|pc|vh|vw|%)?(?:\s*!important)?\s*")
_SIZE = re.compile(
    r"(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:px|pt|cm|mm|in|pc|rem|vw|vh)|(?:xx?-)?(?:small|large)|medium"
)
_FONT_SIZE = re.compile(r"(?:^|\s)([0-9.]++(?:px|pt|em|rem|%)?)(?=[\s/])")
_OFFSET = re.compile(r"-([0-9]{1,9})(?:\.[0-9]*)?(px|pt|em|rem|%)?")
_CLIPPED = re.compile(r"rect\((?:[01](?:px)?[\s,]*){4}\)")
_MOVING = frozenset(("transform", "clip", "text-indent", "left", "top"))
_HIDING_SIGNS = ("display", "visibility", "opacity", "overflow", "transparent", "(")
_HIDING_VALUE = re.compile(r"[:\s][+-]?\.?0|:\s*+-")  # a size of nothing, or what lies far off to the left


class FontSize(Enum):
    """What a style says about the size of letters."""

    UNSAID = 0
    ZERO = 1
    READABLE = 2


class Look(NamedTuple):
    """What one style says; None and UNSAID leave it to the surroundings. What is gone takes all inside with it."""

    is_gone: bool | None = None
    is_invisible: bool | None = None
    font_size: FontSize = FontSize.UNSAID

    @property
    def hides(self) -> bool:
        """Say whether an element of this look is out of sight where all around it is seen."""
        return bool(self.is_gone or self.is_invisible) or self.font_size is FontSize.ZERO

    def over(self, weaker: "Look") -> "Look":
        """Give this look with what it leaves unsaid taken from a weaker one."""
        if weaker is PLAIN:
            return self
        return Look(
            weaker.is_gone if self.is_gone is None else self.is_gone,
            weaker.is_invisible if self.is_invisible is None else self.is_invisible,
            weaker.font_size if self.font_size is FontSize.UNSAID else self.font_size,
        )


PLAIN = Look()
HIDDEN = Look(is_gone=True)
READABLE = Look(font_size=FontSize.READABLE)


def read_style(style: str) -> Look:
    """Read the declarations of a style attribute or a rule.

    >>> read_style("color:red; DISPLAY : none !important").is_gone
    True
    """
    return _read_kept(style) if len(style) <= MAX_KEPT_CHARS else _read_declarations(style)


def hides(style: str) -> bool:
    """Say whether an element of this style is out of sight; quicker than reading all of it where it cannot be.

    >>> hides("margin: 0 auto; color: red"), hides("font-size: 0")
    (False, True)
    """
    return _hides_kept(style) if len(style) <= MAX_KEPT_CHARS else read_style(style).hides


@lru_cache(MAX_KEPT_STYLES)
def _hides_kept(style: str) -> bool:
    return _may_hide(style.lower()) and read_style(style).hides


def _may_hide(style: str) -> bool:
    for word in _HIDING_SIGNS:
        if word in style:
            return True
    return _HIDING_VALUE.search(style) is not None


def _read_declarations(style: str) -> Look:
    style = style[:MAX_STYLE_CHARS].lower()
    pairs = split_declarations(style)
    if pairs is None:
        pairs = _DECLARATION.findall(style)
    found = {name: value[:MAX_VALUE_CHARS].strip() for name, value in pairs if name in _NAMES}
    return Look(_is_gone(found), _is_invisible(found), _read_font_size(found)) if found else PLAIN


def split_declarations(style: str) -> list[tuple[str, str]] | None:
    """Give names and values of a style in lower case; None where a colon stands in a value, or a brace anywhere."""
    pairs: list[tuple[str, str]] = _ANY_DECLARATION.findall(style)
    return pairs if style.count(":") == len(pairs) and "{" not in style and "}" not in style else None


_read_kept = lru_cache(MAX_KEPT_STYLES)(_read_declarations)


def read_rules(sheet: str) -> dict[str, Look]:
    """Give the looks of the simple selectors (`.name`, `#name`) that hide; what is inside of @media is left out."""
    text = sheet[:MAX_SHEET_CHARS].lower()
    if not _may_hide(text):
        return {}
    looks: dict[str, Look] = {}
    depth = 0
    for chunk in (_COMMENT.sub("", text) if "/*" in text else text).split("}"):
        head, opened, declarations = chunk.rpartition("{")
        selectors = head.rpartition(";")[2].strip()
        if opened and not depth and "{" not in head and not selectors.startswith("@"):
            _keep_hiding_rule(selectors, declarations, looks)
        depth = max(0, depth + chunk.count("{") - 1)
    return looks


def _keep_hiding_rule(selectors: str, declarations: str, looks: dict[str, Look]) -> None:
    found = [match[1] for each in selectors.split(",") if (match := _SIMPLE_SELECTOR.fullmatch(each.strip()))]
    if not found or not _may_hide(declarations) or not (look := read_style(declarations)).hides:
        return
    for selector in found:
        if len(looks) < MAX_RULES:
            looks[selector] = look


def _is_gone(found: dict[str, str]) -> bool | None:
    if found.get("display", "").startswith("none"):
        return True
    if _is_transparent(found) or _has_no_room(found) or _is_moved_away(found):
        return True
    return False if "display" in found else None


def _is_transparent(found: dict[str, str]) -> bool:
    if found.get("color", "").startswith("transparent"):
        return True
    if "opacity" not in found:
        return False
    try:
        return float(found["opacity"].partition("!")[0].strip().rstrip("%")) < MIN_OPACITY
    except ValueError:
        return False


def _has_no_room(found: dict[str, str]) -> bool:
    if "overflow" not in found or not found["overflow"].startswith(("hidden", "clip")):
        return False
    return any(_ZERO.fullmatch(found[name]) for name in ("max-height", "height", "max-width", "width") if name in found)


def _is_moved_away(found: dict[str, str]) -> bool:
    if _MOVING.isdisjoint(found):
        return False
    if "scale(0)" in found.get("transform", "") or _CLIPPED.match(found.get("clip", "")):
        return True
    return any(_is_far_off(found[name]) for name in ("text-indent", "left", "top") if name in found)


def _is_far_off(value: str) -> bool:
    match = _OFFSET.match(value)
    if match is None:
        return False
    factor = 16 if match[2] in ("em", "rem") else 1
    return int(match[1]) * factor >= OFF_SCREEN_PX


def _is_invisible(found: dict[str, str]) -> bool | None:
    value = found.get("visibility", "")
    if value.startswith(("hidden", "collapse")):
        return True
    return False if value.startswith("visible") else None


def _read_font_size(found: dict[str, str]) -> FontSize:
    size = found.get("font-size", "")
    if not size and (match := _FONT_SIZE.search(found.get("font", ""))):
        size = match[1]
    if not size:
        return FontSize.UNSAID
    if _ZERO.fullmatch(size):
        return FontSize.ZERO
    return FontSize.READABLE if _SIZE.match(size) else FontSize.UNSAID
