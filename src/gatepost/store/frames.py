"""The frames of a journal file: checksummed, self-delimiting, readable after any crash.

A file is a sequence of frames. A frame is a 20-byte head (mark, kind, three NULs, lengths, CRC-32 of all the rest),
the meta (msgpack) and the raw bytes of a mail. A write that was cut leaves an incomplete last frame, which was never
acknowledged to anybody and is passed over.

Trust: written by gatepost, but a disk may return anything. Behind damage a frame is looked for in the bytes of mails,
which strangers wrote: a head holds NULs, and no gate takes a mail with a NUL, so none can bring a frame of its own.
Fails: what does not check out when read is told as Torn; OurFault for a frame that could not be read back.
"""

import enum
import struct
import zlib
from dataclasses import dataclass

from gatepost.model.errors import OurFault

MARK = b"\xc7GP1"
HEAD = struct.Struct("<4sB3sIII")  # mark, kind, NULs, meta length, raw length, crc
_NULS = b"\0\0\0"
_CHECKED_HEAD = struct.Struct("<BII")
MAX_META_BYTES = 64 * 2**20
MAX_RAW_BYTES = 2**31 - 1


class Kind(enum.IntEnum):
    """What a frame holds."""

    MAIL = 1  # an accepted mail: meta and raw bytes
    EVENT = 2  # what became of an accepted mail
    REFUSED = 3  # the verdict on a mail that was not accepted: meta only


_KINDS = frozenset(int(kind) for kind in Kind)


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame and its place in the file."""

    kind: Kind
    meta: bytes
    raw: bytes
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Torn:
    """No whole frame stands here: the file ends inside it (`is_tail`), or its bytes are not what was written."""

    start: int
    is_tail: bool


def build_frame(kind: Kind, meta: bytes, raw: bytes = b"") -> tuple[bytes, ...]:
    """Give the pieces of a frame, to be written one behind the other; OurFault for what could not be read back."""
    if len(meta) > MAX_META_BYTES or len(raw) > MAX_RAW_BYTES:
        raise OurFault("local error in processing", f"a frame of {len(meta)} and {len(raw)} bytes is too long to keep")
    crc = zlib.crc32(raw, zlib.crc32(meta, zlib.crc32(_CHECKED_HEAD.pack(kind, len(meta), len(raw)))))
    return HEAD.pack(MARK, kind, _NULS, len(meta), len(raw), crc), meta, raw


def read_frame(data: bytes | memoryview, start: int = 0, *, base: int = 0) -> Frame | Torn:
    """Read the frame at `start` of `data`; `base` is where `data` begins in the file."""
    at = base + start
    if len(data) - start < HEAD.size:
        return Torn(at, is_tail=True)
    mark, kind, nuls, meta_bytes, raw_bytes, crc = HEAD.unpack_from(data, start)
    is_head = mark == MARK and kind in _KINDS and nuls == _NULS
    if not is_head or meta_bytes > MAX_META_BYTES or raw_bytes > MAX_RAW_BYTES:
        return Torn(at, is_tail=False)
    middle = start + HEAD.size + meta_bytes
    end = middle + raw_bytes
    if end > len(data):
        return Torn(at, is_tail=True)
    meta, raw = bytes(data[start + HEAD.size : middle]), bytes(data[middle:end])
    if crc != zlib.crc32(raw, zlib.crc32(meta, zlib.crc32(_CHECKED_HEAD.pack(kind, meta_bytes, raw_bytes)))):
        return Torn(at, is_tail=False)
    return Frame(Kind(kind), meta, raw, at, base + end)


def find_next_frame(data: bytes, start: int, *, base: int = 0) -> Frame | Torn | None:
    """Find the first frame behind damaged bytes, so that one bad sector loses one mail and no more.

    Gives a whole frame; or, when there is none, the Torn place of the first one that `data` may only cut short.
    """
    at, first_cut = data.find(MARK, start), None
    while at >= 0:
        found = read_frame(data, at, base=base)
        if isinstance(found, Frame):
            return found
        if found.is_tail and first_cut is None:
            first_cut = found
        at = data.find(MARK, at + 1)
    return first_cut
