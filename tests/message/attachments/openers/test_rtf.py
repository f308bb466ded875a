"""Rich text."""

import pytest

from built_files import build_file
from built_files.compound_files import build_compound
from built_files.office import HONEST_EQUATION, build_rtf, build_rtf_text, write_old_object, write_package
from gatepost.message.attachments.openers import rtf as opener
from gatepost.message.attachments.opening import open_files
from gatepost.model.contents import Opening
from gatepost.model.ports import FileToOpen, OpenOrder
from opened_files import codes, links, open_alone, texts


def test_plain_text_has_nothing_to_tell() -> None:
    opened = open_alone(opener, build_file("plain.rtf"))
    assert (opened.opening, opened.traits, opened.files) == (Opening.OPENED, (), ())


def test_a_package_is_opened() -> None:
    opened = open_alone(opener, build_rtf(write_old_object("Package", write_package("a.vbs", b"x"))))
    assert [(file.name, file.content) for file in opened.files] == [("a.vbs", b"x")]
    assert texts(opened, "office.package") == ["a.vbs"]


def test_a_compound_file_is_opened_even_behind_a_head_without_sense() -> None:
    inner = build_compound({"Workbook": b"x"})
    for data in (write_old_object("Excel.Sheet.8", inner), b"\x00" * 7 + inner):
        assert [file.content for file in open_alone(opener, build_rtf(data)).files] == [inner]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (build_rtf(write_old_object("Word.Document.8", b"", "https://a.example/x.doc")), "office.loads"),
        (build_rtf(write_old_object("Equation.3", b"x" * 9)), "office.equation_exploit"),
        (build_rtf(b"\xff" * 40), "office.odd_object"),
        (build_rtf(b"\xff" * 40 + b"https://a.example/x"), "office.loads"),
        (build_rtf(write_old_object("x", b"x"), "\\objautlink\\objupdate"), "office.object_updates"),
        (build_rtf_text("{\\*\\template https://a.example/x.dotm}"), "office.remote_template"),
        (build_rtf_text("{\\field{\\*\\fldinst DDEAUTO cmd /c calc}}"), "office.dde_command"),
        (
            build_rtf_text("{\\object\\objocx{\\*\\oleclsid \\'7b8856F961-340A-11D0-A96B-00C04FD705A2\\'7d}}"),
            "office.harmful_object",
        ),
    ],
)
def test_what_rich_text_does_is_told(content: bytes, code: str) -> None:
    assert code in codes(open_alone(opener, content))


def test_an_equation_is_known_by_the_class_of_its_container() -> None:
    inner = build_compound({"Equation Native": HONEST_EQUATION}, "0002CE02-0000-0000-C000-000000000046")
    text = build_rtf(write_old_object("Word.Document.8", inner))
    (opened,) = open_files(OpenOrder((FileToOpen("2", "a.rtf", text),))).files
    assert "office.equation_exploit" in codes(opened)


def test_links_are_handed_on() -> None:
    text = '{\\field{\\*\\fldinst HYPERLINK "https://a.example/x"}{\\fldrslt here}}'
    assert links(open_alone(opener, build_rtf_text(text))) == ["https://a.example/x"]


def test_too_much_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatepost.message.attachments.office.rtf_reader.MAX_TOKENS", 5)
    opened = open_alone(opener, build_rtf(b"x" * 40))
    assert (opened.opening, "opening.unseen" in codes(opened)) == (Opening.LIMIT, True)
