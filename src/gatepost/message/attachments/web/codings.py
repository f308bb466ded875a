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

MAX_RUNS = 5_000  # of each coding; where there are more, that is told
MIN_RUN_CHARS = 120  # of a run in Base64 or hexadecimal that nothing says is one
MIN_NUMBERS = 24
_STEP = 5  # every fifth character of a text shows whether a run of MIN_RUN_CHARS may stand in it

_ESCAPES = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})")
_JOINED = re.compile(r"([\"'`])\s{0,100}\+\s{0,100}[\"'`]")
_ARRAY = re.compile(
    r"\[\s*+((?:\"[^\"\\]*+\"\s*+,?+\s*+){2,}|(?:'[^'\\]*+'\s*+,?+\s*+){2,})\]\s*+\.\s*+join\s*+\(\s*+[\"'`]{2}\s*+\)"
)
_ITEM = re.compile(r"\"([^\"]*+)\"|'([^']*+)'")
_ASKED = re.compile(r"\batob\s{0,20}\(\s{0,20}[\"'`]\s{0,20}([A-Za-z0-9+/=_\s\\-]{8,}+)[\"'`]")
_QUOTED = re.compile(r"[\"'`]([A-Za-z0-9+/]{24,}+={0,2})[\"'`]")
_DATA = re.compile(r"data:([\w.+/-]{0,100}+)((?:;[\w=.+-]{1,60}+){0,5}),([^\"'<>`\s)]*+)", re.IGNORECASE)
_RUN_CHARS = r"A-Za-z0-9+/_=\\\r\n-"
_RUN = re.compile(rf"[{_RUN_CHARS}]{{{MIN_RUN_CHARS},}}+")
_HEX = re.compile(rf"(?<![0-9A-Za-z])[0-9A-Fa-f]{{{MIN_RUN_CHARS},}}+(?![0-9A-Za-z])")
_PIECES = re.compile(
    r"(?:[\"'`][A-Za-z0-9+/]{16,}={0,2}[\"'`][^\"'`]{0,30}){4,}"
)  # of one text, in strings of their own
_PIECE = re.compile(r"[\"'`]([A-Za-z0-9+/]{16,}={0,2})[\"'`]")
_PERCENT = re.compile(
    r"(?:unescape|decodeURI(?:Component)?)\s{0,20}\(\s{0,20}(?:\"([^\"]{8,}+)\"|'([^']{8,}+)'|`([^`]{8,}+)`)",
    re.IGNORECASE,
)
_NUMBER = r"(?:0x[0-9a-fA-F]{1,4}+|[0-9]{1,5}+)"
_NUMBERS = re.compile(rf"(?<![0-9a-z.]){_NUMBER}(?:\s{{0,5}}+,\s{{0,5}}+{_NUMBER}){{{MIN_NUMBERS - 1},}}")
_NEXT = rf",\s{{0,5}}+{_NUMBER}\s{{0,5}}+"
_SOME_NUMBERS = re.compile(rf"{_NEXT}{_NEXT}(?:{_NEXT}){{{MIN_NUMBERS - 3}}}")  # starts with a letter: far faster
_NOT_BASE64 = re.compile(r"\\[rn]|[^A-Za-z0-9+/_-]")
_PERCENT_BYTE = re.compile(rb"%([0-9a-fA-F]{2})")
_WIDE_PERCENT = re.compile(r"%u([0-9a-fA-F]{4})")
_URL_SAFE = str.maketrans("-_", "+/")
_QUOTES = frozenset("\"'`")
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


def pass_over() -> None:
    """Tell nobody that there is more."""


def find_coded(text: str, tell_rest: Callable[[], None] = pass_over) -> Iterator[Coded]:
    """Give what stands in a text in a coding, in the order of the codings; call `tell_rest` where there is more."""
    for matches, readings in _select_codings(text):
        for match in islice(matches, MAX_RUNS):
            for how, is_asked, read in readings:
                if content := read(match):
                    yield Coded(how, content, is_asked)
        if next(matches, None) is not None:
            tell_rest()


def _select_codings(text: str) -> Iterator[tuple[Iterator[re.Match[str]], tuple["_Reading", ...]]]:
    """Search for each coding; most pages hold none, and that is known far sooner than by its expression."""
    low = text.lower()
    for words, pattern, readings in _NAMED:
        if any(word in low for word in words):
            yield pattern.finditer(text), readings
    for sign, pattern, readings in _RUNS:
        yield _find_runs(text, sign, pattern), readings
    yield _PIECES.finditer(text), _PIECES_READINGS
    if _SOME_NUMBERS.search(text):
        yield _NUMBERS.finditer(text), _NUMBER_READINGS


def _find_runs(text: str, sign: re.Pattern[str], pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Look closely only where every character of a sample could belong to a run."""
    for sampled in sign.finditer(text[::_STEP]):
        start, end = sampled.span()
        yield from pattern.finditer(text, max(0, (start - 1) * _STEP), end * _STEP + 1)


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


def _leave_comment(run: str) -> str:
    return run.strip("-") if run.startswith("--") else run


def _join_pieces(match: re.Match[str]) -> bytes:
    return decode_base64("".join(_PIECE.findall(match[0])))


def _read_data_url(match: re.Match[str]) -> bytes:
    text, start, end = match.string, match.start(3), match.end(3)
    if (quote := text[match.start() - 1 : match.start()]) in _QUOTES:
        end = max(end, text.find(quote, start))  # browsers take all that is quoted, blanks and tags, too
    if ";base64" in match[2].lower():
        return decode_base64(decode_percent(text[start:end]).decode("latin-1"))
    return decode_percent(text[start:end])


_Reading = tuple[str, bool, Callable[[re.Match[str]], bytes]]  # its name, whether the page asks for it
_ATOB: tuple[_Reading, ...] = (("atob", True, lambda match: decode_base64(match[1])),)
_PIECES_READINGS: tuple[_Reading, ...] = (("pieces", False, _join_pieces),)
_NUMBER_READINGS: tuple[_Reading, ...] = (("numbers", False, lambda match: decode_numbers(match[0])),)
_NAMED: tuple[tuple[tuple[str, ...], re.Pattern[str], tuple[_Reading, ...]], ...] = (
    (("atob",), _QUOTED, _ATOB),  # of `atob(name)`
    (("atob",), _ASKED, _ATOB),
    (("data:",), _DATA, (("data", True, _read_data_url),)),
    (
        ("unescape", "decodeuri"),
        _PERCENT,
        (("unescape", True, lambda match: decode_percent(match[1] or match[2] or match[3])),),
    ),
)
_RUNS: tuple[tuple[re.Pattern[str], re.Pattern[str], tuple[_Reading, ...]], ...] = (
    (
        re.compile(rf"[{_RUN_CHARS}]{{{MIN_RUN_CHARS // _STEP},}}+"),
        _RUN,
        (
            ("base64", False, lambda match: decode_base64(_leave_comment(match[0]))),
            ("backwards", False, lambda match: decode_base64(match[0][::-1])),
        ),
    ),
    (
        re.compile(rf"[0-9A-Fa-f]{{{MIN_RUN_CHARS // _STEP},}}+"),
        _HEX,
        (("hex", False, lambda match: bytes.fromhex(match[0][: len(match[0]) & -2])),),
    ),
)
