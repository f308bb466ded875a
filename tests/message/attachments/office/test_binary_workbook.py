"""Parts of .xlsb."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.binary_workbook import find_records, note_binary_part


def write(kind: int, data: bytes) -> bytes:
    number = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return number + bytes([len(data)]) + data


def text(words: str) -> bytes:
    return struct.pack("<I", len(words)) + words.encode("utf-16-le")


def note(name: str, content: bytes) -> list[tuple[str, str]]:
    insides = Insides()
    assert note_binary_part(name, content, insides)
    return [(trait.code, trait.text) for trait in insides.traits]


def test_a_call_to_another_program_is_told() -> None:
    part = write(360, struct.pack("<H", 1) + text("cmd") + text("/c calc"))
    assert note("xl/externalLinks/externalLink1.bin", part) == [("office.dde_command", "cmd /c calc")]


def test_a_link_to_an_object_is_told() -> None:
    part = write(360, struct.pack("<H", 2) + text("rId1") + text("Word.Document.8"))
    assert note("xl/externalLinks/externalLink1.bin", part) == [("office.linked_object", "Word.Document.8")]


def test_a_name_that_runs_is_told() -> None:
    part = write(39, struct.pack("<IBI", 1, 0, 0xFFFFFFFF) + text("Auto_Open"))
    assert note("xl/workbook.bin", part) == [("office.xlm_autorun", "Auto_Open (hidden)")]


def test_functions_count_on_macro_sheets_only() -> None:
    part = write(8, b"\x42\x01\x6e\x00")
    assert note("xl/macrosheets/sheet1.bin", part) == [("office.xlm_command", "EXEC")]
    assert note("xl/worksheets/sheet1.bin", part) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("xl/vbaProject.bin", b"x"),
        ("xl/embeddings/oleObject1.bin", b"x"),
        ("word/document.bin", b"x"),
        ("xl/workbook.bin", b"MZ"),
        ("xl/workbook.xml", b"x"),
    ],
)
def test_other_parts_are_left_to_others(name: str, content: bytes) -> None:
    assert not note_binary_part(name, content, Insides())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=100))
def test_any_bytes_are_records_or_none(content: bytes) -> None:
    assert len(list(find_records(content))) <= len(content)
