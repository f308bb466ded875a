"""Read the values of Content-Type and Content-Disposition: the token and its parameters.

Standards: RFC 2045 §5.1, RFC 2183 §2, RFC 2231 §3-4 (continuations, charset), and RFC 2047 words in parameters as
seen in the wild.
Trust: the bytes come from the mail's author.
Fails: never.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from gatepost.message.charset import decode_text, guess_text
from gatepost.message.encoded_words import decode_words, unfold

MAX_PARAMETERS = 200
MAX_KEPT_BYTES = 60  # of a value whose reading is remembered: what has no boundary in it is the same in most mails
MAX_KEPT_VALUES = 512
NO_PARAMETERS: Mapping[str, str] = MappingProxyType({})

_STAY = "(?!)"  # the last way: it never fits, and leads Python before 3.11.5 back to where a broken comment begins
_COMMENT = rf"(?:\s|\([^()]*+\)|{_STAY})*+"
_MEDIA_TYPE = re.compile(rf"{_COMMENT}\"?([^\s;,\"()<>@:\\/=]++){_COMMENT}/{_COMMENT}([^\s;,\"()<>@:\\/=]++)\"?")
_TEXT_ALONE = re.compile(rf"{_COMMENT}text{_COMMENT}(?=;|\Z)", re.IGNORECASE)
_TOKEN = re.compile(rf"{_COMMENT}\"?([^\s;,\"()=]*+)\"?(?!\s*=)")
_PARAMETER = re.compile(
    rf"(?:[;,\s]|\([^()]*+\)|{_STAY})*+([^\s=;\"()]++)\s*+=\s*+(?:\"((?:[^\"\\]|\\.)*+)(?:\"|\Z)|([^;]*+))",
    re.DOTALL,
)
_SEPARATORS = re.compile(rf"(?:[;,\s]|\([^()]*+\)|{_STAY})*+")
_SECTION = re.compile(r"([^*]+)(?:\*([0-9]{1,9}))?(\*)?")
_ESCAPED = re.compile(r"\\([\"\\])")  # other backslashes belong to the paths of Windows
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


def parse_media_type(value: bytes) -> tuple[str, Mapping[str, str]]:
    """Give the type in lower case ("" when unreadable) and the parameters of a Content-Type."""
    return _parse_kept(value) if len(value) <= MAX_KEPT_BYTES else _parse_media_type(value)


def _parse_media_type(value: bytes) -> tuple[str, Mapping[str, str]]:
    text = guess_text(unfold(value))
    if match := _MEDIA_TYPE.match(text):
        return f"{match[1]}/{match[2]}".lower(), parse_parameters(text[match.end() :])
    kind = "text/plain" if _TEXT_ALONE.match(text) else ""
    return kind, parse_parameters(text.partition(";")[2])


_parse_kept = lru_cache(MAX_KEPT_VALUES)(_parse_media_type)


def parse_disposition(value: bytes) -> tuple[str, Mapping[str, str]]:
    """Give the token in lower case ("" when there is none) and the parameters of a Content-Disposition."""
    text = guess_text(unfold(value))
    if match := _TOKEN.match(text):
        return match[1].lower(), parse_parameters(text[match.end() :])
    return "", parse_parameters(text)


def parse_parameters(text: str) -> Mapping[str, str]:
    """Read `name=value; ...`; of several equal names the first wins, of several forms the extended one."""
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, value in _find_pairs(text):
        if "*" not in name:
            plain.setdefault(name, decode_words(value))
        elif section := _SECTION.fullmatch(name):
            sections.setdefault(section[1], {}).setdefault(int(section[2] or 0), (value, section[3] is not None))
    for name, pieces in sections.items():
        plain[name] = _join_sections(pieces)
    return MappingProxyType(plain) if plain else NO_PARAMETERS


def _find_pairs(text: str) -> Iterator[tuple[str, str]]:
    position = count = 0
    while position < len(text) and count < MAX_PARAMETERS:
        if match := _PARAMETER.match(text, position):
            yield match[1].lower(), _unquote(match)
            count += 1
            position = match.end()
        elif (position := text.find(";", _find_word(text, position))) < 0:
            return


def _find_word(text: str, position: int) -> int:
    """Give where the separators end: none of them is looked at a second time, however many there are."""
    match = _SEPARATORS.match(text, position)
    return max(position + 1, match.end() if match else 0)


def _unquote(match: re.Match[str]) -> str:
    quoted: str | None = match[2]
    if quoted is None:
        return str(match[3]).strip()
    return _ESCAPED.sub(r"\1", quoted) if "\\" in quoted else quoted


def _join_sections(pieces: dict[int, tuple[str, bool]]) -> str:
    charset, data = "", bytearray()
    for index in sorted(pieces):
        value, is_extended = pieces[index]
        if is_extended and not data:
            charset, _, value = value.split("'", 2) if value.count("'") > 1 else ("", "", value)
        encoded = value.encode("utf-8", "surrogateescape")
        data += _PERCENT.sub(_unescape, encoded) if is_extended else encoded
    return decode_words(decode_text(bytes(data), charset))


def _unescape(percent: re.Match[bytes]) -> bytes:
    return bytes([int(percent[1], 16)])
