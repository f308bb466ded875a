"""Looks into calendars and contact cards: the files and pictures that they carry, and where they lead.

Standards: RFC 5545 §3.1 (folding), §3.8.1.1 (ATTACH); RFC 6350 §6.2.4 (PHOTO); vCard 2.1 writes Base64 over many lines.
Trust: the card comes from a stranger.
Fails: never; past MAX_CHARS the rest is not looked at.
"""

import re
from itertools import islice

from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.web.codings import decode_base64, find_coded
from gatepost.message.attachments.web.signs import note_page
from gatepost.message.charset import decode_text
from gatepost.message.links import find_text_links
from gatepost.message.places import Locator
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Span

OPENS = frozenset({FileKind.CALENDAR, FileKind.CONTACT})
MAX_CHARS = 8_000_000
MAX_CARRIED = 100

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
    text = _FOLD.sub("", decode_text(file.content, ""))
    if len(text) > MAX_CHARS:
        text, insides.opening = text[:MAX_CHARS], Opening.LIMIT
    spoken = _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], text)
    for link in find_text_links(spoken, Locator(b"", _NOWHERE, _NOWHERE, is_direct=False)):
        insides.link(link.target)
    for match in islice(_PAGE.finditer(text), MAX_CARRIED):
        note_page(_ESCAPE.sub(r"\1", match[1]), insides)
    for match in islice(_CARRIED.finditer(text), MAX_CARRIED):
        name = _NAME.search(match[1])
        desk.open_inside(file, insides, name[1] if name else "", decode_base64(match[2]))
    for coded in islice(find_coded(text), MAX_CARRIED):
        if coded.how == "data":
            desk.open_inside(file, insides, "", coded.content)
