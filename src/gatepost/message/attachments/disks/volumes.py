"""What a disk image shows as a disk: the bytes behind a virtual disk's tables, and the volumes on it.

Standards: the Virtual Hard Disk Image Format Specification (Microsoft, 2006), UEFI §5.3 (GPT).
Trust: every number comes from a stranger; what leads outside gives nothing.
Fails: never.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

SECTOR_BYTES = 512
MAX_BLOCKS = 1 << 20
MAX_PARTITIONS = 128
_FOOTER_BYTES = 512
_DYNAMIC = 3
_NOT_THERE = 0xFFFFFFFF
_EXTENDED = frozenset({0x05, 0x0F, 0x85})
_PROTECTIVE = 0xEE


class Disk(Protocol):
    """Bytes at places."""

    def read(self, start: int, size: int) -> bytes:
        """Give bytes; fewer where the disk ends."""
        ...


@dataclass(frozen=True, slots=True)
class FlatDisk:
    """A disk that lies in the file as it is, or a part of it."""

    content: bytes
    start: int = 0

    def read(self, start: int, size: int) -> bytes:
        """Give bytes; fewer where the disk ends."""
        at = self.start + start
        return self.content[at : at + size] if start >= 0 and size > 0 else b""


@dataclass(frozen=True, slots=True)
class BlockDisk:
    """A disk of which only the blocks that hold something lie in the file."""

    content: bytes
    block_bytes: int
    table: tuple[int, ...]  # for each block the sector of its bitmap, behind which its data lie
    bitmap_bytes: int

    def read(self, start: int, size: int) -> bytes:
        """Give bytes, zeros where a block is not there; fewer where the disk ends."""
        pieces = []
        while size > 0 and 0 <= start < len(self.table) * self.block_bytes:
            block, place = divmod(start, self.block_bytes)
            count = min(size, self.block_bytes - place)
            pieces.append(self._read_block(block, place, count))
            start, size = start + count, size - count
        return b"".join(pieces)

    def _read_block(self, block: int, place: int, count: int) -> bytes:
        sector = self.table[block]
        if sector == _NOT_THERE:
            return bytes(count)
        at = sector * SECTOR_BYTES + self.bitmap_bytes + place
        return self.content[at : at + count].ljust(count, b"\x00")


@dataclass(frozen=True, slots=True)
class Volume:
    """A part of a disk with a file system on it, if it is one."""

    disk: Disk
    start: int

    def read(self, start: int, size: int) -> bytes:
        """Give bytes; fewer where the disk ends."""
        return self.disk.read(self.start + start, size) if start >= 0 else b""


@dataclass(frozen=True, slots=True)
class DiskFile:
    """One file; `read` gives at most so many bytes of it, and nothing is read before."""

    name: str  # with its folders, parted by slashes
    size_bytes: int  # as the file system says
    read: Callable[[int], bytes] = field(repr=False)


def open_disk(content: bytes) -> Disk:
    """Give the disk that a file shows: its own bytes, or those that the tables of a dynamic VHD lead to."""
    footer = content[-_FOOTER_BYTES:] if content[-_FOOTER_BYTES:].startswith(b"conectix") else content[:_FOOTER_BYTES]
    if not footer.startswith(b"conectix") or int.from_bytes(footer[60:64], "big") != _DYNAMIC:
        return FlatDisk(content)
    head = int.from_bytes(footer[16:24], "big")
    header = content[head : head + 1_024]
    table_at = int.from_bytes(header[16:24], "big")
    block_bytes = int.from_bytes(header[32:36], "big")
    count = min(int.from_bytes(header[28:32], "big"), MAX_BLOCKS)
    if not header.startswith(b"cxsparse") or block_bytes < SECTOR_BYTES or block_bytes % SECTOR_BYTES:
        return FlatDisk(content)
    raw = content[table_at : table_at + 4 * count]
    table = tuple(int.from_bytes(raw[at : at + 4], "big") for at in range(0, len(raw) - 3, 4))
    bitmap_bytes = -(-block_bytes // SECTOR_BYTES // 8 // SECTOR_BYTES) * SECTOR_BYTES
    return BlockDisk(content, block_bytes, table, max(bitmap_bytes, SECTOR_BYTES))


def find_volumes(disk: Disk) -> Iterator[Volume]:
    """Give the whole disk first, for it may be one volume, then its partitions."""
    yield Volume(disk, 0)
    record = disk.read(0, SECTOR_BYTES)
    if record[510:512] != b"\x55\xaa":
        return
    for entry in (record[at : at + 16] for at in range(446, 510, 16)):
        start = int.from_bytes(entry[8:12], "little") * SECTOR_BYTES
        if entry[4] == _PROTECTIVE:
            yield from _find_gpt(disk)
        elif entry[4] in _EXTENDED:
            yield from _find_logical(disk, start)
        elif entry[4] and start:
            yield Volume(disk, start)


def _find_gpt(disk: Disk) -> Iterator[Volume]:
    header = disk.read(SECTOR_BYTES, SECTOR_BYTES)
    at = int.from_bytes(header[72:80], "little") * SECTOR_BYTES
    count, size = (int.from_bytes(header[place : place + 4], "little") for place in (80, 84))
    if not header.startswith(b"EFI PART") or not 128 <= size <= 4_096:  # noqa: PLR2004 - UEFI §5.3.2
        return
    for number in range(min(count, MAX_PARTITIONS)):
        entry = disk.read(at + number * size, 128)
        if entry[:16].strip(b"\x00"):
            yield Volume(disk, int.from_bytes(entry[32:40], "little") * SECTOR_BYTES)


def _find_logical(disk: Disk, base: int) -> Iterator[Volume]:
    """Follow the chain of records in an extended partition."""
    at = base
    for _ in range(MAX_PARTITIONS):
        record = disk.read(at, SECTOR_BYTES)
        if record[510:512] != b"\x55\xaa":
            return
        start, following = (int.from_bytes(record[place : place + 4], "little") for place in (454, 470))
        if record[450] and start:
            yield Volume(disk, at + start * SECTOR_BYTES)
        if not following:
            return
        at = base + following * SECTOR_BYTES
