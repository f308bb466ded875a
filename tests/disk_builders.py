"""Small disk images, built here byte by byte: FAT and NTFS volumes, partitions, and VHD around them."""

import struct
import zlib

SECTOR = 512


def pad(content: bytes, unit: int = SECTOR) -> bytes:
    return content + bytes(-len(content) % unit)


class _Clusters:
    """The data of a volume, one sector a cluster, and the table that chains them."""

    def __init__(self, width: int) -> None:
        self.end = (1 << width) - 1 & 0x0FFFFFFF
        self.table: dict[int, int] = {}
        self.data: list[bytes] = []

    def put(self, content: bytes) -> int:
        """Write a file and give its first cluster."""
        first = len(self.data) + 2
        pieces = [content[at : at + SECTOR].ljust(SECTOR, b"\x00") for at in range(0, max(1, len(content)), SECTOR)]
        last = first + len(pieces) - 1
        self.table.update({number: number + 1 if number < last else self.end for number in range(first, last + 1)})
        self.data += pieces
        return first


def build_fat(files: dict[str, bytes], *, width: int = 16) -> bytes:
    """A volume whose clusters are one sector; names may have one folder, and long parts."""
    clusters = _Clusters(width)
    count = {12: 2_000, 16: 5_000, 32: 66_000}[width]
    root = _put_files(clusters, files)
    root_cluster = clusters.put(root) if width == 32 else 0
    fixed_root = b"" if width == 32 else root.ljust(512 * 32, b"\x00")
    table = pad(_write_table(clusters.table, count, width))
    boot = bytearray(512)
    boot[:3] = b"\xeb\x3c\x90"
    boot[510:512] = b"\x55\xaa"
    struct.pack_into("<HBHBHHB", boot, 11, SECTOR, 1, 1, 1, len(fixed_root) // 32, 0, 0xF8)
    struct.pack_into("<I", boot, 32, 1 + (len(table) + len(fixed_root)) // SECTOR + count)
    if width == 32:
        struct.pack_into("<I4xI", boot, 36, len(table) // SECTOR, root_cluster)
        boot[82:90] = b"FAT32   "
    else:
        struct.pack_into("<H", boot, 22, len(table) // SECTOR)
        boot[54:62] = b"FAT%d   " % width
    return bytes(boot) + table + fixed_root + b"".join(clusters.data)


def _put_files(clusters: _Clusters, files: dict[str, bytes]) -> bytes:
    """Write files and folders, and give the root folder."""
    folders: dict[str, list[bytes]] = {"": []}
    for path, content in files.items():
        folder, _, name = path.rpartition("/")
        folders.setdefault(folder, []).append(_enter(name, 0x20, clusters.put(content), len(content)))
    dots = _short(b".          ", 0x10, 0, 0) + _short(b"..         ", 0x10, 0, 0)
    for folder, entries in list(folders.items())[1:]:
        folders[""].append(_enter(folder, 0x10, clusters.put(dots + b"".join(entries)), 0))
    return b"".join([_short(b"VOLUME     ", 0x08, 0, 0), *folders[""]])


def _write_table(table: dict[int, int], clusters: int, width: int) -> bytes:
    numbers = [table.get(number, 0) for number in range(clusters + 2)]
    if width == 12:
        whole = sum(number << 12 * place for place, number in enumerate(numbers[:1_500]))
        return whole.to_bytes(clusters * 3 // 2 + 4, "little")
    return struct.pack(f"<{len(numbers)}{'H' if width == 16 else 'I'}", *numbers)


def _enter(name: str, attributes: int, cluster: int, size: int) -> bytes:
    """A long name in pieces of 13 letters, the last first, then the entry itself."""
    wide = (name + "\x00").encode("utf-16-le")
    wide += b"\xff" * (-len(wide) % 26)
    pieces = [wide[at : at + 26] for at in range(0, len(wide), 26)]
    long = [
        bytes([number | (0x40 if number == len(pieces) else 0)]) + piece[:10] + b"\x0f\x00\x00" + piece[10:22]
        + b"\x00\x00" + piece[22:]
        for number, piece in enumerate(pieces, 1)
    ]  # fmt: skip
    return b"".join(reversed(long)) + _short(b"SHORT~1 BIN", attributes, cluster, size)


def _short(name: bytes, attributes: int, cluster: int, size: int) -> bytes:
    entry = bytearray(32)
    entry[:11] = name
    entry[11] = attributes
    struct.pack_into("<H", entry, 20, cluster >> 16)
    struct.pack_into("<HI", entry, 26, cluster & 0xFFFF, size)
    return bytes(entry)


def build_ntfs(
    files: dict[str, bytes], streams: dict[str, bytes] | None = None, *, flags: int = 0, first_cluster: int = 0
) -> bytes:
    """A volume whose clusters are one sector and whose records are two; small files lie in their records."""
    cluster, record = SECTOR, 1_024
    boot = bytearray(512)
    boot[3:11] = b"NTFS    "
    struct.pack_into("<HB", boot, 11, SECTOR, 1)
    struct.pack_into("<Q", boot, 48, 4)
    boot[64] = 256 - 10  # two to the tenth
    boot[510:512] = b"\x55\xaa"
    count = 16 + 1 + len(files)
    data_at = 4 + count * record // cluster
    records, data = [b""] * 16, b""
    table = _attribute(0x80, runs=(4, count * record // cluster), size=count * record)
    records[0] = _record(table, 1)
    records[5] = _record(_name(".", 5), 3)
    records.append(_record(_name("folder", 5), 3))
    for path, content in files.items():
        folder, _, name = path.rpartition("/")
        if len(content) < 300:
            body = _attribute(0x80, inside=content)
        else:
            start = data_at + len(data) // cluster
            data += pad(content, cluster)
            body = _attribute(0x80, runs=(start, len(pad(content, cluster)) // cluster), size=len(content))
            body = body[:12] + struct.pack("<HHQ", flags, 0, first_cluster) + body[24:]
        second = (streams or {}).get(path)
        extra = _attribute(0x80, inside=second, stream="hidden.exe") if second is not None else b""
        records.append(_record(_name(name, 16 if folder else 5) + body + extra, 1))
    whole = b"".join((each or bytes(record)).ljust(record, b"\x00") for each in records)
    return bytes(boot).ljust(4 * cluster, b"\x00") + whole + data


def _record(attributes: bytes, flags: int) -> bytes:
    head = bytearray(56)
    head[:4] = b"FILE"
    struct.pack_into("<HH", head, 4, 48, 3)
    struct.pack_into("<HH", head, 20, 56, flags)
    raw = bytearray((bytes(head) + attributes + b"\xff\xff\xff\xff").ljust(1_024, b"\x00"))
    for number, end in enumerate((512, 1_024), 1):  # the last bytes of each sector are kept in the head
        raw[48 + 2 * number : 50 + 2 * number] = raw[end - 2 : end]
        raw[end - 2 : end] = b"\x01\x00"
    raw[48:50] = b"\x01\x00"
    return bytes(raw)


def _name(name: str, parent: int) -> bytes:
    wide = name.encode("utf-16-le")
    return _attribute(0x30, inside=struct.pack("<Q", parent) + bytes(56) + bytes([len(name), 1]) + wide)


def _attribute(
    kind: int, *, inside: bytes = b"", stream: str = "", runs: tuple[int, int] | None = None, size: int = 0
) -> bytes:
    wide = stream.encode("utf-16-le")
    if runs is None:
        at = 24 + len(pad(wide, 8))
        body = struct.pack("<IHBB", len(inside), at, 0, 0) + pad(wide, 8) + inside
        head = (kind, 0, 0, len(stream), 24)
    else:
        start, count = runs
        run = bytes([0x33]) + count.to_bytes(3, "little") + start.to_bytes(3, "little", signed=True) + b"\x00"
        body = struct.pack("<QQHHIQQQ", 0, count - 1, 64, 0, 0, count * SECTOR, size, size) + run
        head = (kind, 0, 1, 0, 0)
    whole = pad(struct.pack("<IIBBHHH", *head, 0, 0)[:16] + body, 8)
    return whole[:4] + struct.pack("<I", len(whole)) + whole[8:]


def add_partitions(*volumes: bytes) -> bytes:
    """A disk with a boot record, and up to four volumes behind it."""
    record, disk = bytearray(512), b""
    for number, volume in enumerate(volumes):
        struct.pack_into(
            "<B3sB3sII", record, 446 + 16 * number, 0, b"", 7, b"", 1 + len(disk) // SECTOR, len(volume) // 512
        )
        disk += pad(volume)
    record[510:512] = b"\x55\xaa"
    return bytes(record) + disk


def add_gpt(volume: bytes) -> bytes:
    record = bytearray(512)
    struct.pack_into("<B3sB3sII", record, 446, 0, b"", 0xEE, b"", 1, 0xFFFFFFFF)
    record[510:512] = b"\x55\xaa"
    header = bytearray(512)
    header[:8] = b"EFI PART"
    struct.pack_into("<QII", header, 72, 2, 4, 128)
    entry = b"\x01" * 16 + bytes(16) + struct.pack("<QQ", 3, 100)
    return bytes(record) + bytes(header) + pad(entry) + volume


def add_extended(volume: bytes) -> bytes:
    record = bytearray(512)
    struct.pack_into("<B3sB3sII", record, 446, 0, b"", 5, b"", 1, 1_000)
    record[510:512] = b"\x55\xaa"
    inner = bytearray(512)
    struct.pack_into("<B3sB3sII", inner, 446, 0, b"", 7, b"", 1, 900)
    inner[510:512] = b"\x55\xaa"
    return bytes(record) + bytes(inner) + volume


def _footer(kind: int, offset: int = 0xFFFFFFFFFFFFFFFF) -> bytes:
    footer = bytearray(512)
    footer[:8] = b"conectix"
    struct.pack_into(">Q", footer, 16, offset)
    struct.pack_into(">I", footer, 60, kind)
    return bytes(footer)


def build_vhd(disk: bytes) -> bytes:
    return pad(disk) + _footer(2)


def build_dynamic_vhd(disk: bytes, block: int = 4_096) -> bytes:
    """Only the blocks that hold something are kept."""
    blocks = [disk[at : at + block].ljust(block, b"\x00") for at in range(0, len(disk), block)]
    table_at = 512 + 1_024
    data_at = table_at + len(pad(bytes(4 * len(blocks))))
    table, data = [], b""
    for each in blocks:
        if each.strip(b"\x00"):
            table.append((data_at + len(data)) // SECTOR)
            data += b"\xff" * SECTOR + each
        else:
            table.append(0xFFFFFFFF)
    header = bytearray(1_024)
    header[:8] = b"cxsparse"
    struct.pack_into(">QIII", header, 16, table_at, 0x10000, len(blocks), block)
    footer = _footer(3, 512)
    return footer + bytes(header) + pad(struct.pack(f">{len(table)}I", *table)) + data + footer


def build_vhdx(disk: bytes) -> bytes:
    """A disk in blocks of a megabyte; those that hold nothing are not kept."""
    megabyte = 1 << 20
    identities = {
        "table": "6677c22d23f600429d64115e9bfd4a08", "metadata": "06a27c8b90479a4bb8fe575f050f886e",
        "parameters": "3767a1ca36fa434db3b633f0aa44e76b", "sector": "1dbf41816fa90947ba47f233a8faab5f",
    }  # fmt: skip
    table, metadata, parameters, sector = map(bytes.fromhex, identities.values())
    head = bytearray(2 * megabyte)
    head[:8] = b"vhdxfile"
    regions = (
        table + struct.pack("<QII", megabyte, 65_536, 1) + metadata + struct.pack("<QII", megabyte + 65_536, 65_536, 1)
    )
    head[192 * 1024 : 192 * 1024 + 16 + len(regions)] = b"regi" + struct.pack("<III", 0, 2, 0) + regions
    items = parameters + struct.pack("<IIII", 4_096, 8, 0, 0) + sector + struct.pack("<IIII", 4_104, 4, 0, 0)
    at = megabyte + 65_536
    head[at : at + 32 + len(items)] = (b"metadata" + struct.pack("<HH", 0, 2)).ljust(32, b"\x00") + items
    head[at + 4_096 : at + 4_108] = struct.pack("<III", megabyte, 0, 512)
    blocks = [disk[start : start + megabyte].ljust(megabyte, b"\x00") for start in range(0, len(disk), megabyte)]
    entries, data = [], b""
    for each in blocks:
        is_there = bool(each.strip(b"\x00"))
        entries.append(len(head) + len(data) | 6 if is_there else 0)
        data += each if is_there else b""
    head[megabyte : megabyte + 8 * len(entries)] = struct.pack(f"<{len(entries)}Q", *entries)
    return bytes(head) + data


def build_vmdk(disk: bytes, *, is_streamed: bool = False) -> bytes:
    """A disk in grains of 4 KiB, eight to a table; a stream packs them, and has its directory at the end."""
    grains = [disk[at : at + 4_096].ljust(4_096, b"\x00") for at in range(0, len(disk), 4_096)]
    places, body = [], bytearray(2 * SECTOR)  # one for the header; the numbers 0 and 1 mean zeros
    for number, grain in enumerate(grains):
        packed = zlib.compress(grain)
        places.append(len(body) // SECTOR if grain.strip(b"\x00") else number % 2)
        if places[-1] > 1:
            body += pad(struct.pack("<QI", 8 * number, len(packed)) + packed if is_streamed else grain)
    tables = []
    for at in range(0, len(places), 8):
        tables.append(len(body) // SECTOR)
        body += pad(struct.pack("<8I", *(places[at : at + 8] + [0] * 8)[:8]))
    directory = len(body) // SECTOR
    body += pad(struct.pack(f"<{len(tables)}I", *tables))
    header = struct.pack(
        "<4sIIQQQQIQQ", b"KDMV", 3, 0x30001 if is_streamed else 1, 8 * len(grains), 8, 0, 0, 8, 0, directory
    )
    if not is_streamed:
        return pad(header) + bytes(body[SECTOR:])
    at_the_end = struct.pack("<Q", 0xFFFFFFFFFFFFFFFF)
    return pad(header[:56] + at_the_end) + bytes(body[SECTOR:]) + pad(header) + bytes(SECTOR)


def build_vdi(disk: bytes) -> bytes:
    """A disk in blocks of 4 KiB, each with 512 bytes in front that belong to nobody."""
    blocks = [disk[at : at + 4_096].ljust(4_096, b"\x00") for at in range(0, len(disk), 4_096)]
    table, data = [], b""
    for block in blocks:
        table.append(len(data) // (4_096 + SECTOR) if block.strip(b"\x00") else 0xFFFFFFFF)
        data += b"\xee" * SECTOR + block if block.strip(b"\x00") else b""
    header = bytearray(SECTOR)
    header[:21] = b"<<< Oracle VM VirtualBox"[:21]
    header[0x40:0x44] = b"\x7f\x10\xda\xbe"
    listed = pad(struct.pack(f"<{len(table)}I", *table))
    struct.pack_into("<II", header, 0x154, SECTOR, SECTOR + len(listed))
    struct.pack_into("<QII", header, 0x170, len(blocks) * 4_096, 4_096, SECTOR)
    return bytes(header) + listed + data


def build_qcow2(disk: bytes, *, is_packed: bool = False, features: int = 0) -> bytes:
    """A disk in clusters of 4 KiB, packed or not."""
    size = 4_096
    blocks = [disk[at : at + size].ljust(size, b"\x00") for at in range(0, len(disk), size)]
    upper = -(-len(blocks) // (size // 8))
    data_at, data, entries = (2 + upper) * size, b"", []
    for block in blocks:
        packer = zlib.compressobj(wbits=-12)
        packed = packer.compress(block) + packer.flush()
        at = data_at + len(data)
        if not block.strip(b"\x00"):
            entries.append(0)
        elif is_packed:
            entries.append(1 << 62 | (at % SECTOR + len(packed) - 1) // SECTOR << 58 | at)
            data += packed
        else:
            entries.append(at)
            data += block
    header = struct.pack(">4sIQIIQIIQ", b"QFI\xfb", 3, 0, 0, 12, len(disk), 0, upper, size).ljust(72, b"\x00")
    header += struct.pack(">Q", features)
    tables = struct.pack(f">{upper}Q", *((2 + number) * size for number in range(upper)))
    return pad(header, size) + pad(tables, size) + pad(struct.pack(f">{len(entries)}Q", *entries), size) + data
