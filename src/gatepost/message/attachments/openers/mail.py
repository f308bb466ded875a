"""Opens mails and saved pages (MHTML) that lie in a file: their parts are files, their links are links.

Standards: RFC 5322, RFC 2045, RFC 2557 (MHTML), RFC 4155 (mbox).
Trust: the mail comes from a stranger.
Fails: never; at most MAX_MAILS of a mailbox and MAX_PARTS files of each are opened; that there are more is told.
"""

import re
from collections.abc import Iterator
from itertools import islice

from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.web.signs import note_view
from gatepost.message.message import Message, Part
from gatepost.message.parse import parse_message
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.MAIL, FileKind.MHTML})
MAX_MAILS = 1_000
MAX_PARTS = 300  # that are files

_NEXT_MAIL = re.compile(rb"\n(?=From [^\r\n]{5,200}\r?\n[A-Za-z-]{1,80}:)")


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open the parts of each mail."""
    mails = _NEXT_MAIL.split(file.content, maxsplit=MAX_MAILS) if file.content.startswith(b"From ") else [file.content]
    for raw in mails[:MAX_MAILS]:
        message = parse_message(raw)
        if file.kind is FileKind.MAIL:
            _note_shown(message, insides)
        parts = (part for part in _walk(message, desk) if _is_file(part, file.kind))
        for part in islice(parts, MAX_PARTS):
            desk.open_inside(file, insides, part.filename or _name_by_place(part), part.content)
        if next(parts, None) is not None:
            insides.leave_unseen()
    if len(mails) > MAX_MAILS:
        insides.leave_unseen()


def _walk(message: Message, desk: Desk) -> Iterator[Part]:
    """Give all parts, then those that only other readings of the mail have."""
    yield from message.walk()
    for other in desk.read_otherwise(message):
        yield from other.root.children


def _note_shown(message: Message, insides: Insides) -> None:
    """Note what a reader of the mail would see."""
    for view in message.html:
        note_view(view, insides)
    for link in message.links:
        if link.kind == "text":
            insides.link(link.target)


def _is_file(part: Part, kind: FileKind) -> bool:
    """Say whether a part is opened as a file; a page that was saved is shown by a browser, also its text."""
    if part.children or part.message is not None:
        return False
    return kind is FileKind.MHTML or part.is_attachment or not part.is_text or bool(part.filename)


def _name_by_place(part: Part) -> str:
    """Give the name in Content-Location, "" where there is none."""
    header = part.header("content-location")
    place = header.value.decode("utf-8", "replace").strip() if header else ""
    return place.partition("?")[0].rstrip("/").rpartition("/")[2]
