"""Compound files: Word, Excel, PowerPoint, Publisher, Visio and Project before 2007, macros and objects of newer ones.

What is in any storage counts, however deep it lies: documents hold documents.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.office.biff import note_workbook
from gatepost.message.attachments.office.compound import CompoundFile
from gatepost.message.attachments.office.going_on import going_on
from gatepost.message.attachments.office.locked import is_locked, unlock
from gatepost.message.attachments.office.macros import note_projects
from gatepost.message.attachments.office.moniker import find_targets
from gatepost.message.attachments.office.native import note_package, read_native
from gatepost.message.attachments.office.objects import is_honest_equation, note_class
from gatepost.message.attachments.office.slides import note_slides, unpack_storage
from gatepost.message.attachments.office.targets import ADD_IN, note_add_in, note_loaded
from gatepost.message.attachments.office.word_text import note_templates, note_text
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.OLE})
_SIGNS = "\x01\x03\x05"
_PACKED_OBJECT = re.compile(r"_\d{1,20}")
_ZLIB = b"\x78"
_ADD_IN_TARGET = re.compile(r"(?:https?://|\\\\)[^\x00|]{3,500}\.vsto", re.IGNORECASE)


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Look at every stream that may do something."""
    compound = CompoundFile(file.content)
    if is_locked(compound):
        _unlock(compound, file, insides, desk)
        return
    with going_on(insides, "classes"):
        for storage in compound.storages:
            note_class(storage.clsid, insides)
        _look_at_equations(compound, insides)
    with going_on(insides, "macros"):
        note_projects(compound, insides)
    place = _Place(file, insides, desk)
    for path in compound.paths:
        with going_on(insides, path[-1]):
            name = path[-1].casefold().lstrip(_SIGNS)
            look = _look_at_packed if _PACKED_OBJECT.fullmatch(name) else _LOOKS.get(name)
            if look:
                look(compound.read(path), place)
    if compound.is_damaged and insides.opening is Opening.OPENED:
        insides.opening = Opening.BROKEN


def _unlock(compound: CompoundFile, file: File, insides: Insides, desk: Desk) -> None:
    opened = unlock(compound, file.content, desk.passwords)
    if opened is None:
        insides.opening = Opening.LOCKED
        insides.note("office.locked")
    else:
        insides.note("office.unlocked_by_itself" if opened.is_own else "office.unlocked", opened.password)
        if not opened.is_own:
            desk.note_password(file, insides, opened.password)
        desk.open_unlocked(file, insides, file.name, opened.content)


def _look_at_equations(compound: CompoundFile, insides: Insides) -> None:
    """Tell equations from what only claims to be one, to reach the holes of their editor."""
    natives = [compound.read(path) for path in compound.find("Equation Native")]
    is_claimed = any(trait.code == "office.equation" for trait in insides.traits)
    if not all(map(is_honest_equation, natives)) or (is_claimed and not natives):
        insides.note("office.equation_exploit")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a stream is looked at."""

    file: File
    insides: Insides
    desk: Desk

    def hand_on(self, name: str, content: bytes) -> None:
        """Open what lies in a stream."""
        if content:
            self.desk.open_inside(self.file, self.insides, name, content)


def _look_at_workbook(stream: bytes, place: _Place) -> None:
    note_workbook(stream, place.insides)


def _look_at_text(stream: bytes, place: _Place) -> None:
    note_text(stream, place.insides)


def _look_at_table(stream: bytes, place: _Place) -> None:
    note_templates(stream, place.insides)


def _look_at_slides(stream: bytes, place: _Place) -> None:
    note_slides(stream, place.insides, place.desk, place.hand_on)


def _look_at_native(stream: bytes, place: _Place) -> None:
    note_package(read_native(stream), place.insides, place.hand_on)


def _look_at_file(stream: bytes, place: _Place) -> None:
    place.hand_on("", stream)


def _look_at_link(stream: bytes, place: _Place) -> None:
    for target in find_targets(stream):
        note_loaded("linked object", target, place.insides)


def _look_at_properties(stream: bytes, place: _Place) -> None:
    """Look for the add-in of an old document: its property and its value stand somewhere in there, in either width."""
    for text in (stream.decode("latin-1"), stream.decode("utf-16-le", "replace")):
        if ADD_IN in text and (match := _ADD_IN_TARGET.search(text)):
            note_add_in(match[0], place.insides)


def _look_at_packed(stream: bytes, place: _Place) -> None:
    """Look at an object as Word puts it into XML of 2003: its size, and the packed compound file."""
    if stream[4:5] == _ZLIB:
        place.hand_on("", unpack_storage(stream, 1, place.desk.allowance_bytes))


_LOOKS: Mapping[str, Callable[[bytes, _Place], None]] = {  # by the name of a stream, without the signs in front of it
    "workbook": _look_at_workbook,
    "book": _look_at_workbook,
    "worddocument": _look_at_text,
    "0table": _look_at_table,
    "1table": _look_at_table,
    "powerpoint document": _look_at_slides,
    "ole10native": _look_at_native,
    "package": _look_at_file,
    "contents": _look_at_file,
    "embeddedodf": _look_at_file,
    "ole": _look_at_link,
    "documentsummaryinformation": _look_at_properties,
}
