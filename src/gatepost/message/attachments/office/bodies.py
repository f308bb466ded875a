"""The texts of a mail as Outlook keeps it: plain, HTML and rich text, of which it shows its reader one.

Where the file is a part of the mail, Outlook shows that text in the place of the mail's own; which of them is up to the
sender, so each is given on by itself.
Standards: MS-OXCMSG 2.2.1.56 (bodies), MS-OXRTFCP (packed rich text), MS-UCODEREF 2.2.1 (code pages).
Trust: everything is a stranger's.
Fails: never.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.office.going_on import going_on
from gatepost.message.attachments.office.mapi import MAX_RTF_BYTES, note_text_links, unpack_rtf
from gatepost.message.attachments.office.rtf_text import read_shown_text
from gatepost.message.attachments.shown import END_OF_HEADER, attach_entity, write_entity

MAX_TEXTS = 8
PLAIN, HTML, RTF, PLAIN_PAGE, HTML_PAGE = 0x1000, 0x1013, 0x1009, 0x3FFD, 0x3FDE
WIDE_STRING = 0x1F
RTF_NAME = "body.rtf"
_PAGES = {PLAIN_PAGE: PLAIN, HTML_PAGE: HTML}
_PAGE_BYTES = 4

_HOLDS_MORE = re.compile(rb"\\(?:obj(?!attph)|fldinst|template|datastore)", re.IGNORECASE)
_CHARSETS: Mapping[int, str] = {
    437: "cp437", 850: "cp850", 852: "cp852", 866: "cp866", 874: "windows-874", 932: "shift_jis", 936: "gb18030",
    949: "euc-kr", 950: "big5", 1200: "utf-16le", 10000: "macintosh", 20127: "us-ascii", 20866: "koi8-r",
    21866: "koi8-u", 50220: "iso-2022-jp", 50221: "iso-2022-jp", 50222: "iso-2022-jp", 51932: "euc-jp",
    51949: "euc-kr", 52936: "hz-gb-2312", 54936: "gb18030", 65001: "utf-8",
    **{page: f"windows-{page}" for page in range(1250, 1259)},
    **{28590 + number: f"iso-8859-{number}" for number in range(1, 16)},
}  # fmt: skip


def name_charset(page: int) -> str:
    """Give the charset of a code page, "" for one that no mail has."""
    return _CHARSETS.get(page, "")


@dataclass(slots=True)
class Bodies:
    """What was found of them so far; of several that say they are the same one, nobody knows which is shown."""

    texts: list[tuple[int, bytes]] = field(default_factory=list)  # with the number of their property
    charsets: dict[int, str] = field(default_factory=dict)  # by the same number
    are_attached: bool = False  # the mail is shown when its reader opens it
    is_cut: bool = False

    def take(self, number: int, kind: int, value: bytes) -> None:
        """Take one property, by its number and its type."""
        if number in _PAGES:
            self.charsets[_PAGES[number]] = name_charset(int.from_bytes(value[:_PAGE_BYTES], "little"))
        elif number in (PLAIN, HTML, RTF) and value:
            if len(self.texts) >= MAX_TEXTS:
                self.is_cut = True
            else:
                self.texts.append((number, unpack_rtf(value) if number == RTF else _narrow(kind, value)))

    def give_on(self, file: File, insides: Insides, desk: Desk) -> None:
        """Give on what is shown, where that is the mail itself, else the links in it; look into the rich text."""
        for number, text in self.texts:
            if file.is_own and text:
                entity = self._write(number, text)
                insides.show(attach_entity(entity) if self.are_attached else entity)
                desk.told.tell(entity.partition(END_OF_HEADER)[2])
            if self.are_attached or not file.is_own:
                note_text_links(text, insides)
            if number == RTF and _HOLDS_MORE.search(text):
                with going_on(insides, RTF_NAME):
                    desk.open_inside(file, insides, RTF_NAME, text)
        if self.is_cut or any(number == RTF and len(text) >= MAX_RTF_BYTES for number, text in self.texts):
            insides.leave_unseen()

    def _write(self, number: int, text: bytes) -> bytes:
        if number != RTF:
            return write_entity(text, "html" if number == HTML else "plain", self.charsets.get(number, ""))
        shown = read_shown_text(text)
        self.is_cut |= shown.is_cut
        return write_entity(shown.text.encode("utf-8", "replace"), "html" if shown.is_html else "plain", "utf-8")


def _narrow(kind: int, value: bytes) -> bytes:
    """Give a text without the zero at its end; a wide one in UTF-8, with the mark of its bytes."""
    if kind != WIDE_STRING:
        return value.removesuffix(b"\0")
    return value.decode("utf-16-le", "replace").removesuffix("\0").encode("utf-8-sig", "replace")
