"""Every reading of a ZIP archive, and every contradiction in it."""

import struct
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_cases import EICAR, NOTE
from gatepost.message.attachments.archives.zip_layout import MAX_ENTRIES, read_layout
from zip_builder import Piece, write_central, write_end, write_end64, write_zip

PLAN, ROTA = Piece(b"plan.txt", NOTE), Piece(b"rota.txt", b"Monday: Ann\n")
HIDDEN = Piece(b"hidden.com", EICAR, has_central=False)


def unicode_path(name: bytes, path: str, *, crc: int | None = None) -> bytes:
    value = b"\x01" + struct.pack("<I", zlib.crc32(name) if crc is None else crc) + path.encode()
    return struct.pack("<HH", 0x7075, len(value)) + value


def write_two_directories() -> bytes:
    """One directory stands where the end record says, another in front of the end record."""
    first = write_zip([PLAN, ROTA])
    at = first.index(b"PK\x01\x02")
    other = write_central(ROTA, first.index(b"PK\x03\x04", 1))
    return first[: first.rindex(b"PK\x05\x06")] + other + write_end(1, len(other), at)


def move_locator(content: bytes) -> bytes:
    """Let the locator of the ZIP64 end record tell another place."""
    at = content.rindex(b"PK\x06\x07") + 8
    return content[:at] + struct.pack("<Q", 1) + content[at + 8 :]


def write_comment_archive() -> bytes:
    return write_zip([PLAN], comment=write_zip([HIDDEN, ROTA]))


