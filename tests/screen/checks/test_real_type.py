"""Beyond the corpus cases: which differences matter, and which are everyday."""

import pytest

from carried_files import build_case, examine_case, find_in
from file_samples import GIF, PDF, build_zip
from gatepost.model.contents import OpenedFile, Trait
from gatepost.model.file_kinds import FileKind
from screen_cases import find, find_codes, write_attachment

CHECK = "real_type"
PAGE = b"<!DOCTYPE html><p>Opening hours</p>"
SCRIPT = b"#!/bin/sh\necho hello\n"


@pytest.mark.parametrize(
    ("name", "declared", "content", "codes"),
    [
        ("a.jpg", "application/octet-stream", PAGE, ["page"]),
        ("a.pdf", "application/octet-stream", PAGE, ["page"]),
        ("a.pdf", "text/html", PAGE, ["declared"]),
        ("a.html", "image/png", PAGE, ["declared"]),
        ("a.html", "application/pdf", PAGE, ["declared"]),
        ("a", "image/gif", SCRIPT, ["declared"]),
        ("a.docx", "application/octet-stream", SCRIPT, ["script"]),
        ("a.png", "image/png", build_zip("a.txt"), ["archive"]),
        ("a.pdf", "application/pdf", build_zip("a.txt", prefix=PDF), ["polyglot"]),
        ("a.gif", "image/gif", build_zip("META-INF/MANIFEST.MF", "A.class", prefix=GIF), ["polyglot_program"]),
        ("a.hta", "application/octet-stream", GIF, ["polyglot_program"]),
        ("a.html", "text/html", PAGE, []),
        ("a.html", "application/octet-stream", PAGE, []),
        ("a.html", "text/plain", PAGE, []),
        ("a.xls", "application/vnd.ms-excel", PAGE, []),
        ("a.doc", "application/msword", PAGE, []),
        ("a.docx", "application/zip", build_zip("[Content_Types].xml", "_rels/.rels"), []),
        ("a.txt", "text/plain", SCRIPT, []),
        ("a.png", "image/jpeg", GIF, []),
        ("a.png", "image/png", b"not a picture at all", []),
    ],
)
def test_what_matters_is_told(name: str, declared: str, content: bytes, codes: list[str]) -> None:
    assert find_codes(CHECK, write_attachment(name, content, declared)) == codes


def test_the_sentence_says_what_is_claimed_and_what_is_there() -> None:
    (finding,) = find(CHECK, write_attachment("photo.jpg", PAGE))
    assert finding.says == "The file photo.jpg is said to be jpg, but its content is html."
    assert finding.evidence[0].text == "photo.jpg: html"
    assert finding.evidence[0].file != ""


def test_a_program_inside_that_poses_as_a_document_is_told_however_many_files_there_are() -> None:
    posing = OpenedFile("2:9", "in/summary.pdf", FileKind.PE, 9)
    others = tuple(OpenedFile(f"2:{number}", f"{number}.txt", FileKind.TEXT, 9) for number in range(1, 9))
    assert find_in(CHECK, OpenedFile("2", "a.zip", FileKind.ZIP, 90, files=(*others, posing))) == ["program"]
    assert find_in(CHECK, OpenedFile("2", "a.zip", FileKind.ZIP, 90, files=others)) == []


def test_a_part_that_is_a_program_is_told_elsewhere() -> None:
    assert find_in(CHECK, OpenedFile("2", "a.pdf", FileKind.PE, 90)) == []


def test_of_a_file_that_is_several_things_only_that_is_told() -> None:
    traits = (Trait("kind.also", "zip"), Trait("kind.polyglot", "html, zip"))
    (finding,) = examine_case(CHECK, build_case(OpenedFile("2", "a.pdf", FileKind.HTML, 9, traits=traits)))
    assert finding.code == "real_type.polyglot_program"
    assert finding.says == "The file a.pdf is several things at once (html, zip), depending on what opens it."
