"""The parts of a document that is a ZIP archive, in every reading that programs may have of it.

Standards: ECMA-376-2 (packages), OpenDocument 1.3 part 2.
Trust: the archive is a stranger's; Office repairs damaged ones, so damage is no reason to look away.
Fails: never; a part of an unknown method is left out, one that is larger than may be is told as cut.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gatepost.message.attachments.archives.zip_data import UnknownMethodError, unpack
from gatepost.message.attachments.archives.zip_layout import read_layout
from gatepost.message.attachments.desk import Desk

MAX_PARTS = 5_000
MAX_PART_BYTES = 32 * 1024 * 1024
MAX_ALL_BYTES = 96 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """One part, unpacked; `is_whole` is False where there was more than may be unpacked."""

    name: str
    content: bytes
    is_whole: bool


def find_parts(content: bytes, desk: Desk) -> Iterator[DocumentPart]:
    """Give all parts, as many as there may be; the last one is not whole where there would be more."""
    left = MAX_ALL_BYTES
    layout = read_layout(content)
    for entry in layout.entries[:MAX_PARTS]:
        try:
            room = min(left, MAX_PART_BYTES, max(desk.allowance_bytes, 1))
            unpacked = unpack(content, entry.header, entry.data_at, room)
        except UnknownMethodError:
            continue
        left -= len(unpacked.content)
        yield DocumentPart(entry.names[0], unpacked.content, unpacked.is_whole)
        if left <= 0:
            break
    if layout.is_cut or len(layout.entries) > MAX_PARTS or left <= 0:
        yield DocumentPart("", b"", is_whole=False)
