"""OneNote sections: the files that lie in them, which a double click runs.

Standards: MS-ONESTORE 2.6.13 (FileDataStoreObject), MS-ONE 2.3.62 (EmbeddedFileName).
"""

import re
from collections.abc import Iterator
from itertools import islice

from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.office.going_on import going_on
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.ONENOTE})
MAX_FILES = 500
_STORE = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
_HEAD_BYTES = 36  # identity, length, and what is not used
_NAME_END = re.compile(rb"\.\x00(?:[A-Za-z0-9]\x00){1,5}\x00\x00")
_NOT_IN_NAMES = re.compile(r'.*[\x00-\x1f"*/:<>?\\|\ud800-\uf8ff\ufff0-\uffff]', re.DOTALL)
MAX_NAMES = 500
MAX_NAME_BYTES = 240
_PICTURE_NAME = re.compile(r"\.(?:png|jpe?g|gif|bmp|emf|wmf|tiff?)$", re.IGNORECASE)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"\x01\x00\x00\x00")


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open every file; names stand apart from files, and are told where each could belong to one."""
    content = file.content
    names = list(dict.fromkeys(filter(None, _find_names(content))))
    embedded = [data for data in _find_files(content) if not data.startswith(_PICTURES)]
    for name in (name for name in names if not _PICTURE_NAME.search(name)):
        insides.note("office.package", name)
    for number, data in enumerate(embedded):
        with going_on(insides, "file"):
            desk.open_inside(file, insides, names[number] if len(names) == len(embedded) else "", data)
    for data in _find_files(content):
        if data.startswith(_PICTURES):
            with going_on(insides, "picture"):
                desk.open_inside(file, insides, "", data)


def _find_names(content: bytes) -> Iterator[str]:
    """Give what reads as the name of a file: letters that names may have, in front of an extension and an end."""
    for match in islice(_NAME_END.finditer(content), MAX_NAMES):
        start = max(match.start() - MAX_NAME_BYTES, match.start() % 2)
        stem = _NOT_IN_NAMES.sub("", content[start : match.start()].decode("utf-16-le", "surrogatepass"))
        yield stem + match[0][:-2].decode("utf-16-le") if stem else ""


def _find_files(content: bytes) -> list[bytes]:
    found: list[bytes] = []
    position = content.find(_STORE)
    while position >= 0 and len(found) < MAX_FILES:
        size = int.from_bytes(content[position + 16 : position + 24], "little")
        start = position + _HEAD_BYTES
        found.append(content[start : start + size])
        position = content.find(_STORE, start + min(size, len(content)))
    return found
