"""Binary presentations of PowerPoint 97 to 2003: objects in their stream, and what a click or the mouse starts.

Standards: MS-PPT 2.3.1 (record headers), 2.10.34 (ExOleObjStg), 2.8.3 (InteractiveInfoAtom), 2.10.9 (hyperlinks).
Trust: the stream is a stranger's; records may claim any length.
Fails: never; a record that is cut off ends the walk.
"""

import struct
import zlib
from collections.abc import Iterator

from gatepost.message.attachments.desk import Desk, Insides
from gatepost.message.attachments.office.native import FileFound
from gatepost.message.attachments.office.targets import note_clicked

MAX_RECORDS = 500_000
_RECORD = struct.Struct("<HHI")
_CONTAINER = 0xF
_STORAGE, _INTERACTION, _STRING = 0x1011, 0x0FF3, 0x0FBA
_MACRO, _RUN_PROGRAM = 1, 2
_ACTION_AT = 8


def note_slides(stream: bytes, insides: Insides, desk: Desk, on_file: FileFound) -> None:
    """Note what a presentation starts, and hand on the objects and macros in it."""
    action = 0
    for kind, instance, data in find_records(stream):
        if kind == _STORAGE:
            on_file("", unpack_storage(data, instance, desk.allowance_bytes))
        elif kind == _INTERACTION and len(data) > _ACTION_AT:
            action = data[_ACTION_AT]
        elif kind == _STRING:
            _note_string(data.decode("utf-16-le", "replace"), action, insides)
            action = 0


def find_records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Give kind, instance and data of all records that are no containers, in their order."""
    position = 0
    for _ in range(MAX_RECORDS):
        if position + _RECORD.size > len(stream):
            return
        version, kind, size = _RECORD.unpack_from(stream, position)
        position += _RECORD.size
        if version & 0xF != _CONTAINER:
            yield kind, version >> 4, stream[position : position + size]
            position += size


def unpack_storage(data: bytes, instance: int, limit: int) -> bytes:
    """Give the compound file of an object or of the macros; most are packed."""
    return zlib.decompressobj().decompress(data[4:], limit) if instance else data


def _note_string(text: str, action: int, insides: Insides) -> None:
    if action == _RUN_PROGRAM:
        insides.note("office.runs_program", text)
    elif action == _MACRO:
        insides.note("office.macro_by_hand", text)
    elif "://" in text:
        note_clicked(text, insides)
