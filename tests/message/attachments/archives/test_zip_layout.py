"""Every reading of a ZIP archive, and every contradiction in it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ambiguous_zips import AMBIGUOUS, HIDDEN, HONEST, PLAN, ROTA
from archive_cases import NOTE
from gatepost.message.attachments.archives.zip_layout import MAX_ENTRIES, read_layout
from zip_builder import Piece, write_end, write_zip


@pytest.mark.parametrize("case", AMBIGUOUS)
def test_a_contradiction_is_told(case: str) -> None:
    code, build = AMBIGUOUS[case]
    assert f"archive.{code}" in {code for code, _ in read_layout(build()).traits}


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
