"""Beyond the corpus cases: which locks are told, and whose."""

import pytest

from archive_builders import pack, write_rar4
from archive_cases import NOTE, open_file
from carried_files import build_case, examine_case, find_in
from gatepost.model.contents import OpenedFile, Opening
from gatepost.model.file_kinds import FileKind
from zip_builder import Piece, write_zip

CHECK = "locked_archive"


def lock(name: str, content: bytes, password: str) -> bytes:
    return pack("zip", {name: content}, password=password, options="encryption=aes256")


def test_an_archive_in_an_archive_is_told() -> None:
    inner = write_rar4({"plan.txt": NOTE}, file_flags=0x4)
    (finding,) = examine_case(CHECK, build_case(open_file(write_zip([Piece(b"inner.rar", inner)]), "outer.zip")))
    assert (finding.code, finding.says) == (
        "locked_archive.locked",
        "The archive inner.rar is locked, so nobody could look into it.",
    )
    assert [evidence.text for evidence in finding.evidence] == ["plan.txt"]


def test_a_file_that_is_packed_in_a_rare_way_is_not_locked() -> None:
    opened = open_file(write_zip([Piece(b"run.exe", NOTE, 97)]), "a.zip")
    assert find_in(CHECK, opened) == []
    assert find_in("executable_attachment", opened) == ["in_archive"]


def test_a_locked_document_is_told_by_others() -> None:
    assert find_in(CHECK, OpenedFile("1.2", "a.docx", FileKind.OOXML, 9, Opening.LOCKED)) == []


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("plan.txt", NOTE, "unlocked"),
        ("run.bat", b"@echo off\r\n", "program"),
        ("inner.zip", write_zip([Piece(b"run.bat", b"@echo off\r\n")]), "program"),
    ],
)
def test_what_was_locked_counts(name: str, content: bytes, code: str) -> None:
    assert find_in(CHECK, open_file(lock(name, content, "infected"))) == [code]
