"""Reads the files of a UDF image: what Windows shows when it mounts one, even where an ISO 9660 list stands beside it.

Standards: ECMA-167 3rd edition §3/10, §4/14 (descriptors), UDF 1.02 to 2.01 (one partition, without a map of its own).
Trust: the image comes from a stranger; every number in it is held against the bytes that are there.
Fails: UnknownLayoutError where no root folder is found, TooManyMembersError behind MAX_FILES entries.
A file whose pieces are not understood has fewer bytes than it says.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gatepost.message.attachments.archives.libarchive import TooManyMembersError
from gatepost.message.attachments.archives.names import decode_name

MAX_FILES = 5_000
MAX_EXTENTS = 10_000  # of one file
_SECTOR = 2_048
_ANCHOR_SECTOR = 256
_MAX_DESCRIPTORS = 64
_PARTITION, _LOGICAL_VOLUME, _END = 5, 6, 8
_FILE_SET, _NAME, _ENTRY, _LONG_ENTRY = 256, 257, 261, 266
_ANCHOR = 2
_FOLDER_TYPE = 4
_DELETED, _PARENT = 0x04, 0x08
_SHORT, _LONG, _EMBEDDED = 0, 1, 3
_NAME_BYTES = 38  # of a name's descriptor, without what varies
_RECORDED = 0
_LENGTH_MASK = 0x3FFFFFFF
_WIDE = 16


class UnknownLayoutError(Exception):
    """There is no root folder where one is looked for: an image may be built in other ways than are read here."""


@dataclass(frozen=True, slots=True)
class UdfFile:
    """One file; its content is in these pieces of the image, as (start, length)."""

    name: str
    size_bytes: int
    pieces: tuple[tuple[int, int], ...]


def read_udf(content: bytes) -> Iterator[UdfFile]:
    """Give the files of an image, each with its path."""
    image = _Image(content)
    root = image.find_root()
    if root is None:
        raise UnknownLayoutError
    yield from image.list_folder(root)


class _Image:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._partition_at = 0
        self._file_set_at = -1
        self._left = MAX_FILES
        self._seen: set[int] = set()
        self._folder_bytes_left = 2 * len(content)  # folders may be made to share their bytes
        self._read_volume()

    def _number(self, at: int, size: int) -> int:
        return int.from_bytes(self._content[at : at + size], "little")

    def _tag(self, at: int) -> int:
        return self._number(at, 2) if 0 <= at < len(self._content) else -1

    def _block(self, number: int) -> int:
        return self._partition_at + number * _SECTOR

    def _read_volume(self) -> None:
        """Follow the anchor to the descriptors of the volume."""
        anchor = _ANCHOR_SECTOR * _SECTOR
        if self._tag(anchor) != _ANCHOR:
            return
        length, first = self._number(anchor + 16, 4), self._number(anchor + 20, 4)
        for number in range(min(length // _SECTOR, _MAX_DESCRIPTORS)):
            at = (first + number) * _SECTOR
            tag = self._tag(at)
            if tag == _PARTITION:
                self._partition_at = self._number(at + 188, 4) * _SECTOR
            elif tag == _LOGICAL_VOLUME:
                self._file_set_at = self._number(at + 252, 4)
            elif tag == _END:
                return

    def find_root(self) -> int | None:
        """Give where the entry of the root folder stands."""
        at = self._block(self._file_set_at) if self._file_set_at >= 0 else -1
        root = self._block(self._number(at + 404, 4)) if self._tag(at) == _FILE_SET else -1
        return root if self._tag(root) in (_ENTRY, _LONG_ENTRY) else None

    def list_folder(self, root: int) -> Iterator[UdfFile]:
        """Give all files below a folder."""
        waiting = [(root, "")]
        while waiting:
            entry_at, path = waiting.pop()
            if entry_at in self._seen:
                continue
            self._seen.add(entry_at)
            for name, place in self._list_names(self._join(self._find_pieces(entry_at))):
                self._left -= 1
                if self._left < 0:
                    raise TooManyMembersError
                if self._number(place + 27, 1) == _FOLDER_TYPE:
                    waiting.append((place, f"{path}{name}/"))
                elif self._tag(place) in (_ENTRY, _LONG_ENTRY):
                    yield UdfFile(path + name, self._number(place + 56, 8), self._find_pieces(place))
                else:
                    yield UdfFile(path + name, 1, ())  # an entry of another kind

    def _list_names(self, folder: bytes) -> Iterator[tuple[str, int]]:
        """Give the names in a folder, and where the entry of each stands."""
        at = 0
        while at + _NAME_BYTES <= len(folder) and int.from_bytes(folder[at : at + 2], "little") == _NAME:
            flags, length = folder[at + 18], folder[at + 19]
            block = int.from_bytes(folder[at + 24 : at + 28], "little")
            start = at + _NAME_BYTES + int.from_bytes(folder[at + 36 : at + 38], "little")
            if not flags & (_DELETED | _PARENT):
                yield _decode(folder[start : start + length]), self._block(block)
            at += -(-(start + length - at) // 4) * 4

    def _find_pieces(self, entry_at: int) -> tuple[tuple[int, int], ...]:
        """Give where the content of a file stands: in its entry, or in extents of the partition."""
        tag = self._tag(entry_at)
        if tag not in (_ENTRY, _LONG_ENTRY):
            return ()
        head = 168 if tag == _ENTRY else 208
        start = entry_at + head + 8 + self._number(entry_at + head, 4)
        length, size = self._number(entry_at + head + 4, 4), self._number(entry_at + 56, 8)
        way = self._number(entry_at + 34, 2) & 7
        if way == _EMBEDDED:
            return ((start, min(length, size)),)
        return tuple(self._follow(start, length, size, 8 if way == _SHORT else 16)) if way in (_SHORT, _LONG) else ()

    def _follow(self, start: int, length: int, size: int, step: int) -> Iterator[tuple[int, int]]:
        for at in range(start, min(start + length, start + step * MAX_EXTENTS), step):
            extent = self._number(at, 4)
            if not extent or extent >> 30 != _RECORDED or size <= 0:
                return
            yield self._block(self._number(at + 4, 4)), min(extent & _LENGTH_MASK, size)
            size -= extent & _LENGTH_MASK

    def _join(self, pieces: tuple[tuple[int, int], ...]) -> bytes:
        joined = b"".join(self._content[start : start + length] for start, length in self._afford(pieces))
        self._folder_bytes_left -= len(joined)
        return joined

    def _afford(self, pieces: tuple[tuple[int, int], ...]) -> Iterator[tuple[int, int]]:
        left = self._folder_bytes_left
        for start, length in pieces:
            if length > left:
                raise TooManyMembersError
            yield start, length
            left -= length


def read_pieces(content: bytes, file: UdfFile, room_bytes: int) -> tuple[bytes, bool]:
    """Give the content of a file, at most so much, and whether that is all."""
    found: list[bytes] = []
    room = room_bytes
    for start, length in file.pieces:
        piece = content[start : start + min(length, room)]
        found.append(piece)
        room -= len(piece)
        if len(piece) < min(length, max(0, len(content) - start)):
            return b"".join(found), False
    return b"".join(found), True


def _decode(raw: bytes) -> str:
    """Read a name: a first byte tells whether letters have one byte or two."""
    if raw[:1] == bytes((_WIDE,)):
        return raw[1:].decode("utf-16-be", "replace")
    return raw[1:].decode("latin-1") if raw else decode_name(raw)
