"""Reads the headers of RAR archives: flags, the names of files that are encrypted, and the comment.

Source: the technical notes that RARLAB publishes on both formats.
Trust: the archive comes from a stranger.
Fails: never; what is not understood ends the list. At most MAX_BLOCKS blocks are read.
"""

from dataclasses import dataclass

from gatepost.message.attachments.archives.names import decode_name

RAR4, RAR5 = b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"
MAX_BLOCKS = 2_000
_MAIN4, _FILE4, _END4 = 0x73, 0x74, 0x7B
_VOLUME4, _NAMES_ENCRYPTED4, _HAS_DATA4, _IS_LARGE4, _HAS_UNICODE4, _ENCRYPTED4 = 0x1, 0x80, 0x8000, 0x100, 0x200, 0x4
_HEAD4_BYTES, _FILE4_BYTES, _LARGE4_BYTES = 7, 32, 8
MAX_COMMENT_BYTES = 64 * 1024
_MAIN5, _FILE5, _SERVICE5, _NAMES_ENCRYPTED5, _END5 = 1, 2, 3, 4, 5
_COMMENT5 = "CMT"
_HAS_EXTRA5, _HAS_DATA5, _HAS_TIME5, _HAS_CRC5, _VOLUME5 = 0x1, 0x2, 0x2, 0x4, 0x1
_ENCRYPTION_RECORD5 = 1
_MAX_SHIFT = 64
_MAX_HEADER_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RarHeaders:
    """What the headers of one archive say."""

    locked: frozenset[str] = frozenset()  # names of files that are encrypted; libarchive does not always tell
    is_volume: bool = False
    has_encrypted_names: bool = False
    comment: bytes = b""  # of the fifth format, for people, on the whole archive


def read_rar_headers(archive: bytes) -> RarHeaders:
    """Read the headers of an archive that begins with its mark; of anything else nothing."""
    if archive.startswith(RAR5):
        return _read_rar5(archive)
    return _read_rar4(archive) if archive.startswith(RAR4) else RarHeaders()


def _read_rar4(archive: bytes) -> RarHeaders:
    locked: set[str] = set()
    at, main_flags = len(RAR4), 0
    for _ in range(MAX_BLOCKS):
        if at + _HEAD4_BYTES > len(archive):
            break
        kind, flags, size = archive[at + 2], _word(archive, at + 3, 2), _word(archive, at + 5, 2)
        if kind == _MAIN4:
            main_flags = flags
        elif kind == _FILE4 and flags & _ENCRYPTED4:
            locked.add(_read_name4(archive, at, flags))
        if size < _HEAD4_BYTES or kind == _END4 or main_flags & _NAMES_ENCRYPTED4:
            break
        at += size + (_word(archive, at + 7, 4) if flags & _HAS_DATA4 else 0)
    return RarHeaders(frozenset(locked), bool(main_flags & _VOLUME4), bool(main_flags & _NAMES_ENCRYPTED4))


def _read_name4(archive: bytes, at: int, flags: int) -> str:
    start = at + _FILE4_BYTES + (_LARGE4_BYTES if flags & _IS_LARGE4 else 0)
    raw = archive[start : start + _word(archive, at + 26, 2)]
    return decode_name(raw.split(b"\x00")[0] if flags & _HAS_UNICODE4 else raw)


def _read_rar5(archive: bytes) -> RarHeaders:
    locked: set[str] = set()
    at, is_volume, comment = len(RAR5), False, b""
    for _ in range(MAX_BLOCKS):
        numbers = Numbers(archive, at + 4)
        size = numbers.take()
        block_end = numbers.at + size
        if not 0 < size <= _MAX_HEADER_BYTES or block_end > len(archive):
            break
        kind, flags = numbers.take(), numbers.take()
        extra = numbers.take() if flags & _HAS_EXTRA5 else 0
        data = numbers.take() if flags & _HAS_DATA5 else 0
        if kind == _NAMES_ENCRYPTED5:
            return RarHeaders(frozenset(locked), is_volume, has_encrypted_names=True)
        if kind == _MAIN5:
            is_volume = bool(numbers.take() & _VOLUME5)
        elif kind == _FILE5 and _is_encrypted5(archive, block_end - extra, block_end):
            locked.add(_read_name5(archive, numbers))
        elif kind == _SERVICE5 and _read_name5(archive, numbers) == _COMMENT5:
            comment = archive[block_end : block_end + min(data, MAX_COMMENT_BYTES)].rstrip(b"\x00")
        if kind == _END5:
            break
        at = block_end + data
    return RarHeaders(frozenset(locked), is_volume, comment=comment)


def _read_name5(archive: bytes, numbers: "Numbers") -> str:
    flags = numbers.take()
    numbers.take()  # size
    numbers.take()  # attributes
    numbers.at += 4 * (bool(flags & _HAS_TIME5) + bool(flags & _HAS_CRC5))
    numbers.take()  # compression
    numbers.take()  # system
    length = numbers.take()
    return decode_name(archive[numbers.at : numbers.at + length], is_utf8=True)


def _is_encrypted5(archive: bytes, start: int, end: int) -> bool:
    """Look for the record of encryption in the extra area of a file."""
    numbers = Numbers(archive, start)
    while 0 <= start <= numbers.at < end:
        size = numbers.take()
        record_at = numbers.at
        if numbers.take() == _ENCRYPTION_RECORD5:
            return True
        numbers.at = record_at + size
    return False


class Numbers:
    """Reads numbers of seven bits a byte, the lowest first."""

    def __init__(self, content: bytes, at: int) -> None:
        self._content = content
        self.at = at

    def take(self) -> int:
        """Give the next number; 0 behind the end."""
        value = shift = 0
        while self.at < len(self._content) and shift < _MAX_SHIFT:
            byte = self._content[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        return value


def _word(content: bytes, at: int, size: int) -> int:
    return int.from_bytes(content[at : at + size], "little")
