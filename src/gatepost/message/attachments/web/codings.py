"""Undo the codings in which scripts carry what they build, without running a script.

Standards: RFC 4648 (Base64), ECMA-262 Annex B.2.1 (escape and unescape), RFC 2397 (data: URLs).
Trust: the text comes from a stranger.
Fails: never; what is no coding gives nothing. Every expression is linear.

No group is repeated possessively here: Python 3.11 then keeps what a last, failed repetition had read.
"""

import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

MAX_RUNS = 500  # of each coding
MIN_RUN_CHARS = 120  # of a run in Base64 or hexadecimal that nothing says is one
MIN_NUMBERS = 24

_ESCAPES = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})")
_JOINED = re.compile(r"([\"'`])\s{0,100}\+\s{0,100}[\"'`]")
_ARRAY = re.compile(
    r"\[\s*+((?:\"[^\"\\]*+\"\s*+,?+\s*+){2,}|(?:'[^'\\]*+'\s*+,?+\s*+){2,})\]\s*+\.\s*+join\s*+\(\s*+[\"'`]{2}\s*+\)"
)
_ITEM = re.compile(r"\"([^\"]*+)\"|'([^']*+)'")
_ASKED = re.compile(r"\batob\s{0,20}\(\s{0,20}[\"'`]\s{0,20}([A-Za-z0-9+/=_\s\\-]{8,}+)[\"'`]")
_QUOTED = re.compile(r"[\"'`]([A-Za-z0-9+/]{24,}+={0,2})[\"'`]")
_DATA = re.compile(r"data:([\w.+/-]{0,100}+)((?:;[\w=.+-]{1,60}+){0,5}),([^\"'<>`\s)]++)", re.IGNORECASE)
_RUN = re.compile(rf"[A-Za-z0-9+/_=\\\r\n-]{{{MIN_RUN_CHARS},}}+")
_HEX = re.compile(rf"(?<![0-9A-Za-z])[0-9A-Fa-f]{{{MIN_RUN_CHARS},}}+(?![0-9A-Za-z])")
_PERCENT = re.compile(
    r"(?:unescape|decodeURI(?:Component)?)\s{0,20}\(\s{0,20}(?:\"([^\"]{8,}+)\"|'([^']{8,}+)'|`([^`]{8,}+)`)",
    re.IGNORECASE,
)
_NUMBER = r"(?:0x[0-9a-fA-F]{1,4}+|[0-9]{1,5}+)"
_NUMBERS = re.compile(rf"(?<![0-9a-z.]){_NUMBER}(?:\s{{0,5}}+,\s{{0,5}}+{_NUMBER}){{{MIN_NUMBERS - 1},}}")
_NOT_BASE64 = re.compile(r"\\[rn]|[^A-Za-z0-9+/_-]")
_PERCENT_BYTE = re.compile(rb"%([0-9a-fA-F]{2})")
_WIDE_PERCENT = re.compile(r"%u([0-9a-fA-F]{4})")
_URL_SAFE = str.maketrans("-_", "+/")
_MAX_BYTE = 0xFF
_MAX_CODE_POINT = 0x10FFFF


@dataclass(frozen=True, slots=True)
class Coded:
    """What a coding held; `is_asked`: the page itself says that this is to be decoded."""

    how: str
    content: bytes
    is_asked: bool


def spell_out(text: str) -> str:
    r"""Give a script with its escapes undone and the pieces of its strings joined.

    >>> print(spell_out(r"'\x61' + '\u0062' + 'c'"))
    'abc'
    """
    if "\\" in text:
        text = _ESCAPES.sub(_undo_escape, text)
    text = _JOINED.sub("", text)
    return _ARRAY.sub(_join_items, text) if "join" in text else text


def find_coded(text: str) -> Iterator[Coded]:
    """Give what stands in a text in a coding, in the order of the codings."""
    for how, pattern, is_asked, read in (*(_OF_VARIABLES if "atob" in text else ()), *_CODINGS):
        for match in islice(pattern.finditer(text), MAX_RUNS):
            if content := read(match):
                yield Coded(how, content, is_asked)


def decode_base64(text: str) -> bytes:
    """Decode Base64 as browsers do, whatever stands between; what is left over at the end is dropped."""
    plain = _NOT_BASE64.sub("", text).translate(_URL_SAFE)
    whole = plain[: len(plain) - (len(plain) % 4 == 1)]
    try:
        return binascii.a2b_base64(whole + "=" * (-len(whole) % 4))
    except binascii.Error:
        return b""


def decode_percent(text: str) -> bytes:
    """Undo `%41` and `%u0041`."""
    wide = _WIDE_PERCENT.sub(lambda match: chr(int(match[1], 16)), text)
    return _PERCENT_BYTE.sub(lambda match: bytes([int(match[1], 16)]), wide.encode("utf-8", "replace"))


def decode_numbers(text: str) -> bytes:
    """Give a list of numbers as bytes, or as text where they do not fit into bytes; b"" where they are neither."""
    numbers = [int(number, 16 if "x" in number else 10) for number in re.split(r"\s*,\s*", text.lower())]
    if max(numbers) <= _MAX_BYTE:
        return bytes(numbers)
    return "".join(map(chr, numbers)).encode("utf-8", "replace")


def _undo_escape(match: re.Match[str]) -> str:
    code = int(next(filter(None, match.groups())), 16)
    return chr(code) if code <= _MAX_CODE_POINT else ""


def _join_items(match: re.Match[str]) -> str:
    return f'"{"".join(one or other for one, other in _ITEM.findall(match[1]))}"'


def _read_data_url(match: re.Match[str]) -> bytes:
    if ";base64" in match[2].lower():
        return decode_base64(decode_percent(match[3]).decode("latin-1"))
    return decode_percent(match[3])


_Coding = tuple[str, re.Pattern[str], bool, Callable[[re.Match[str]], bytes]]
_CODINGS: tuple[_Coding, ...] = (
    ("atob", _ASKED, True, lambda match: decode_base64(match[1])),
    ("data", _DATA, True, _read_data_url),
    ("unescape", _PERCENT, True, lambda match: decode_percent(match[1] or match[2] or match[3])),
    ("base64", _RUN, False, lambda match: decode_base64(match[0])),
    ("backwards", _RUN, False, lambda match: decode_base64(match[0][::-1])),
    ("hex", _HEX, False, lambda match: bytes.fromhex(match[0][: len(match[0]) & -2])),
    ("numbers", _NUMBERS, False, lambda match: decode_numbers(match[0])),
)
_OF_VARIABLES: tuple[_Coding, ...] = (
    ("atob", _QUOTED, True, lambda match: decode_base64(match[1])),
)  # of `atob(name)`
