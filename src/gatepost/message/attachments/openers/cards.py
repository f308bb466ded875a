"""Looks into calendars and contact cards: the files and pictures that they carry, and where they lead.

Standards: RFC 5545 §3.1 (folding), §3.8.1.1 (ATTACH); RFC 6350 §6.2.4 (PHOTO); vCard 2.1 writes Base64 over many lines.
Trust: the card comes from a stranger.
Fails: never; past MAX_CHARS the rest is not looked at but for the last MAX_END_CHARS, and that is told. Of the
photographs in an address book the first MAX_PICTURES are searched for codes; that there are more is told, too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from gatepost.message.attachments.codes import UNREAD_CODES
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.kinds import detect_kinds
from gatepost.message.attachments.web.codings import MAX_RUNS, decode_base64, find_coded
from gatepost.message.attachments.web.signs import note_page
from gatepost.message.charset import decode_text
from gatepost.message.links import find_text_links
from gatepost.message.places import Locator
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import IMAGES, FileKind
from gatepost.model.finding import Span

OPENS = frozenset({FileKind.CALENDAR, FileKind.CONTACT})
MAX_CHARS = 6_000_000
MAX_END_CHARS = 2_000_000
MAX_CARRIED = 10_000
MAX_PICTURES = 100

T = TypeVar("T")
_NOWHERE = Span(0, 0)
_FOLD = re.compile(r"\r?\n[ \t]")
_CARRIED = re.compile(
    r"^[A-Za-z.-]{1,40}((?:;[^:;\r\n]{0,300}){0,15};ENCODING=(?:B|BASE64)\b[^:\r\n]{0,500})"
    r":([A-Za-z0-9+/= \t]++(?:\r?\n[A-Za-z0-9+/=]++(?=\r?\n))*)",
    re.IGNORECASE | re.MULTILINE,
)
_NAME = re.compile(r"(?:X-FILENAME|FILENAME|X-APPLE-FILENAME|X-LABEL)=\"?([^\";:\r\n]{1,200})", re.IGNORECASE)
_PAGE = re.compile(
    r"^X-ALT-DESC[^:\r\n]{0,200}text/html[^:\r\n]{0,200}:([^\r\n]{1,100000})", re.IGNORECASE | re.MULTILINE
)
_ESCAPE = re.compile(r"\\([\\;,nN])")


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open what the card carries, and give its links on."""
    reader = _Reader(file, insides, desk)
    text = _FOLD.sub("", decode_text(file.content, ""))
    if len(text) > MAX_CHARS + MAX_END_CHARS:
        insides.opening = Opening.LIMIT
        reader.read(text[-MAX_END_CHARS:])
        text = text[:MAX_CHARS]
    reader.read(text)


@dataclass(slots=True)
class _Reader:
    """Reads one card or calendar, piece by piece."""

    file: File
    insides: Insides
    desk: Desk
    picture_count: int = 0

    def read(self, text: str) -> None:
        spoken = _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], text)
        for link in find_text_links(spoken, Locator(b"", _NOWHERE, _NOWHERE, is_direct=False)):
            self.insides.link(link.target)
        for page in self._count(_PAGE.finditer(text), MAX_CARRIED):
            note_page(_ESCAPE.sub(r"\1", page[1]), self.insides)
        for match in self._count(_CARRIED.finditer(text), MAX_CARRIED):
            name = _NAME.search(match[1])
            self._open(name[1] if name else "", decode_base64(match[2]))
        for coded in self._count(find_coded(text), MAX_RUNS - 1):  # where there are as many, some were left out
            if coded.how == "data":
                self._open("", coded.content)

    def _count(self, found: Iterator[T], most: int) -> Iterator[T]:
        """Give what was found, and tell where there is more than is looked at."""
        for count, one in enumerate(found):
            if count >= most:
                self.insides.opening = Opening.LIMIT
                return
            yield one

    def _open(self, name: str, content: bytes) -> None:
        self.picture_count += (is_picture := IMAGES.issuperset(detect_kinds(content, name)))
        if is_picture and self.picture_count > MAX_PICTURES:
            self.insides.note(UNREAD_CODES)
        else:
            self.desk.open_inside(self.file, self.insides, name, content)
