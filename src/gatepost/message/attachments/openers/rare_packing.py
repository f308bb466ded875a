"""Opens packings that are seldom seen in mail: COMPRESS.EXE, the old form of LZMA, lzip, and packages of RPM.

Standards: the LZMA file format of the LZMA SDK, the lzip manual ("File format"), the RPM file format version 4.
"""

import lzma
import struct
from dataclasses import replace

from gatepost.message.attachments.archives.dictionaries import MOST_BYTES, limit_alone
from gatepost.message.attachments.archives.ms_compress import unpack_kwaj, unpack_szdd
from gatepost.message.attachments.archives.unpacking import Unpacking
from gatepost.message.attachments.archives.zip_data import MEMORY_BYTES, Unpacked, run_decompressor
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.MS_COMPRESS, FileKind.LZMA, FileKind.LZIP, FileKind.RPM})
MAX_MEMBERS = 1_000  # of one lzip file
_LZIP_MARK, _LZIP_HEAD_BYTES, _LZIP_TAIL_BYTES = b"LZIP\x01", 6, 20
_LZIP_PROPERTIES = 93  # those of every lzip file: lc=3, lp=0, pb=2
_LZIP_SIZE_CODES = range(12, 30)
_RPM_LEAD_BYTES, _RPM_HEAD_BYTES = 96, 16
_RPM_HEADER = b"\x8e\xad\xe8\x01"


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open the one file inside."""
    unpacking = Unpacking(file, insides, desk)
    found = _unpack(file, unpacking.find_room())
    if found is None:
        insides.note("archive.not_opened", file.kind)
        insides.opening = Opening.LIMIT
        return
    if found.is_damaged:
        insides.note("archive.damaged", f"after {len(found.content)} bytes")
        insides.opening = Opening.BROKEN
    if not found.is_whole:
        unpacking.add_beginning(find_name(file), found.content, 0, found.used_bytes)
    if found.content or not found.is_damaged:
        unpacking.add(find_name(file), found.content)


def find_name(file: File) -> str:
    """Give the name of the file inside: COMPRESS.EXE puts `_` for its last letter, and may keep that letter."""
    stem, _, ending = file.name.rpartition(".")
    letter = file.content[9:10] if file.kind is FileKind.MS_COMPRESS and file.content.startswith(b"SZDD") else b""
    if ending.endswith("_"):
        return file.name[:-1] + letter.strip(b"\x00").decode("latin-1").lower()
    return stem or file.name


def _unpack(file: File, room_bytes: int) -> Unpacked | None:
    content = file.content
    match file.kind:
        case FileKind.MS_COMPRESS:
            unpack = unpack_szdd if content.startswith(b"SZDD") else unpack_kwaj
            return unpack(content, room_bytes)
        case FileKind.LZMA:
            whole = limit_alone(content)
            return run_decompressor(_begin_lzma(), whole, 0, len(whole), room_bytes)
        case FileKind.LZIP:
            return _unpack_lzip(content, room_bytes)
        case _:
            return _find_payload(content, room_bytes)


def _begin_lzma() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=MEMORY_BYTES)


def _unpack_lzip(content: bytes, room_bytes: int) -> Unpacked:
    """Undo all members, one behind the other; what follows them belongs to nobody."""
    pieces, at, room = list[bytes](), 0, room_bytes
    while content.startswith(_LZIP_MARK, at) and len(pieces) < MAX_MEMBERS:
        found = _unpack_member(content[at:], room)
        pieces.append(found.content)
        room -= len(found.content)
        if found.is_damaged or not found.is_whole:
            return replace(found, content=b"".join(pieces))
        at = len(content) - found.unused_bytes + _LZIP_TAIL_BYTES
    return Unpacked(b"".join(pieces), is_whole=not content.startswith(_LZIP_MARK, at))


def _unpack_member(content: bytes, room_bytes: int) -> Unpacked:
    """Undo one member: its data are those of an LZMA file whose header is put in front."""
    code = content[5] if len(content) > _LZIP_HEAD_BYTES else 0
    if code & 31 not in _LZIP_SIZE_CODES:
        return Unpacked(b"", is_whole=True, is_damaged=True)
    size = 1 << (code & 31)
    size = min(size - (size >> 4) * (code >> 5), MOST_BYTES)
    head = struct.pack("<BIQ", _LZIP_PROPERTIES, size, 0xFFFFFFFFFFFFFFFF)  # the size is told by the data's end
    whole = head + content[_LZIP_HEAD_BYTES:]
    return run_decompressor(_begin_lzma(), whole, 0, len(whole), room_bytes)


def _find_payload(content: bytes, room_bytes: int) -> Unpacked:
    """Pass over both headers; what follows is an archive of its own."""
    at = _skip_header(content, _RPM_LEAD_BYTES)
    at = _skip_header(content, at + -at % 8) if at else 0  # the first is filled up to eight bytes
    if not 0 < at < len(content):
        return Unpacked(b"", is_whole=True, is_damaged=True)
    return Unpacked(content[at : at + room_bytes], is_whole=len(content) - at <= room_bytes)


def _skip_header(content: bytes, at: int) -> int:
    """Give where a header ends, 0 where there is none."""
    if not content.startswith(_RPM_HEADER, at):
        return 0
    entries, size = (int.from_bytes(content[place : place + 4], "big") for place in (at + 8, at + 12))
    return at + _RPM_HEAD_BYTES + 16 * entries + size
