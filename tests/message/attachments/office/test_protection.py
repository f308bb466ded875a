"""Protection is seen in every dialect, and only where it is on."""

import pytest

from built_files import build_file
from built_files.compound_files import build_compound
from built_files.office import build_parts, build_workbook, write_biff, write_sheet
from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.biff import note_workbook
from gatepost.message.attachments.office.binary_workbook import note_binary_part
from gatepost.message.attachments.office.protection import note_protection
from gatepost.message.attachments.openers import office_ole, office_zip
from opened_files import codes, open_alone


def read(content: bytes) -> list[tuple[str, str]]:
    insides = Insides()
    note_protection(content, insides)
    return [(trait.code, trait.text) for trait in insides.traits]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b'<sheetProtection algorithmName="SHA-512" hashValue="a" sheet="1"/>', "sheet"),
        (b'<x:sheetProtection password="CC1A" sheet="true"/>', "sheet"),
        (b'<workbookProtection workbookPassword="CC1A" lockStructure="1"/>', "workbook"),
        (b'<w:documentProtection w:edit="readOnly" w:enforcement="1"/>', "document"),
        (b'<w:writeProtection w:recommended="1"/>', "document"),
        (b'<p:modifyVerifier cryptProviderType="rsaAES"/>', "document"),
        (b'<table:table table:name="a" table:protected="true">', "sheet"),
        (b"<ProtectStructure>True</ProtectStructure>", "workbook"),
        (b"<x:ProtectObjects>True</x:ProtectObjects>", "sheet"),
    ],
)
def test_protection_is_told(content: bytes, what: str) -> None:
    assert read(content) == [("office.protected", what)]


@pytest.mark.parametrize(
    "content",
    [
        b'<sheetProtection formatCells="0" sheet="0"/>',
        b"<workbookProtection/>",
        b'<w:documentProtection w:edit="forms" w:enforcement="0"/>',
        b"<ProtectStructure>False</ProtectStructure>",
        b'<sheet name="a" state="hidden"/>',
    ],
)
def test_protection_that_is_off_is_not_told(content: bytes) -> None:
    assert read(content) == []


@pytest.mark.parametrize("content", [b'<sheet state="veryHidden"/>', b"<x:Visible>SheetVeryHidden</x:Visible>"])
def test_sheets_that_no_menu_shows_are_told(content: bytes) -> None:
    assert read(content) == [("office.very_hidden", "")]


def test_old_workbooks_say_it_in_records() -> None:
    for records, code in (
        ([write_biff(0x12, b"\x01\x00")], "office.protected"),
        ([write_biff(0x19, b"\x01\x00")], "office.protected"),
        ([write_sheet("Table", state=2)], "office.very_hidden"),
    ):
        insides = Insides()
        note_workbook(build_workbook(*records), insides)
        assert [trait.code for trait in insides.traits] == [code]
    assert not codes(open_alone(office_ole, build_compound({"Workbook": build_workbook(write_biff(0x12, bytes(2)))})))


def test_binary_workbooks_say_it_in_records() -> None:
    sheet = b"\x9c\x01\x08\x02\x00\x00\x00\x01\x00\x00\x00"
    protection = b"\x96\x04\x02\x00\x00"
    insides = Insides()
    note_binary_part("xl/workbook.bin", sheet + protection, insides)
    assert [trait.code for trait in insides.traits] == ["office.very_hidden", "office.protected"]


def test_a_workbook_is_read_whole() -> None:
    assert codes(open_alone(office_zip, build_file("protected.xlsx"))) == {"office.protected"}
    assert codes(open_alone(office_zip, build_parts({"xl/worksheets/sheet1.xml": "<worksheet/>"}))) == set()
