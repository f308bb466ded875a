"""Signatures deep in a file and at its end."""

import io
import tarfile

import pytest

from gatepost.message.attachments.disk_kinds import detect_by_depth, is_tar
from gatepost.model.file_kinds import FileKind


def build_tar(form: int) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as archive:
        archive.addfile(tarfile.TarInfo("notes.txt"))
    return packed.getvalue()


def put(*marks: tuple[int, bytes], size: int) -> bytes:
    content = bytearray(size)
    for place, mark in marks:
        content[place : place + len(mark)] = mark
    return bytes(content)


BOOT_RECORD = put(
    (446, b"\x80\x01\x01\x00\x0b\x01\x01\x02\x01\x00\x00\x00\x10\x00\x00\x00"), (510, b"\x55\xaa"), size=1_024
)


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_tape_archive_is_known_by_its_mark(form: int) -> None:
    assert is_tar(build_tar(form))


def test_an_old_tape_archive_is_known_by_its_checksum() -> None:
    old = bytearray(build_tar(tarfile.USTAR_FORMAT))
    old[257:265] = bytes(8)
    old[148:156] = b" " * 8
    old[148:156] = b"%06o\x00 " % sum(old[:512])
    assert is_tar(bytes(old))
    old[0] ^= 1
    assert not is_tar(bytes(old))


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        (put((32_769, b"CD001"), size=40_000), [FileKind.ISO]),
        (put((32_769, b"CD001"), (34_817, b"BEA01"), (36_865, b"NSR02"), size=40_000), [FileKind.ISO, FileKind.UDF]),
        (put((32_769, b"BEA01"), (34_817, b"NSR03"), size=40_000), [FileKind.UDF]),
        (put((16 * 2_352 + 17, b"CD001"), size=60_000), [FileKind.ISO]),
        (put((1_488, b"conectix"), size=2_000), [FileKind.VHD]),
        (put((1_488, b"koly\x00\x00\x00\x04"), size=2_000), [FileKind.DMG]),
        (put((54, b"FAT16   "), size=2_000), [FileKind.DISK_IMAGE]),
        (put((512, b"EFI PART"), size=2_000), [FileKind.DISK_IMAGE]),
        (put((1_080, b"\x53\xef\x01\x00"), size=2_000), [FileKind.DISK_IMAGE]),
        (BOOT_RECORD, [FileKind.DISK_IMAGE]),
        (put((510, b"\x55\xaa"), size=1_024), []),
        (put((446, b"\x20" * 64), (510, b"\x55\xaa"), size=1_024), []),
        (bytes(50_000), []),
        (b"", []),
        (b"ustar", []),
    ],
)
def test_marks_are_looked_for_where_they_count(content: bytes, kinds: list[FileKind]) -> None:
    assert list(detect_by_depth(content)) == kinds
