"""Outlook's own mails (.msg): the files attached to them, and the mails in them.

Standards: MS-OXMSG 2.1 (properties as streams), 2.2.2 (attachments); MS-OXPROPS for their numbers.
"""

import re
from collections.abc import Iterator

from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.office.compound import CompoundFile, Path
from gatepost.message.attachments.office.going_on import going_on
from gatepost.message.attachments.office.mapi import note_text_links, unpack_rtf
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.OUTLOOK_MESSAGE})
_PROPERTY = re.compile(r"__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})", re.IGNORECASE)
_DATA, _LONG_NAME, _SHORT_NAME, _DISPLAY_NAME = "3701", "3707", "3704", "3001"
_BODY, _HTML, _RTF = "1000", "1013", "1009"
_WIDE = "001F"


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open what is attached at any depth, for a mail in a mail is only a folder more."""
    compound = CompoundFile(file.content)
    for path in compound.paths:
        match = _PROPERTY.fullmatch(path[-1])
        number = match[1].upper() if match else ""
        with going_on(insides, path[-1]):
            if number == _DATA:
                desk.open_inside(file, insides, _find_name(compound, path[:-1]), compound.read(path))
            elif number in (_BODY, _HTML):
                note_text_links(compound.read(path), insides)
            elif number == _RTF:
                note_text_links(unpack_rtf(compound.read(path)), insides)


def _find_name(compound: CompoundFile, folder: Path) -> str:
    names = dict(_find_names(compound, folder))
    return next((names[number] for number in (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME) if names.get(number)), "")


def _find_names(compound: CompoundFile, folder: Path) -> Iterator[tuple[str, str]]:
    for path in compound.paths:
        match = _PROPERTY.fullmatch(path[-1]) if path[:-1] == folder else None
        if match and match[1].upper() in (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME):
            codec = "utf-16-le" if match[2].upper() == _WIDE else "cp1252"
            yield match[1].upper(), compound.read(path).decode(codec, "replace").rstrip("\x00")
