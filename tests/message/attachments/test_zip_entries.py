"""ZIP entries are found as any program might find them, within limits."""

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.zip_entries import MAX_ENTRIES, ZipEntry, find_entries, is_zip, read_beginning


def build(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def find_names(content: bytes) -> set[str]:
    return {entry.name for entry in find_entries(content)}


def test_names_in_all_scripts_are_read() -> None:
    assert find_names(build({"a.txt": b"", "发票.exe": b"", "d/e.js": b""})) == {"a.txt", "发票.exe", "d/e.js"}


def test_a_name_that_only_one_of_the_two_lists_holds_is_found() -> None:
    content = build({"harmless.txt": b"x"})
    central = content.rindex(b"harmless.txt")
    lying = content[:central] + b"evil.exe.exe" + content[central + 12 :]
    assert find_names(lying) == {"harmless.txt", "evil.exe.exe"}


def test_an_archive_behind_other_bytes_is_found() -> None:
    content = b"#!/bin/sh\n" * 100 + build({"a.exe": b"x"})
    assert is_zip(content)
    assert find_names(content) == {"a.exe"}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_beginning_of_an_entry_is_read(method: int) -> None:
    content = build({"a.txt": b"hello world" * 1000}, method)
    entry = next(find_entries(content))
    assert read_beginning(content, entry, 11) == b"hello world"


def test_a_bomb_is_not_unpacked_beyond_what_was_asked_for() -> None:
    content = build({"bomb": b"\0" * 10_000_000})
    assert read_beginning(content, next(find_entries(content)), 128) == b"\0" * 128


@pytest.mark.parametrize(
    "entry",
    [
        ZipEntry("a", 0, is_encrypted=True, data_start=0),
        ZipEntry("a", 0, is_encrypted=False, data_start=-1),
        ZipEntry("a", 12, is_encrypted=False, data_start=0),
        ZipEntry("a", 8, is_encrypted=False, data_start=0),
    ],
)
def test_what_cannot_be_read_gives_nothing(entry: ZipEntry) -> None:
    assert read_beginning(b"\xff" * 40, entry, 10) == b""


def test_no_more_entries_are_given_than_the_limit() -> None:
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    assert len(list(find_entries(local * (MAX_ENTRIES + 50)))) == MAX_ENTRIES


@given(st.binary(max_size=300), st.binary(max_size=60))
def test_any_bytes_are_read_without_an_error(noise: bytes, head: bytes) -> None:
    content = noise + b"PK\x03\x04" + head + zlib.compress(noise) + b"PK\x01\x02" + head
    for entry in find_entries(content):
        assert len(read_beginning(content, entry, 50)) <= 50
