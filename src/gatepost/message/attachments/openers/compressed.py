"""Opens what is packed as one stream: gzip, bzip2, xz, Zstandard, LZ4 and compress; there is one file inside.

Standards: RFC 1952 (gzip), RFC 8878 (Zstandard).
"""

import bz2
import lzma
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from gatepost.message.attachments.archives.dictionaries import limit_xz
from gatepost.message.attachments.archives.libarchive import ArchiveDamagedError, MissingLibraryError, Reader
from gatepost.message.attachments.archives.names import decode_name
from gatepost.message.attachments.archives.unpacking import Unpacking
from gatepost.message.attachments.archives.zip_data import (
    MEMORY_BYTES,
    Decompressor,
    Inflater,
    Unpacked,
    run_decompressor,
)
from gatepost.message.attachments.archives.zstd_frames import limit_frames
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.signatures import skip_frames
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

_STREAMS: Mapping[FileKind, Callable[[], Decompressor]] = MappingProxyType(
    {
        FileKind.GZIP: lambda: Inflater(zlib.MAX_WBITS + 16),
        FileKind.BZIP2: bz2.BZ2Decompressor,
        FileKind.XZ: lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY_BYTES),
    }
)
_FILTERS = MappingProxyType({FileKind.ZSTD: "zstd", FileKind.LZ4: "lz4", FileKind.COMPRESS: "compress"})
OPENS = frozenset({*_STREAMS, *_FILTERS})
MAX_STREAMS = 10_000  # one behind the other
_ENDINGS = MappingProxyType(
    {".gz": "", ".tgz": ".tar", ".bz2": "", ".tbz": ".tar", ".tbz2": ".tar", ".xz": "", ".txz": ".tar",
     ".zst": "", ".tzst": ".tar", ".lz4": "", ".z": "", ".taz": ".tar"}
)  # fmt: skip
_HAS_EXTRA, _HAS_NAME = 4, 8
_GZIP_HEAD_BYTES = 10


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open the one file, and what stands behind it."""
    unpacking = Unpacking(file, insides, desk)
    if file.kind in _FILTERS:
        content, end = limit_frames(file.content) if file.kind is FileKind.ZSTD else _cut_front(file.content)
        found = _unpack_by_libarchive(file.kind, content, unpacking)
    else:
        found, end = _unpack(file, unpacking)
    if found.is_damaged:
        insides.note("archive.damaged", f"after {len(found.content)} bytes")
        insides.opening = Opening.BROKEN
    if rest := file.content[end:].strip(b"\x00"):
        insides.note("archive.data_behind", f"{len(rest)} bytes")
        unpacking.add_rest(file.content[end:])
    if not found.is_whole:
        unpacking.add_beginning(find_name(file), found.content, 0, found.used_bytes)
    if found.content or not found.is_damaged:
        unpacking.add(find_name(file), found.content)


def _unpack(file: File, unpacking: Unpacking) -> tuple[Unpacked, int]:
    """Undo all streams that stand one behind the other; give where the last one ends."""
    content = limit_xz(file.content) if file.kind is FileKind.XZ else file.content
    at, room = 0, unpacking.find_room()
    pieces: list[bytes] = []
    for count in range(MAX_STREAMS):
        found = run_decompressor(_STREAMS[file.kind](), content, at, len(content), room)
        if count and found.is_damaged and not found.content:
            break
        pieces.append(found.content)
        room -= len(found.content)
        if count == 1:
            unpacking.insides.note("archive.several_streams")
            unpacking.add(find_name(file), pieces[0])
            room -= len(pieces[0])
        if found.is_damaged or not found.is_whole:
            return replace(found, content=b"".join(pieces)), len(content)
        at = _skip_padding(file.kind, content, len(content) - found.unused_bytes)
        if at == len(content):
            break
    return Unpacked(b"".join(pieces), is_whole=True), at


def _skip_padding(kind: FileKind, content: bytes, at: int) -> int:
    """Pass over the zeros that may stand between streams of xz, four by four."""
    if kind is not FileKind.XZ or content[at : at + 1] != b"\x00":
        return at
    count = len(content) - at - len(content[at:].lstrip(b"\x00"))
    return at + count - count % 4


def _cut_front(content: bytes) -> tuple[bytes, int]:
    return skip_frames(content), len(content)


def _unpack_by_libarchive(kind: FileKind, content: bytes, unpacking: Unpacking) -> Unpacked:
    try:
        with Reader(content, ("raw",), (_FILTERS[kind],)) as reader:
            next(reader.members())
            return Unpacked(*reader.read(unpacking.find_room()))
    except ArchiveDamagedError as error:
        return Unpacked(error.content, is_whole=True, is_damaged=True)
    except StopIteration:
        return Unpacked(b"", is_whole=True, is_damaged=True)
    except MissingLibraryError:
        unpacking.insides.note("archive.not_opened", kind)
        unpacking.insides.opening = Opening.LIMIT
        return Unpacked(b"", is_whole=True, is_damaged=True)


def find_name(file: File) -> str:
    """Give the name of the file inside: gzip may hold it, else it is the outer one without its ending."""
    if file.kind is FileKind.GZIP and (name := _read_gzip_name(file.content)):
        return name
    stem, dot, ending = file.name.rpartition(".")
    instead = _ENDINGS.get(f".{ending.lower()}")
    return stem + instead if dot and instead is not None else file.name


def _read_gzip_name(content: bytes) -> str:
    flags = content[3] if len(content) > _GZIP_HEAD_BYTES else 0
    at = _GZIP_HEAD_BYTES
    if flags & _HAS_EXTRA:
        at += 2 + int.from_bytes(content[at : at + 2], "little")
    return decode_name(content[at : at + 1_000].partition(b"\x00")[0]) if flags & _HAS_NAME else ""
