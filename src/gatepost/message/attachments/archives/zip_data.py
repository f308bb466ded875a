"""Unpacks the data of one file in a ZIP archive, never more than asked for.

Standards: APPNOTE.TXT 6.3.10 §4.4.5 (methods), §5.8 (LZMA); RFC 1951 (Deflate).
Trust: the data comes from a stranger.
Fails: UnknownMethodError; what is damaged gives what stands in front of the damage.
"""

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from types import MappingProxyType
from typing import Protocol

from gatepost.message.attachments.archives.deflate64 import inflate64
from gatepost.message.attachments.archives.dictionaries import limit_alone, limit_xz
from gatepost.message.attachments.archives.libarchive import ArchiveDamagedError, MissingLibraryError, Reader
from gatepost.message.attachments.archives.zip_records import AES, DEFLATED, STORED, Header

DEFLATE64, BZIP2, LZMA, ZSTD, XZ, PPMD = 9, 12, 14, 93, 95, 98
_FOR_LIBARCHIVE = frozenset({ZSTD, PPMD, AES})
MEMORY_BYTES = 128 * 1024 * 1024  # of an LZMA dictionary
_PIECE_BYTES = 64 * 1024
_MOST_AT_ONCE_BYTES = 1024 * 1024
_LZMA_HEAD_BYTES, _LZMA_PROPERTY_BYTES = 4, 5


class UnknownMethodError(Exception):
    """Nothing here unpacks this method; its number is the argument."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What came out."""

    content: bytes
    is_whole: bool  # False: there was more than asked for
    is_damaged: bool = False
    unused_bytes: int = 0  # packed bytes behind the end of the stream
    used_bytes: int = 0  # packed bytes that were read, where there was more than asked for


class Decompressor(Protocol):
    """The shape of the decompressors of bz2 and lzma."""

    @property
    def eof(self) -> bool:
        """Say whether the stream is at its end."""
        ...

    @property
    def needs_input(self) -> bool:
        """Say whether nothing more comes out of what was put in."""
        ...

    @property
    def unused_data(self) -> bytes:
        """Give what was put in behind the end of the stream."""
        ...

    def decompress(self, data: bytes, max_length: int = ...) -> bytes:
        """Put bytes in, take at most so many out."""
        ...


