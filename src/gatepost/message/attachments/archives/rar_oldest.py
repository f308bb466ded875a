"""Reads RAR archives as they were before version 1.5; of their files those that are stored as they are.

Source: the headers as unrar's public source reads them.
Trust: the archive comes from a stranger.
Fails: TooManyMembersError behind MAX_FILES files; what is not understood ends the list.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from gatepost.message.attachments.archives.libarchive import TooManyMembersError
from gatepost.message.attachments.archives.names import decode_name

MARK = b"RE\x7e\x5e"
MAX_FILES = 10_000
_MAIN_BYTES = 7
_FILE = struct.Struct("<IIHHIBBBBB")  # packed, size, checksum, head, time, attributes, flags, version, name, method
_LOCKED, _FOLDER = 0x04, 0x10


@dataclass(frozen=True, slots=True)
class OldRarFile:
    """One file; `content` is None where it is packed or encrypted."""

    name: str
    content: bytes | None
    is_locked: bool
    is_folder: bool


def read_oldest_rar(archive: bytes) -> Iterator[OldRarFile]:
    """Give the files of an archive that begins with its mark."""
    at = max(_MAIN_BYTES, int.from_bytes(archive[4:6], "little"))
    for _ in range(MAX_FILES):
        if at + _FILE.size > len(archive):
            return
        packed, _, _, head, _, attributes, flags, _, name_bytes, method = _FILE.unpack_from(archive, at)
        if head < _FILE.size + name_bytes:
            return
        name = decode_name(archive[at + _FILE.size : at + _FILE.size + name_bytes])
        is_locked = bool(flags & _LOCKED)
        data = archive[at + head : at + head + packed]
        content = None if method or is_locked else data
        yield OldRarFile(name, content, is_locked, bool(attributes & _FOLDER))
        at += head + packed
    raise TooManyMembersError
