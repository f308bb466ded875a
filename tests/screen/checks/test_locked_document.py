"""Beyond the corpus cases: how a locked document is called, and where it lies."""

from built_files import office
from built_files.plain import build_zip
from screen_cases import find, find_codes, write_attachment

CHECK = "locked_document"


def test_the_sentence_names_the_document() -> None:
    (finding,) = find(CHECK, write_attachment("list.docx", office.build_locked("Zx9-nobody-knows")))
    assert finding.says == "The document list.docx is encrypted, so nobody could look into it."
    assert finding.says_zh == "文档 list.docx 已加密，无法检查其内容。"


def test_a_locked_document_in_an_archive_is_told() -> None:
    packed = build_zip({"list.docx": office.build_locked("Zx9-nobody-knows")})
    (finding,) = find(CHECK, write_attachment("all.zip", packed))
    assert finding.evidence[0].file == "1.2:1"


def test_a_macro_behind_an_open_lock_is_seen() -> None:
    macros = office.build_macros({"M": office.DROPPER})
    raw = write_attachment("list.xlsm", office.build_locked("VelvetSweatshop", {"xl/vbaProject.bin": macros}))
    assert find_codes(CHECK, raw) == ["open_lock"]
    assert find_codes("office_macro", raw) == ["harmful"]
