"""Programs by their headers: Windows, DOS, macOS and Java, whose first bytes alone say too little.

Standards: the PE Format of Microsoft (MS-DOS stub, signature, section table).
Trust: the content comes from a stranger.
Fails: never.
"""

from gatepost.model.file_kinds import FileKind

MAX_SECTIONS = 96  # more than Windows loads
MAX_FAT_PARTS = 40  # a universal program of macOS has a few; the same place in a Java class is its version, 45 or more
DOS_HEADER_BYTES = 28
_OFFSET_PLACE = 0x3C
_PAGE_BYTES = 512
_SECTION_BYTES = 40
_NEW_HEADERS = frozenset({b"NE", b"LE", b"LX"})  # 16-bit Windows, OS/2 and drivers


def detect_dos_or_windows(content: bytes) -> FileKind | None:
    """Tell a program for Windows from one for DOS, and both from what only begins with their letters."""
    offset = int.from_bytes(content[_OFFSET_PLACE : _OFFSET_PLACE + 4], "little")
    if content[:2] == b"MZ" and content[offset : offset + 4] == b"PE\x00\x00":
        return FileKind.PE
    if content[offset : offset + 2] in _NEW_HEADERS and offset >= DOS_HEADER_BYTES:
        return FileKind.DOS_PROGRAM
    return FileKind.DOS_PROGRAM if _is_dos_header(content) else None


def _is_dos_header(content: bytes) -> bool:
    """Ask for numbers that a loader can use: a length, and a header that is in the file."""
    if len(content) < DOS_HEADER_BYTES:
        return False
    last_page_bytes = int.from_bytes(content[2:4], "little")
    pages = int.from_bytes(content[4:6], "little")
    header_bytes = 16 * int.from_bytes(content[8:10], "little")
    return last_page_bytes < _PAGE_BYTES and pages > 0 and DOS_HEADER_BYTES < header_bytes <= len(content)


def detect_fat_or_class(content: bytes) -> FileKind | None:
    """Tell a universal program of macOS from a Java class: both begin with the same four bytes."""
    number = int.from_bytes(content[4:8], "big")
    if 0 < number <= MAX_FAT_PARTS:
        return FileKind.MACH_O
    return FileKind.JAVA_CLASS if content[6:7] == b"\x00" and len(content) > 8 else None  # noqa: PLR2004


def find_overlay(content: bytes) -> int:
    """Give where a program for Windows ends by its section table: what follows is not loaded; -1 where none is."""
    header = int.from_bytes(content[_OFFSET_PLACE : _OFFSET_PLACE + 4], "little")
    count = int.from_bytes(content[header + 6 : header + 8], "little")
    optional_bytes = int.from_bytes(content[header + 20 : header + 22], "little")
    table = header + 24 + optional_bytes
    end = table + _SECTION_BYTES * min(count, MAX_SECTIONS)
    for start in range(table, end, _SECTION_BYTES):
        size = int.from_bytes(content[start + 16 : start + 20], "little")
        place = int.from_bytes(content[start + 20 : start + 24], "little")
        end = max(end, place + size if size else 0)
    return end if end < len(content) else -1
