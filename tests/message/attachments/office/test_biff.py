"""Binary workbooks of all ages."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from built_files.office import build_workbook, write_biff, write_built_in_name, write_call, write_name, write_sheet
from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.biff import find_records, note_workbook


def note(stream: bytes) -> list[tuple[str, str]]:
    insides = Insides()
    note_workbook(stream, insides)
    return [(trait.code, trait.text) for trait in insides.traits]


def write_book(path: str) -> bytes:
    return write_biff(0x1AE, struct.pack("<HH", 1, len(path)) + write_name(path))


def test_a_macro_sheet_is_told_with_its_state_and_its_calls() -> None:
    stream = build_workbook(write_sheet("M", kind=1, state=2), write_built_in_name(1), macro_sheet=write_call(110))
    assert note(stream) == [
        ("office.xlm", "M"),
        ("office.xlm_hidden", "M: very hidden"),
        ("office.xlm_autorun", "Auto_Open"),
        ("office.xlm", ""),
        ("office.xlm_command", "EXEC"),
    ]


def test_functions_of_ordinary_sheets_do_not_count() -> None:
    assert note(build_workbook(write_sheet("Table"), write_call(110), write_built_in_name(6))) == []


@pytest.mark.parametrize(
    ("path", "traits"),
    [
        ("cmd\x03/c calc", [("office.dde_command", "cmd /c calc")]),
        ("Excel\x03[Book1.xls]Sheet1", [("office.dde_honest", "Excel [Book1.xls]Sheet1")]),
        ("\x01\x01Cdata\x03table.xls", [("office.linked_sheet", "C:\\data\\table.xls")]),
        ("\x01\x05https://a.example/t.xls", [("office.linked_sheet", "https://a.example/t.xls")]),
        ("\x01\x04", []),
        ("\x02", []),
    ],
)
def test_what_formulas_refer_to_is_told(path: str, traits: list[tuple[str, str]]) -> None:
    assert note(build_workbook(write_book(path))) == traits


def test_excel_5_writes_calls_otherwise() -> None:
    start = write_biff(0x809, struct.pack("<HH", 0x500, 5))
    sheet = write_biff(0x85, struct.pack("<IBBB", 0, 1, 1, 1) + b"M")
    assert note(start + sheet + write_biff(0x17, b"\x0bcmd\x03/c calc")) == [
        ("office.xlm", "M"),
        ("office.xlm_hidden", "M: hidden"),
        ("office.dde_command", "cmd /c calc"),
    ]


def test_nothing_is_read_of_what_is_encrypted() -> None:
    assert note(build_workbook(write_biff(0x2F, bytes(6)), write_sheet("M", kind=1))) == []


def test_addresses_are_handed_on_in_both_widths() -> None:
    insides = Insides()
    note_workbook(write_biff(0xFC, b"https://a.example/x\x00" + "https://b.example/y".encode("utf-16-le")), insides)
    assert [link.url for link in insides.links] == ["https://a.example/x", "https://b.example/y"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0x85, 0x18, 0x1AE, 0x17, 0x809, 6]), st.binary(max_size=40)), max_size=6))
def test_any_records_are_read(records: list[tuple[int, bytes]]) -> None:
    stream = b"".join(write_biff(kind, data) for kind, data in records)
    assert [kind for kind, _ in find_records(stream)] == [kind for kind, _ in records]
    assert len(note(stream)) <= 200
