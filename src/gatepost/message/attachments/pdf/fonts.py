"""What the codes of a PDF's text stand for, and how wide they are, by the fonts that show them.

Standards: ISO 32000-1 §9.6 (simple fonts), §9.7 (composite fonts), §9.10 (what text says), Adobe Technical Note 5411.
Trust: fonts and tables come from a stranger.
Fails: never for odd values, they are passed over; what a font does not tell is a blank (UNKNOWN_SIGN).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType

import pikepdf

from gatepost.message.attachments.pdf.streams import read_name, read_stream

MAX_TABLE_BYTES = 256 * 1024
MAX_SIGNS = 70_000
MAX_WIDTHS = 20_000
UNKNOWN_SIGN = "\u3000"  # ends an address
_WHOLE = 1000.0  # units of a font's measures in its size

_CODE_SPACE = re.compile(rb"begincodespacerange\s{0,20}<([0-9A-Fa-f]{1,8})>")
_BLOCK = re.compile(rb"begin(bfchar|bfrange)\b(.*?)\bend", re.DOTALL)
_SIGN = rb"(?:0[0-5][0-9A-Fa-f]{2}|[fF][bB]0[0-6])"  # Latin, Greek, Cyrillic, ligatures: of what addresses are made
_PAIR = re.compile(rb"<([0-9A-Fa-f]{2,4})>\s*<(" + _SIGN + rb"{1,4})>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]{2,4})>\s*<([0-9A-Fa-f]{2,4})>\s*(?:<(" + _SIGN + rb")>|\[([^\]]{0,20000})\])")
_HEX = re.compile(rb"<([0-9A-Fa-f]{0,16})>")
_UNI_NAME = re.compile(r"/uni([0-9A-F]{4})$|/u([0-9A-F]{4,6})$")
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_SIGN_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "/space": " ", "/exclam": "!", "/numbersign": "#", "/dollar": "$", "/percent": "%", "/ampersand": "&",
        "/quotesingle": "'", "/parenleft": "(", "/parenright": ")", "/asterisk": "*", "/plus": "+", "/comma": ",",
        "/hyphen": "-", "/minus": "-", "/period": ".", "/slash": "/", "/zero": "0", "/one": "1", "/two": "2",
        "/three": "3", "/four": "4", "/five": "5", "/six": "6", "/seven": "7", "/eight": "8", "/nine": "9",
        "/colon": ":", "/semicolon": ";", "/equal": "=", "/question": "?", "/at": "@", "/backslash": "\\",
        "/underscore": "_", "/asciitilde": "~", "/bar": "|", "/ff": "ff", "/fi": "fi", "/fl": "fl", "/ffi": "ffi",
        "/ffl": "ffl",
    }
)  # fmt: skip
_CODECS = (  # of the tables that Adobe gave names, by a part of the name
    ("UCS2", "utf-16-be"), ("UTF16", "utf-16-be"), ("GBK", "gb18030"), ("GB-", "gb18030"), ("GBpc", "gb18030"),
    ("RKSJ", "cp932"), ("B5", "big5"), ("KSC", "cp949"), ("EUC", "euc_jp"),
)  # fmt: skip


class Signs(dict[int, str]):
    """What each code says; of one that is not told, nothing is known."""

    def __missing__(self, code: int) -> str:
        """Give the sign for what is not known."""
        return UNKNOWN_SIGN


@dataclass(frozen=True, slots=True)
class Font:
    """How text in one font is read; `signs` None: the codes are those of `codec`."""

    code_bytes: int = 1
    codec: str = "cp1252"
    signs: Signs | None = None

    def decode(self, shown: bytes) -> str:
        """Give what the shown codes say."""
        if self.signs is None:
            return shown.decode(self.codec, "replace")
        return shown.decode("latin-1" if self.code_bytes == 1 else "utf-16-be", "replace").translate(self.signs)


PLAIN_FONT = Font()


def read_font(font: pikepdf.Object | None) -> Font:
    """Give how text in a font is read."""
    if not isinstance(font, pikepdf.Dictionary):
        return PLAIN_FONT
    is_composite = font.get("/Subtype") == "/Type0"
    table = font.get("/ToUnicode")
    if isinstance(table, pikepdf.Stream):
        return _read_table(read_stream(table, MAX_TABLE_BYTES), 2 if is_composite else 1)
    coding = font.get("/Encoding")
    if is_composite:
        name = read_name(coding)
        codec = next((codec for part, codec in _CODECS if part in name), "")
        return Font(2, codec) if codec else Font(2, signs=Signs())
    names = coding.get("/Differences") if isinstance(coding, pikepdf.Dictionary) else None
    return Font(signs=_read_names(names)) if isinstance(names, pikepdf.Array) else PLAIN_FONT


def _read_table(table: bytes, code_bytes: int) -> Font:
    signs = Signs()
    if (space := _CODE_SPACE.search(table)) is not None and code_bytes > 1:
        code_bytes = 1 if len(space[1]) <= 2 else 2  # noqa: PLR2004 - digits of one byte
    for code, sign in islice(_list_pairs(table), MAX_SIGNS):
        signs[int(code, 16)] = _spell(sign)
    return Font(code_bytes, signs=signs)


def _list_pairs(table: bytes) -> Iterator[tuple[bytes, bytes]]:
    for block in _BLOCK.finditer(table):
        yield from _PAIR.findall(block[2]) if block[1] == b"bfchar" else _list_ranges(block[2])


def _list_ranges(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    for match in _RANGE.finditer(block):
        first, last = int(match[1], 16), int(match[2], 16)
        if match[4] is not None:
            signs: Iterator[bytes] = (found[1] for found in _HEX.finditer(match[4]))
        else:
            start = int(match[3], 16)
            signs = (b"%04x" % (start + count) for count in range(last - first + 1))
        for code, sign in zip(range(first, last + 1), signs, strict=False):
            yield b"%x" % code, sign


def _spell(sign: bytes) -> str:
    codes = [int(sign[start : start + 4] or b"0", 16) for start in range(0, len(sign), 4)]
    return "".join(_LIGATURES.get(code) or chr(code) for code in codes)


def _read_names(names: pikepdf.Array) -> Signs:
    """Give the signs of a simple font, some of which are given by their names."""
    signs = Signs({code: bytes([code]).decode("cp1252", "replace") for code in range(256)})
    code = 0
    for one in islice(names, 2 * 256):
        if isinstance(one, pikepdf.Name):
            signs[code] = _find_sign(read_name(one))
            code += 1
        else:
            code = int(one)
    return signs


def _find_sign(name: str) -> str:
    if len(name) == 2:  # noqa: PLR2004 - a slash, and the letter itself
        return name[1]
    if (match := _UNI_NAME.match(name)) is not None:
        code = int(match[1] or match[2], 16)
        return chr(code) if code <= 0x10FFFF else UNKNOWN_SIGN  # noqa: PLR2004 - the last code of Unicode
    return _SIGN_NAMES.get(name, UNKNOWN_SIGN)


@dataclass(frozen=True, slots=True)
class Widths:
    """How wide each code is, in sizes of the font; `others` is None where that is not told."""

    code_bytes: int = 1
    told: Mapping[int, float] = field(default_factory=dict)
    others: float | None = None

    def measure(self, shown: bytes) -> float | None:
        """Give the width of shown codes, None where it is not known."""
        if self.others is None and not self.told:
            return None
        others = self.others or 0.0
        if self.code_bytes == 1:
            return sum(self.told.get(code, others) for code in shown)
        pairs = zip(shown[::2], shown[1::2], strict=False)
        return sum(self.told.get(high << 8 | low, others) for high, low in pairs)


NO_WIDTHS = Widths()


def read_widths(font: pikepdf.Object | None, code_bytes: int) -> Widths:
    """Give how wide the codes of a font are."""
    if not isinstance(font, pikepdf.Dictionary):
        return NO_WIDTHS
    if font.get("/Subtype") == "/Type0":
        inner = font.get("/DescendantFonts")
        return _read_composite(inner[0], code_bytes) if isinstance(inner, pikepdf.Array) else NO_WIDTHS
    if "Courier" in read_name(font.get("/BaseFont")):
        return Widths(others=0.6)
    widths = font.get("/Widths")
    if not isinstance(widths, pikepdf.Array):
        return NO_WIDTHS
    whole = float(font.get("/FontMatrix", [0.001])[0]) if font.get("/Subtype") == "/Type3" else 1 / _WHOLE
    numbers = (float(width) * whole for width in islice(widths, MAX_WIDTHS))
    return Widths(told=dict(enumerate(numbers, int(font.get("/FirstChar", 0)))))


def _read_composite(font: pikepdf.Object, code_bytes: int) -> Widths:
    if not isinstance(font, pikepdf.Dictionary):
        return NO_WIDTHS
    told = dict(islice(_list_widths(list(islice(font.get("/W", []), MAX_WIDTHS))), MAX_SIGNS))
    return Widths(code_bytes, told, float(font.get("/DW", _WHOLE)) / _WHOLE)


def _list_widths(items: list[pikepdf.Object]) -> Iterator[tuple[int, float]]:
    place = 0
    while place + 1 < len(items):
        first, following = int(items[place]), items[place + 1]
        if isinstance(following, pikepdf.Array):
            yield from enumerate((float(width) / _WHOLE for width in islice(following, MAX_WIDTHS)), first)
            place += 2
        else:
            width = float(items[place + 2]) / _WHOLE if place + 2 < len(items) else 1.0
            yield from ((code, width) for code in range(first, int(following) + 1))
            place += 3
