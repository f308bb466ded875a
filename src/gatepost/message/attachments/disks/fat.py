"""Reads the files of a FAT volume: FAT12, FAT16 and FAT32, with long names.

Standards: the FAT File System Specification (Microsoft, version 1.03).
Trust: every number comes from a stranger: chains may run in circles, and sizes may lie.
Fails: TooManyEntriesError at the end of what there is room for; what leads nowhere ends there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from gatepost.message.attachments.disks.volumes import DiskFile, TooManyEntriesError, Volume

MAX_ENTRIES = 20_000
MAX_FOLDERS = 2_000
MAX_LONG_NAME_ENTRIES = 20
MAX_FOLDER_BYTES = 2 * 1024 * 1024
MAX_ALL_FOLDERS_BYTES = 8 * 1024 * 1024
_FIRST_CLUSTER = 2
_ENTRY_BYTES = 32
_LONG_NAME, _LABEL, _FOLDER = 0x0F, 0x08, 0x10
_DELETED = 0xE5


@dataclass(frozen=True, slots=True)
class _Layout:
    volume: Volume
    cluster_bytes: int
    table_at: int
    data_at: int
    root_at: int  # of the fixed root folder; 0 in FAT32
    root_bytes: int
    root_cluster: int
    width: int  # bits of a number in the table
    clusters: int

    def holds(self, cluster: int) -> bool:
        """Say whether there is such a cluster."""
        return _FIRST_CLUSTER <= cluster < self.clusters + _FIRST_CLUSTER

    def follow(self, cluster: int) -> int:
        """Give the cluster after one, 0 at the end of its chain."""
        if self.width == 12:  # noqa: PLR2004 - FAT12
            pair = int.from_bytes(self.volume.read(self.table_at + cluster * 3 // 2, 2), "little")
            number = pair >> 4 if cluster & 1 else pair & 0xFFF
        else:
            size = self.width // 8
            number = int.from_bytes(self.volume.read(self.table_at + cluster * size, size), "little") & 0x0FFFFFFF
        return number if self.holds(number) else 0

    def read_chain(self, cluster: int, max_bytes: int) -> bytes:
        """Give the bytes of a chain of clusters."""
        pieces: list[bytes] = []
        left = max_bytes
        for _ in range(self.clusters):
            if not self.holds(cluster) or left <= 0:
                break
            piece = self.volume.read(
                self.data_at + (cluster - _FIRST_CLUSTER) * self.cluster_bytes, min(self.cluster_bytes, left)
            )
            if not piece:
                break
            pieces.append(piece)
            left -= len(piece)
            cluster = self.follow(cluster)
        return b"".join(pieces)


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    is_folder: bool
    cluster: int
    size_bytes: int


def read_fat(volume: Volume) -> Iterator[DiskFile] | None:
    """Give the files of a volume, None where it is no FAT."""
    layout = _read_layout(volume)
    return None if layout is None else _walk(layout)


def _read_layout(volume: Volume) -> _Layout | None:
    boot = volume.read(0, 512)
    if len(boot) < 90 or boot[0] not in (0xEB, 0xE9, 0x00):  # noqa: PLR2004 - as far as FAT32's fields go
        return None
    sector, per_cluster = int.from_bytes(boot[11:13], "little"), boot[13]
    if sector not in (512, 1_024, 2_048, 4_096) or not per_cluster or per_cluster & (per_cluster - 1):
        return None
    reserved, tables = int.from_bytes(boot[14:16], "little"), boot[16]
    root_entries = int.from_bytes(boot[17:19], "little")
    total = int.from_bytes(boot[19:21], "little") or int.from_bytes(boot[32:36], "little")
    table_sectors = int.from_bytes(boot[22:24], "little") or int.from_bytes(boot[36:40], "little")
    root_bytes = root_entries * _ENTRY_BYTES
    root_at = (reserved + tables * table_sectors) * sector
    data_at = root_at + -(-root_bytes // sector) * sector
    clusters = (total * sector - data_at) // (per_cluster * sector)
    if clusters <= 0 or not 1 <= tables <= 4 or not reserved:  # noqa: PLR2004 - two as a rule
        return None
    width = 12 if clusters < 4_085 else 16 if clusters < 65_525 else 32  # noqa: PLR2004 - by the standard
    if not root_entries:
        width = 32
    return _Layout(
        volume,
        per_cluster * sector,
        reserved * sector,
        data_at,
        root_at,
        root_bytes,
        int.from_bytes(boot[44:48], "little"),
        width,
        clusters,
    )


def _walk(layout: _Layout) -> Iterator[DiskFile]:
    waiting, seen = [("", layout.root_cluster)], {layout.root_cluster}
    left, room = MAX_ENTRIES, MAX_ALL_FOLDERS_BYTES
    while waiting:
        path, cluster = waiting.pop()
        folder = _read_folder(layout, path, cluster)
        room -= len(folder)
        for entry in _list_folder(folder, layout.width):
            left -= 1
            if left < 0 or room < 0 or len(seen) > MAX_FOLDERS:
                raise TooManyEntriesError
            if not entry.is_folder:
                yield DiskFile(path + entry.name, entry.size_bytes, partial(_read_file, layout, entry))
            elif entry.cluster not in seen:
                seen.add(entry.cluster)
                waiting.append((f"{path}{entry.name}/", entry.cluster))


def _read_folder(layout: _Layout, path: str, cluster: int) -> bytes:
    if layout.root_bytes and not path:
        return layout.volume.read(layout.root_at, layout.root_bytes)
    return layout.read_chain(cluster, MAX_FOLDER_BYTES)


def _read_file(layout: _Layout, entry: _Entry, max_bytes: int) -> bytes:
    return layout.read_chain(entry.cluster, min(entry.size_bytes, max_bytes))


def _list_folder(folder: bytes, width: int) -> Iterator[_Entry]:
    """Give each entry; those of deleted files are left out."""
    long_name: list[str] = []
    for at in range(0, len(folder) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        raw = folder[at : at + _ENTRY_BYTES]
        if not raw[0]:
            return
        if raw[0] != _DELETED and raw[11] & 0x3F == _LONG_NAME:
            long_name.append((raw[1:11] + raw[14:26] + raw[28:32]).decode("utf-16-le", "replace"))
            continue
        name = "".join(reversed(long_name[-MAX_LONG_NAME_ENTRIES:])).partition("\x00")[0] or _read_short_name(raw)
        long_name.clear()
        if raw[0] == _DELETED or raw[11] & _LABEL or name in (".", ".."):
            continue
        high = int.from_bytes(raw[20:22], "little") if width == 32 else 0  # noqa: PLR2004 - FAT32; else that is free
        cluster = high << 16 | int.from_bytes(raw[26:28], "little")
        yield _Entry(name, bool(raw[11] & _FOLDER), cluster, int.from_bytes(raw[28:32], "little"))


def _read_short_name(entry: bytes) -> str:
    stem = entry[:8].rstrip(b" ").decode("cp437")
    ending = entry[8:11].rstrip(b" ").decode("cp437")
    return f"{stem}.{ending}" if ending else stem
