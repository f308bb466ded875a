"""Beginnings of files, made here, for the tests that ask what a file is."""

import io
import struct
import zipfile

PE = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\x00\x00" + bytes(20)
DOS = struct.pack("<2s13H", b"MZ", 0x20, 1, 0, 2, 0, 0xFFFF, 0, 0, 0, 0, 0, 28, 0) + bytes(100)
PDF = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\n%%EOF\n"
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(30) + b"IEND\xaeB`\x82"
RAR = b"Rar!\x1a\x07\x01\x00" + bytes(40)


def build_zip(*names: str, prefix: bytes = b"", comment: bytes = b"") -> bytes:
    packed = io.BytesIO()
    packed.write(prefix)
    with zipfile.ZipFile(packed, "a") as archive:
        for name in names:
            archive.writestr(name, b"content")
        archive.comment = comment
    return packed.getvalue()


def build_ole(identity: bytes = bytes(16), names: tuple[str, ...] = ()) -> bytes:
    """A compound file of a header, a table of sectors, and a directory that lies in sectors 1 and 3."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    header[30:32] = b"\x09\x00"
    header[48:52] = struct.pack("<I", 1)
    header[76:80] = struct.pack("<I", 0)
    table = struct.pack("<128I", 0xFFFFFFFD, 3, 0xFFFFFFFF, 0xFFFFFFFE, *[0xFFFFFFFF] * 124)
    entries = [_build_entry("Root Entry", identity), *(_build_entry(name) for name in names)]
    directory = b"".join(entries).ljust(1024, b"\x00")
    return bytes(header) + table + directory[:512] + bytes(512) + directory[512:]


def _build_entry(name: str, identity: bytes = bytes(16)) -> bytes:
    return name.encode("utf-16-le").ljust(64, b"\x00") + bytes(16) + identity + bytes(32)


def build_pe(overlay: bytes = b"") -> bytes:
    """A program for Windows with one section of 32 bytes, and what is put behind it."""
    header = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\x00\x00"
    header += struct.pack("<HHIIIHH", 0x14C, 1, 0, 0, 0, 0, 2)
    section = b".text\x00\x00\x00" + struct.pack("<IIII", 32, 0x1000, 32, 128) + bytes(16)
    return header + section + bytes(32) + overlay
