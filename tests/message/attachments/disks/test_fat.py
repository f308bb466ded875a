"""Files of FAT volumes come out with their names, whatever the width of the table; lies end in nothing."""

import struct
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disk_builders import build_fat
from gatepost.message.attachments.disks.fat import MAX_FOLDERS, read_fat
from gatepost.message.attachments.disks.volumes import FlatDisk, TooManyEntriesError, Volume

FILES = {
    "note.txt": b"Bring the long ladder.\n",
    "a rather long name for a file, with more than thirteen letters.bin": bytes(range(256)) * 9,
    "folder/inner.lnk": b"L" * 700,
    "empty.txt": b"",
}


def read(content: bytes) -> dict[str, bytes] | None:
    files = read_fat(Volume(FlatDisk(content), 0))
    return None if files is None else {file.name: file.read(1_000_000) for file in files}


@pytest.mark.parametrize("width", [12, 16, 32])
def test_all_files_come_out(width: int) -> None:
    assert read(build_fat(FILES, width=width)) == FILES


def test_a_short_name_is_read_and_a_deleted_file_is_not() -> None:
    content = build_fat({"x": b"abc"})
    long_entry = content.index(b"\x41x\x00")
    assert read(content[:long_entry] + b"\xe5" + content[long_entry + 1 :]) == {"SHORT~1.BIN": b"abc"}
    assert read(content[: long_entry + 32] + b"\xe5" + content[long_entry + 33 :]) == {}


def test_no_more_is_read_than_was_asked_for() -> None:
    files = read_fat(Volume(FlatDisk(build_fat({"x": b"abc" * 1_000})), 0))
    assert files is not None
    assert [file.read(5) for file in files] == [b"abcab"]


def test_more_folders_than_are_looked_at_are_an_error() -> None:
    with pytest.raises(TooManyEntriesError):
        read(build_fat({f"{number}/a": b"" for number in range(MAX_FOLDERS + 1)}, width=32))


@pytest.mark.parametrize("content", [b"", bytes(512), b"\xeb" + bytes(600), b"\xeb\x3c\x90" + b"\xff" * 600])
def test_what_is_no_fat_is_none(content: bytes) -> None:
    assert read(content) is None


def test_a_chain_that_runs_in_a_circle_ends() -> None:
    content = bytearray(build_fat({"x": b"a" * 1_200}))
    struct.pack_into("<H", content, 512 + 2 * 3, 2)
    root = content.index(b"SHORT~1 BIN")
    struct.pack_into("<I", content, root + 28, 0xFFFFFFFF)
    start = time.process_time()
    assert read(bytes(content)) is not None
    assert time.process_time() - start < 2


@given(st.integers(0, 60), st.binary(max_size=12))
def test_any_boot_sector_gives_files_or_none(place: int, junk: bytes) -> None:
    content = bytearray(SMALL)
    content[place : place + len(junk)] = junk
    with suppress(TooManyEntriesError):
        read(bytes(content))


SMALL = build_fat({"x": b"abc"}, width=12)
