"""The macro language of SPF: reads macro strings, and fills them in.

Standards: RFC 7208 §7.
Trust: macro strings come from the DNS of anyone who sends mail; the values come from the sender's SMTP session.
Fails: SpfPermError on a syntax error; a filled-in text that grows beyond its limit is None.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gatepost.model.errors import TheirFault

MAX_NAME_CHARS = 253  # RFC 7208 §7.3: longer names lose labels on the left
MAX_LABEL_CHARS = 63
MAX_EXPANSION_CHARS = 8_192  # before that cut; nobody means more, a few bytes of macros can make megabytes

_DOMAIN_LETTERS = frozenset("slodiphv")
_EXPLANATION_LETTERS = _DOMAIN_LETTERS | frozenset("crt")  # RFC 7208 §7.2: these three only in explanations
_ESCAPES = {"%": "%", "_": " ", "-": "%20"}
_TOKEN = re.compile(
    r"%\{(?P<letter>[A-Za-z])(?P<digits>[0-9]*)(?P<reverse>[rR]?)(?P<delimiters>[.\-+,/_=]*)\}"
    r"|%(?P<escape>[%_-])"
    r"|(?P<literal>[ -$&-~]+)"
)
_TOP_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_QUERYABLE = re.compile(r"[ -\[\]-~]+")  # a backslash would be an escape to whoever reads names as text
_MAX_DIGITS = 3  # more right-hand parts than any name has labels are all of them
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class SpfPermError(TheirFault):
    """What a domain published cannot be evaluated (RFC 7208 §2.6.7)."""


@dataclass(frozen=True, slots=True)
class Macro:
    """One `%{...}`: a letter, how many right-hand parts remain (0: all), and how the value is cut."""

    letter: str  # in lower case
    kept_parts: int
    is_reversed: bool
    delimiters: str
    is_url_escaped: bool


MacroString = tuple[str | Macro, ...]


def parse_macro_string(text: str) -> MacroString:
    """Read the value of a modifier that nobody knows: it must be well-formed all the same."""
    _refuse_spaces(text)
    return tuple(part for part, _ in _read_parts(text, _DOMAIN_LETTERS))


def parse_explanation(text: str) -> MacroString:
    """Read the text that exp= leads to (RFC 7208 §6.2)."""
    return tuple(part for part, _ in _read_parts(text, _EXPLANATION_LETTERS))


def parse_domain_spec(text: str) -> MacroString:
    """Read a domain-spec: it ends in a macro or in a dot and a top label (RFC 7208 §7.1).

    >>> parse_domain_spec("_spf.%{d2}")
    ('_spf.', Macro(letter='d', kept_parts=2, is_reversed=False, delimiters='.', is_url_escaped=False))
    """
    _refuse_spaces(text)
    parts = _read_parts(text, _DOMAIN_LETTERS)
    if not parts:
        raise SpfPermError("a domain is missing")
    last, is_literal = parts[-1]
    if is_literal and isinstance(last, str) and not _ends_in_top_label(last):
        raise SpfPermError("a domain ends neither in a top label nor in a macro")
    return tuple(part for part, _ in parts)


def _refuse_spaces(text: str) -> None:
    if " " in text:
        raise SpfPermError("a space stands inside a macro string")


def _read_parts(text: str, letters: frozenset[str]) -> list[tuple[str | Macro, bool]]:
    """Give each part, and whether it stands there literally."""
    parts: list[tuple[str | Macro, bool]] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise SpfPermError("a macro or a character is malformed")
        parts.append(_read_part(match, letters))
        place = match.end()
    return parts


def _read_part(match: re.Match[str], letters: frozenset[str]) -> tuple[str | Macro, bool]:
    if match["literal"]:
        return match["literal"], True
    if match["escape"]:
        return _ESCAPES[match["escape"]], False
    letter = match["letter"].lower()
    if letter not in letters:
        raise SpfPermError(f"the macro letter {match['letter']} means nothing here")
    kept_parts = _read_count(match["digits"])
    return Macro(
        letter, kept_parts, bool(match["reverse"]), match["delimiters"] or ".", match["letter"].isupper()
    ), False


def _read_count(digits: str) -> int:
    significant = digits.lstrip("0")
    if digits and not significant:
        raise SpfPermError("a macro keeps zero parts")
    return int((significant if len(significant) <= _MAX_DIGITS else "9" * _MAX_DIGITS) or "0")


def _ends_in_top_label(text: str) -> bool:
    _, dot, label = text.removesuffix(".").rpartition(".")
    return bool(dot and _TOP_LABEL.fullmatch(label)) and not label.isdigit()


def uses_letter(parts: MacroString, letter: str) -> bool:
    """Say whether a macro string needs a value that is costly to find."""
    return any(isinstance(part, Macro) and part.letter == letter for part in parts)


def expand_macros(parts: MacroString, values: Mapping[str, str]) -> str | None:
    """Fill in the values; None when the text would be longer than MAX_EXPANSION_CHARS."""
    pieces: list[str] = []
    room = MAX_EXPANSION_CHARS
    for part in parts:
        piece = part if isinstance(part, str) else _expand_one(part, values[part.letter])
        room -= len(piece)
        if room < 0:
            return None
        pieces.append(piece)
    return "".join(pieces)


def _expand_one(macro: Macro, value: str) -> str:
    pieces = _split(value, macro.delimiters)
    if macro.is_reversed:
        pieces.reverse()
    transformed = ".".join(pieces[-macro.kept_parts :])  # -0 keeps all
    return _escape_for_url(transformed) if macro.is_url_escaped else transformed


def _split(value: str, delimiters: str) -> list[str]:
    for delimiter in delimiters[1:]:
        value = value.replace(delimiter, delimiters[0])
    return value.split(delimiters[0])


def _escape_for_url(text: str) -> str:
    encoded = text.encode("utf-8", "surrogatepass")
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in encoded)


def expand_name(parts: MacroString, values: Mapping[str, str]) -> str:
    """Fill in a domain-spec; "" when the result is no name that can be asked for.

    A value outside ASCII never leads to a name, however it is escaped (RFC 8616 §4).
    """
    if any(isinstance(part, Macro) and not values[part.letter].isascii() for part in parts):
        return ""
    return trim_name(expand_macros(parts, values) or "")


def trim_name(name: str) -> str:
    """Take off the final dot and the labels on the left that are too many; "" when the DNS knows no such name."""
    name = name.removesuffix(".")
    if len(name) > MAX_NAME_CHARS:
        _, _, name = name[-MAX_NAME_CHARS - 1 :].partition(".")
    is_queryable = _QUERYABLE.fullmatch(name) and all(0 < len(label) <= MAX_LABEL_CHARS for label in name.split("."))
    return name if is_queryable else ""
