"""Files of NTFS volumes come out, with their second streams; lies end in nothing."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disk_builders import build_ntfs
from gatepost.message.attachments.disks.ntfs import MAX_RECORDS, read_ntfs
from gatepost.message.attachments.disks.volumes import FlatDisk, TooManyEntriesError, Volume

FILES = {"note.txt": b"Bring the long ladder.\n", "folder/large.bin": bytes(range(256)) * 9, "empty.txt": b""}


def read(content: bytes) -> dict[str, bytes] | None:
    files = read_ntfs(Volume(FlatDisk(content), 0))
    return None if files is None else {file.name: file.read(100_000) for file in files}


def test_all_files_come_out() -> None:
    assert read(build_ntfs(FILES)) == FILES


def test_a_second_stream_is_a_file_of_its_own() -> None:
    found = read(build_ntfs({"note.txt": b"note"}, {"note.txt": b"MZ"}))
    assert found == {"note.txt": b"note", "note.txt:hidden.exe": b"MZ"}


@pytest.mark.parametrize(("flags", "is_closed"), [(0, False), (0x8000, False), (1, True), (0x4000, True)])
def test_what_is_packed_or_encrypted_is_closed(flags: int, is_closed: bool) -> None:
    files = read_ntfs(Volume(FlatDisk(build_ntfs({"x": b"abc" * 1_000}, flags=flags)), 0))
    assert files is not None
    assert [file.is_closed for file in files] == [is_closed]


def test_more_records_than_are_looked_at_are_an_error() -> None:
    content = bytearray(build_ntfs({f"{number}": b"" for number in range(90)}))
    table_at = 4 * 512
    size_at = content.index(struct.pack("<Q", 107 * 1_024), table_at)
    count = (MAX_RECORDS + 5) * 1_024
    content[size_at : size_at + 16] = struct.pack("<QQ", count, count)
    run_at = content.index(b"\x33", size_at)
    content[run_at : run_at + 4] = b"\x33" + (2 * MAX_RECORDS + 10).to_bytes(3, "little")
    with pytest.raises(TooManyEntriesError):
        read(bytes(content) + bytes(count))


def test_no_more_is_read_than_was_asked_for() -> None:
    files = read_ntfs(Volume(FlatDisk(build_ntfs({"x": b"abc" * 1_000})), 0))
    assert files is not None
    assert [file.read(5) for file in files] == [b"abcab"]


@pytest.mark.parametrize("content", [b"", bytes(600), b"\xeb\x52\x90NTFS    " + bytes(600)])
def test_what_is_no_ntfs_is_none(content: bytes) -> None:
    assert read(content) is None


def test_a_volume_that_is_cut_off_gives_what_is_left() -> None:
    content = build_ntfs(FILES)
    for end in range(0, len(content), 400):
        read(content[:end])
    assert read(content[:-1_000]) is not None


@given(st.integers(0, 24_000), st.binary(min_size=1, max_size=30))
def test_any_damage_gives_files_or_none(place: int, junk: bytes) -> None:
    content = bytearray(SMALL)
    content[place : place + len(junk)] = junk
    read(bytes(content))


SMALL = build_ntfs(FILES)
