"""Reads the records that a ZIP archive is made of, each by itself; what they mean together is zip_layout's.

Standards: APPNOTE.TXT 6.3.10 §4.3.7 (local header), §4.3.9 (data descriptor), §4.3.12 (central directory), §4.3.14-16
(end records), §4.5.3 (ZIP64), §4.6.9 (Unicode path).
Trust: every number in it is a stranger's.
Fails: never; None stands for what is not there.
"""

import struct
import zlib
from dataclasses import dataclass, replace

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
END64, LOCATOR, DESCRIPTOR = b"PK\x06\x06", b"PK\x06\x07", b"PK\x07\x08"
ENCRYPTED, HAS_DESCRIPTOR, STRONG, UTF8, MASKED = 0x1, 0x8, 0x40, 0x800, 0x2000  # bits of `flags`
STORED, DEFLATED, AES = 0, 8, 99
IN_ZIP64, IN_ZIP64_SHORT = 0xFFFFFFFF, 0xFFFF
ZIP64_EXTRA, UNICODE_PATH_EXTRA, AES_EXTRA = 0x0001, 0x7075, 0x9901

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_END64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR = struct.Struct("<4sIQI")
_EXTRA = struct.Struct("<HH")
_UNIX = 3
_MODE_TYPE, _MODE_LINK = 0o170000, 0o120000
_UNICODE_PATH_HEAD_BYTES = 5
_DISK_BYTES = 4  # behind the numbers of a ZIP64 field


@dataclass(frozen=True, slots=True)
class Header:
    """A local header, or an entry of the central directory; ZIP64 sizes are put in where the header asks for them."""

    at: int  # where it begins
    end: int  # where it ends; the data of a local one begins there
    name: bytes
    extra: bytes
    flags: int
    method: int
    time: int
    crc: int
    packed_bytes: int
    size_bytes: int
    local_at: int  # where a central one says that its local one is
    is_link: bool = False
    is_zip64_odd: bool = False  # its ZIP64 field says what the header does not ask for

    @property
    def is_encrypted(self) -> bool:
        """Say whether the header tells of encryption."""
        return bool(self.flags & ENCRYPTED)


@dataclass(frozen=True, slots=True)
class End:
    """The end of a central directory, by the record at `at` and its ZIP64 form where it asks for it."""

    at: int
    end: int  # of the record with its comment
    comment_at: int
    directory_end: int  # where the directory must have ended
    directory_at: int  # as declared
    directory_bytes: int
    count: int
    disk: int  # 0 where the archive is one file
    is_odd: bool = False  # its ZIP64 form is missing, elsewhere, or says otherwise


def read_local(content: bytes, at: int) -> Header | None:
    """Read a local header."""
    if not content.startswith(LOCAL, at) or at + _LOCAL.size > len(content):
        return None
    _, _, flags, method, time, _, crc, packed, size, name_bytes, extra_bytes = _LOCAL.unpack_from(content, at)
    start = at + _LOCAL.size
    end = start + name_bytes + extra_bytes
    name, extra = content[start : start + name_bytes], content[start + name_bytes : end]
    return _widen(Header(at, end, name, extra, flags, method, time, crc, packed, size, at))


def read_central(content: bytes, at: int) -> Header | None:
    """Read an entry of a central directory."""
    if not content.startswith(CENTRAL, at) or at + _CENTRAL.size > len(content):
        return None
    fields = _CENTRAL.unpack_from(content, at)
    _, made_by, _, flags, method, time, _, crc, packed, size, name_bytes, extra_bytes, comment_bytes = fields[:13]
    mode, where = fields[15:]
    start = at + _CENTRAL.size
    middle = start + name_bytes
    end = middle + extra_bytes + comment_bytes
    is_link = made_by >> 8 == _UNIX and (mode >> 16) & _MODE_TYPE == _MODE_LINK
    name, extra = content[start:middle], content[middle : middle + extra_bytes]
    return _widen(Header(at, end, name, extra, flags, method, time, crc, packed, size, where, is_link))


