"""Outlook's own mails (.msg): the files attached to them, and the mails in them.

Standards: MS-OXMSG 2.1 (properties as streams), 2.2.2 (attachments); MS-OXPROPS for their numbers.
"""

import re
from collections.abc import Iterable, Mapping

from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.office.bodies import Bodies
from gatepost.message.attachments.office.compound import CompoundFile, Path
from gatepost.message.attachments.office.going_on import going_on
from gatepost.message.attachments.office.mapi import note_text_links, unpack_rtf
from gatepost.message.attachments.office.targets import is_share, note_loaded
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.OUTLOOK_MESSAGE})
_PROPERTY = re.compile(r"__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})", re.IGNORECASE)
_DATA = "3701"
_NAMES = ("3707", "3704", "3001")  # the long one, the short one, the one that is shown
MAX_NAME_BYTES = 2_048
_BODY, _HTML, _RTF = "1000", "1013", "1009"
_TEXTS = (_BODY, _HTML, _RTF)
_WIDE = "001F"
_NAMED = "8000"


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open what is attached at any depth, for a mail in a mail is only a folder more."""
    compound = CompoundFile(file.content)
    properties = [(path, match) for path in compound.paths if (match := _PROPERTY.fullmatch(path[-1]))]
    names = _find_names(compound, properties)
    bodies = Bodies(are_attached=True)
    for path, match in properties:
        number = match[1].upper()
        with going_on(insides, path[-1]):
            if number == _DATA:
                desk.open_part(file, insides, _choose_name(names.get(path[:-1], {})), compound.read(path))
            elif number in _TEXTS and len(path) == 1:
                bodies.take(int(number, 16), int(match[2], 16), compound.read(path))
            elif number in (_BODY, _HTML):
                note_text_links(compound.read(path), insides)
            elif number == _RTF:
                note_text_links(unpack_rtf(compound.read(path)), insides)
            elif number >= _NAMED and match[2].upper() == _WIDE:
                _look_at_named(compound.read(path), insides)
    bodies.give_on(file, insides, desk)


def _look_at_named(value: bytes, insides: Insides) -> None:
    """Look at a property with a name: the sound of a reminder is loaded from wherever it is said to lie."""
    text = value[:MAX_NAME_BYTES].decode("utf-16-le", "replace").rstrip("\x00")
    if is_share(text):
        note_loaded("property", text, insides)


def _find_names(
    compound: CompoundFile, properties: Iterable[tuple[Path, re.Match[str]]]
) -> Mapping[Path, Mapping[str, str]]:
    """Give the names in each folder by the numbers of their properties."""
    names: dict[Path, dict[str, str]] = {}
    for path, match in properties:
        if match[1].upper() in _NAMES:
            codec = "utf-16-le" if match[2].upper() == _WIDE else "cp1252"
            text = compound.read(path)[:MAX_NAME_BYTES].decode(codec, "replace").rstrip("\x00")
            names.setdefault(path[:-1], {})[match[1].upper()] = text
    return names


def _choose_name(names: Mapping[str, str]) -> str:
    return next((names[number] for number in _NAMES if names.get(number)), "")
