"""Opens mails and saved pages (MHTML) that lie in a file: their parts are files, their links are links.

Standards: RFC 5322, RFC 2045, RFC 2557 (MHTML), RFC 4155 (mbox).
Trust: the mail comes from a stranger.
Fails: never; at most MAX_MAILS of a mailbox and MAX_PARTS files of each are opened; that there are more is told.
"""

import re
from collections.abc import Iterable
from itertools import islice

from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.shown import attach_entity, cut_entity, list_files
from gatepost.message.attachments.text_kinds import find_saved_page
from gatepost.message.attachments.web.signs import note_view
from gatepost.message.message import Message, Part
from gatepost.message.mime import MESSAGE_TYPES
from gatepost.message.parse import parse_message
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.MAIL, FileKind.MHTML})
MAX_MAILS = 1_000
MAX_PARTS = 300  # that are files

_LETTERS = (".eml", ".nws")
_NEXT_MAIL = re.compile(rb"\n(?=From [^\r\n]{5,200}\r?\n[A-Za-z-]{1,80}:)")


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open the parts of each mail."""
    mails = _split(file)
    for raw in mails[:MAX_MAILS]:
        message = parse_message(raw)
        if file.kind is FileKind.MAIL:
            desk.told.tell(message.text)
            if not file.is_mail:
                _note_shown(message, insides)
            if len(mails) == 1:
                _show(message, file, insides, desk)
        _open_parts(message, file, insides, desk)
    if len(mails) > MAX_MAILS:
        insides.leave_unseen()
    if len(mails) > 1 and _is_letter(file):
        _show(parse_message(file.content), file, insides, desk)


def _open_parts(message: Message, file: File, insides: Insides, desk: Desk) -> None:
    parts = list_files(message, desk.read_otherwise, file.kind)
    for part in islice(parts, MAX_PARTS):
        name = part.filename or _name_by_place(part)
        desk.open_part(file, insides, name, part.content, declared_type=part.content_type)
    if next(parts, None) is not None:
        insides.leave_unseen()


def _split(file: File) -> list[bytes]:
    """Give the mails of a mailbox, one more than are opened; else the mail, which may begin behind something else."""
    if file.content.startswith(b"From ") and not file.is_mail:
        return _NEXT_MAIL.split(file.content, maxsplit=MAX_MAILS)
    start = max(0, find_saved_page(file.content)) if file.content.startswith(b"%PDF-") else 0
    return [file.content[start:]]


def _is_letter(file: File) -> bool:
    """Say whether programs open all of a file as one mail, though it goes on like a mailbox."""
    return file.name.lower().endswith(_LETTERS) or file.declared_type in MESSAGE_TYPES


def _show(message: Message, file: File, insides: Insides, desk: Desk) -> None:
    """Give a mail on as one that is shown, where it is a part of the mail."""
    if file.is_own:
        entity = _shorten(message, desk)
        insides.show(entity if file.is_mail else attach_entity(entity))


def _shorten(message: Message, desk: Desk) -> bytes:
    """Give what is judged as the mail itself; whole where otherwise some programs would show less of it."""
    cut = cut_entity(message)
    others = desk.read_otherwise(message)
    if not others or len(cut) == len(message.raw):
        return cut
    is_alike = _list_shown(desk.read_otherwise(parse_message(cut))) == _list_shown(others)
    return cut if is_alike else message.raw


def _list_shown(others: Iterable[Message]) -> list[tuple[str, bytes]]:
    parts = (part for other in others for part in other.root.children)
    return [(part.content_type, part.content if part.is_text else b"") for part in parts]


def _note_shown(message: Message, insides: Insides) -> None:
    """Note what a reader of the mail would see."""
    for view in message.html:
        note_view(view, insides)
    for link in message.links:
        if link.kind == "text":
            insides.link(link.target)


def _name_by_place(part: Part) -> str:
    """Give the name in Content-Location, "" where there is none."""
    header = part.header("content-location")
    place = header.value.decode("utf-8", "replace").strip() if header else ""
    return place.partition("?")[0].rstrip("/").rpartition("/")[2]
