"""Files that were put into a document as they are (OLE packages), and the older objects that RTF holds.

Standards: MS-OLEDS 2.2.4 (OLE 1.0 objects), 2.3.6 (Ole10Native); the layout of packages is documented nowhere, it is
as Windows' packager writes it.
Trust: everything is a stranger's; lengths may lie.
Fails: never; what makes no sense is None.
"""

from collections.abc import Callable
from dataclasses import dataclass

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.targets import is_program

MAX_NAME_BYTES = 1_024
MAX_TEXT_BYTES = 4_096
FileFound = Callable[[str, bytes], object]
_EMBEDDED, _LINKED, _STATIC = 2, 1, 3
_TYPE_EMBEDDED = 3
_OLE1_VERSION_BYTES = 8


@dataclass(frozen=True, slots=True)
class Package:
    """A file in a document; `is_link` where only its place is told."""

    name: str  # as the reader sees it
    source: str  # where it lay
    content: bytes
    is_link: bool = False


@dataclass(frozen=True, slots=True)
class OldObject:
    """An OLE 1.0 object; a linked one has a topic (the file) and no content."""

    class_name: str
    topic: str
    content: bytes
    is_linked: bool


class _Cursor:
    def __init__(self, data: bytes, position: int = 0) -> None:
        self.data = data
        self.position = position

    def number(self, size: int = 4) -> int:
        value = int.from_bytes(self.data[self.position : self.position + size], "little")
        self.position += size
        return value

    def text(self) -> str:
        end = self.data.find(b"\x00", self.position, self.position + MAX_NAME_BYTES)
        end = end if end >= 0 else min(self.position + MAX_NAME_BYTES, len(self.data))
        text = self.data[self.position : end].decode("cp1252", "replace")
        self.position = end + 1
        return text

    def counted_text(self) -> str:
        length = self.number()
        text = self.data[self.position : self.position + min(length, MAX_TEXT_BYTES)]
        self.position += length
        return text.split(b"\x00")[0].decode("cp1252", "replace")

    def counted(self) -> bytes:
        size = self.number()
        return self.data[self.position : self.position + size]


def read_native(stream: bytes) -> Package | None:
    """Read the stream Ole10Native: its size, then a package."""
    package = read_package(stream[4:])
    if package is None and len(stream) > 4:  # noqa: PLR2004 - what another program than the packager put there
        return Package("", "", stream[4 : 4 + int.from_bytes(stream[:4], "little")])
    return package


def read_package(data: bytes) -> Package | None:
    """Read a package: its names, and the file."""
    cursor = _Cursor(data)
    if cursor.number(2) != 2:  # noqa: PLR2004 - the packager's own mark
        return None
    label, source = cursor.text(), cursor.text()
    cursor.number(2)
    kind = cursor.number(2)
    if kind != _TYPE_EMBEDDED:
        return Package(label, source, b"", is_link=True)
    place = cursor.counted_text()
    content = cursor.counted()
    return Package(label or source or place, source or place, content) if cursor.position <= len(data) else None


def read_old_object(data: bytes) -> OldObject | None:
    """Read an OLE 1.0 object, as RTF has it in hexadecimal digits; its version may be anything."""
    cursor = _Cursor(data, 4)
    format_id = cursor.number()
    if format_id not in (_EMBEDDED, _LINKED, _STATIC):
        return None
    class_name = cursor.counted_text()
    topic = cursor.counted_text() if format_id != _STATIC else ""
    if format_id != _STATIC:
        cursor.counted_text()
    if cursor.position > len(data):
        return None
    return OldObject(class_name, topic, cursor.counted() if format_id == _EMBEDDED else b"", format_id == _LINKED)


def note_package(package: Package | None, insides: Insides, on_file: FileFound) -> None:
    """Note a file that lies in a document, and hand it on; of a link only where it leads."""
    if package is None:
        return
    name = package.name.replace("\\", "/").rpartition("/")[2]
    if package.is_link and is_program(package.source or package.name):
        insides.note("office.package_link", package.source or package.name)
    elif package.name:
        insides.note("office.package", name)
    if package.content:
        on_file(name, package.content)
