"""Archives and disk images whose signature stands deep in the file or at its end.

Standards: POSIX.1-2024 pax (ustar header), ECMA-119 §8.1 (ISO 9660), ECMA-167 §3/9.1 (UDF), the VHD Image Format
Specification (footer), UEFI §5 (GPT).
Trust: the content comes from a stranger.
Fails: never.
"""

from collections.abc import Iterator

from gatepost.model.file_kinds import FileKind

TAR_BLOCK_BYTES = 512
_SECTOR_BYTES = 2_048
_DESCRIPTORS_START = 16 * _SECTOR_BYTES
_MAX_DESCRIPTORS = 16
_RAW_DESCRIPTORS = (16 * 2_352 + 16, 16 * 2_352 + 24)  # in the image of a CD with all bytes of its sectors
_UDF_MARKS = (b"NSR02", b"NSR03")
_FILE_SYSTEMS = (  # where, what
    (3, b"NTFS    "),
    (3, b"EXFAT   "),
    (54, b"FAT12   "),
    (54, b"FAT16   "),
    (82, b"FAT32   "),
    (TAR_BLOCK_BYTES, b"EFI PART"),
    (1_024, b"H+\x00\x04"),
    (1_024, b"HX\x00\x05"),
    (32, b"NXSB"),
    (64, b"\x7f\x10\xda\xbe"),  # VirtualBox
)
_EXT_PLACE, _EXT_MARK = 1_080, b"\x53\xef"
_EXT_STATES = frozenset(range(1, 8))


def detect_by_depth(content: bytes) -> Iterator[FileKind]:
    """Give the kinds that are known by what stands further in, or at the end."""
    if is_tar(content):
        yield FileKind.TAR
    if len(content) > _DESCRIPTORS_START:
        yield from _detect_optical(content)
    if len(content) >= TAR_BLOCK_BYTES:
        yield from _detect_by_end(content)
        if _is_disk(content):
            yield FileKind.DISK_IMAGE


def is_tar(content: bytes) -> bool:
    """Say whether the first block is the header of a tar archive: by its mark, or, before POSIX, by its checksum."""
    block = content[:TAR_BLOCK_BYTES]
    if block[257:262] == b"ustar":
        return True
    try:
        stated = int(block[148:156].strip(b"\x00 "), 8)
    except ValueError:
        return False
    return len(block) == TAR_BLOCK_BYTES and stated == sum(block) - sum(block[148:156]) + 8 * 0x20


def _detect_optical(content: bytes) -> Iterator[FileKind]:
    marks = [
        content[start + 1 : start + 6]
        for start in range(_DESCRIPTORS_START, _DESCRIPTORS_START + _MAX_DESCRIPTORS * _SECTOR_BYTES, _SECTOR_BYTES)
    ]
    if b"CD001" in marks or any(content.startswith(b"CD001", at + 1) for at in _RAW_DESCRIPTORS):
        yield FileKind.ISO
    if any(mark in marks for mark in _UDF_MARKS):
        yield FileKind.UDF


def _detect_by_end(content: bytes) -> Iterator[FileKind]:
    if content.startswith(b"conectix", len(content) - 512) or content.startswith(b"conectix", len(content) - 511):
        yield FileKind.VHD
    if content.startswith(b"koly\x00\x00\x00\x04", len(content) - 512):
        yield FileKind.DMG


def _is_disk(content: bytes) -> bool:
    if any(content.startswith(mark, place) for place, mark in _FILE_SYSTEMS):
        return True
    if content[_EXT_PLACE : _EXT_PLACE + 2] == _EXT_MARK:
        return content[_EXT_PLACE + 2] in _EXT_STATES and content[_EXT_PLACE + 3] == 0
    return content[510:512] == b"\x55\xaa" and _has_partitions(content)


def _has_partitions(content: bytes) -> bool:
    """Ask for four entries that are marked as a boot record marks them, and one that is used."""
    entries = [content[start : start + 16] for start in range(446, 510, 16)]
    is_marked = all(entry[0] in (0, 0x80) for entry in entries)
    return is_marked and any(entry[4] and entry[12:16] != bytes(4) for entry in entries)
