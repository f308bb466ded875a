"""Beyond the corpus cases: names, first bytes and archives."""

import io
import struct
import zipfile
from dataclasses import replace

import pytest

from carried_files import build_case, examine_case
from gatepost.message.parse import parse_message
from gatepost.model.contents import OpenedFile, Opening, Trait
from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Evidence
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
        ("a.mhtml", ["program"]),
        ("a.ppkg", ["program"]),
        ("a.wsb", ["program"]),
        ("a.sparseimage", ["disk_image"]),
        ("invoice.pdf.js", ["double_extension"]),
        ("invoice.pdf.js. .", ["double_extension"]),
        ("a\uff0eexe", []),
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


def test_a_program_deep_inside_is_told_with_all_that_is_around_it() -> None:
    program = OpenedFile("2:1.1", "c/run.txt", FileKind.PE, 7)
    inner = OpenedFile("2:1", "in/b.7z", FileKind.SEVEN_ZIP, 8, files=(program,))
    case = build_case(OpenedFile("2", "a.zip", FileKind.ZIP, 9, files=(inner,)))
    (finding,) = examine_case(CHECK, case)
    assert finding.code == "executable_attachment.in_archive"
    assert finding.evidence == (Evidence("a.zip: in/b.7z: c/run.txt", None, "2:1.1"),)
    assert finding.says == "The archive a.zip holds the program run.txt."


def test_a_document_with_a_program_is_not_called_an_archive() -> None:
    program = OpenedFile("2:1", "calc.lnk", FileKind.SHORTCUT, 7)
    (finding,) = examine_case(CHECK, build_case(OpenedFile("2", "plan.doc", FileKind.OLE, 9, files=(program,))))
    assert (finding.code, finding.says, finding.says_zh) == (
        "executable_attachment.in_archive",
        "The file plan.doc holds the program calc.lnk.",
        "文件 plan.doc 中含有程序 calc.lnk。",
    )


def test_a_program_without_a_name_is_called_by_its_kind() -> None:
    program = OpenedFile("2:1", "", FileKind.PE, 7)
    (finding,) = examine_case(CHECK, build_case(OpenedFile("2", "", FileKind.ZIP, 9, files=(program,))))
    assert finding.says == "The archive without a name holds a program (pe)."
    assert finding.says_zh == "压缩包（无名称）中含有程序（pe）。"


def test_the_name_of_a_locked_file_tells_enough() -> None:
    traits = (Trait("archive.locked_entry", "bill/invoice.pdf.exe"),)
    case = build_case(OpenedFile("2", "bill.7z", FileKind.SEVEN_ZIP, 9, Opening.LOCKED, traits=traits))
    assert [finding.code for finding in examine_case(CHECK, case)] == ["executable_attachment.in_archive"]


def test_programs_in_an_archive_of_many_files_are_only_noted() -> None:
    files = tuple(OpenedFile(f"2:{number}", f"{number}.dll", FileKind.PE, 7) for number in range(20))
    case = build_case(OpenedFile("2", "tool.zip", FileKind.ZIP, 9, files=files))
    (finding,) = examine_case(CHECK, case)
    assert (finding.code, len(finding.evidence)) == ("executable_attachment.in_large_archive", 3)


def pack_among(program: OpenedFile, others: int = 20) -> OpenedFile:
    files = (*(OpenedFile(f"2:{number}", f"{number}.txt", FileKind.TEXT, 7) for number in range(others)), program)
    return OpenedFile("2", "tool.zip", FileKind.ZIP, 9, files=files)


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("tool.exe", FileKind.PE, "among_many"),
        ("tool.lnk", FileKind.SHORTCUT, "among_many"),
        ("tool.dll", FileKind.PE, "in_large_archive"),
        ("tool.so", FileKind.ELF, "in_large_archive"),
        ("tool.js", FileKind.TEXT, "among_many"),
        ("invoice.pdf.js", FileKind.TEXT, "in_archive"),
        ("cv\u202efdp.exe", FileKind.PE, "in_archive"),
    ],
)
def test_company_does_not_hide_a_program_that_a_double_click_starts(name: str, kind: FileKind, code: str) -> None:
    (finding,) = examine_case(CHECK, build_case(pack_among(OpenedFile("2:21", name, kind, 7))))
    assert finding.code == f"executable_attachment.{code}"
    assert finding.evidence[0].file == "2:21"


@pytest.mark.parametrize("company", ["page.html", "style.css", "LICENSE", "other.js", "read.md", "tool.dll"])
def test_a_script_in_the_company_of_software_or_a_page_is_only_noted(company: str) -> None:
    many = pack_among(OpenedFile("2:21", "tool.js", FileKind.TEXT, 7))
    files = (*many.files, OpenedFile("2:22", company, FileKind.TEXT, 7))
    (finding,) = examine_case(CHECK, build_case(replace(many, files=files)))
    assert finding.code == "executable_attachment.in_large_archive"


def test_layers_around_a_program_are_no_company() -> None:
    file = OpenedFile("2:1" + ".1" * 11, "run.exe", FileKind.PE, 7)
    for depth in range(10, -1, -1):
        file = OpenedFile("2:1" + ".1" * depth, "a.zip", FileKind.ZIP, 8, files=(file,))
    case = build_case(OpenedFile("2", "a.zip", FileKind.ZIP, 9, files=(file,)))
    assert [finding.code for finding in examine_case(CHECK, case)] == ["executable_attachment.in_archive"]


@pytest.mark.parametrize("kind", [FileKind.ISO, FileKind.VHD, FileKind.DISK_IMAGE])
def test_a_disk_image_is_known_by_its_content_and_what_lies_in_it_is_seen(kind: FileKind) -> None:
    inside = (OpenedFile("2:1", "open me.lnk", FileKind.SHORTCUT, 7),)
    case = build_case(OpenedFile("2", "scan.dat", kind, 9, files=inside))
    assert [finding.code.partition(".")[2] for finding in examine_case(CHECK, case)] == ["disk_image", "in_archive"]


@pytest.mark.parametrize(("name", "codes"), [("a.exe", ["program"]), ("a.iso", ["disk_image"]), ("a.txt", [])])
def test_where_nothing_was_opened_the_names_are_read(name: str, codes: list[str]) -> None:
    case = replace(build_case(), message=parse_message(write_attachment(name, b"x")))
    assert [finding.code.partition(".")[2] for finding in examine_case(CHECK, case)] == codes


def test_where_nothing_was_opened_the_content_is_read() -> None:
    for content, code in ((PROGRAM, "disguised"), (pack("run.vbs"), "in_archive")):
        case = replace(build_case(), message=parse_message(write_attachment("a.pdf", content)))
        assert [finding.code.partition(".")[2] for finding in examine_case(CHECK, case)] == [code]


def test_a_program_in_the_place_of_the_text_is_told_by_its_name() -> None:
    raw = b'From: ann@woodwork.example\r\nContent-Type: text/plain; name="a.exe"\r\n\r\nMZ'
    assert find_codes(CHECK, raw) == ["program"]
