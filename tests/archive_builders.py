"""Writes archives of many kinds: with libarchive where it can, by hand where it only reads."""

import bz2
import hashlib
import lzma
import struct
import zlib
from collections.abc import Mapping
from io import BytesIO

import libarchive
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def pack(
    kind: str, files: Mapping[str, bytes], *, filter_name: str | None = None, password: str = "", options: str = ""
) -> bytes:
    """Write an archive with libarchive; `kind` and `filter_name` are its words."""
    packed = BytesIO()
    with libarchive.custom_writer(
        packed.write, kind, filter_name, options=options, passphrase=password or None
    ) as archive:
        for name, content in files.items():
            archive.add_file_from_memory(name, len(content), content)
    return packed.getvalue()


def write_rar4(files: Mapping[str, bytes], *, main_flags: int = 0, file_flags: int = 0) -> bytes:
    """Write a RAR archive of the fourth format, nothing compressed."""
    body = _rar4_block(0x73, main_flags, b"\x00" * 6)
    for name, content in files.items():
        raw = name.encode()
        sizes = struct.pack(
            "<IIBIIBBHI", len(content), len(content), 3, zlib.crc32(content), 0x21, 20, 0x30, len(raw), 0x20
        )
        body += _rar4_block(0x74, 0x8000 | file_flags, sizes + raw) + content
    return b"Rar!\x1a\x07\x00" + body + _rar4_block(0x7B, 0x4000, b"")


def _rar4_block(kind: int, flags: int, fields: bytes) -> bytes:
    rest = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
    return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest


def write_oldest_rar(files: Mapping[str, bytes], *, flags: int = 0, method: int = 0, attributes: int = 0x20) -> bytes:
    """Write a RAR archive as it was before version 1.5, nothing compressed whatever `method` says."""
    body = b"RE\x7e\x5e\x07\x00\x00"
    for name, content in files.items():
        raw = name.encode()
        sizes = struct.pack("<IIHHI", len(content), len(content), 0, 21 + len(raw), 0)
        body += sizes + bytes((attributes, flags, 2, len(raw), method)) + raw + content
    return body


def write_rar5(
    files: Mapping[str, bytes], *, archive_flags: int = 0, is_encrypted: bool = False, comment: bytes = b""
) -> bytes:
    """Write a RAR archive of the fifth format, nothing compressed."""
    body = _rar5_block(_numbers(1, 0, archive_flags))
    if comment:
        body += _rar5_block(_numbers(3, 2, len(comment), 0, len(comment), 0, 0, 1, 3) + b"CMT") + comment
    for name, content in files.items():
        raw = name.encode()
        extra = _numbers(0x30, 1, 0, 0) + bytes(45) if is_encrypted else b""
        head = _numbers(
            2, 3 if extra else 2, *([len(extra)] if extra else []), len(content), 0, len(content), 0x20, 0, 1, len(raw)
        )
        body += _rar5_block(head + raw + extra) + content
    return b"Rar!\x1a\x07\x01\x00" + body + _rar5_block(_numbers(5, 0, 0))


def write_locked_rar5(
    files: Mapping[str, bytes], password: str, *, with_names: bool = False, packing: int = 0, comment: bytes = b""
) -> bytes:
    """Write a RAR archive of the fifth format, its data or all of it encrypted; `packing` says how that is packed."""
    count = 4
    salt, vector = b"salt of sixteen!", b"vector of sixteen"[:16]
    key = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1 << count)
    checked = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, (1 << count) + 32)
    check = bytes(checked[at] ^ checked[at + 8] ^ checked[at + 16] ^ checked[at + 24] for at in range(8))
    check += hashlib.sha256(check).digest()[:4]
    record = _numbers(1, 0, 1) + bytes((count,)) + salt + vector + check
    extra = _numbers(len(record)) + record
    blocks = [(_numbers(1, 0, 0), b"")]
    if comment:
        blocks.append((_numbers(3, 2, len(comment), 0, len(comment), 0, 0, 1, 3) + b"CMT", comment))
    for name, content in files.items():
        raw, data = name.encode(), _encrypt(key, vector, content)
        head = _numbers(2, 3, len(extra), len(data), 4, len(content), 0x20) + bytes(4) + _numbers(packing, 1, len(raw))
        blocks.append((head + raw + extra, data))
    blocks.append((_numbers(5, 0, 0), b""))
    if not with_names:
        return b"Rar!\x1a\x07\x01\x00" + b"".join(_rar5_block(head) + data for head, data in blocks)
    locked = _rar5_block(_numbers(4, 0, 0, 1) + bytes((count,)) + salt + check)
    return (
        b"Rar!\x1a\x07\x01\x00"
        + locked
        + b"".join(vector + _encrypt(key, vector, _rar5_block(head)) + data for head, data in blocks)
    )


