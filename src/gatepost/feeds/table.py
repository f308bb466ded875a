r"""A list as one file: sorted 64-bit keys with a small index in front, mapped into memory and shared by all processes.

    8 bytes  b"gpfeed1\n"
    4 bytes  length of what follows up to the index, little endian
    n bytes  JSON of TableInfo, then spaces up to a multiple of 8
    index    2**bits + 1 numbers of 4 bytes: where the keys with those upper bits begin; padded to a multiple of 8
    keys     8 bytes each, ascending

A million entries take 8.3 MB. A look-up compares about four keys. With n entries, a name that is in no list is found
all the same with probability n / 2**64: for a million entries 5e-14.

Trust: the file is our own, but disks break: length, order of the parts and checksum are verified when it is opened.
Fails: FeedTrouble with the reason.
"""

import hashlib
import mmap
import os
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import chain, groupby
from pathlib import Path
from typing import Self

import msgspec

from gatepost.feeds.names import SALT_BYTES, NameKind
from gatepost.feeds.settings import Threat
from gatepost.feeds.trouble import FeedTrouble

MAGIC = b"gpfeed1\n"
MAX_INFO_BYTES = 65_536
MAX_INDEX_BITS = 16
KEYS_PER_BUCKET_BITS = 3

_LENGTH_BYTES = 4
_INDEX_BYTES, _KEY_BYTES = 4, 8
_KEY_BITS = 64


def _open_at_once(path: str, flags: int) -> int:
    """Open a file; a pipe of that name, which nobody writes to, keeps nobody waiting."""
    return os.open(path, flags | os.O_NONBLOCK)


class TableInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What a table says about itself."""

    name: str
    source: str  # without anything secret
    made_at: str  # ISO 8601, UTC
    salt: str  # hexadecimal
    threat: Threat = Threat.PHISHING  # what the settings said when it was made; those of today go before it
    counts: dict[str, int] = {}  # keys by NameKind, each counted once
    bits: int = 0  # of the index
    sha256: str = ""  # of index and keys; also the version of the table

    @property
    def key_count(self) -> int:
        """Give the number of keys."""
        return sum(self.counts.values())

    @property
    def entry_count(self) -> int:
        """Give the number of entries of the list that became keys."""
        return self.key_count - self.counts.get(NameKind.SITE.name.lower(), 0)


def write_table(path: Path, info: TableInfo, keys: Mapping[NameKind, Iterable[int]]) -> TableInfo:
    """Write a new file, flushed; give the info with what was counted. Keys that come twice are kept once."""
    if sys.byteorder != "little":
        raise FeedTrouble("cannot be kept on this machine: tables are little-endian")
    distinct = {kind: array("Q", (key for key, _ in groupby(sorted(found)))) for kind, found in keys.items()}
    counts = {kind.name.lower(): len(found) for kind, found in distinct.items() if found}
    ordered = array("Q", sorted(chain.from_iterable(distinct.values())))
    bits = min(MAX_INDEX_BITS, max(0, len(ordered).bit_length() - KEYS_PER_BUCKET_BITS))
    body = _pad(_build_index(ordered, bits).tobytes(), b"\0") + ordered.tobytes()
    info = msgspec.structs.replace(info, bits=bits, counts=counts, sha256=hashlib.sha256(body).hexdigest())
    head = msgspec.json.encode(info)
    head += b" " * (-(len(MAGIC) + _LENGTH_BYTES + len(head)) % _KEY_BYTES)
    path.unlink(missing_ok=True)  # whoever still writes into an older one writes into nothing
    with path.open("xb") as file:
        path.chmod(0o600)
        file.write(MAGIC + len(head).to_bytes(_LENGTH_BYTES, "little") + head)
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    return info


def _build_index(ordered: "array[int]", bits: int) -> "array[int]":
    shift = _KEY_BITS - bits
    return array("I", (bisect_left(ordered, bucket << shift) for bucket in range(2**bits + 1)))


def _pad(data: bytes, filler: bytes) -> bytes:
    return data + filler * (-len(data) % _KEY_BYTES)


class Table:
    """An open table; may be read by many threads. The file stays open in memory also when its name is replaced."""

    __slots__ = ("_index", "_keys", "_shift", "info", "kinds", "salt", "size_bytes")

    def __init__(self, info: TableInfo, index: "memoryview[int]", keys: "memoryview[int]", size_bytes: int) -> None:
        self.info = info
        self.salt = bytes.fromhex(info.salt)
        self.kinds = frozenset(kind for kind in NameKind if info.counts.get(kind.name.lower()))
        self.size_bytes = size_bytes
        self._index = index
        self._keys = keys
        self._shift = _KEY_BITS - info.bits

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map a table and verify it."""
        try:
            with open(path, "rb", opener=_open_at_once) as file:
                memory = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except FileNotFoundError as error:
            raise FeedTrouble("has not been fetched yet") from error
        except OSError as error:
            raise FeedTrouble(f"has a table that cannot be read ({error.strerror})") from error
        except ValueError as error:
            raise FeedTrouble("has a table that is empty") from error
        info, start = _read_info(memory)
        keys_start = start + _align((2**info.bits + 1) * _INDEX_BYTES)
        if keys_start + info.key_count * _KEY_BYTES != len(memory):
            raise FeedTrouble("has a table that is cut off")
        if hashlib.sha256(memory[start:]).hexdigest() != info.sha256:
            raise FeedTrouble("has a damaged table")
        index = memory[start : start + (2**info.bits + 1) * _INDEX_BYTES].cast("I")
        return cls(info, index, memory[keys_start:].cast("Q"), len(memory))

    def holds(self, key: int) -> bool:
        """Say whether a key is in the table."""
        bucket = key >> self._shift
        end = self._index[bucket + 1]
        place = bisect_left(self._keys, key, self._index[bucket], end)
        return place < end and self._keys[place] == key


def _align(size: int) -> int:
    return size + -size % _KEY_BYTES


def _read_info(memory: memoryview) -> tuple[TableInfo, int]:
    start = len(MAGIC) + _LENGTH_BYTES
    length = int.from_bytes(memory[len(MAGIC) : start], "little")
    if memory[: len(MAGIC)] != MAGIC or length > MAX_INFO_BYTES or start + length > len(memory):
        raise FeedTrouble("has a table that this version cannot read")
    try:
        info = msgspec.json.decode(memory[start : start + length], type=TableInfo)
        is_sound = 0 <= info.bits <= MAX_INDEX_BITS and 0 < len(bytes.fromhex(info.salt)) <= SALT_BYTES
    except (msgspec.MsgspecError, ValueError) as error:
        raise FeedTrouble("has a table that this version cannot read") from error
    if not is_sound or any(count < 0 for count in info.counts.values()) or sys.byteorder != "little":
        raise FeedTrouble("has a table that this version cannot read")
    return info, start + length
