"""Reads the files of an NTFS volume, and the second streams that files may have there.

Source: the descriptions of NTFS by the Linux-NTFS project (records, attributes, runs of clusters).
Trust: every number comes from a stranger: runs may lead anywhere, and sizes may lie.
Fails: TooManyEntriesError behind MAX_RECORDS; what leads nowhere ends there. What is compressed or encrypted,
or goes on in another record, is told as closed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from gatepost.message.attachments.disks.volumes import DiskFile, TooManyEntriesError, Volume

MAX_RECORDS = 20_000
MAX_ATTRIBUTES = 2_800  # as many fit into the largest record
MAX_RUNS = 10_000
MAX_DEPTH = 50
_NAME, _DATA = 0x30, 0x80
_END = 0xFFFFFFFF
_IN_USE, _FOLDER = 1, 2
_FIRST_OF_USERS, _ROOT = 16, 5  # records before these are the volume's own
_KEPT_OTHERWISE = 0x40FF  # flags of an attribute: compressed, encrypted
_PACKED_FOR_WINDOWS = "WofCompressedData"  # a stream that Windows shows unpacked, as the file
_SHORT_NAMES = 2  # the namespace of names for DOS


@dataclass(frozen=True, slots=True)
class _Data:
    """Where an attribute's bytes are: in the record, or in runs of clusters."""

    stream: str
    size_bytes: int
    inside: bytes = b""
    runs: tuple[tuple[int, int], ...] = ()  # first cluster (-1: zeros) and count
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class _Record:
    name: str
    parent: int
    is_folder: bool
    data: tuple[_Data, ...]


@dataclass(frozen=True, slots=True)
class _Layout:
    volume: Volume
    cluster_bytes: int
    record_bytes: int
    sector_bytes: int

    def read(self, data: _Data, start: int, size: int) -> bytes:
        """Give bytes of an attribute."""
        if not data.runs:
            return data.inside[start : start + size]
        pieces, size = [], min(size, data.size_bytes - start)
        for cluster, count in data.runs:
            length = count * self.cluster_bytes
            if size <= 0:
                break
            if start < length:
                wanted = min(size, length - start)
                piece = bytes(wanted) if cluster < 0 else self.volume.read(cluster * self.cluster_bytes + start, wanted)
                pieces.append(piece)
                size -= wanted
                if len(piece) < wanted:
                    break
            start = max(0, start - length)
        return b"".join(pieces)


def read_ntfs(volume: Volume) -> Iterator[DiskFile] | None:
    """Give the files of a volume, None where it is no NTFS."""
    boot = volume.read(0, 512)
    if boot[3:11] != b"NTFS    ":
        return None
    sector = int.from_bytes(boot[11:13], "little")
    cluster = sector * (boot[13] if boot[13] <= 0x80 else 1 << min(256 - boot[13], 20))  # noqa: PLR2004 - a power, if negative
    record = boot[64] * cluster if boot[64] < 0x80 else 1 << min(256 - boot[64], 20)  # noqa: PLR2004 - likewise
    if not cluster or not 256 <= record <= 65_536 or sector not in (512, 1_024, 2_048, 4_096):  # noqa: PLR2004 - as used
        return None
    layout = _Layout(volume, cluster, record, sector)
    return _walk(layout, int.from_bytes(boot[48:56], "little") * cluster)


def _walk(layout: _Layout, table_at: int) -> Iterator[DiskFile]:
    first = _read_record(layout, layout.volume.read(table_at, layout.record_bytes))
    table = next((data for data in first.data if not data.stream), None) if first else None
    if table is None:
        return
    records = dict(_list_records(layout, table))
    for number, record in records.items():
        if number >= _FIRST_OF_USERS and not record.is_folder:
            path = _find_path(records, record)
            for data in record.data:
                name = f"{path}:{data.stream}" if data.stream else path
                yield DiskFile(name, data.size_bytes, partial(layout.read, data, 0), data.is_closed)
    if layout.read(table, MAX_RECORDS * layout.record_bytes, 1):
        raise TooManyEntriesError


