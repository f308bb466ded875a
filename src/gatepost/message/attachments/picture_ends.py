"""Where a picture ends: what stands behind it is seen by nobody who looks at the picture.

Standards: PNG (third edition) §5, GIF89a, JPEG (ITU-T T.81 Annex B).
Trust: the picture comes from a stranger.
Fails: never; where no end is found, the whole file counts as picture.
"""

import re
import struct
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatepost.model.file_kinds import FileKind

MAX_BLOCKS = 100_000

_PNG_START_BYTES = 8
_CHUNK = struct.Struct(">I4s")
_CHUNK_EXTRA_BYTES = 12  # length, type, checksum
_GIF_START_BYTES = 13
_COLOURS_FLAG, _IMAGE, _EXTENSION, _TRAILER = 0x80, 0x2C, 0x21, 0x3B
_JPEG_SCAN = 0xDA
_JPEG_SEGMENT = struct.Struct(">BBH")
_JPEG_MARKER = re.compile(rb"\xff[\xc0-\xcf\xd9-\xfe]")  # none of them stands in the data of a scan
_JPEG_END = b"\xff\xd9"


def find_end(content: bytes, kind: FileKind) -> int:
    """Give where a picture ends, the length of the file where that is not known."""
    find = _FINDERS.get(kind)
    return find(content) if find else len(content)


def _find_png_end(content: bytes) -> int:
    place = _PNG_START_BYTES
    for _ in range(MAX_BLOCKS):
        if place + _CHUNK.size > len(content):
            break
        length, name = _CHUNK.unpack_from(content, place)
        place += _CHUNK_EXTRA_BYTES + int(length)
        if name == b"IEND":
            return min(place, len(content))
    return len(content)


def _find_gif_end(content: bytes) -> int:
    if len(content) < _GIF_START_BYTES:
        return len(content)
    place = _GIF_START_BYTES + _count_colour_bytes(content[10])
    for _ in range(MAX_BLOCKS):
        block = content[place] if place < len(content) else -1
        if block == _TRAILER:
            return place + 1
        if block == _EXTENSION:
            place = _skip_blocks(content, place + 2)
        elif block == _IMAGE and place + 9 < len(content):
            place = _skip_blocks(content, place + 11 + _count_colour_bytes(content[place + 9]))
        else:
            break
    return len(content)


def _count_colour_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & _COLOURS_FLAG else 0


def _skip_blocks(content: bytes, place: int) -> int:
    while place < len(content) and content[place]:
        place += content[place] + 1
    return place + 1


def _find_jpeg_end(content: bytes) -> int:
    place = 2
    for _ in range(MAX_BLOCKS):
        if place + _JPEG_SEGMENT.size > len(content):
            break
        mark, marker, length = _JPEG_SEGMENT.unpack_from(content, place)
        if mark != 0xFF:  # noqa: PLR2004 - the first byte of every marker
            break
        if marker == _JPEG_END[1]:
            return place + 2
        place += 2 + int(length)
        if marker == _JPEG_SCAN:
            following = _JPEG_MARKER.search(content, place)
            if following is None:
                break
            place = following.start()
    return len(content)


_FINDERS: Mapping[FileKind, Callable[[bytes], int]] = MappingProxyType(
    {FileKind.PNG: _find_png_end, FileKind.GIF: _find_gif_end, FileKind.JPEG: _find_jpeg_end}
)
