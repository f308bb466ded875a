"""Compound files (the containers of old Office documents), and VBA projects in them, for tests.

Standards: MS-CFB, MS-OVBA. `FILES` is empty: these are tools for the other modules of this folder.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Tree: TypeAlias = "Mapping[str, bytes | Tree]"

SECTOR, MINI_SECTOR, CUTOFF = 512, 64, 4096
FREE, END, FAT_SECTOR, NOTHING = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
ROOT, STORAGE, STREAM = 5, 1, 2
NO_CLASS = bytes(16)


@dataclass
class Entry:
    name: str
    kind: int
    content: bytes = b""
    clsid: bytes = NO_CLASS
    child: int = NOTHING
    right: int = NOTHING
    start: int = END


@dataclass
class Sectors:
    size: int
    content: bytearray = field(default_factory=bytearray)
    table: list[int] = field(default_factory=list)

    def add(self, content: bytes) -> int:
        if not content:
            return END
        first = len(self.table)
        count = -(-len(content) // self.size)
        self.content += content.ljust(count * self.size, b"\x00")
        self.table += [*range(first + 1, first + count), END]
        return first


def build_compound(tree: "Tree", clsid: str = "") -> bytes:
    """Build a compound file of streams (bytes) and storages (trees); `clsid` is the class of the root."""
    root = Entry("Root Entry", ROOT, clsid=encode_clsid(clsid))
    entries = [root, *_list_entries(tree, root, 1)]
    minis, sectors = Sectors(MINI_SECTOR), Sectors(SECTOR)
    for entry in entries[1:]:
        if entry.kind == STREAM:
            entry.start = (minis if len(entry.content) < CUTOFF else sectors).add(entry.content)
    root.content, root.start = bytes(minis.content), sectors.add(bytes(minis.content))
    directory = sectors.add(b"".join(map(_write_entry, entries)))
    mini_table = sectors.add(struct.pack(f"<{len(minis.table)}I", *minis.table))
    return _write_file(sectors, directory, mini_table, len(minis.table))


def encode_clsid(clsid: str) -> bytes:
    if not clsid:
        return NO_CLASS
    one, two, three, four, five = clsid.split("-")
    return struct.pack("<IHH", int(one, 16), int(two, 16), int(three, 16)) + bytes.fromhex(four + five)


def _list_entries(tree: "Tree", parent: Entry, number: int) -> Iterator[Entry]:
    """Give the entries below `parent`, numbered from `number`; siblings stand in one row to the right."""
    former: Entry | None = None
    for name in sorted(tree, key=lambda name: (len(name), name.upper())):
        inner = tree[name]
        entry = Entry(name, STREAM, inner) if isinstance(inner, bytes) else Entry(name, STORAGE)
        if former is None:
            parent.child = number
        else:
            former.right = number
        below = [] if isinstance(inner, bytes) else list(_list_entries(inner, entry, number + 1))
        yield entry
        yield from below
        former, number = entry, number + 1 + len(below)


def _write_entry(entry: Entry) -> bytes:
    name = entry.name.encode("utf-16-le")
    return (
        name.ljust(64, b"\x00")
        + struct.pack("<HBB", len(name) + 2, entry.kind, 1)
        + struct.pack("<III", NOTHING, entry.right, entry.child)
        + entry.clsid
        + bytes(20)
        + struct.pack("<IQ", entry.start, len(entry.content))
    )


def _write_file(sectors: Sectors, directory: int, mini_table: int, minis: int) -> bytes:
    count = len(sectors.table)
    tables = 1
    while tables * SECTOR // 4 < count + tables:
        tables += 1
    table = [*sectors.table, *[FAT_SECTOR] * tables]
    table += [FREE] * (tables * SECTOR // 4 - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIII", 0, tables, directory, 0, CUTOFF)
    header += struct.pack("<IIII", mini_table if minis else END, -(-minis * 4 // SECTOR), END, 0)
    header += struct.pack("<109I", *(range(count, count + tables)), *[FREE] * (109 - tables))
    return header + bytes(sectors.content) + struct.pack(f"<{len(table)}I", *table)


def compress(source: bytes) -> bytes:
    """Put a text into the container of MS-OVBA without packing it: every flag says that eight letters follow."""
    packed = bytearray(b"\x01")
    for start in range(0, len(source), 3600):
        piece = source[start : start + 3600]
        chunk = b"".join(b"\x00" + piece[at : at + 8] for at in range(0, len(piece), 8))
        packed += struct.pack("<H", 0xB000 | (len(chunk) + 2 - 3)) + chunk
    return bytes(packed)


def build_vba(modules: Mapping[str, str], compiled: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Build the storage `VBA` of a project: its directory, and a stream for each module."""
    directory = _record(0x01, struct.pack("<I", 1)) + _record(0x03, struct.pack("<H", 1252))
    directory += struct.pack("<HIIH", 0x09, 4, 1, 1) + _record(0x0F, struct.pack("<H", len(modules)))
    streams = {"_VBA_PROJECT": b"\xcc\x61\xff\xff\x00\x00\x00"}
    for name, source in modules.items():
        front = (compiled or {}).get(name, b"\x01\x16\x03")
        text = f'Attribute VB_Name = "{name}"\r\n{source}'
        streams[name] = front + compress(text.encode("cp1252"))
        directory += _record(0x19, name.encode()) + _record(0x1A, name.encode())
        directory += _record(0x32, name.encode("utf-16-le")) + _record(0x31, struct.pack("<I", len(front)))
        directory += _record(0x21, b"") + _record(0x2B, b"")
    return {**streams, "dir": compress(directory + _record(0x10, b""))}


def _record(kind: int, value: bytes) -> bytes:
    return struct.pack("<HI", kind, len(value)) + value


FILES: Mapping[str, Callable[[], bytes]] = {}
