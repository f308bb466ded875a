"""Writes ZIP archives record by record, so that each record may say something else."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass
class Piece:
    """One file; `local` and `central` say otherwise what one of the headers says."""

    name: bytes
    content: bytes = b""
    method: int = 8
    flags: int = 0
    extra: bytes = b""
    local: Mapping[str, int | bytes] = field(default_factory=dict)
    central: Mapping[str, int | bytes] = field(default_factory=dict)
    descriptor: bytes | None = None  # None: as it should be where flag 3 asks for one
    before: bytes = b""  # stands in front of the local header
    padding: bytes = b""  # stands behind the compressed stream, and counts as data
    has_local: bool = True
    has_central: bool = True

    @property
    def packed(self) -> bytes:
        if self.method == 8:
            deflater = zlib.compressobj(wbits=-15)
            return deflater.compress(self.content) + deflater.flush() + self.padding
        return self.content + self.padding

    def say(self, changes: Mapping[str, int | bytes]) -> dict[str, int | bytes]:
        said: dict[str, int | bytes] = {
            "flags": self.flags,
            "method": self.method,
            "time": 0,
            "date": 33,
            "crc": zlib.crc32(self.content),
            "packed": len(self.packed),
            "size": len(self.content),
            "name": self.name,
            "extra": self.extra,
        }
        return {**said, **changes}


def write_local(piece: Piece) -> bytes:
    streams = {"crc": 0, "packed": 0, "size": 0} if piece.flags & 8 else {}
    said = piece.say({**streams, **piece.local})
    name, extra = said.pop("name"), said.pop("extra")
    assert isinstance(name, bytes)
    assert isinstance(extra, bytes)
    return struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, *said.values(), len(name), len(extra)) + name + extra


def write_data(piece: Piece) -> bytes:
    if piece.descriptor is not None or not piece.flags & 8:
        return piece.packed + (piece.descriptor or b"")
    return piece.packed + struct.pack(
        "<4sIII", b"PK\x07\x08", zlib.crc32(piece.content), len(piece.packed), len(piece.content)
    )


def write_central(piece: Piece, at: int, *, mode: int = 0) -> bytes:
    said = piece.say({"at": at, "comment": b"", **piece.central})
    name, extra, comment, where = said.pop("name"), said.pop("extra"), said.pop("comment"), said.pop("at")
    assert isinstance(name, bytes)
    assert isinstance(extra, bytes)
    assert isinstance(comment, bytes)
    head = struct.pack("<4sHH", b"PK\x01\x02", 0x0314, 20) + struct.pack("<HHHHIII", *said.values())
    lengths = struct.pack("<HHHHHII", len(name), len(extra), len(comment), 0, 0, mode, where)
    return head + lengths + name + extra + comment


def write_end(
    count: int, size: int, at: int, comment: bytes = b"", changes: Mapping[str, int] = MappingProxyType({})
) -> bytes:
    said = {"disk": 0, "start_disk": 0, "here": count, "count": count, "size": size, "at": at, **changes}
    return struct.pack("<4sHHHHIIH", b"PK\x05\x06", *said.values(), len(comment)) + comment


def write_end64(count: int, size: int, at: int, record_at: int, **changes: int) -> bytes:
    said = {"record": 44, "count": count, "size": size, "at": at, "record_at": record_at} | changes
    record = struct.pack(
        "<4sQHHIIQQQQ",
        b"PK\x06\x06",
        said["record"],
        45,
        45,
        0,
        0,
        said["count"],
        said["count"],
        said["size"],
        said["at"],
    )
    return record + struct.pack("<4sIQI", b"PK\x06\x07", 0, said["record_at"], 1)


def write_zip(  # noqa: PLR0913 - what tests may say about an archive
    pieces: Sequence[Piece], *, before: bytes = b"", between: bytes = b"", behind: bytes = b"", comment: bytes = b"",
    end: Mapping[str, int] | None = None, is_zip64: bool = False,
) -> bytes:  # fmt: skip
    """`between` stands in front of the directory; `end` says otherwise what the end record says."""
    body, places = bytearray(before), []
    for piece in pieces:
        body += piece.before
        places.append(len(body) - len(before))
        if piece.has_local:
            body += write_local(piece) + write_data(piece)
    body += between
    at = len(body) - len(before)
    listed = [(piece, place) for piece, place in zip(pieces, places, strict=True) if piece.has_central]
    directory = b"".join(write_central(piece, place) for piece, place in listed)
    body += directory
    if is_zip64:
        body += write_end64(len(listed), len(directory), at, len(body))
    return bytes(body) + write_end(len(listed), len(directory), at, comment, end or {}) + behind
