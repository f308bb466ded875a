"""Reads ARJ archives: their headers here, their data by libarchive, for ARJ mostly packs as LHA's method lh7 does.

Source: the technical note that comes with ARJ, and the public description of LHA's headers.
Trust: the archive comes from a stranger.
Fails: TooManyMembersError where there are more than MAX_FILES; what is not understood ends the list.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from gatepost.message.attachments.archives.arj_fastest import unpack_fastest
from gatepost.message.attachments.archives.libarchive import (
    ArchiveDamagedError,
    MissingLibraryError,
    Reader,
    TooManyMembersError,
)
from gatepost.message.attachments.archives.names import decode_name
from gatepost.message.attachments.archives.zip_secrets import COMMON_PASSWORDS, spell

MAX_FILES = 10_000
MARK = b"\x60\xea"
MAX_SLOW_BYTES = 2 * 1024 * 1024  # of a file that is undone in Python
MAX_TRIES_BYTES = 64 * 1024 * 1024  # of locked data, for all files and passwords together
_SLOWNESS = 30  # of what is undone in Python
_LOCKED, _VOLUME = 0x01, 0x04 | 0x08  # it goes on in the next volume, or began in the last
_STORED, _PACKED, _FASTEST = 0, (1, 2, 3), 4
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
    modifier: int = 0  # of the password


def read_arj(content: bytes) -> Iterator[ArjFile]:
    """Give the files; the header of the archive itself comes first, and is none."""
    at = _skip_header(content, content.find(MARK))
    for _ in range(MAX_FILES):
        header = _read_header(content, at)
        if header is None:
            return
        _, _, _, _, flags, method, kind, modifier, _, packed, size, crc = _HEAD.unpack_from(header)
        name = decode_name(header[header[0] :].partition(b"\x00")[0])
        start = _skip_header(content, at)
        data = content[start : start + packed]
        is_locked, is_volume = bool(flags & _LOCKED), bool(flags & _VOLUME)
        yield ArjFile(name, method, is_locked, is_volume, kind == _FOLDER, crc, size, data, modifier)
        at = start + packed
    raise TooManyMembersError


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
    if file.method == _FASTEST:
        room = min(room_bytes, MAX_SLOW_BYTES)
        return unpack_fastest(file.data, min(file.size_bytes, room)), file.size_bytes <= room
    return _unpack_by_libarchive(file, room_bytes) if file.method in _PACKED else None


def _unpack_by_libarchive(file: ArjFile, room_bytes: int) -> tuple[bytes, bool] | None:
    try:
        with Reader(_wrap_as_lha(file), ("lha",), ("none",)) as reader:
            next(reader.members())
            return reader.read(room_bytes)
    except ArchiveDamagedError as error:
        return error.content, True
    except StopIteration:
        return b"", True
    except MissingLibraryError:
        return None


def _wrap_as_lha(file: ArjFile) -> bytes:
    head = b"-lh7-" + struct.pack("<IIIBBB", len(file.data), file.size_bytes, 0, 0x20, 0, 1) + b"x\x00\x00"
    return bytes((len(head), sum(head) & 0xFF)) + head + file.data + b"\x00"


class ArjKeys:
    """The passwords for one archive: the one that fitted last comes first, and the work of all tries is limited."""

    def __init__(self, passwords: Iterable[str]) -> None:
        self._spelled = spell((*passwords, *COMMON_PASSWORDS))
        self._passwords = list(self._spelled)
        self.fitted = ""  # the password that fitted last
        self._bytes_left = MAX_TRIES_BYTES

    def unlock(self, file: ArjFile, room_bytes: int) -> bytes | None:
        """Give the content of a locked file under the password that its checksum proves; None where none fits."""
        for password in self._passwords:
            cost = (len(file.data) + file.size_bytes) * (_SLOWNESS if file.method == _FASTEST else 1)
            if cost > self._bytes_left:
                return None
            self._bytes_left -= cost
            found = unpack_arj(replace(file, data=_twist(file.data, password, file.modifier)), room_bytes)
            if found and found[1] and zlib.crc32(found[0]) == file.crc:
                self._passwords.remove(password)
                self._passwords.insert(0, password)
                self.fitted = self._spelled[password]
                return found[0]
        return None


def _twist(data: bytes, password: bytes, modifier: int) -> bytes:
    """Undo the encryption: each byte is turned by one of the password."""
    key = bytes((letter + modifier) & 0xFF for letter in password)
    turned = int.from_bytes(data, "big") ^ int.from_bytes((key * (len(data) // len(key) + 1))[: len(data)], "big")
    return turned.to_bytes(len(data), "big")