def _list_records(layout: _Layout, table: _Data) -> Iterator[tuple[int, _Record]]:
    for number in range(min(table.size_bytes // layout.record_bytes, MAX_RECORDS)):
        raw = layout.read(table, number * layout.record_bytes, layout.record_bytes)
        if len(raw) < layout.record_bytes:
            return
        if (record := _read_record(layout, raw)) is not None:
            yield number, record


def _find_path(records: dict[int, _Record], record: _Record) -> str:
    parts = [record.name]
    for _ in range(MAX_DEPTH):
        above = records.get(record.parent)
        if record.parent == _ROOT or above is None:
            break
        parts.append(above.name)
        record = above
    return "/".join(reversed(parts))


def _read_record(layout: _Layout, raw: bytes) -> _Record | None:
    """Read a record of the table: one name, the longest, and all data."""
    raw = _fix_up(raw, layout.sector_bytes)
    if not raw.startswith(b"FILE") or not int.from_bytes(raw[22:24], "little") & _IN_USE:
        return None
    names: list[tuple[int, str]] = []
    data: list[_Data] = []
    for attribute in _list_attributes(raw):
        kind = int.from_bytes(attribute[:4], "little")
        if kind == _NAME and not attribute[8]:
            value = attribute[int.from_bytes(attribute[20:22], "little") :]
            if len(value) > 66 and (value[65] != _SHORT_NAMES or not names):  # noqa: PLR2004 - where the name begins
                name = value[66 : 66 + 2 * value[64]].decode("utf-16-le", "replace")
                names.append((int.from_bytes(value[:6], "little"), name))
        elif kind == _DATA:
            data.append(_read_data(attribute))
    parent, name = names[-1] if names else (_ROOT, "")
    return _Record(name, parent, bool(int.from_bytes(raw[22:24], "little") & _FOLDER), tuple(data))


def _list_attributes(raw: bytes) -> Iterator[bytes]:
    at = int.from_bytes(raw[20:22], "little")
    for _ in range(MAX_ATTRIBUTES):
        kind, size = (int.from_bytes(raw[place : place + 4], "little") for place in (at, at + 4))
        if kind == _END or size < 24 or at + size > len(raw):  # noqa: PLR2004 - the smallest attribute
            return
        yield raw[at : at + size]
        at += size


def _read_data(attribute: bytes) -> _Data:
    name_at = int.from_bytes(attribute[10:12], "little")
    stream = attribute[name_at : name_at + 2 * attribute[9]].decode("utf-16-le", "replace")
    if not attribute[8]:
        at, size = int.from_bytes(attribute[20:22], "little"), int.from_bytes(attribute[16:20], "little")
        inside = attribute[at : at + size]
        return _Data(stream, len(inside), inside)
    size = int.from_bytes(attribute[48:56], "little")
    is_otherwise = int.from_bytes(attribute[12:14], "little") & _KEPT_OTHERWISE
    is_later = any(attribute[16:24])  # the first clusters are told in another record
    runs = tuple(_list_runs(attribute[int.from_bytes(attribute[32:34], "little") :]))
    is_closed = bool(is_otherwise) or is_later or stream == _PACKED_FOR_WINDOWS
    return _Data(stream, size, runs=runs, is_closed=is_closed)


def _list_runs(raw: bytes) -> Iterator[tuple[int, int]]:
    at, cluster = 0, 0
    for _ in range(MAX_RUNS):
        if at >= len(raw) or not raw[at]:
            return
        count_bytes, place_bytes = raw[at] & 15, raw[at] >> 4
        count = int.from_bytes(raw[at + 1 : at + 1 + count_bytes], "little")
        place = raw[at + 1 + count_bytes : at + 1 + count_bytes + place_bytes]
        cluster += int.from_bytes(place, "little", signed=True)
        yield (cluster if place_bytes else -1), count
        at += 1 + count_bytes + place_bytes


def _fix_up(raw: bytes, sector_bytes: int) -> bytes:
    """Put back the last two bytes of each sector, for which a record keeps a sign of being whole."""
    at, count = int.from_bytes(raw[4:6], "little"), int.from_bytes(raw[6:8], "little")
    fixed = bytearray(raw)
    for number in range(1, min(count, len(raw) // sector_bytes + 1)):
        end = number * sector_bytes
        fixed[end - 2 : end] = raw[at + 2 * number : at + 2 * number + 2].ljust(2, b"\x00")
    return bytes(fixed)
