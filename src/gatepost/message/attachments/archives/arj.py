"""Reads ARJ archives: their headers here, their data by libarchive, for ARJ packs as LHA's method lh7 does.

Source: the technical note that comes with ARJ, and the public description of LHA's headers.
Trust: the archive comes from a stranger.
Fails: never; what is not understood ends the list. At most MAX_FILES files are read.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from gatepost.message.attachments.archives.libarchive import ArchiveDamagedError, MissingLibraryError, Reader
from gatepost.message.attachments.archives.names import decode_name

MAX_FILES = 10_000
MARK = b"\x60\xea"
_LOCKED, _VOLUME = 0x01, 0x04
_STORED, _PACKED = 0, (1, 2, 3)
_FOLDER = 3
_HEAD = struct.Struct("<BBBBBBBBIIII")  # as far as the checksum


@dataclass(frozen=True, slots=True)
class ArjFile:
    """One file; its data stands in the archive as it is packed."""

    name: str
    method: int
    is_locked: bool
    is_volume: bool  # it begins or goes on in another volume
    is_folder: bool
    crc: int
    size_bytes: int
    data: bytes


def read_arj(content: bytes) -> Iterator[ArjFile]:
    """Give the files; the header of the archive itself comes first, and is none."""
    at = _skip_header(content, content.find(MARK))
    for _ in range(MAX_FILES):
        header = _read_header(content, at)
        if header is None:
            return
        _, _, _, _, flags, method, kind, _, _, packed, size, crc = _HEAD.unpack_from(header)
        name = decode_name(header[header[0] :].partition(b"\x00")[0])
        start = _skip_header(content, at)
        data = content[start : start + packed]
        yield ArjFile(name, method, bool(flags & _LOCKED), bool(flags & _VOLUME), kind == _FOLDER, crc, size, data)
        at = start + packed


def _read_header(content: bytes, at: int) -> bytes | None:
    size = int.from_bytes(content[at + 2 : at + 4], "little")
    header = content[at + 4 : at + 4 + size]
    return header if content.startswith(MARK, at) and len(header) == size >= _HEAD.size else None


def _skip_header(content: bytes, at: int) -> int:
    """Give where a header ends: with its checksum and its further headers, each with one."""
    at += 4 + int.from_bytes(content[at + 2 : at + 4], "little") + 4
    while extra := int.from_bytes(content[at : at + 2], "little"):
        at += 2 + extra + 4
    return at + 2


def unpack_arj(file: ArjFile, room_bytes: int) -> tuple[bytes, bool] | None:
    """Give the content, at most so much, and whether that is all; None where the method is not known."""
    if file.method == _STORED:
        return file.data[:room_bytes], len(file.data) <= room_bytes
    if file.method not in _PACKED:
        return None
    try:
        with Reader(_wrap_as_lha(file), ("lha",), ("none",)) as reader:
            next(reader.members())
            return reader.read(room_bytes)
    except (ArchiveDamagedError, StopIteration):
        return b"", True
    except MissingLibraryError:
        return None


def _wrap_as_lha(file: ArjFile) -> bytes:
    head = b"-lh7-" + struct.pack("<IIIBBB", len(file.data), file.size_bytes, 0, 0x20, 0, 1) + b"x\x00\x00"
    return bytes((len(head), sum(head) & 0xFF)) + head + file.data + b"\x00"
