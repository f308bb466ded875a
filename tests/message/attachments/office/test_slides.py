"""Old presentations."""

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from built_files.office import write_slide_record
from gatepost.message.attachments.desk import Desk, Insides
from gatepost.message.attachments.office.slides import find_records, note_slides, unpack_storage


def click(action: int, text: str) -> bytes:
    interaction = write_slide_record(0x0FF3, bytes(8) + bytes([action]) + bytes(7))
    return write_slide_record(0x0FF2, interaction + write_slide_record(0x0FBA, text.encode("utf-16-le")), version=0xF)


@pytest.mark.parametrize(
    ("action", "text", "code"),
    [
        (2, "calc.exe", "office.runs_program"),
        (1, "Greet", "office.macro_by_hand"),
        (4, "cmd /c calc", None),
        (0, "a", None),
    ],
)
def test_what_a_click_does_is_told(action: int, text: str, code: str | None) -> None:
    insides = Insides()
    note_slides(click(action, text), insides, Desk({}), lambda _name, _content: None)
    assert [trait.code for trait in insides.traits] == ([code] if code else [])


def test_addresses_are_handed_on() -> None:
    insides = Insides()
    note_slides(click(4, "https://a.example/"), insides, Desk({}), lambda _name, _content: None)
    assert [link.url for link in insides.links] == ["https://a.example/"]


def test_objects_are_unpacked_within_the_limit() -> None:
    packed = b"\x00" * 4 + zlib.compress(b"x" * 1000)
    assert unpack_storage(packed, 1, 10) == b"x" * 10
    assert unpack_storage(b"plain", 0, 10) == b"plain"


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_records_or_none(stream: bytes) -> None:
    assert len(list(find_records(stream))) <= len(stream) // 8
