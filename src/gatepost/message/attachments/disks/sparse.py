"""Virtual disks of other makers than Microsoft: VMDK of VMware, VDI of VirtualBox, QCOW2 of QEMU.

Source: the Virtual Disk Format 5.0 (VMware), the QCOW2 Image Format (QEMU), the header of VDI in VirtualBox.
Trust: every number comes from a stranger; what leads outside gives zeros.
Fails: never; None for what is not understood. No block is unpacked to more than its size.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from gatepost.message.attachments.disks.volumes import SECTOR_BYTES, Disk

VMDK, QCOW2, VDI = b"KDMV", b"QFI\xfb", b"\x7f\x10\xda\xbe"
VDI_AT = 0x40
MAX_BLOCK_BYTES = 4 * 1024 * 1024
MAX_DISK_BYTES = 1 << 41
_KEPT_BLOCKS = 16
_FOOTER_BYTES = 1_024  # of a VMDK that was written as a stream: its header again, and a mark for the end
_AT_THE_END = 0xFFFFFFFFFFFFFFFF
_PACKED_GRAINS = 1 << 16
_MARK_BYTES = 12  # in front of a packed grain: where it belongs, and its length
_VDI_NOT_THERE = 0xFFFFFFFE  # and one more: a block of zeros, a block that is not there
_QCOW_OFFSET, _QCOW_PACKED, _QCOW_ZERO = 0x00FFFFFFFFFFFE00, 1 << 62, 1
_QCOW_UNKNOWN = ~0x3  # features that change how data is read; the first two do not

_ReadBlock = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class MappedDisk:
    """A disk whose blocks are looked up one by one; `read_block` gives b"" for zeros."""

    size_bytes: int
    block_bytes: int
    read_block: _ReadBlock = field(repr=False)

    def read(self, start: int, size: int) -> bytes:
        """Give bytes; fewer where the disk ends."""
        pieces, end = [], min(start + size, self.size_bytes)
        while 0 <= start < end:
            block, place = divmod(start, self.block_bytes)
            count = min(end - start, self.block_bytes - place)
            pieces.append(self.read_block(block)[place : place + count].ljust(count, b"\x00"))
            start += count
        return b"".join(pieces)


def open_sparse(content: bytes) -> Disk | None:
    """Give the disk that a file of one of these formats shows; None where it is none, or nothing here reads it."""
    if content.startswith(VMDK):
        return _open_vmdk(content)
    if content.startswith(QCOW2):
        return _open_qcow2(content)
    return _open_vdi(content) if content.startswith(VDI, VDI_AT) else None


def _build(size_bytes: int, block_bytes: int, read_block: _ReadBlock) -> MappedDisk | None:
    if not SECTOR_BYTES <= block_bytes <= MAX_BLOCK_BYTES or not 0 < size_bytes <= MAX_DISK_BYTES:
        return None
    return MappedDisk(size_bytes, block_bytes, lru_cache(_KEPT_BLOCKS)(read_block))


def _open_vmdk(content: bytes) -> Disk | None:
    header = content
    if _little(header, 56, 8) == _AT_THE_END:
        header = content[-_FOOTER_BYTES:]
    flags, table_entries, directory = _little(header, 8, 4), _little(header, 44, 4), _little(header, 56, 8)
    grain_bytes = _little(header, 20, 8) * SECTOR_BYTES
    is_packed = flags & _PACKED_GRAINS

    def read_block(block: int) -> bytes:
        table, number = divmod(block, table_entries)
        table_at = _little(content, directory * SECTOR_BYTES + 4 * table, 4) * SECTOR_BYTES
        place = _little(content, table_at + 4 * number, 4) if table_at else 0
        if place <= 1:  # not there, or zeros
            return b""
        at = place * SECTOR_BYTES
        if not is_packed:
            return content[at : at + grain_bytes]
        size = _little(content, at + 8, 4)
        return _inflate(content[at + _MARK_BYTES : at + _MARK_BYTES + size], grain_bytes, zlib.MAX_WBITS)

    if not header.startswith(VMDK) or not table_entries:
        return None
    return _build(_little(header, 12, 8) * SECTOR_BYTES, grain_bytes, read_block)


def _open_vdi(content: bytes) -> Disk | None:
    table_at, data_at = _little(content, 0x154, 4), _little(content, 0x158, 4)
    block_bytes, extra_bytes = _little(content, 0x178, 4), _little(content, 0x17C, 4)

    def read_block(block: int) -> bytes:
        place = _little(content, table_at + 4 * block, 4)
        at = data_at + place * (block_bytes + extra_bytes) + extra_bytes
        return content[at : at + block_bytes] if place < _VDI_NOT_THERE else b""

    return _build(_little(content, 0x170, 8), block_bytes, read_block)


def _open_qcow2(content: bytes) -> Disk | None:
    version, bits, crypt = _big(content, 4, 4), _big(content, 20, 4), _big(content, 32, 4)
    features = _big(content, 72, 8) if version > 2 else 0  # noqa: PLR2004 - they are told from the third version on
    if version not in (2, 3) or crypt or not 9 <= bits <= 21 or features & _QCOW_UNKNOWN:  # noqa: PLR2004 - as the format has it
        return None
    cluster_bytes, first_table = 1 << bits, _big(content, 40, 8)
    shift = 62 - (bits - 8)

    def read_block(block: int) -> bytes:
        upper, lower = divmod(block, cluster_bytes // 8)
        table_at = _big(content, first_table + 8 * upper, 8) & _QCOW_OFFSET
        entry = _big(content, table_at + 8 * lower, 8) if table_at else 0
        if entry & _QCOW_PACKED:
            at = entry & (1 << shift) - 1
            sectors = (entry >> shift & (1 << bits - 8) - 1) + 1
            return _inflate(content[at : at - at % SECTOR_BYTES + sectors * SECTOR_BYTES], cluster_bytes, -12)
        at = entry & _QCOW_OFFSET
        return content[at : at + cluster_bytes] if at and not entry & _QCOW_ZERO else b""

    return _build(_big(content, 24, 8), cluster_bytes, read_block)


def _inflate(packed: bytes, size_bytes: int, window_bits: int) -> bytes:
    try:
        return zlib.decompressobj(window_bits).decompress(packed, size_bytes)
    except zlib.error:
        return b""


def _little(content: bytes, at: int, size: int) -> int:
    return int.from_bytes(content[at : at + size], "little")


def _big(content: bytes, at: int, size: int) -> int:
    return int.from_bytes(content[at : at + size], "big")
