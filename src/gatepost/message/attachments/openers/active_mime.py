"""ActiveMime (editdata.mso): the macros of documents that were saved as web pages or as XML, packed.

Standards: none are published; the layout is known from files that Word writes.
"""

import zlib

from gatepost.message.attachments.desk import Desk, File, Insides, LimitReachedError
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.ACTIVE_MIME})
_OFFSET_AT, _OFFSET_IS_FROM = 0x1E, 46
_USUAL_STARTS = (0x32, 0x22A)


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Unpack the compound file."""
    content = file.content
    told = int.from_bytes(content[_OFFSET_AT : _OFFSET_AT + 2], "little") + _OFFSET_IS_FROM
    for start in (told, *_USUAL_STARTS, content.find(b"\x78\x9c")):
        if unpacked := _unpack(content[max(start, 0) :], desk.allowance_bytes):
            desk.open_inside(file, insides, "", unpacked)
            return
    insides.opening = Opening.BROKEN


def _unpack(packed: bytes, limit: int) -> bytes:
    try:
        unpacked = zlib.decompressobj().decompress(packed, limit + 1)
    except zlib.error:
        return b""
    if len(unpacked) > limit:
        raise LimitReachedError
    return unpacked
