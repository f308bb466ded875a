"""Beyond the corpus cases: names, first bytes and archives."""

import io
import struct
import zipfile

import pytest

from screen_cases import find, find_codes, measure, write_attachment

CHECK = "executable_attachment"
PROGRAM = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\x00\x00" + bytes(40)


def pack(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("a.exe", ["program"]),
        ("A.EXE", ["program"]),
        ("a.exe ", ["program"]),
        ("a.exe.", ["program"]),
        ("a.lnk", ["program"]),
        ("a.library-ms", ["program"]),
        ("invoice.pdf.js", ["double_extension"]),
        ("v1.2.exe", ["program"]),
        ("cv\u202efdp.exe", ["reversed_name"]),
        ("a.iso", ["disk_image"]),
        ("a.exe.txt", []),
        ("exe", []),
        ("", []),
    ],
)
def test_a_name_is_read_as_windows_reads_it(name: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_attachment(name, b"x")) == codes


@pytest.mark.parametrize(
    "content",
    [PROGRAM, b"\x7fELF" + bytes(60), b"\x4c\x00\x00\x00\x01\x14\x02\x00" + bytes(60)],
    ids=["pe", "elf", "lnk"],
)
def test_a_program_is_known_by_its_first_bytes(content: bytes) -> None:
    assert find_codes(CHECK, write_attachment("notes.pdf", content)) == ["disguised"]


@pytest.mark.parametrize("content", [b"MZ", b"MZ" + b"\xff" * 80, b"MZ" + bytes(200), b"\x7fEL"])
def test_what_only_begins_like_a_program_is_none(content: bytes) -> None:
    assert find_codes(CHECK, write_attachment("notes.pdf", content)) == []


def test_an_archive_tells_its_programs() -> None:
    (finding,) = find(CHECK, write_attachment("a.zip", pack("read.txt", "run.vbs")))
    assert finding.says == "The archive a.zip holds the program run.vbs."
    assert [evidence.text for evidence in finding.evidence] == ["a.zip: run.vbs"]


def test_an_archive_is_known_by_its_content_not_by_its_name() -> None:
    assert find_codes(CHECK, write_attachment("a.docx", pack("run.vbs"))) == ["in_archive"]
    assert find_codes(CHECK, write_attachment("a.zip", b"no archive at all")) == []


def test_attachments_are_counted() -> None:
    assert measure(CHECK, write_attachment("a.txt", b"x")) == {"executable_attachment.attachments": 1}