class Inflater:
    """zlib's decompressor in that shape."""

    def __init__(self, window_bits: int) -> None:
        self._inner = zlib.decompressobj(window_bits)
        self._is_drained = True

    @property
    def eof(self) -> bool:
        """Say whether the stream is at its end."""
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        """Give what was put in behind the end of the stream."""
        return self._inner.unused_data

    @property
    def needs_input(self) -> bool:
        """Say whether nothing more comes out of what was put in."""
        return self._is_drained and not self._inner.unconsumed_tail

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Put bytes in, take at most so many out."""
        out = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        self._is_drained = len(out) != max_length
        return out


_STREAMS: Mapping[int, Callable[[], Decompressor]] = MappingProxyType(
    {
        DEFLATED: lambda: Inflater(-zlib.MAX_WBITS),
        BZIP2: bz2.BZ2Decompressor,
        XZ: lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY_BYTES),
    }
)


def unpack(content: bytes, header: Header, data_at: int, room_bytes: int) -> Unpacked:
    """Give the content of a file that is not encrypted."""
    end = min(data_at + header.packed_bytes, len(content))
    if header.method == STORED:
        stored = content[data_at : min(end, data_at + room_bytes)]
        return Unpacked(stored, is_whole=end - data_at <= room_bytes)
    if header.method in _FOR_LIBARCHIVE:
        return unpack_by_libarchive(content, header, data_at, room_bytes)
    if header.method == LZMA:
        return _unpack_lzma(content, data_at, end, room_bytes, header.size_bytes)
    if header.method == DEFLATE64:
        return Unpacked(*inflate64(content[data_at:end], room_bytes))
    if header.method == XZ:
        content, data_at, end = limit_xz(content[data_at:end]), 0, end - data_at
    if header.method not in _STREAMS:
        raise UnknownMethodError(header.method)
    return run_decompressor(_STREAMS[header.method](), content, data_at, end, room_bytes)


def run_decompressor(stream: Decompressor, content: bytes, start: int, end: int, room_bytes: int) -> Unpacked:
    """Feed a decompressor piece by piece until its stream ends, the room is filled, or its data is damaged.

    Raises MemoryError where it would take too much to go on.
    """
    out, at = BytesIO(), start  # gives what it holds without copying it
    try:
        while not stream.eof:
            if stream.needs_input and at >= end:
                return Unpacked(out.getvalue(), is_whole=True, is_damaged=True)
            data = content[at : min(at + _PIECE_BYTES, end)] if stream.needs_input else b""
            at += len(data)
            room = room_bytes - out.tell()
            piece = stream.decompress(data, min(room + 1, _MOST_AT_ONCE_BYTES))
            out.write(piece[:room])
            if len(piece) > room:
                return Unpacked(out.getvalue(), is_whole=False, used_bytes=at - start)
    except lzma.LZMAError as error:
        if "emory" in str(error):
            raise MemoryError from error  # it is sound, and asks for more than there is
        return Unpacked(out.getvalue(), is_whole=True, is_damaged=True)
    except (zlib.error, OSError, EOFError, ValueError):
        return Unpacked(out.getvalue(), is_whole=True, is_damaged=True)
    return Unpacked(out.getvalue(), is_whole=True, unused_bytes=end - at + len(stream.unused_data))


def _unpack_lzma(content: bytes, data_at: int, end: int, room_bytes: int, size_bytes: int) -> Unpacked:
    """Undo LZMA as ZIP wraps it: two bytes of version, the length of the properties, the properties, raw LZMA."""
    start = data_at + _LZMA_HEAD_BYTES + _LZMA_PROPERTY_BYTES
    properties = content[data_at + _LZMA_HEAD_BYTES : start]
    if start > end or content[data_at + 2 : data_at + _LZMA_HEAD_BYTES] != b"\x05\x00":
        return Unpacked(b"", is_whole=True, is_damaged=True)
    head = limit_alone(properties) + struct.pack("<Q", size_bytes)  # what the module reads with a limit on memory
    stream = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=MEMORY_BYTES)
    try:
        stream.decompress(head, 0)
    except lzma.LZMAError:
        return Unpacked(b"", is_whole=True, is_damaged=True)
    return run_decompressor(stream, content, start, end, room_bytes)


def unpack_by_libarchive(
    content: bytes, header: Header, data_at: int, room_bytes: int, passwords: Sequence[bytes] = ()
) -> Unpacked:
    """Let libarchive unpack (and decrypt) one file, from an archive of its own; callers look at the checksum."""
    data = content[data_at : data_at + header.packed_bytes]
    try:
        with Reader(wrap_alone(header, data), ("zip",), passwords=passwords) as reader:
            reader.ignore_checksums()
            next(reader.members())
            return Unpacked(*reader.read(room_bytes))
    except ArchiveDamagedError as error:
        return Unpacked(error.content, is_whole=True, is_damaged=True)
    except StopIteration:
        return Unpacked(b"", is_whole=True, is_damaged=True)
    except MissingLibraryError:
        raise UnknownMethodError(header.method) from None


def wrap_alone(header: Header, data: bytes) -> bytes:
    """Make an archive of this one file."""
    alone = replace(header, name=b"x", packed_bytes=len(data))
    fields = (alone.flags & ~0x800, alone.method, alone.time, 0, alone.crc, len(data), alone.size_bytes & 0xFFFFFFFF)
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 51, *fields, 1, len(alone.extra)) + b"x" + alone.extra
    central = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 51, 51, *fields, 1, len(alone.extra), 0, 0, 0, 0, 0)
    central += b"x" + alone.extra
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, len(central), len(local) + len(data), 0)
    return b"".join((local, data, central, end))
