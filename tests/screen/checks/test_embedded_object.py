"""Beyond the corpus cases: what lies in documents, and what it is called."""

import pytest

from built_files.office import PROGRAM, build_onenote, build_packaged, build_rtf, write_old_object, write_package
from built_files.plain import build_zip
from screen_cases import find, find_codes, write_attachment

CHECK = "embedded_object"


def test_the_sentence_names_the_document_and_what_lies_in_it() -> None:
    (finding,) = find(CHECK, write_attachment("offer.docx", build_packaged("a.exe", PROGRAM)))
    assert finding.says == "The document offer.docx holds a program: a.exe."
    assert finding.says_zh == "文档 offer.docx 含有程序：a.exe。"


@pytest.mark.parametrize(
    ("name", "content", "codes"),
    [
        ("a.txt", b"text", ["file"]),
        ("a.txt", PROGRAM, ["program"]),
        ("a.vbs", b"x", ["program"]),
        ("a.pdf", b"%PDF-1.4", ["file"]),
    ],
)
def test_a_program_is_known_by_name_or_content(name: str, content: bytes, codes: list[str]) -> None:
    text = build_rtf(write_old_object("Package", write_package(name, content)))
    assert find_codes(CHECK, write_attachment("offer.rtf", text)) == codes
    assert find_codes(CHECK, write_attachment("offer.docx", build_packaged(name, content))) == codes


def test_a_program_in_an_archive_is_for_other_checks() -> None:
    assert find_codes(CHECK, write_attachment("a.zip", build_zip({"a.exe": PROGRAM}))) == []


def test_a_notebook_is_a_document() -> None:
    assert find_codes(CHECK, write_attachment("a.one", build_onenote(("a.exe", PROGRAM)))) == ["program"]
