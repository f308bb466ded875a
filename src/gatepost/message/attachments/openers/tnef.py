"""winmail.dat: a mail as Outlook wraps it for itself, with its text and the files attached to it.

Standards: MS-OXTNEF 2.1.3 (attributes), 2.1.3.4 (properties).
"""

import struct
from collections.abc import Iterator

from gatepost.message.attachments.desk import Desk, File, Insides, LimitReachedError
from gatepost.message.attachments.office.bodies import PLAIN, PLAIN_PAGE, Bodies
from gatepost.message.attachments.office.going_on import going_on
from gatepost.message.attachments.office.targets import is_share, note_loaded
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.TNEF})
MAX_ATTRIBUTES = 20_000
MAX_NAME_BYTES = 2_048
MAX_PROPERTIES = 20_000  # and values of them
_HEAD_BYTES = 6
_ATTRIBUTE = struct.Struct("<BII")
_CHECKSUM_BYTES = 2
_NEW_FILE, _TITLE, _DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_BODY, _CODE_PAGE, _PROPERTIES = 0x800C, 0x9007, 0x9003
_LONG_NAME, _DATA_PROPERTY = 0x3707, 0x3701
_STRING, _WIDE_STRING, _OBJECT, _BINARY = 0x1E, 0x1F, 0x0D, 0x0102
_VARIABLE = (_STRING, _WIDE_STRING, _OBJECT, _BINARY)
_SIZES = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_MANY, _NAMED = 0x1000, 0x8000
_TEXT_NUMBERS = {_BODY: PLAIN, _CODE_PAGE: PLAIN_PAGE}  # attributes that say the same as properties
_IDENTITY_BYTES = 16  # in front of an object's data


class _Attachment:
    def __init__(self) -> None:
        self.name = ""
        self.long_name = ""
        self.contents: dict[bytes, None] = {}  # of several nobody knows which is taken


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open all attachments."""
    attachment, bodies = _Attachment(), Bodies()
    for number, data in _find_attributes(file.content, insides):
        if number == _NEW_FILE:
            _open(attachment, file, insides, desk)
            attachment = _Attachment()
        elif number == _TITLE:
            attachment.name = data.rstrip(b"\x00").decode("cp1252", "replace")
        elif number == _DATA:
            attachment.contents[data] = None
        elif number == _FILE_PROPERTIES:
            _take_properties(attachment, data, insides)
        elif number == _PROPERTIES:
            _look_at_mail(data, bodies, insides)
        elif number in _TEXT_NUMBERS:
            bodies.take(_TEXT_NUMBERS[number], _STRING, data)
    _open(attachment, file, insides, desk)
    bodies.give_on(file, insides, desk)


def _open(attachment: _Attachment, file: File, insides: Insides, desk: Desk) -> None:
    for content in filter(None, attachment.contents):
        with going_on(insides, "attachment"):
            desk.open_part(file, insides, attachment.long_name or attachment.name, content)


def _take_properties(attachment: _Attachment, data: bytes, insides: Insides) -> None:
    for number, kind, value in _find_properties(data, insides):
        if number == _LONG_NAME:
            attachment.long_name = value.decode("utf-16-le" if kind == _WIDE_STRING else "cp1252", "replace").rstrip(
                "\x00"
            )
        elif number == _DATA_PROPERTY:
            attachment.contents[value[_IDENTITY_BYTES:] if kind == _OBJECT else value] = None


def _look_at_mail(data: bytes, bodies: Bodies, insides: Insides) -> None:
    for number, kind, value in _find_properties(data, insides):
        if number >= _NAMED and kind == _WIDE_STRING:
            _look_at_named(value, insides)
        bodies.take(number, kind, value)


def _look_at_named(value: bytes, insides: Insides) -> None:
    """Look at a property with a name: the sound of a reminder is loaded from wherever it is said to lie."""
    text = value[:MAX_NAME_BYTES].decode("utf-16-le", "replace").rstrip("\x00")
    if is_share(text):
        note_loaded("property", text, insides)


def _find_attributes(content: bytes, insides: Insides) -> Iterator[tuple[int, bytes]]:
    """Give number and data of each attribute; that there are too many is told."""
    position = _HEAD_BYTES
    for _ in range(MAX_ATTRIBUTES):
        if position + _ATTRIBUTE.size > len(content):
            return
        _, number, size = _ATTRIBUTE.unpack_from(content, position)
        position += _ATTRIBUTE.size
        yield number & 0xFFFF, content[position : position + size]
        position += size + _CHECKSUM_BYTES
    insides.leave_unseen()


def _find_properties(data: bytes, insides: Insides) -> Iterator[tuple[int, int, bytes]]:
    """Give number, type and value of each property, each value by itself; that not all can be read is told."""
    try:
        yield from _walk_properties(data)
    except LimitReachedError:
        insides.leave_unseen()


def _walk_properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Do so; raise LimitReachedError for too many of them, and where one cannot be measured."""
    position, values = 4, 0
    for _ in range(MAX_PROPERTIES):
        if position + 4 > len(data):
            return
        kind, number = struct.unpack_from("<HH", data, position)
        position += 4
        if number >= _NAMED:
            position = _skip_name(data, position)
        is_many, kind = bool(kind & _MANY), kind & ~_MANY
        if kind in _VARIABLE or is_many:
            count = int.from_bytes(data[position : position + 4], "little")
            position += 4
        else:
            count = 1
        for _ in range(count):
            size, position = _measure(data, position, kind)
            if position > len(data):
                return
            values += 1
            if size < 0 or values > MAX_PROPERTIES:
                raise LimitReachedError
            yield number, kind, data[position : position + size]
            position += size + -size % 4
    raise LimitReachedError


def _measure(data: bytes, position: int, kind: int) -> tuple[int, int]:
    """Give the size of a value and where it begins; -1 for a type that is unknown."""
    if kind in _VARIABLE:
        return int.from_bytes(data[position : position + 4], "little"), position + 4
    return _SIZES.get(kind, -1), position


def _skip_name(data: bytes, position: int) -> int:
    """Skip the name of a named property: a number, or a counted text."""
    position += _IDENTITY_BYTES
    is_text = int.from_bytes(data[position : position + 4], "little") == 1
    length = int.from_bytes(data[position + 4 : position + 8], "little")
    return position + 8 + (length + -length % 4 if is_text else 0)
