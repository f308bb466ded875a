"""The file that a model is kept in: a checksum, a header in JSON, and raw arrays; nothing in it can run.

Layout: 8 bytes of magic, SHA-256 of all that follows, the header's length (4 bytes, little-endian), the header, then
the arrays, each at a multiple of 64 bytes. The arrays are mapped, not read: processes share them.

Trust: an administrator chose the file; it may be cut or damaged all the same, and then it is refused as a whole.
Fails: BadSettings in one sentence.
"""

import hashlib
import json
import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gatepost.model.errors import BadSettings

MAGIC = b"GPMODEL1"
MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_HEADER_BYTES = 4 * 1024 * 1024
_DIGEST_BYTES = 32
_HEAD_BYTES = len(MAGIC) + _DIGEST_BYTES + 4
_ALIGNMENT = 64
_TYPES = frozenset({"<f2", "<f4", "<f8", "<i4", "<u4"})

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Pack:
    """What one file holds."""

    header: Mapping[str, Any]
    arrays: Mapping[str, Array]
    digest: str  # SHA-256 in hex


def write_pack(header: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """Give the bytes of a file; the same header and arrays give the same bytes."""
    places, offset = {}, 0
    for name, array in arrays.items():
        kind = array.dtype.newbyteorder("<").str
        places[name] = {"type": kind, "shape": list(array.shape), "offset": offset}
        offset += -(-array.nbytes // _ALIGNMENT) * _ALIGNMENT
    text = json.dumps({**header, "arrays": places}, ensure_ascii=False, sort_keys=True, indent=1).encode()
    text += b" " * (-(_HEAD_BYTES + len(text)) % _ALIGNMENT)
    rest = bytearray(len(text).to_bytes(4, "little") + text)
    for array in arrays.values():
        raw = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()
        rest += raw + b"\0" * (-len(raw) % _ALIGNMENT)
    return MAGIC + hashlib.sha256(rest).digest() + bytes(rest)


def read_pack(path: Path) -> Pack:
    """Map a file and check it; raise BadSettings where it is not what it should be."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            if not _HEAD_BYTES < size <= MAX_FILE_BYTES:
                raise BadSettings(f"{path}: this is no model file of gatepost.")
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise BadSettings(f"{path}: the model file cannot be read: {error.strerror}.") from error
    return parse_pack(memoryview(mapped), str(path))


def parse_pack(raw: memoryview, name: str) -> Pack:
    """Read the bytes of a file; `name` says in errors which one."""
    if bytes(raw[: len(MAGIC)]) != MAGIC:
        raise BadSettings(f"{name}: this is no model file of gatepost.")
    digest = hashlib.sha256(raw[len(MAGIC) + _DIGEST_BYTES :]).digest()
    if digest != raw[len(MAGIC) : len(MAGIC) + _DIGEST_BYTES]:
        raise BadSettings(f"{name}: the model file is damaged, its checksum does not hold; copy or train it anew.")
    try:
        return Pack(*_read_rest(raw), digest.hex())
    except (ValueError, KeyError, TypeError) as error:
        raise BadSettings(f"{name}: the model file was written by another version of gatepost.") from error


def _read_rest(raw: memoryview) -> tuple[Mapping[str, Any], Mapping[str, Array]]:
    length = int.from_bytes(raw[_HEAD_BYTES - 4 : _HEAD_BYTES], "little")
    if length > MAX_HEADER_BYTES:
        raise ValueError("header too long")
    header = json.loads(bytes(raw[_HEAD_BYTES : _HEAD_BYTES + length]))
    start = _HEAD_BYTES + length
    return header, {name: _read_array(raw, start, place) for name, place in header["arrays"].items()}


def _read_array(raw: memoryview, start: int, place: Mapping[str, Any]) -> Array:
    if place["type"] not in _TYPES:
        raise ValueError("unknown type")
    kind, count = np.dtype(place["type"]), 1
    for length in place["shape"]:
        count *= int(length)
    array: Array = np.frombuffer(raw, kind, count, start + int(place["offset"]))
    return array.reshape(place["shape"])