def _encrypt(key: bytes, vector: bytes, content: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return encryptor.update(content + bytes(-len(content) % 16)) + encryptor.finalize()


def _rar5_block(fields: bytes) -> bytes:
    rest = _numbers(len(fields)) + fields
    return struct.pack("<I", zlib.crc32(rest)) + rest


def _numbers(*values: int) -> bytes:
    written = bytearray()
    for value in values:
        left = value
        while left > 0x7F:
            written.append(left & 0x7F | 0x80)
            left >>= 7
        written.append(left)
    return bytes(written)


def write_locked_7z(
    files: Mapping[str, bytes], password: str, *, method: str = "lzma", with_names: bool = False, power: int = 4
) -> bytes:
    """Write a 7z archive whose data is encrypted, or its header, too; `method` is one of _lock_7z."""
    data = b"".join(files.values())
    folder, packed = _lock_7z(data, password, method, power)
    counts = (
        b"\x0d" + bytes((len(files),)) + b"\x09" + b"".join(_number_7z(len(each)) for each in list(files.values())[:-1])
    )
    sums = b"\x0a\x01" + b"".join(struct.pack("<I", zlib.crc32(each)) for each in files.values())
    substreams = b"\x08" + counts + sums + b"\x00"
    names = b"".join(name.encode("utf-16-le") + b"\x00\x00" for name in files)
    listed = b"\x05" + bytes((len(files),)) + b"\x11" + _number_7z(len(names) + 1) + b"\x00" + names + b"\x00"
    header = b"\x01\x04" + _packed_7z(0, len(packed)) + folder + substreams + b"\x00" + listed + b"\x00"
    if with_names:
        own_method = "copy" if method == "copy" else "lzma"  # as 7-Zip packs it, whatever packs the data
        own, locked = _lock_7z(header, password, own_method, power, crc=zlib.crc32(header))
        header, packed = b"\x17" + _packed_7z(len(packed), len(locked)) + own + b"\x00", packed + locked
    start = struct.pack("<QQI", len(packed), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<I", zlib.crc32(start)) + start + packed + header


def _packed_7z(at: int, size: int) -> bytes:
    return b"\x06" + _number_7z(at) + b"\x01\x09" + _number_7z(size) + b"\x00"


def _number_7z(value: int) -> bytes:
    return bytes((value,)) if value < 0x80 else b"\xff" + struct.pack("<Q", value)


def _lock_7z(data: bytes, password: str, method: str, power: int, crc: int | None = None) -> tuple[bytes, bytes]:
    """Pack and encrypt data; give what the header says of it, and the data."""
    digest = hashlib.sha256()
    for number in range(1 << power):
        digest.update(password.encode("utf-16-le") + struct.pack("<Q", number))
    alone = lzma.compress(data, lzma.FORMAT_ALONE)
    plain, coder = {
        "lzma": (alone[13:], b"\x23\x03\x01\x01\x05" + alone[:5]),
        "lzma2": (lzma.compress(data, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2}]), b"\x21\x21\x01\x16"),
        "bzip2": (bz2.compress(data), b"\x03\x04\x02\x02"),
        "deflate": (zlib.compress(data, wbits=-15), b"\x03\x04\x01\x08"),
        "copy": (data, b""),
    }[method]
    vector = b"vector of 7z"
    lock = b"\x24\x06\xf1\x07\x01\x0e" + bytes((0x40 | power, 0x0B)) + vector
    sizes = (len(data), len(plain)) if coder else (len(plain),)
    folder = bytes((len(sizes),)) + coder + lock + (b"\x00\x01" if coder else b"")
    told = b"\x07\x0b\x01\x00" + folder + b"\x0c" + b"".join(map(_number_7z, sizes))
    told += b"\x0a\x01" + struct.pack("<I", crc) if crc is not None else b""
    return told + b"\x00", _encrypt(digest.digest(), vector.ljust(16, b"\x00"), plain)


def write_cab(files: Mapping[str, bytes], *, flags: int = 0, reserved: bytes = b"") -> bytes:
    """Write a cabinet, nothing compressed: one folder with one block of data."""
    data = b"".join(files.values())
    room = struct.pack("<HBB", len(reserved), 0, 0) + reserved if flags & 4 else b""
    entries, offset = b"", 0
    for name, content in files.items():
        entries += struct.pack("<IIHHHH", len(content), offset, 0, 0x5A21, 0, 0x20) + name.encode() + b"\x00"
        offset += len(content)
    files_at = 36 + len(room) + 8
    data_at = files_at + len(entries)
    block = struct.pack("<IHH", 0, len(data), len(data)) + data
    size = data_at + len(block)
    head = struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, size, 0, files_at, 0, 3, 1, 1, len(files), flags, 1, 0)
    return head + room + struct.pack("<IHH", data_at, 1, 0) + entries + block