def read_extras(extra: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Split an extra field into its parts; what is left over is no part."""
    found, at = [], 0
    while at + _EXTRA.size <= len(extra):
        kind, size = _EXTRA.unpack_from(extra, at)
        if at + _EXTRA.size + size > len(extra):
            break
        found.append((kind, extra[at + _EXTRA.size : at + _EXTRA.size + size]))
        at += _EXTRA.size + size
    return found, extra[at:]


def _widen(header: Header) -> Header:
    """Put ZIP64 sizes in (§4.5.3): only those that the header leaves to the extra field, in their order."""
    value = find_extra(header.extra, ZIP64_EXTRA)
    asked = [header.size_bytes == IN_ZIP64, header.packed_bytes == IN_ZIP64, header.local_at == IN_ZIP64]
    if value is None:
        return header
    if len(value) % 8 not in (0, _DISK_BYTES):
        header = replace(header, is_zip64_odd=True)
    numbers = [int.from_bytes(value[at : at + 8], "little") for at in range(0, len(value) - 7, 8)]
    if len(numbers) != sum(asked):
        given = (header.size_bytes, header.packed_bytes, header.local_at)
        return header if _says_the_same(numbers, given) and not any(asked) else replace(header, is_zip64_odd=True)
    left = iter(numbers)
    size, packed, local_at = (
        next(left) if is_asked else given
        for is_asked, given in zip(asked, (header.size_bytes, header.packed_bytes, header.local_at), strict=True)
    )
    return replace(header, size_bytes=size, packed_bytes=packed, local_at=local_at)


def _says_the_same(numbers: list[int], given: tuple[int, ...]) -> bool:
    """Say whether a ZIP64 field repeats the header's own sizes, or holds zeros as of a writer who streams."""
    return all(not number or number == own for number, own in zip(numbers, given, strict=False))


def find_extra(extra: bytes, kind: int) -> bytes | None:
    """Give the first part of this kind."""
    return next((value for found, value in read_extras(extra)[0] if found == kind), None) if extra else None


def read_unicode_path(header: Header) -> tuple[bytes, bool] | None:
    """Give the name in the Unicode path field, and whether it belongs to the header's name (§4.6.9)."""
    value = find_extra(header.extra, UNICODE_PATH_EXTRA)
    if value is None or len(value) < _UNICODE_PATH_HEAD_BYTES:
        return None
    return value[_UNICODE_PATH_HEAD_BYTES:], int.from_bytes(value[1:5], "little") == zlib.crc32(header.name)


def read_end(content: bytes, at: int) -> End | None:
    """Read an end record, and its ZIP64 form in front of it."""
    if not content.startswith(END, at) or at + _END.size > len(content):
        return None
    _, disk, start_disk, here, count, size, where, comment_bytes = _END.unpack_from(content, at)
    comment_at = at + _END.size
    plain = End(
        at, comment_at + comment_bytes, comment_at, at, where, size, count, max(disk, start_disk), here != count
    )
    locator_at = at - _LOCATOR.size
    if locator_at < 0 or not content.startswith(LOCATOR, locator_at):
        return replace(plain, is_odd=plain.is_odd or IN_ZIP64 in (size, where) or count == IN_ZIP64_SHORT > _most(size))
    return _read_end64(content, locator_at, plain)


def _most(directory_bytes: int) -> int:
    """Give how many entries a directory of so many bytes can hold."""
    return directory_bytes // _CENTRAL.size


def _read_end64(content: bytes, locator_at: int, plain: End) -> End:
    """Read the ZIP64 end record: where the locator says, or straight in front of the locator."""
    _, _, declared_at, disks = _LOCATOR.unpack_from(content, locator_at)
    at = locator_at - _END64.size
    if not content.startswith(END64, at) and declared_at + _END64.size <= locator_at:
        at = declared_at
    if at < 0 or not content.startswith(END64, at):
        return replace(plain, is_odd=True)
    _, record_bytes, _, _, disk, _, here, count, size, where = _END64.unpack_from(content, at)
    is_odd = record_bytes + 12 != locator_at - at or record_bytes + 12 != _END64.size or here != count
    is_odd = is_odd or declared_at != where + size or disks > 1
    is_odd = (
        is_odd or not _agree(plain.count, count, IN_ZIP64_SHORT) or not _agree(plain.directory_bytes, size, IN_ZIP64)
    )
    is_odd = is_odd or not _agree(plain.directory_at, where, IN_ZIP64)
    return replace(
        plain, directory_end=at, directory_at=where, directory_bytes=size, count=count, disk=disk, is_odd=is_odd
    )


def _agree(short: int, long: int, placeholder: int) -> bool:
    return short in (long, placeholder)


def find_descriptor_end(content: bytes, at: int, header: Header) -> int | None:
    """Give where a data descriptor ends that begins at `at` and says what `header` says; None where none does."""
    for signature in (DESCRIPTOR, b""):
        for layout in ("<III", "<IQQ"):
            numbers = struct.pack(layout, header.crc, header.packed_bytes, header.size_bytes)
            if content.startswith(signature + numbers, at):
                return at + len(signature) + len(numbers)
    return None
