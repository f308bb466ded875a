"""What a file really is, and what it is besides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_builders import write_cab
from file_samples import DOS, GIF, PDF, PE, PNG, RAR, build_pe, build_zip
from gatepost.message.attachments.kinds import are_at_odds, detect_kind, detect_kinds, read_ending
from gatepost.model.file_kinds import FileKind


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"", "", FileKind.EMPTY),
        (b"%PDF-1.7\n", "", FileKind.PDF),
        (b"PK\x03\x04", "", FileKind.ZIP),
        (b"\x01\x02", "", FileKind.UNKNOWN),
        (b"Dear all,\n", "letter", FileKind.TEXT),
        (b"MsgBox 1\r\n", "run.VBS ", FileKind.SCRIPT),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "", FileKind.SVG),
        (bytes(257) + b"ustar\x0000" + bytes(300), "", FileKind.TAR),
        (bytes(32_769) + b"CD001" + bytes(3_000), "", FileKind.ISO),
        (build_zip("a.txt"), "a.jar", FileKind.JAR),
        (PNG, "a.html", FileKind.PNG),
    ],
)
def test_the_content_says_the_kind(content: bytes, name: str, kind: FileKind) -> None:
    assert detect_kind(content, name) is kind


@pytest.mark.parametrize(
    ("content", "name", "kinds"),
    [
        (build_zip("a.txt", prefix=PDF), "a.pdf", (FileKind.PDF, FileKind.ZIP)),
        (build_zip("META-INF/MANIFEST.MF", "A.class", prefix=GIF), "a.gif", (FileKind.GIF, FileKind.JAR)),
        (build_zip("a.txt", prefix=b"<html><p>read</p>"), "", (FileKind.HTML, FileKind.ZIP)),
        (build_zip("a.txt", comment=b"x" * 5_000), "", (FileKind.ZIP,)),
        (PNG + b"PK\x03\x04 junk", "", (FileKind.PNG,)),
        (build_zip("a.txt")[:-22] + PDF, "a.pdf", (FileKind.ZIP, FileKind.PDF)),
        (build_zip("a.txt")[:-22] + PDF, "a.zip", (FileKind.ZIP,)),
        (b"BZh91AY&SY" + bytes(600) + b"koly\x00\x00\x00\x04" + bytes(504), "a.dmg", (FileKind.DMG,)),
        (b"MIME-Version: 1.0\nSubject: x\n\n<html>", "a.html", (FileKind.MAIL, FileKind.HTML)),
        (PNG + RAR, "holiday.png", (FileKind.PNG,)),
        (PNG + RAR, "holiday.rar", (FileKind.PNG, FileKind.RAR)),
        (PNG, "holiday.hta", (FileKind.PNG, FileKind.SCRIPT)),
        (PNG, "holiday.html", (FileKind.PNG, FileKind.HTML)),
        (b"<svg/>", "a.html", (FileKind.SVG,)),
        (b"<p>a,b\n=cmd|x", "a.csv", (FileKind.HTML, FileKind.CSV)),
        (b"a,b\n", "a.csv", (FileKind.CSV,)),
        (b"ID;Price\n", "a.csv", (FileKind.SPREADSHEET_LINK, FileKind.CSV)),
        (b"<!DOCTYPE html>", "a.mht", (FileKind.HTML,)),
        (b"<html>", "a.eml", (FileKind.HTML, FileKind.MAIL)),
        (DOS, "a.com", (FileKind.DOS_PROGRAM,)),
        (b"\x5d\x00\x00\x30\x00" + b"\xff" * 9, "a.tar.lzma", (FileKind.LZMA,)),
        (b"\x5d\x00\x00\x30\x00" + b"\xff" * 9, "a.bin", (FileKind.UNKNOWN,)),
        (b"\xff\x00\x00\x30\x00" + b"\xff" * 9, "a.lzma", (FileKind.UNKNOWN,)),
        (b"some text", "a.com", (FileKind.DOS_PROGRAM,)),
        (b"\x01\x02\x00", "a.com", (FileKind.DOS_PROGRAM,)),
        (PDF, "a.com", (FileKind.PDF,)),
        (build_pe(RAR), "", (FileKind.PE, FileKind.RAR)),
        (build_pe(build_zip("a.txt")), "", (FileKind.PE, FileKind.ZIP)),
        (build_pe(bytes(70_000) + write_cab({"a": b"a"})), "", (FileKind.PE, FileKind.CAB)),
        (build_pe(b"MSCF\x00\x00\x00\x00"), "", (FileKind.PE,)),
        (build_pe(), "", (FileKind.PE,)),
        (build_zip("a.txt", prefix=b"#!/usr/bin/python3\n"), "a.pyz", (FileKind.SCRIPT, FileKind.ZIP)),
    ],
)  # fmt: skip
def test_a_file_may_be_several_kinds(content: bytes, name: str, kinds: tuple[FileKind, ...]) -> None:
    assert detect_kinds(content, name) == kinds


@pytest.mark.parametrize(
    ("content", "name", "is_pdf"),
    [
        (b"junk\n" * 150 + PDF, "a.pdf", True),
        (b"junk\n" * 150 + PDF, "a.bin", True),
        (b"junk\n" * 300 + PDF, "a.bin", False),
        (b"A PDF begins with %PDF-1.4 and ends with %%EOF.\n", "notes.txt", False),
        (b"% no signature\n1 0obj\n<<>>", "a.pdf", True),
        (b"% no signature\n1 0obj\n<<>>", "a.txt", False),
        (b"Sorry, it is not ready.", "a.pdf", False),
    ],
)
def test_a_pdf_is_looked_for_as_its_readers_do(content: bytes, name: str, is_pdf: bool) -> None:
    assert (FileKind.PDF in detect_kinds(content, name)) is is_pdf


def test_an_archive_that_lies_in_a_larger_file_is_not_the_end_of_that_file() -> None:
    inner = build_zip("a.txt")
    assert detect_kinds(PDF + inner + b"endstream\n" * 5 + PDF) == (FileKind.PDF,)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((FileKind.PDF,), False),
        ((FileKind.PDF, FileKind.ZIP), True),
        ((FileKind.PE, FileKind.ZIP), False),
        ((FileKind.PE, FileKind.PDF), True),
        ((FileKind.SCRIPT, FileKind.GZIP, FileKind.ZIP), False),
        ((FileKind.DISK_IMAGE, FileKind.ISO, FileKind.UDF), False),
        ((FileKind.ISO, FileKind.PE), True),
        ((FileKind.MHTML, FileKind.HTML), False),
        ((FileKind.GIF, FileKind.HTML), True),
        ((FileKind.SPREADSHEET_LINK, FileKind.CSV), False),
    ],
)
def test_programs_that_unpack_themselves_and_disk_images_are_honest(
    kinds: tuple[FileKind, ...],
    expected: bool,
) -> None:
    assert are_at_odds(kinds) is expected


def test_an_ending_is_read_as_windows_reads_it() -> None:
    assert [read_ending(name) for name in ("a.PDF", "a.exe. ", "a.b.c", "none", "", ".x", "a.exe'")] == [
        "pdf", "exe", "c", "", "", "x", "exe",
    ]  # fmt: skip


@given(st.binary(max_size=2_000), st.text(max_size=20))
def test_any_bytes_have_a_kind(content: bytes, name: str) -> None:
    kinds = detect_kinds(content, name)
    assert len(kinds) == len(set(kinds)) > 0


@given(st.sampled_from([PDF, PE, GIF, DOS, RAR, build_zip("a.docx")]), st.integers(0, 200), st.binary(max_size=8))
def test_damaged_files_have_a_kind(content: bytes, place: int, junk: bytes) -> None:
    assert detect_kinds(content[:place] + junk + content[place + len(junk) :])