def write_folders(count: int) -> bytes:
    """Write a cpio archive, of the form of POSIX, that holds so many folders and nothing else."""
    head = b"070707" + b"000001" * 2 + b"040755" + b"000000" * 4 + b"0" * 11 + b"000002" + b"0" * 11
    end = b"070707" + b"000000" * 7 + b"0" * 11 + b"000013" + b"0" * 11 + b"TRAILER!!!\x00"
    return (head + b"d\x00") * count + end


def write_lha(files: Mapping[str, bytes], *, first_method: bytes = b"-lh0-") -> bytes:
    """Write an LHA archive, nothing compressed whatever the first file says, with headers of level 0."""
    body = b""
    for name, content in files.items():
        raw = name.encode()
        rest = (
            (b"-lh0-" if body else first_method)
            + struct.pack("<IIIBBB", len(content), len(content), 0, 0x20, 0, len(raw))
            + raw
        )
        rest += struct.pack("<H", _crc16(content))
        body += struct.pack("<BB", len(rest), sum(rest) & 0xFF) + rest + content
    return body + b"\x00"


def _crc16(content: bytes) -> int:
    crc = 0
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def write_arj(files: Mapping[str, bytes], *, flags: int = 0, method: int = 0, kind: int = 0) -> bytes:
    """Write an ARJ archive, nothing compressed, whatever `method` says; the files are of a kind (3 are folders)."""
    body = _arj_header("a.arj", 0, 2, b"", b"")
    for name, content in files.items():
        body += _arj_header(name, flags, kind, content, bytes((method,))) + content
    return body + b"\x60\xea\x00\x00"


def _arj_header(name: str, flags: int, kind: int, content: bytes, method: bytes) -> bytes:
    sizes = struct.pack("<IIII", 0, len(content), len(content), zlib.crc32(content))
    basic = bytes((30, 11, 1, 0, flags, (method or b"\x00")[0], kind, 0)) + sizes + bytes(6)
    basic += name.encode() + b"\x00\x00"
    return struct.pack("<HH", 0xEA60, len(basic)) + basic + struct.pack("<IH", zlib.crc32(basic), 0)


_SECTOR = 2_048


def write_udf(files: Mapping[str, bytes], *, in_front: bytes = b"", is_embedded: bool = False) -> bytes:
    """Write a UDF image with one folder `docs` that holds all files; `in_front` may be an ISO image for the same."""
    blocks: list[bytes] = [b"", b"", b""]  # the file set, the root folder, the folder
    names = _udf_name("", 1, 0x0A)
    for name, content in files.items():
        names += _udf_name(name, len(blocks))
        blocks.append(_udf_entry(content, len(blocks) + 1, 5, is_embedded=is_embedded))
        blocks += [] if is_embedded else [content[at : at + _SECTOR] for at in range(0, len(content), _SECTOR)]
    blocks[0] = _udf_tag(256, b"\x00" * 384 + struct.pack("<II", _SECTOR, 1))
    blocks[1] = _udf_entry(_udf_name("", 1, 0x0A) + _udf_name("docs", 2, 0x02), 0, 4, is_embedded=True)
    blocks[2] = _udf_entry(names, 0, 4, is_embedded=True)
    image = bytearray(in_front.ljust(257 * _SECTOR, b"\x00"))
    for sector, mark in ((20, b"BEA01"), (21, b"NSR02"), (22, b"TEA01")):
        image[sector * _SECTOR : (sector + 1) * _SECTOR] = (b"\x00" + mark + b"\x01").ljust(_SECTOR, b"\x00")
    start = len(image) // _SECTOR + 4
    image[256 * _SECTOR : 257 * _SECTOR] = _udf_tag(2, struct.pack("<II", 3 * _SECTOR, len(image) // _SECTOR)).ljust(
        _SECTOR, b"\x00"
    )
    described = (
        _udf_tag(5, bytes(172) + struct.pack("<II", start, len(blocks))),
        _udf_tag(6, bytes(236) + bytes(4)),
        _udf_tag(8, b""),
        b"",
    )
    return bytes(image) + b"".join(block.ljust(_SECTOR, b"\x00") for block in (*described, *blocks))


def _udf_tag(kind: int, rest: bytes) -> bytes:
    return struct.pack("<HH", kind, 2) + bytes(12) + rest


def _udf_entry(content: bytes, data_block: int, kind: int, *, is_embedded: bool) -> bytes:
    where = content if is_embedded else struct.pack("<II", len(content), data_block)
    icb = bytes(11) + bytes((kind,)) + bytes(6) + struct.pack("<H", 3 if is_embedded else 0)
    return _udf_tag(
        261, icb + bytes(20) + struct.pack("<Q", len(content)) + bytes(104) + struct.pack("<II", 0, len(where)) + where
    )


def _udf_name(name: str, block: int, flags: int = 0) -> bytes:
    raw = b"\x10" + name.encode("utf-16-be") if name else b""
    said = _udf_tag(257, struct.pack("<HBBIIHIHH", 1, flags, len(raw), _SECTOR, block, 0, 0, 0, 0)[:22] + raw)
    return said + bytes(-len(said) % 4)
