"""Beyond the corpus cases: what is told of macros, and where."""

import pytest

from built_files.office import DROPPER, HELLO, KEEPS_LOG, build_excel4, build_macros, build_parts, build_word_macros
from screen_cases import find, find_codes, write_attachment

CHECK = "office_macro"


def test_the_sentence_names_the_document_and_the_deed() -> None:
    (finding,) = find(CHECK, write_attachment("offer.docm", build_word_macros(M=DROPPER)))
    assert finding.says == "The document offer.docm holds a macro that starts by itself and uses Shell."
    assert finding.says_zh == "文档 offer.docm 含有自动运行的宏，并使用 Shell。"
    assert [evidence.file for evidence in finding.evidence] == ["1.2:1"]


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        (HELLO, ["autorun"]),
        (KEEPS_LOG, ["drops"]),
        ("Sub a()\r\nEnviron(1)\r\nEnd Sub\r\n", ["present"]),
        ("Function a()\r\nx = Environ(1)\r\nEnd Function\r\n", ["present"]),
        ("Function a()\r\na = 1\r\nEnd Function\r\n", ["functions"]),
        ("Option Explicit\r\n", ["functions"]),
        ("\r\n", []),
    ],
)
def test_what_macros_do_decides(source: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_attachment("offer.docm", build_word_macros(M=source))) == codes


def test_what_the_ribbon_starts_starts_by_itself() -> None:
    macros = build_macros({"M": 'Sub Begin(x)\r\nShell "calc"\r\nEnd Sub\r\n'})
    offer = build_parts({"customUI/customUI.xml": '<customUI onLoad="Begin"/>', "word/vbaProject.bin": macros})
    assert find_codes(CHECK, write_attachment("offer.docm", offer)) == ["harmful"]


def test_an_old_macro_is_told_once_with_all_that_is_wrong_with_it() -> None:
    (finding,) = find(CHECK, write_attachment("a.xls", build_excel4(starts=True, number=110)))
    assert [evidence.text for evidence in finding.evidence] == ["EXEC", "Auto_Open"]


def test_a_mail_without_documents_has_no_macros() -> None:
    assert find_codes(CHECK, write_attachment("a.txt", b"Sub AutoOpen()\r\nShell 1\r\nEnd Sub")) == []
