"""The entries of a ZIP archive as any program might see them, without opening it.

Standards: APPNOTE.TXT 6.3.10 §4.3.7 (local header), §4.3.12 (central directory).
Trust: the archive comes from a stranger. Programs disagree whether the local headers or the central directory is
the truth, so the names in both are given.
Fails: never; what is cut off or nonsense is left out. Bounded by MAX_ENTRIES and by the size asked for.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MAX_ENTRIES = 1_000
MAX_TAIL_BYTES = 65_557  # the record at the end of an archive, and its comment
MAX_NAME_BYTES = 1_024
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_LOCAL_SIGNATURE, _CENTRAL_SIGNATURE, _END_SIGNATURE = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_STORED, _DEFLATED = 0, 8
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One file; `data_start` is -1 where only the central directory names it."""

    name: str
    method: int
    is_encrypted: bool
    data_start: int


def is_zip(content: bytes) -> bool:
    """Say whether programs would take this for a ZIP archive."""
    if content.startswith((_LOCAL_SIGNATURE, _END_SIGNATURE)):
        return True
    start = max(0, len(content) - MAX_TAIL_BYTES)
    return content.find(b"\x05", start) >= 0 and content.find(_END_SIGNATURE, start) >= 0  # one byte is found faster


def find_entries(content: bytes) -> Iterator[ZipEntry]:
    """Give the entries of local headers first, then those of the central directory."""
    yield from _find_headers(content, _LOCAL_SIGNATURE, _LOCAL)
    yield from _find_headers(content, _CENTRAL_SIGNATURE, _CENTRAL)


def _find_headers(content: bytes, signature: bytes, layout: struct.Struct) -> Iterator[ZipEntry]:
    is_local = layout is _LOCAL
    position = content.find(signature)
    for _ in range(MAX_ENTRIES):
        if position < 0 or position + layout.size > len(content):
            return
        fields = layout.unpack_from(content, position)
        flags, method, name_bytes, extra_bytes = (
            (fields[2], fields[3], fields[9], fields[10])
            if is_local
            else (fields[3], fields[4], fields[10], fields[11])
        )
        start = position + layout.size
        name = content[start : start + min(name_bytes, MAX_NAME_BYTES)]
        data_start = start + name_bytes + extra_bytes if is_local else -1
        charset = "utf-8" if flags & _UTF8_FLAG else "cp437"
        yield ZipEntry(name.decode(charset, "replace"), method, bool(flags & _ENCRYPTED_FLAG), data_start)
        position = content.find(signature, position + len(signature))


def read_beginning(content: bytes, entry: ZipEntry, max_bytes: int) -> bytes:
    """Give at most the first `max_bytes` of an entry, b"" where it cannot be read."""
    if entry.is_encrypted or entry.data_start < 0:
        return b""
    if entry.method == _STORED:
        return content[entry.data_start : entry.data_start + max_bytes]
    if entry.method != _DEFLATED:
        return b""
    try:
        # Deflate shrinks at most about 1,032 times, so this slice always suffices for the first bytes.
        packed = content[entry.data_start : entry.data_start + max_bytes + 1_024]
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, max_bytes)
    except zlib.error:
        return b""
