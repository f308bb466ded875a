"""Read the values of Content-Type and Content-Disposition: the token and its parameters.

Standards: RFC 2045 §5.1, RFC 2183, RFC 2231 §3-4 (continuations, charset), RFC 2047 words in parameters as seen
in the wild.
Trust: the bytes come from the mail's author.
Fails: never.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from gatepost.message.charset import decode_text, guess_text
from gatepost.message.encoded_words import decode_words, unfold

MAX_PARAMETERS = 200
NO_PARAMETERS: Mapping[str, str] = MappingProxyType({})

_PARAMETER = re.compile(
    r"[;\s]*+([^\s=;\"]++)\s*+=\s*+(?:\"((?:[^\"\\]|\\.)*+)(?:\"|\Z)|([^;]*+))",
    re.DOTALL,
)
_SECTION = re.compile(r"(.+?)(?:\*([0-9]{1,4}))?(\*)?")
_COMMENT = re.compile(r"\([^()]*\)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


def split_token(value: bytes) -> tuple[str, str]:
    """Give the token before the first semicolon in lower case, and the text behind it."""
    head, _, tail = guess_text(unfold(value)).partition(";")
    if "(" in head:
        head = _COMMENT.sub("", head)
    return head.strip().strip('"').lower(), tail


def parse_parameters(text: str) -> Mapping[str, str]:
    """Read `name=value; ...`; the first of several equal names wins."""
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for count, match in enumerate(_PARAMETER.finditer(text)):
        if count >= MAX_PARAMETERS:
            break
        name, value = match[1].lower(), _unquote(match)
        if "*" not in name:
            plain.setdefault(name, decode_words(value))
        elif section := _SECTION.fullmatch(name):
            index = int(section[2] or 0)
            sections.setdefault(section[1], {}).setdefault(index, (value, section[3] is not None))
    for name, pieces in sections.items():
        plain[name] = _join_sections(pieces)
    return MappingProxyType(plain) if plain else NO_PARAMETERS


def _unquote(match: re.Match[str]) -> str:
    quoted: str | None = match[2]
    if quoted is None:
        return str(match[3]).strip()
    return _ESCAPED.sub(r"\1", quoted) if "\\" in quoted else quoted


def _join_sections(pieces: dict[int, tuple[str, bool]]) -> str:
    charset, is_first, data = "", True, bytearray()
    for index in sorted(pieces):
        value, is_extended = pieces[index]
        if is_extended and is_first and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        encoded = value.encode("utf-8", "surrogateescape")
        data += _PERCENT.sub(lambda hexes: bytes([int(hexes[1], 16)]), encoded) if is_extended else encoded
        is_first = False
    return decode_words(decode_text(bytes(data), charset))
