"""Read the streams of a compound file, never more in all than a few times what it weighs.

Standards: MS-CFB 2.6 (directory entries).
Trust: the file is a stranger's; sectors may be shared by streams, and chains may lie.
Fails: an OSError of olefile for what is no compound file; LimitReachedError past the budget, and for one that claims
more than is there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

import olefile

from gatepost.message.attachments.desk import LimitReachedError

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BUDGET_FACTOR = 3  # streams may be read again and again, but not without end
BUDGET_FLOOR_BYTES = 4 * 1024 * 1024
_SECTOR_SHIFTS = (b"\x09\x00\x06\x00", b"\x0c\x00\x06\x00")
MAX_ENTRIES = 20_000

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Storage:
    """A folder of a compound file; `clsid` says which program an object in it belongs to, "" for none."""

    path: Path
    clsid: str


class CompoundFile:
    """The streams and storages of one compound file; what cannot be read is empty, and `is_damaged` says so."""

    def __init__(self, content: bytes) -> None:
        if content[30:34] not in _SECTOR_SHIFTS:
            raise OSError("no compound file has such sectors")
        if int.from_bytes(content[44:48], "little") << content[30] > len(content):
            raise LimitReachedError  # its table of sectors (MS-CFB §2.2) is larger than the file; olefile gathers it
        self._ole = olefile.OleFileIO(BytesIO(content))
        self._budget = BUDGET_FACTOR * len(content) + BUDGET_FLOOR_BYTES
        most = len(content) // self._ole.sector_size  # olefile believes a header that claims more, and goes round in it
        self.is_damaged = self._ole.num_mini_fat_sectors > most
        self._ole.num_mini_fat_sectors = min(self._ole.num_mini_fat_sectors, most)
        self._read: dict[Path, bytes] = {}
        self.paths: tuple[Path, ...] = tuple(map(tuple, self._ole.listdir()))[:MAX_ENTRIES]

    def read(self, path: Path) -> bytes:
        """Give the content of a stream."""
        if path not in self._read:
            self._budget -= self.measure(path) if self.has(*path) else 0
            if self._budget < 0:
                raise LimitReachedError
            self._read[path] = self._read_whole(path)
        return self._read[path]

    def _read_whole(self, path: Path) -> bytes:
        try:
            return bytes(self._ole.openstream(list(path)).read())
        except Exception:  # noqa: BLE001 - one broken stream must not keep the others from being seen
            self.is_damaged = True
            return b""

    def measure(self, path: Path) -> int:
        """Give the size that the directory tells for a stream, in bytes."""
        return int(self._ole.get_size(list(path)))

    def find(self, name: str) -> Iterator[Path]:
        """Give the streams of a name, wherever they lie; names have no case."""
        folded = name.casefold()
        return (path for path in self.paths if path[-1].casefold() == folded)

    def has(self, *path: str) -> bool:
        """Say whether there is a stream or storage of this path."""
        return bool(self._ole.exists(list(path)))

    def runs_in_circles(self) -> bool:
        """Say whether a chain of sectors leads back into itself; whoever follows it to its end never gets there."""
        entries = [entry for entry in self._ole.direntries if entry is not None and entry.size]
        large = [entry.isectStart for entry in entries if not entry.is_minifat]
        small = [entry.isectStart for entry in entries if entry.is_minifat]
        if small and not self._ole.minifat:
            self._ole.loadminifat()
        return _has_circle(large, self._ole.fat) or _has_circle(small, self._ole.minifat or ())

    @property
    def storages(self) -> Iterator[Storage]:
        """Give the root and all folders in it."""
        yield Storage((), str(self._ole.root.clsid or "").upper())
        for path in map(tuple, self._ole.listdir(streams=False, storages=True)):
            yield Storage(path, str(self._ole.getclsid(list(path)) or "").upper())


def _has_circle(starts: Iterable[int], table: Sequence[int]) -> bool:
    """Follow all chains, each sector once."""
    reached_by: dict[int, int] = {}
    for chain, start in enumerate(starts):
        sector = start
        while sector < len(table) and sector not in reached_by:
            reached_by[sector] = chain
            sector = table[sector]
        if reached_by.get(sector) == chain:
            return True
    return False
