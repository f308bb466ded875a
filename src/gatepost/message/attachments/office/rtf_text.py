r"""What a reader sees of rich text: its text with the links in it, or the HTML that Outlook has put into it.

Standards: Rich Text Format 1.9.1 ("Unicode RTF", "Font Table", "Fields"), MS-OXRTFEX 2.1 and 3.1 (HTML in rich text).
Trust: the text is a stranger's; what is hidden in it is left out, as Outlook does.
Fails: never; past MAX_TOKENS, MAX_CHARS or MAX_DEPTH only `is_cut` tells that there was more.
"""

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

MAX_TOKENS = 1_500_000
MAX_DEPTH = 2_000
MAX_CHARS = 4 * 1024 * 1024
MAX_FONTS = 5_000
_TOKEN = re.compile(rb"\\([a-zA-Z]{1,64})(-?\d{0,10}) ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|([^\\{}]+)|\\$", re.DOTALL)
_NO_TEXT = b"\r\n\x00"
_SIGNS: Mapping[bytes, str] = {
    b"par": "\n", b"line": "\n", b"row": "\n", b"sect": "\n", b"page": "\n", b"tab": "\t", b"cell": "\t",
    b"lquote": "\N{LEFT SINGLE QUOTATION MARK}", b"rquote": "\N{RIGHT SINGLE QUOTATION MARK}",
    b"ldblquote": "\N{LEFT DOUBLE QUOTATION MARK}", b"rdblquote": "\N{RIGHT DOUBLE QUOTATION MARK}",
    b"endash": "\N{EN DASH}", b"emdash": "\N{EM DASH}", b"bullet": "\N{BULLET}", b"emspace": "\N{EM SPACE}",
    b"enspace": "\N{EN SPACE}", b"~": "\N{NO-BREAK SPACE}", b"_": "\N{NON-BREAKING HYPHEN}", b"\n": "\n", b"\r": "\n",
    b"\\": "\\", b"{": "{", b"}": "}",
}  # fmt: skip
_UNSHOWN = frozenset(
    {
        b"colortbl", b"stylesheet", b"info", b"pict", b"objdata", b"header", b"headerl", b"headerr", b"headerf", b"xe",
        b"footer", b"footerl", b"footerr", b"footerf", b"footnote", b"annotation", b"tc", b"mhtmltag", b"filetbl",
    }
)  # fmt: skip
_CODECS: Mapping[int, str] = {  # by the charsets of fonts
    77: "mac-roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "big5hkscs", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250",
}  # fmt: skip
_PAGES: Mapping[int, str] = {936: "gb18030", 950: "big5hkscs", 10000: "mac-roman", 1361: "johab", 65001: "utf-8"}
_KNOWN_PAGES = frozenset({437, 850, 852, 866, 874, 932, 949, *range(1250, 1259)})
_WESTERN = "cp1252"
_TARGET = re.compile(r'HYPERLINK\s+(?:\\\w\s+)*(?:"([^"]*)"|([^\s\\]\S*))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ShownText:
    """What is seen: a page, or a text without any link."""

    text: str
    is_html: bool
    is_cut: bool


@dataclass(slots=True)
class _Group:
    """What holds within a pair of braces, and in those within it."""

    codec: str = ""  # of the font, "" for that of the whole
    letters_for_others: int = 1  # that stand behind each of Unicode
    is_unshown: bool = False
    is_hidden: bool = False
    is_suppressed: bool = False  # it is there for readers that know no HTML
    is_starred: bool = False
    lists_fonts: bool = False
    instruction: list[str] | None = None  # of a field, which its text goes into
    is_whole_instruction: bool = False
    open_links: int = 0


def read_shown_text(content: bytes) -> ShownText:
    """Read a whole text."""
    return _Reader(content).read()


def name_codec(page: int) -> str:
    """Give the codec of a code page of Windows, "" for an unknown one."""
    return _PAGES.get(page) or (f"cp{page}" if page in _KNOWN_PAGES else "")


@dataclass(slots=True)
class _Reader:
    content: bytes
    groups: list[_Group] = field(default_factory=lambda: [_Group()])
    fonts: dict[int, str] = field(default_factory=dict)
    font: int = 0
    codec: str = _WESTERN
    is_page: bool = False  # it holds HTML
    is_cut: bool = False
    waiting: bytearray = field(default_factory=bytearray)  # bytes that are not decoded yet
    to_skip: int = 0  # letters for readers that know no Unicode
    chars: int = 0
    pieces: list[tuple[str, bool]] = field(default_factory=list)  # texts, and markup of ours (True)

    def read(self) -> ShownText:
        position = 0
        for _ in range(MAX_TOKENS):
            match = _TOKEN.match(self.content, position)
            if match is None:
                break
            position = match.end() + self._take(match)
        else:
            self.is_cut = True
        self._decode()
        return self._finish()

    def _finish(self) -> ShownText:
        is_html = self.is_page or any(is_markup for _, is_markup in self.pieces)
        if self.is_page or not is_html:
            text = "".join(text for text, _ in self.pieces)
        else:
            text = "".join(
                text if is_markup else escape(text).replace("\n", "<br>\n") for text, is_markup in self.pieces
            )
        joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return ShownText(joined, is_html, self.is_cut)

    def _take(self, match: re.Match[bytes]) -> int:
        """Take one token; give how many raw bytes follow that are none."""
        word, number, coded, sign, brace, text = match.groups()
        if text is not None:
            self._take_bytes(text.translate(None, _NO_TEXT))
        elif word is not None:
            return self._take_word(word, number, match.end())
        elif coded is not None:
            self._take_bytes(bytes([int(coded, 16)]))
        elif brace:
            self._take_brace(brace)
        elif sign == b"*":
            self.groups[-1].is_starred = True
        elif sign in _SIGNS:
            self._take_sign(_SIGNS[sign])
        return 0

    def _take_bytes(self, data: bytes) -> None:
        skipped = min(self.to_skip, len(data))
        self.to_skip -= skipped
        self.waiting += data[skipped:]

    def _take_sign(self, sign: str) -> None:
        if self.to_skip:
            self.to_skip -= 1
            return
        self._decode()
        self._put(sign)

    def _take_brace(self, brace: bytes) -> None:
        self._decode()
        self.to_skip = 0
        if brace == b"}":
            self._close()
        elif len(self.groups) < MAX_DEPTH:
            inner = copy.copy(self.groups[-1])
            inner.is_starred, inner.is_whole_instruction, inner.open_links = False, False, 0
            self.groups.append(inner)
        else:
            self.is_cut = True

    def _close(self) -> None:
        group = self.groups.pop()
        self.groups = self.groups or [_Group()]
        for _ in range(group.open_links):
            self._mark("</a>")
        if group.is_whole_instruction and group.instruction is not None:
            match = _TARGET.search("".join(group.instruction))
            if match is not None:
                self._mark(f'<a href="{escape(match[1] or match[2] or "")}">')
                self.groups[-1].open_links += 1

    def _take_word(self, word: bytes, number: bytes, end: int) -> int:
        group = self.groups[-1]
        is_starred, group.is_starred = group.is_starred, False
        value = int(number) if number not in (b"", b"-") else None
        if word == b"bin":
            return min(max(value or 0, 0), len(self.content) - end)
        if word == b"u":
            self._take_unicode(value or 0)
            return 0
        if word in _SIGNS:
            self._take_sign(_SIGNS[word])
            return 0
        self._decode()
        self._set(group, word, value, is_starred=is_starred)
        return 0

    def _take_unicode(self, value: int) -> None:
        self._decode()
        self._put(chr(value & 0xFFFF))
        self.to_skip = self.groups[-1].letters_for_others

    def _set(self, group: _Group, word: bytes, value: int | None, *, is_starred: bool) -> None:
        """Take a word that changes how the rest of its group is read."""
        if word == b"htmltag":
            group.is_unshown |= not self.is_page
        elif word == b"fldinst":
            group.instruction, group.is_whole_instruction = [], True
        elif word in _UNSHOWN or is_starred:
            group.is_unshown = True
        elif word == b"fonttbl":
            group.lists_fonts = group.is_unshown = True
        elif word in (b"htmlrtf", b"v", b"plain", b"uc"):
            self._set_sight(group, word, value)
        else:
            self._set_letters(group, word, value or 0)

    def _set_sight(self, group: _Group, word: bytes, value: int | None) -> None:
        if word == b"htmlrtf":
            group.is_suppressed = value != 0
        elif word == b"uc":
            group.letters_for_others = min(max(value or 0, 0), MAX_DEPTH)
        else:
            group.is_hidden = word == b"v" and value != 0

    def _set_letters(self, group: _Group, word: bytes, value: int) -> None:
        if word == b"f":
            self.font = value
            group.codec = self.fonts.get(value, "")
        elif word == b"fcharset" and group.lists_fonts and len(self.fonts) < MAX_FONTS:
            self.fonts[self.font] = _CODECS.get(value, "")
        elif word == b"ansicpg":
            self.codec = name_codec(value) or self.codec
        elif word == b"fromhtml":
            self.is_page = value != 0

    def _decode(self) -> None:
        if self.waiting:
            data = bytes(self.waiting)
            self.waiting.clear()
            self._put(data.decode(self.groups[-1].codec or self.codec, "replace"))

    def _put(self, text: str) -> None:
        group = self.groups[-1]
        if group.is_unshown or group.is_hidden or (group.is_suppressed and self.is_page):
            return
        self.chars += len(text)
        if self.chars > MAX_CHARS:
            self.is_cut = True
        elif group.instruction is not None:
            group.instruction.append(text)
        else:
            self.pieces.append((text, False))

    def _mark(self, markup: str) -> None:
        if not self.groups[-1].is_unshown and self.chars <= MAX_CHARS:
            self.chars += len(markup)
            self.pieces.append((markup, True))