ODD: dict[str, tuple[str, Callable[[], bytes]]] = {
    "only a local header": ("hidden_entry", lambda: write_zip([PLAN, HIDDEN, ROTA])),
    "only in the directory": ("no_local_header", lambda: write_zip([PLAN, Piece(b"b", NOTE, has_local=False)])),
    "two names": ("name_differs", lambda: write_zip([Piece(b"a.txt", NOTE, local={"name": b"a.exe"})])),
    "no local name": ("name_differs", lambda: write_zip([Piece(b"a.txt", NOTE, local={"name": b""})])),
    "two methods": ("header_differs", lambda: write_zip([Piece(b"a", NOTE, local={"method": 0})])),
    "two sizes": ("header_differs", lambda: write_zip([Piece(b"a", NOTE, local={"size": 5})])),
    "two packed sizes": ("header_differs", lambda: write_zip([Piece(b"a", NOTE, local={"packed": 5}), ROTA])),
    "two checksums": ("header_differs", lambda: write_zip([Piece(b"a", NOTE, local={"crc": 5})])),
    "locked in one header": ("header_differs", lambda: write_zip([Piece(b"a", NOTE, local={"flags": 1})])),
    "two end records": ("several_ends", lambda: write_zip([PLAN]) + write_zip([ROTA])),
    "an archive in the comment": ("several_ends", write_comment_archive),
    "two directories": ("two_directories", write_two_directories),
    "files share bytes": ("overlap", lambda: write_zip([PLAN, Piece(b"b", NOTE, central={"at": 0})])),
    "data in front": ("data_before", lambda: write_zip([PLAN], before=b"something else ")),
    "data between": ("data_between", lambda: write_zip([PLAN, Piece(b"b", NOTE, before=b"something")])),
    "data before the directory": ("data_between", lambda: write_zip([PLAN], between=b"something")),
    "data behind": ("data_behind", lambda: write_zip([PLAN], behind=b"something")),
    "a comment that is cut": ("end_odd", lambda: write_zip([PLAN], comment=b"abc", end={"here": 2})),
    "a count too small": ("end_odd", lambda: write_zip([PLAN, ROTA], end={"count": 1, "here": 1})),
    "a count too large": ("end_odd", lambda: write_zip([PLAN], end={"count": 2, "here": 2})),
    "a size that is wrong": ("end_odd", lambda: write_zip([PLAN, ROTA], end={"size": 3})),
    "zip64 end without sense": ("end_odd", lambda: b"".join([
        (first := write_zip([PLAN]))[: (at := first.rindex(b"PK\x05\x06"))], write_end64(5, 7, 9, at), first[at:]])),
    "a zip64 locator that lies": ("end_odd", lambda: move_locator(write_zip([PLAN], is_zip64=True))),
    "no end": ("no_directory", lambda: write_zip([PLAN])[:-30]),
    "volumes": ("volumes", lambda: write_zip([PLAN], end={"disk": 1})),
    "a spanned one": ("volumes", lambda: b"PK\x07\x08" + write_zip([PLAN])),
    "a wrong descriptor": ("descriptor_differs", lambda: write_zip(
        [Piece(b"a", NOTE, flags=8, descriptor=b"PK\x07\x08" + bytes(12))])),
    "a zip64 field that lies": ("zip64_odd", lambda: write_zip(
        [Piece(b"a", NOTE, extra=struct.pack("<HHQQ", 1, 16, 5, 5))])),
    "a rest in the extra field": ("extra_odd", lambda: write_zip([Piece(b"a", NOTE, extra=b"abc")])),
    "zeros in the extra field": ("extra_padded", lambda: write_zip([Piece(b"a", NOTE, extra=bytes(3))])),
    "the same extra twice": ("extra_odd", lambda: write_zip([Piece(b"a", NOTE, extra=unicode_path(b"a", "a") * 2)])),
    "another unicode name": ("unicode_name", lambda: write_zip(
        [Piece(b"a.txt", NOTE, extra=unicode_path(b"a.txt", "a.exe"))])),
    "a unicode name of another": ("unicode_stale", lambda: write_zip(
        [Piece(b"a.txt", NOTE, extra=unicode_path(b"a.txt", "a.txt", crc=1))])),
    "nothing in the local header": ("header_empty", lambda: write_zip(
        [Piece(b"a", NOTE, local={"crc": 0, "packed": 0, "size": 0})])),
    "data that is cut off": ("cut_off", lambda: write_zip([Piece(b"a", NOTE, central={"packed": 9_000})])),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_a_contradiction_is_told(case: str) -> None:
    code, build = ODD[case]
    assert f"archive.{code}" in {code for code, _ in read_layout(build()).traits}


HONEST: dict[str, Callable[[], bytes]] = {
    "plain": lambda: write_zip([PLAN, ROTA]),
    "empty": lambda: write_zip([]),
    "streamed": lambda: write_zip([Piece(b"a", NOTE, flags=8), ROTA]),
    "streamed without a mark": lambda: write_zip(
        [Piece(b"a", NOTE, 0, flags=8, descriptor=struct.pack("<III", zlib.crc32(NOTE), len(NOTE), len(NOTE))), ROTA]
    ),
    "zip64": lambda: write_zip([PLAN], is_zip64=True),
    "commented": lambda: write_zip([PLAN], comment=b"made for Nora"),
    "an archive stored in it": lambda: write_zip([Piece(b"inner.zip", write_zip([PLAN]), 0)]),
    "a folder": lambda: write_zip([Piece(b"folder/"), Piece(b"folder/plan.txt", NOTE)]),
    "backslashes in one header": lambda: write_zip([Piece(b"f\\a", NOTE, local={"name": b"f/a"})]),
    "zeros behind": lambda: write_zip([PLAN], behind=bytes(100)),
    "signed by Android": lambda: write_zip([PLAN], between=b"\x01\x02\x03APK Sig Block 42"),
    "a Chinese name in two charsets": lambda: write_zip(
        [Piece((old := "计划.txt".encode("gb18030")), NOTE, extra=unicode_path(old, "计划.txt"))]
    ),
}


@pytest.mark.parametrize("case", HONEST)
def test_an_honest_archive_has_no_contradiction(case: str) -> None:
    assert read_layout(HONEST[case]()).traits == []


@pytest.mark.parametrize("content", [b"PK\x03\x04" + bytes(90), b"nothing" + write_end(3, 5, 9)])
def test_what_is_no_archive_at_all_is_not_its_own_rest(content: bytes) -> None:
    assert all(end - start < len(content) for start, end in read_layout(content).rests)


def test_files_of_all_readings_are_given() -> None:
    found = read_layout(write_zip([PLAN, HIDDEN, Piece(b"a.txt", NOTE, local={"name": b"a.exe"})]))
    assert {name for entry in found.entries for name in entry.names} == {"plan.txt", "hidden.com", "a.txt", "a.exe"}
    assert [entry.names[0] for entry in found.entries if entry.is_hidden] == ["hidden.com"]


def test_a_file_that_only_programs_see_that_believe_local_sizes_is_given() -> None:
    """The first file's data, by its local size, ends where another header stands, in the middle of its data."""
    inner = write_zip([HIDDEN])
    content = b"0123" + inner[: inner.index(b"PK\x05\x06")]
    outer = write_zip([Piece(b"a.bin", content, 0, local={"packed": 4, "size": 4})])
    assert "archive.hidden_entry" in {code for code, _ in read_layout(outer).traits}


def test_no_more_entries_are_read_than_the_limit() -> None:
    many = write_zip([Piece(b"%d" % number, b"", 0) for number in range(MAX_ENTRIES + 5)])
    layout = read_layout(many)
    assert (len(layout.entries), layout.is_cut) == (MAX_ENTRIES, True)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 40))
def test_any_bytes_have_a_layout(noise: bytes, at: int, cut: int) -> None:
    content = write_zip([PLAN, HIDDEN, ROTA], comment=b"comment")
    changed = content[:at] + noise + content[at + cut :]
    layout = read_layout(changed)
    assert all(0 <= start < end <= len(changed) for start, end in layout.rests)
    assert all(entry.names for entry in layout.entries)
