"""Compound files."""

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from built_files import build_file
from built_files.compound_files import build_compound, build_vba
from built_files.office import DROPPER, LONG_FONT, build_old_word, build_slides, write_native
from gatepost.message.attachments.openers import office_ole as opener
from gatepost.model.contents import Opening
from opened_files import codes, open_alone, texts

EQUATION = "0002CE02-0000-0000-C000-000000000046"


def test_a_plain_workbook_has_nothing_to_tell() -> None:
    opened = open_alone(opener, build_file("plain.xls"))
    assert (opened.opening, opened.traits, opened.files) == (Opening.OPENED, (), ())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("dropper.doc", "office.macro_suspicious"),
        ("excel4-exec.xls", "office.xlm_command"),
        ("runs-program.ppt", "office.runs_program"),
        ("equation.doc", "office.equation"),
        ("equation-exploit.doc", "office.equation_exploit"),
        ("runs-own-file.doc", "office.package_link"),
        ("script-inside.doc", "office.package"),
    ],
)
def test_each_kind_of_document_is_looked_at(name: str, code: str) -> None:
    assert code in codes(open_alone(opener, build_file(name)))


def test_fields_of_old_letters_are_read() -> None:
    opened = open_alone(opener, build_old_word("\x13 DDEAUTO cmd /c calc \x14\x15"))
    assert texts(opened, "office.dde_command") == ["cmd /c calc"]


def test_an_equation_without_data_only_claims_to_be_one() -> None:
    assert "office.equation_exploit" in codes(
        open_alone(opener, build_compound({"\x01Ole10Native": b"x" * 99}, EQUATION))
    )


def test_objects_at_any_depth_are_opened() -> None:
    tree = {"ObjectPool": {"_1": {"\x01Ole10Native": write_native("a.txt", b"text")}, "_2": {"Package": b"PK"}}}
    assert [(file.name, file.content) for file in open_alone(opener, build_compound(tree)).files] == [
        ("a.txt", b"text"),
        ("", b"PK"),
    ]


def test_objects_of_old_slides_are_opened() -> None:
    inner = build_compound({"VBA": build_vba({"M": DROPPER})})
    opened = open_alone(opener, build_slides(0, "", storage=inner))
    assert "office.macro_autorun" in codes(opened.files[0])


def test_objects_as_word_2003_packs_them_are_opened() -> None:
    inner = build_compound({"\x01Ole10Native": write_native("a.txt", b"text")})
    outer = build_compound({"_1577691300": struct.pack("<I", len(inner)) + zlib.compress(inner)})
    assert open_alone(opener, outer).files[0].files[0].name == "a.txt"


@pytest.mark.parametrize("charset", ["latin-1", "utf-16-le"])
def test_an_add_in_from_the_web_is_told(charset: str) -> None:
    stream = "_AssemblyLocation\x00https://a.example/x.vsto|vstolocal".encode(charset)
    opened = open_alone(opener, build_compound({"\x05DocumentSummaryInformation": stream}))
    assert texts(opened, "office.remote_add_in") == ["https://a.example/x.vsto"]


def test_where_a_linked_object_leads_is_told() -> None:
    stream = b"\x01\x00\x00\x02" + bytes(16) + "https://a.example/x.hta".encode("utf-16-le") + bytes(4)
    opened = open_alone(opener, build_compound({"\x01Ole": stream}))
    assert texts(opened, "office.loads") == ["linked object: https://a.example/x.hta"]


@pytest.mark.parametrize(
    ("passwords", "opening", "told"),
    [
        ((), Opening.LOCKED, {"office.locked"}),
        (("x", "boards-2025"), Opening.OPENED, {"office.unlocked", "password.in_mail"}),
    ],
)
def test_a_locked_document_opens_with_a_password(passwords: tuple[str, ...], opening: Opening, told: set[str]) -> None:
    opened = open_alone(opener, build_file("locked-told.docx"), passwords=passwords)
    assert (opened.opening, codes(opened), len(opened.files)) == (opening, told, len(passwords) // 2)


def test_a_broken_stream_does_not_hide_the_macros() -> None:
    content = build_compound({"WordDocument": b"x" * 5000, "VBA": build_vba({"M": DROPPER})})
    entry = content.index("WordDocument".encode("utf-16-le"))
    broken = content[: entry + 116] + struct.pack("<I", 0x00FFFFF0) + content[entry + 120 :]
    assert "office.macro_suspicious" in codes(open_alone(opener, broken))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=30))
def test_damage_anywhere_is_no_error(place: int, damage: bytes) -> None:
    content = build_compound({"Workbook": LONG_FONT, "VBA": build_vba({"M": DROPPER})})
    assert open_alone(opener, content[:place] + damage + content[place + len(damage) :]).path == "1"
