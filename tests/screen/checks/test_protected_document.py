"""Beyond the corpus cases: Excel 4 macros count as well, and the sentence names the document."""

from built_files import build_file
from built_files.compound_files import build_compound
from built_files.office import build_workbook, write_biff, write_call, write_sheet
from screen_cases import find, find_codes, write_attachment

CHECK = "protected_document"


def test_excel_4_macros_behind_a_protection_are_told() -> None:
    records = (write_biff(0x12, b"\x01\x00"), write_sheet("Table"), write_sheet("Macro1", kind=1, state=2))
    workbook = build_workbook(*records, macro_sheet=write_call(54))
    raw = write_attachment("a.xls", build_compound({"Workbook": workbook}))
    assert find_codes(CHECK, raw) == ["concealed"]


def test_the_sentence_names_the_document() -> None:
    (finding,) = find(CHECK, write_attachment("hours.xlsx", build_file("protected.xlsx")))
    assert finding.says == "The document hours.xlsx is protected against changes."
    assert finding.evidence[0].file == "1.2"
