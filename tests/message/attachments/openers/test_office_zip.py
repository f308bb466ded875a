"""Documents that are ZIP archives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from built_files import build_file
from built_files.office import (
    HELLO,
    build_locked_open_document,
    build_open_document,
    build_parts,
    build_word,
    build_word_macros,
)
from gatepost.message.attachments.desk import Limits
from gatepost.message.attachments.office import parts
from gatepost.message.attachments.openers import office_zip as opener
from gatepost.message.attachments.opening import open_files
from gatepost.model.contents import Opening
from gatepost.model.ports import FileToOpen, OpenOrder
from opened_files import codes, open_alone, texts

PNG = b"\x89PNG\r\n\x1a\n"


def test_a_plain_letter_has_nothing_to_tell() -> None:
    opened = open_alone(opener, build_file("plain.docx"))
    assert (opened.opening, opened.traits, opened.files) == (Opening.OPENED, (), ())


def test_macros_objects_and_pictures_are_files_inside() -> None:
    letter = build_word(word__vbaProject_bin=b"\xd0\xcf\x11\xe0", word__media__a=PNG, word__embeddings__b_bin=b"b")
    names = [file.name for file in open_alone(opener, letter).files]
    assert names == ["word/vbaProject.bin", "word/media/a", "word/embeddings/b.bin"]


def test_pages_in_a_document_are_files_inside() -> None:
    letter = build_parts({"word/document.xml": "<d/>", "word/afchunk.htm": "<html></html>"})
    assert [file.name for file in open_alone(opener, letter).files] == ["word/afchunk.htm"]


@pytest.mark.parametrize(
    "name", ["word/fonts/a.odttf", "docProps/thumbnail.jpeg", "xl/printerSettings/printerSettings1.bin", "a.emf"]
)
def test_what_is_never_shown_or_run_is_passed_over_unless_it_is_a_program(name: str) -> None:
    assert open_alone(opener, build_parts({"d.xml": "<d/>", name: b"x"})).files == ()
    assert len(open_alone(opener, build_parts({"d.xml": "<d/>", name: b"MZ"})).files) == 1


def test_pictures_are_limited() -> None:
    pictures = {f"word/media/{number}.png": PNG for number in range(100)}
    assert len(open_alone(opener, build_parts(pictures)).files) == opener.MAX_PICTURES


def test_a_damaged_part_does_not_hide_the_others() -> None:
    letter = build_parts(
        {
            "word/a.xml": "<w:fldSimple instr='x'",
            "word/document.xml": '<d fldSimple=""><fldSimple instr="DDE cmd /c"/></d>',
        }
    )
    opened = open_alone(opener, letter)
    assert opened.opening is Opening.BROKEN
    assert codes(opened) == {"opening.broken", "office.dde_command"}


def test_entities_are_refused_and_told() -> None:
    letter = build_parts({"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'})
    assert texts(open_alone(opener, letter), "opening.broken") == ["word/document.xml: XmlRefusedError"]


def test_a_locked_open_document_is_locked() -> None:
    opened = open_alone(opener, build_file("locked.odt"))
    assert (opened.opening, codes(opened)) == (Opening.LOCKED, {"office.locked"})


def test_a_password_of_the_mail_opens_an_open_document() -> None:
    locked = build_locked_open_document("tulip", {"Basic/Standard/M.xml": f"<m>{HELLO}</m>".encode()})
    opened = open_alone(opener, locked, passwords=("rose", "tulip"))
    assert (codes(opened), texts(opened, "office.unlocked")) == ({"office.unlocked", "password.in_mail"}, ["tulip"])
    assert "office.macro" in codes(opened.files[0])
    assert codes(open_alone(opener, locked, passwords=("rose",))) >= {"office.locked"}


def test_basic_of_an_open_document_is_read() -> None:
    letter = build_open_document("<c/>", Basic__Standard__M=b"", **{"Basic/Standard/M.xml": f"<m>{HELLO}</m>"})
    assert "office.macro" in codes(open_alone(opener, letter))


def test_what_does_not_fit_is_told() -> None:
    letter = build_parts({"word/a.dat": b"x" * 3000, "word/b.dat": b"y" * 3000})
    opened = open_alone(opener, letter, limits=Limits(files=1))
    assert (opened.opening, len(opened.files)) == (Opening.LIMIT, 1)


@pytest.mark.parametrize(
    ("name", "content", "is_told"),
    [("word/vbaProject.bin", b"\xd0\xcf\x11\xe0" + bytes(900), True), ("word/text.xml", b"<a>" + b"x" * 900, False)],
)
def test_macros_that_are_cut_off_could_be_anything_and_text_could_not(
    name: str, content: bytes, *, is_told: bool
) -> None:
    opened = open_alone(opener, build_parts({name: content}), limits=Limits(file_bytes=500))
    assert (opened.opening, "opening.unseen" in codes(opened)) == (Opening.LIMIT, is_told)


def test_parts_that_are_too_many_could_hold_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MAX_PARTS", 3)
    assert "opening.unseen" in codes(open_alone(opener, build_word(word__a=b"a", word__b=b"b")))


def test_the_whole_road_from_document_to_macro() -> None:
    content = build_word_macros(ThisDocument=HELLO)
    (opened,) = open_files(OpenOrder((FileToOpen("2", "a.docm", content),))).files
    assert texts(opened.files[0], "office.macro_autorun") == ["Document_Open"]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 800), st.binary(min_size=1, max_size=30))
def test_damage_anywhere_is_no_error(place: int, damage: bytes) -> None:
    content = build_file("dde-command.docx")
    opened = open_alone(opener, content[:place] + damage + content[place + len(damage) :])
    assert opened.path == "1"
