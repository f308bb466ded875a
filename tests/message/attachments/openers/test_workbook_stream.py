"""Excel without its container."""

import struct

import pytest

from built_files.office import build_workbook, write_biff, write_built_in_name, write_call, write_sheet
from gatepost.message.attachments.kinds import detect_kind
from gatepost.message.attachments.openers import workbook_stream as opener
from gatepost.model.file_kinds import FileKind
from opened_files import codes, open_alone


def test_a_workbook_is_looked_at() -> None:
    content = build_workbook(write_sheet("M", kind=1), write_built_in_name(1), macro_sheet=write_call(110))
    assert detect_kind(content) is FileKind.WORKBOOK_STREAM
    assert codes(open_alone(opener, content)) == {"office.xlm", "office.xlm_autorun", "office.xlm_command"}


@pytest.mark.parametrize(("record", "version"), [(0x09, 2), (0x209, 3), (0x409, 4)])
def test_sheets_of_older_versions_are_known(record: int, version: int) -> None:
    content = write_biff(record, struct.pack("<HHH", version, 0x40, 0)[:6]) + write_biff(0x0A, b"")
    assert codes(open_alone(opener, content)) == {"office.xlm"}


@pytest.mark.parametrize(
    "content", [b"\x09\x08", b"\x09\x00\x00\x00", b"\x09\x08\x10\x00\x00\x06\x07\x00" + bytes(20), b"\ttext"]
)
def test_other_bytes_are_none(content: bytes) -> None:
    assert detect_kind(content) is not FileKind.WORKBOOK_STREAM


def test_an_ordinary_sheet_has_nothing_to_tell() -> None:
    assert codes(open_alone(opener, build_workbook(write_sheet("Table")))) == set()
