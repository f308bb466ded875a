"""Beyond the corpus cases: one finding of a kind for each document."""

from built_files.office import build_related, build_word, write_field
from built_files.plain import build_zip
from screen_cases import find, find_codes, write_attachment

CHECK = "office_link"


def test_many_commands_are_one_finding() -> None:
    letter = build_word(write_field(" DDE cmd /c a ") + write_field(" DDE cmd /c b "))
    (finding,) = find(CHECK, write_attachment("offer.docx", letter))
    assert finding.says == "The document offer.docx starts a program when it is opened: cmd /c a."
    assert finding.says_zh == "文档 offer.docx 打开时会启动程序：cmd /c a。"


def test_a_document_in_an_archive_is_looked_at() -> None:
    letter = build_related("attachedTemplate", "https://a.example/x.dotm")
    (finding,) = find(CHECK, write_attachment("all.zip", build_zip({"offer.docx": letter})))
    assert (finding.code, finding.evidence[0].file) == ("office_link.template", "1.2:1")


def test_kinds_are_told_apart() -> None:
    letter = build_word(write_field(" DDE cmd /c a ") + write_field(" DDE myserver a "))
    assert find_codes(CHECK, write_attachment("offer.docx", letter)) == ["command", "exchange"]
