r"""Split RTF into what matters: the objects in it, the instructions of its fields, and its template.

Standards: Rich Text Format 1.9.1 ("Conventions of an RTF reader", "Objects", "Fields"), as Word is known to read it.
Trust: the text is a stranger's, and may be made to be read otherwise than Word reads it: digits of an object may be
parted by blanks, by groups and by control words, and raw bytes may stand between them.
Fails: never; past MAX_TOKENS only `is_cut` tells that there was more.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gatepost.message.attachments.office.fields import BEGIN, END

MAX_TOKENS = 1_500_000
MAX_DEPTH = 5_000
MAX_TEXT_CHARS = 1024 * 1024  # of field instructions
_TOKEN = re.compile(rb"\\([a-zA-Z]{1,64})(-?\d{0,10}) ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|([^\\{}]+)|\\$", re.DOTALL)
_WORTHWHILE = re.compile(rb"\\obj|\\fldinst|\\\*\s*\\template|\\template", re.IGNORECASE)
_NO_DIGITS = bytes(set(range(256)) - set(b"0123456789abcdefABCDEF"))
_SKIPPED = "skipped"
_TEXTS = ("fldinst", "objclass", "template", "oleclsid")
_DESTINATIONS: Mapping[bytes, str] = {
    b"objdata": "objdata", b"fldinst": "fldinst", b"objclass": "objclass", b"template": "template",
    b"oleclsid": "oleclsid", b"datastore": "objdata", b"fldrslt": "", b"result": "",
}  # fmt: skip
_OBJECT_WORDS = frozenset({b"objupdate", b"objautlink", b"objlink", b"objocx", b"objhtml", b"objemb"})
_ENDS_OF_WORDS = frozenset({b"par", b"line", b"tab", b"cell", b"row", b"sect", b"page"})
_FOREIGN = frozenset(
    {
        b"pict", b"object", b"field", b"fonttbl", b"colortbl", b"stylesheet", b"info", b"title", b"author", b"header",
        b"headerl", b"headerr", b"headerf", b"footer", b"footerl", b"footerr", b"footerf", b"footnote", b"annotation",
        b"shp", b"shpinst", b"sp", b"sn", b"sv", b"listtext", b"pntext", b"xe", b"tc", b"comment", b"keywords",
    }
)  # fmt: skip
_MIN_DIGITS = 16
_HEAD_DIGITS = b"0105000002000000"  # of an object: stray digits may stand in front of it
MAX_SHIFT_DIGITS = 4_096
MAX_OBJECTS = 5_000
MAX_STAND_INS = 100


@dataclass(slots=True)
class RtfParts:
    """What was found."""

    objects: list[bytes] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)  # names of classes as the text tells them
    class_ids: list[str] = field(default_factory=list)
    templates: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)  # pieces of a text as note_fields reads it
    words: set[str] = field(default_factory=set)  # control words of objects
    is_cut: bool = False


class _Group:
    __slots__ = ("destination", "digits", "is_doubtful", "is_starred", "owns", "stand_ins", "text")

    def __init__(self, outer: "_Group | None") -> None:
        self.destination: str = outer.destination if outer else ""
        self.digits: list[tuple[bytes, bool]] = outer.digits if outer else []
        self.is_doubtful: bool = outer.is_doubtful if outer else False  # readers may take it for something else
        self.text: list[str] = outer.text if outer else []
        self.stand_ins: int = (
            outer.stand_ins if outer else 1
        )  # letters behind each \\u, for readers that do not know it
        self.owns = False  # its destination began in it
        self.is_starred = False


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.parts = RtfParts()
        self._content = content
        self._groups = [_Group(None)]
        self._chars = 0
        self._passed_over = 0  # letters to come that only stand in for one

    def read(self) -> RtfParts:
        position = 0
        for _ in range(MAX_TOKENS):
            match = _TOKEN.match(self._content, position)
            if match is None:
                break
            position = match.end() + self._take(match)
        else:
            self.parts.is_cut = bool(_WORTHWHILE.search(self._content, position))
        while self._groups:
            self._close()
        return self.parts

    def _take(self, match: re.Match[bytes]) -> int:
        """Take one token; give how many raw bytes follow that are none."""
        word, number, coded, sign, brace, text = match.groups()
        group = self._groups[-1]
        if word is not None:
            return self._take_word(group, word, number, match.end())
        if text is not None:
            self._take_text(group, self._pass_over(text) if self._passed_over else text)
        elif brace:
            self._take_brace(group, brace)
        elif sign == b"*":
            group.is_starred = True
        elif self._passed_over:
            self._passed_over -= 1
        elif group.destination in _TEXTS:
            letter = bytes.fromhex(coded.decode()) if coded else sign or b""
            self._add_text(group, letter.decode("cp1252", "replace"))
        return 0

    def _pass_over(self, text: bytes) -> bytes:
        """Give what is left of a text behind the letters that stand in for others; ends of lines are none."""
        text = text.translate(None, b"\r\n")
        count = min(self._passed_over, len(text))
        self._passed_over -= count
        return text[count:]

    def _take_brace(self, group: _Group, brace: bytes) -> None:
        self._passed_over = 0
        if brace == b"}":
            self._close()
            self._groups = self._groups or [_Group(None)]
        elif len(self._groups) < MAX_DEPTH:
            self._groups.append(_Group(group))
        else:
            self.parts.is_cut = True

    def _take_word(self, group: _Group, word: bytes, number: bytes, end: int) -> int:
        if word == b"bin":
            return self._take_bytes(group, _read_number(number, 0), end)
        if word in _OBJECT_WORDS:
            self.parts.words.add(word.decode())
        elif word in _DESTINATIONS:
            self._enter(group, _DESTINATIONS[word])
        elif group.is_starred and not group.owns:
            group.destination = _SKIPPED
        elif word in _FOREIGN and not group.owns:
            group.is_doubtful = True
        elif word == b"uc":
            group.stand_ins = min(_read_number(number, 1), MAX_STAND_INS)
        elif group.destination in _TEXTS:
            self._add_letter(group, word, number)
        group.is_starred = False
        return 0

    def _take_bytes(self, group: _Group, count: int, end: int) -> int:
        size = min(count, len(self._content) - end)
        if group.destination == "objdata":
            group.digits.append((self._content[end : end + size].hex().encode(), group.is_doubtful))
        return size

    def _add_letter(self, group: _Group, word: bytes, number: bytes) -> None:
        if word == b"u" and number not in (b"", b"-"):
            self._add_text(group, chr(int(number) % 0x10000))
            self._passed_over = group.stand_ins
        elif word in _ENDS_OF_WORDS:
            self._add_text(group, " ")

    def _enter(self, group: _Group, destination: str) -> None:
        self._finish(group)
        group.destination, group.owns, group.is_starred = destination, bool(destination), False
        group.digits, group.text, group.is_doubtful = [], [], False
        if destination == "fldinst":
            self.parts.fields.append(BEGIN)

    def _take_text(self, group: _Group, text: bytes) -> None:
        if group.destination == "objdata":
            group.digits.append((text.translate(None, _NO_DIGITS), group.is_doubtful))
        elif group.destination in _TEXTS:
            self._add_text(group, text.translate(None, b"\r\n\x00").decode("cp1252", "replace"))

    def _add_text(self, group: _Group, text: str) -> None:
        self._chars += len(text)
        if self._chars > MAX_TEXT_CHARS:
            self.parts.is_cut = True
        elif group.destination == "fldinst":
            self.parts.fields.append(text)
        else:
            group.text.append(text)

    def _close(self) -> None:
        self._finish(self._groups.pop())

    def _finish(self, group: _Group) -> None:
        if not group.owns:
            return
        if group.destination == "objdata":
            self._add_object(group.digits)
        elif group.destination == "fldinst":
            self.parts.fields.append(END)
        else:
            kept = {"objclass": self.parts.classes, "template": self.parts.templates, "oleclsid": self.parts.class_ids}
            kept[group.destination].append("".join(group.text).strip())

    def _add_object(self, pieces: list[tuple[bytes, bool]]) -> None:
        """Take up the data in every way that it may be read: with and without what is doubtful, and half a byte on."""
        digits = b"".join(piece for piece, _ in pieces)
        strict = b"".join(piece for piece, is_doubtful in pieces if not is_doubtful)
        for form in dict.fromkeys((digits, strict)):
            start = form[:MAX_SHIFT_DIGITS].find(_HEAD_DIGITS)
            if start > 0:
                self._add_bytes(form[start:])
            self._add_bytes(form)

    def _add_bytes(self, digits: bytes) -> None:
        if len(digits) >= _MIN_DIGITS and len(self.parts.objects) < MAX_OBJECTS:
            self.parts.objects.append(bytes.fromhex(digits[: len(digits) // 2 * 2].decode()))


def _read_number(number: bytes, absent: int) -> int:
    """Give the number behind a word, no less than 0; `absent` where there is none."""
    return absent if number in (b"", b"-") else max(int(number), 0)


def read_rtf(content: bytes) -> RtfParts:
    """Read a whole text."""
    return _Reader(content).read()
