"""Beyond the corpus cases: what is told here, what elsewhere, and what nowhere."""

from dataclasses import replace

import pytest

from carried_files import build_case, examine_case, find_in
from gatepost.message.parse import parse_message
from gatepost.model.contents import OpenedFile, Opening, Trait
from gatepost.model.file_kinds import FileKind
from screen_cases import find_codes, write_attachment

CHECK = "risky_file"


@pytest.mark.parametrize(
    ("name", "content", "codes"),
    [
        ("a.apk", b"x", ["other_system"]),
        ("a.MobileConfig ", b"x", ["other_system"]),
        ("a.desktop", b"x", ["shortcut"]),
        ("a.txt", b"[InternetShortcut]\r\nURL=file://a.example/b", ["shortcut"]),
        ("a.mdb", b"x", ["refused_ending"]),
        ("a.afploc", b"x", ["shortcut"]),
        ("a.deskthemepack", b"x", ["shortcut"]),
        ("a.webarchive", b"x", ["other_system"]),
        ("a.tool", b"x", ["other_system"]),
        ("a.pyz", b"x", ["refused_ending"]),
        ("a.ppkg", b"x", []),  # told by executable_attachment, as the next are
        ("a.wsb", b"<Configuration/>", []),
        ("a.sparseimage", b"x", []),
        ("a.bin", b"**ACE**", []),
        ("a.lzh", b"\x21\x00-lh5-\x05", ["rare_packing"]),
        ("a.py", b"print()", ["script"]),
        ("a.exe", b"x", []),
        ("a.iso", b"x", []),
        ("a.url", b"[InternetShortcut]\r\nURL=file://a.example/b", []),
        ("a.pdf", b"x", []),
        ("a.json", b"{}", []),
        ("", b"", []),
    ],
)
def test_a_part_is_judged_by_its_kind_and_its_name(name: str, content: bytes, codes: list[str]) -> None:
    assert find_codes(CHECK, write_attachment(name, content)) == codes


@pytest.mark.parametrize(
    ("name", "kind", "codes"),
    [
        ("in/a.lnk", FileKind.UNKNOWN, ["lure"]),
        ("in/a.dat", FileKind.SHORTCUT, ["lure"]),
        ("in/a.img", FileKind.UNKNOWN, ["disk_inside"]),
        ("in/a.dat", FileKind.ISO, ["disk_inside"]),
        ("in/a.apk", FileKind.APK, ["other_system"]),
        ("in/a.vsdx", FileKind.APP_PACKAGE, []),
        ("in/a.js", FileKind.SCRIPT, []),
        ("in/a.py", FileKind.SCRIPT, []),
        ("in/a.dll", FileKind.PE, []),
        ("in/a.txt", FileKind.TEXT, []),
    ],
)
def test_inside_a_file_only_lures_and_disks_are_told(name: str, kind: FileKind, codes: list[str]) -> None:
    inner = OpenedFile("2:1", name, kind, 9)
    assert find_in(CHECK, OpenedFile("2", "a.zip", FileKind.ZIP, 90, files=(inner,))) == codes


def test_the_name_of_a_locked_file_is_read() -> None:
    traits = (Trait("archive.locked_entry", "in/open me.lnk"),)
    locked = OpenedFile("2", "a.7z", FileKind.SEVEN_ZIP, 90, Opening.LOCKED, traits=traits)
    (finding,) = examine_case(CHECK, build_case(locked))
    assert (finding.code, finding.evidence[0].text) == ("risky_file.lure", "in/open me.lnk")
    assert finding.says == "The file open me.lnk lies hidden in an attachment and runs when it is opened."


def test_where_nothing_was_opened_the_names_of_attachments_are_read() -> None:
    case = replace(build_case(), message=parse_message(write_attachment("a.apk", b"x")))
    assert [finding.code for finding in examine_case(CHECK, case)] == ["risky_file.other_system"]


@pytest.mark.parametrize(
    ("name", "declared", "codes"),
    [
        ("update", "application/hta", ["declared_program"]),
        ("", "application/x-msdownload", ["declared_program"]),
        ("", "text/javascript", ["declared_program"]),
        ("update.txt", "application/hta", []),
        ("update", "application/octet-stream", []),
    ],
)
def test_a_file_without_an_extension_gets_the_one_of_its_type(name: str, declared: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_attachment(name, b"\x01\x02", declared)) == codes
