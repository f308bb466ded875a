"""RAR archives of before version 1.5: what is stored comes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_builders import write_oldest_rar
from archive_cases import EICAR, NOTE
from gatepost.message.attachments.archives.libarchive import TooManyMembersError
from gatepost.message.attachments.archives.rar_oldest import MAX_FILES, read_oldest_rar

FILES = {"PLAN.TXT": NOTE, "A.COM": EICAR}


def test_what_is_stored_comes_out() -> None:
    assert {file.name: file.content for file in read_oldest_rar(write_oldest_rar(FILES))} == FILES


@pytest.mark.parametrize(("flags", "method", "is_locked"), [(0, 3, False), (4, 0, True)])
def test_what_is_packed_or_locked_is_named(flags: int, method: int, is_locked: bool) -> None:
    files = list(read_oldest_rar(write_oldest_rar(FILES, flags=flags, method=method)))
    assert [(file.name, file.content, file.is_locked) for file in files] == [
        ("PLAN.TXT", None, is_locked), ("A.COM", None, is_locked),
    ]  # fmt: skip


def test_a_folder_is_one() -> None:
    (folder,) = read_oldest_rar(write_oldest_rar({"DOCS": b""}, attributes=0x10))
    assert folder.is_folder


def test_a_list_that_does_not_end_is_told() -> None:
    with pytest.raises(TooManyMembersError):
        list(read_oldest_rar(write_oldest_rar({str(number): b"" for number in range(MAX_FILES)})))


@given(st.binary(max_size=40), st.integers(4, 120))
def test_any_bytes_have_files_or_none(noise: bytes, at: int) -> None:
    whole = write_oldest_rar(FILES)
    files = list(read_oldest_rar(whole[:at] + noise + whole[at + len(noise) :]))
    assert len(files) <= len(whole)
