"""Beyond the corpus cases: whose names are looked at, and what others tell already."""

from dataclasses import replace

import pytest

from carried_files import build_case, examine_case, find_in
from gatepost.message.parse import parse_message
from gatepost.model.contents import OpenedFile, Opening, Trait
from gatepost.model.file_kinds import FileKind
from screen_cases import find_codes, write_attachment

CHECK = "file_name"


def hold(name: str) -> OpenedFile:
    return OpenedFile("2", "a.zip", FileKind.ZIP, 90, files=(OpenedFile("2:1", name, FileKind.UNKNOWN, 9),))


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("cv\u202efdp.html", ["turned"]),
        ("cv\u202efdp.exe", []),
        ("a.pdf.html", ["two_endings"]),
        ("a.pdf.exe", []),
        ("a.pdf" + " " * 50 + ".exe", ["pushed_away"]),
        ("../a.pdf", ["path"]),
        ("a.pdf", []),
    ],
)
def test_of_attachments_that_are_programs_two_tricks_are_told_elsewhere(name: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_attachment(name, b"x")) == codes


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("in/cv\u202efdp.exe", ["turned"]),
        ("in/a.pdf.exe", ["two_endings"]),
        ("in\\..\\aux.pdf", ["device"]),
        ("../a.pdf", []),
        ("in/a\x07.pdf", []),
        ("in.pdf/a.html", []),
    ],
)
def test_inside_an_archive_the_last_part_of_a_path_is_the_name(name: str, codes: list[str]) -> None:
    assert find_in(CHECK, hold(name)) == codes


def test_the_name_of_a_locked_file_is_read() -> None:
    traits = (Trait("archive.locked_entry", "in/a.pdf.js"),)
    locked = OpenedFile("2", "a.7z", FileKind.SEVEN_ZIP, 90, Opening.LOCKED, traits=traits)
    (finding,) = examine_case(CHECK, build_case(locked))
    assert (finding.code, finding.evidence[0].text) == ("file_name.two_endings", "in/a.pdf.js")
    assert finding.says == "The file a.pdf.js poses as a document by a second extension."


def test_where_nothing_was_opened_the_names_of_attachments_are_read() -> None:
    case = replace(build_case(), message=parse_message(write_attachment("a.pdf.html", b"x")))
    assert [finding.code for finding in examine_case(CHECK, case)] == ["file_name.two_endings"]
