"""What a disk image shows as a disk: the bytes behind a virtual disk's tables, and the volumes on it.

Standards: the Virtual Hard Disk Image Format Specification (Microsoft, 2006), [MS-VHDX], UEFI §5.3 (GPT).
Trust: every number comes from a stranger; what leads outside gives nothing.
Fails: never.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

SECTOR_BYTES = 512
MAX_BLOCKS = 1 << 18
MAX_PARTITIONS = 128
_FOOTER_BYTES = 512
_DYNAMIC = 3
_NOT_THERE = 0xFFFFFFFF
_MEGABYTE = 1 << 20
_REGION_TABLES = (192 * 1024, 256 * 1024)
MAX_REGIONS = 16
_THERE = frozenset({6, 7})  # states of a block: whole, or in part
_BLOCK_TABLE = bytes.fromhex("6677c22d23f600429d64115e9bfd4a08")
_METADATA = bytes.fromhex("06a27c8b90479a4bb8fe575f050f886e")
_PARAMETERS = bytes.fromhex("3767a1ca36fa434db3b633f0aa44e76b")
_SECTOR_SIZE = bytes.fromhex("1dbf41816fa90947ba47f233a8faab5f")
_EXTENDED = frozenset({0x05, 0x0F, 0x85})
_PROTECTIVE = 0xEE


class TooManyEntriesError(Exception):
    """A volume has more files or folders than are looked at."""


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
    places: tuple[int, ...]  # where in the file each block lies, -1 for one that is not there

    def read(self, start: int, size: int) -> bytes:
        """Give bytes, zeros where a block is not there; fewer where the disk ends."""
        pieces = []
        while size > 0 and 0 <= start < len(self.places) * self.block_bytes:
            block, place = divmod(start, self.block_bytes)
            count = min(size, self.block_bytes - place)
            pieces.append(self._read_block(block, place, count))
            start, size = start + count, size - count
        return b"".join(pieces)

    def _read_block(self, block: int, start: int, count: int) -> bytes:
        at = self.places[block]
        return self.content[at + start : at + start + count].ljust(count, b"\x00") if at >= 0 else bytes(count)


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
    is_closed: bool = False  # encrypted, or kept in a way that is not undone here


def open_disk(content: bytes) -> Disk:
    """Give the disk that a file shows: its own bytes, or those that the tables of a VHD or VHDX lead to."""
    if content.startswith(b"vhdxfile"):
        return _open_vhdx(content) or FlatDisk(content)
    return _open_vhd(content) or FlatDisk(content)


def _open_vhd(content: bytes) -> Disk | None:
    footer = content[-_FOOTER_BYTES:] if content[-_FOOTER_BYTES:].startswith(b"conectix") else content[:_FOOTER_BYTES]
    if not footer.startswith(b"conectix") or int.from_bytes(footer[60:64], "big") != _DYNAMIC:
        return None
    head = int.from_bytes(footer[16:24], "big")
    header = content[head : head + 1_024]
    table_at = int.from_bytes(header[16:24], "big")
    block_bytes = int.from_bytes(header[32:36], "big")
    count = min(int.from_bytes(header[28:32], "big"), MAX_BLOCKS)
    if not header.startswith(b"cxsparse") or block_bytes < SECTOR_BYTES or block_bytes % SECTOR_BYTES:
        return None
    bitmap_bytes = -(-block_bytes // SECTOR_BYTES // 8 // SECTOR_BYTES) * SECTOR_BYTES  # in front of each block
    sectors = _read_numbers(content[table_at : table_at + 4 * count], 4, "big")
    return BlockDisk(
        content,
        block_bytes,
        tuple(-1 if sector == _NOT_THERE else sector * SECTOR_BYTES + bitmap_bytes for sector in sectors),
    )


def _open_vhdx(content: bytes) -> Disk | None:
    regions = dict(_list_regions(content))
    table, metadata = (regions.get(identity, b"") for identity in (_BLOCK_TABLE, _METADATA))
    items = {metadata[at : at + 16]: metadata[at + 16 : at + 20] for at in range(32, 32 + 32 * 64, 32)}
    block_bytes, sector_bytes = (
        int.from_bytes(metadata[at : at + 4], "little")
        for at in (int.from_bytes(items.get(item, b""), "little") for item in (_PARAMETERS, _SECTOR_SIZE))
    )
    if not block_bytes or block_bytes % _MEGABYTE or sector_bytes not in (512, 4_096):
        return None
    in_a_row = max(1, (1 << 23) * sector_bytes // block_bytes)  # then comes the place of a bitmap
    entries = _read_numbers(table[: 8 * MAX_BLOCKS], 8, "little")
    blocks = (entry for number, entry in enumerate(entries) if number % (in_a_row + 1) != in_a_row)
    return BlockDisk(content, block_bytes, tuple(entry & -_MEGABYTE if entry & 7 in _THERE else -1 for entry in blocks))


def _list_regions(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give the parts of a VHDX by their identities, from the first table of them that is one."""
    start = next((at for at in _REGION_TABLES if content.startswith(b"regi", at)), len(content))
    for at in range(start + 16, start + 16 + 32 * MAX_REGIONS, 32):
        place, size = (
            int.from_bytes(content[at + 16 : at + 24], "little"),
            int.from_bytes(content[at + 24 : at + 28], "little"),
        )
        yield content[at : at + 16], content[place : place + size]


def _read_numbers(raw: bytes, size: int, order: Literal["big", "little"]) -> Iterator[int]:
    return (int.from_bytes(raw[at : at + size], order) for at in range(0, len(raw) - size + 1, size))


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
