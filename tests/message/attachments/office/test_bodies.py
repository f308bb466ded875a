"""The texts of a mail of Outlook are given on as they are, each by itself."""

import struct

import pytest

from gatepost.message.attachments.desk import UNSEEN, Desk, File, Insides
from gatepost.message.attachments.office import bodies
from gatepost.message.attachments.office.bodies import HTML, HTML_PAGE, PLAIN, PLAIN_PAGE, RTF, Bodies, name_charset
from gatepost.message.attachments.office.mapi import MAX_RTF_BYTES
from gatepost.message.attachments.opening import load_openers
from gatepost.message.parse import parse_message
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

STRING, WIDE, BINARY, LONG = 0x1E, 0x1F, 0x102, 3


def pack_rtf(text: bytes) -> bytes:
    """Write rich text as Outlook may: not packed."""
    return struct.pack("<II4sI", len(text) + 12, len(text), b"MELA", 0) + text


def give_on(*properties: tuple[int, int, bytes], is_own: bool = True) -> tuple[Insides, Desk]:
    found, insides, desk = Bodies(), Insides(), Desk(load_openers())
    for one in properties:
        found.take(*one)
    found.give_on(File("1", "winmail.dat", b"", FileKind.TNEF, is_own=is_own), insides, desk)
    return insides, desk


def show(*properties: tuple[int, int, bytes]) -> list[tuple[str, str]]:
    messages = [parse_message(entity) for entity in give_on(*properties)[0].shown]
    return [(message.root.content_type, message.root.text) for message in messages]


def test_each_text_is_shown_by_itself() -> None:
    assert show((PLAIN, STRING, b"Hello\0"), (HTML, BINARY, b"<p>Bo"), (RTF, BINARY, pack_rtf(rb"{\rtf1 Ann}"))) == [
        ("text/plain", "Hello"), ("text/html", "<p>Bo"), ("text/plain", "Ann"),
    ]  # fmt: skip


def test_of_several_texts_of_a_kind_all_are_shown() -> None:
    assert show((PLAIN, STRING, b"Hello"), (PLAIN, WIDE, "你好\0".encode("utf-16-le"))) == [
        ("text/plain", "Hello"), ("text/plain", "你好"),
    ]  # fmt: skip


def test_texts_are_read_by_the_code_page_that_is_told_wherever_it_is() -> None:
    koi8, page = "Привет".encode("koi8-r"), "<p>Grüß".encode("cp1252")
    texts = ((PLAIN, STRING, koi8), (HTML, BINARY, page))
    pages = ((PLAIN_PAGE, LONG, struct.pack("<II", 20866, 0)), (HTML_PAGE, LONG, struct.pack("<I", 1252)))
    assert show(*texts, *pages) == [("text/plain", "Привет"), ("text/html", "<p>Grüß")]


def test_rich_text_with_html_is_shown_as_a_page() -> None:
    assert show((RTF, BINARY, pack_rtf(rb"{\rtf1\fromhtml1 {\*\htmltag64 <p>}x}"))) == [("text/html", "<p>x")]


def test_more_texts_than_are_kept_are_told() -> None:
    insides, _ = give_on(*[(PLAIN, STRING, b"%d" % number) for number in range(bodies.MAX_TEXTS + 1)])
    assert len(insides.shown) == bodies.MAX_TEXTS
    assert (insides.opening, [trait.code for trait in insides.traits]) == (Opening.LIMIT, [UNSEEN])


@pytest.mark.parametrize("text", [b"x" * MAX_RTF_BYTES, rb"{\rtf1" + b"{" * 3_000])
def test_rich_text_that_is_not_read_to_its_end_is_told(text: bytes) -> None:
    insides, _ = give_on((RTF, BINARY, pack_rtf(text)))
    assert [trait.code for trait in insides.traits] == [UNSEEN]


def test_objects_in_rich_text_are_looked_at() -> None:
    template = rb"{\rtf1 {\*\template http://a.example/x.dotm} Hello}"
    insides, _ = give_on((RTF, BINARY, pack_rtf(template)))
    (file,) = insides.files
    assert (file.name, [trait.code for trait in file.traits]) == ("body.rtf", ["office.remote_template"])
    assert give_on((RTF, BINARY, pack_rtf(rb"{\rtf1 {\objattph} Hello}")))[0].files == []


def test_a_mail_that_is_only_attached_gives_its_links() -> None:
    insides, _ = give_on((HTML, BINARY, b'<a href="https://a.example/x">'), is_own=False)
    assert ([link.url for link in insides.links], insides.shown) == (["https://a.example/x"], [])


def test_a_password_in_a_text_is_known_to_all_files() -> None:
    _, desk = give_on((PLAIN, STRING, b"The password is Zu7-tt"))
    assert "Zu7-tt" in desk.told.find_passwords()


def test_code_pages_have_charsets() -> None:
    assert [name_charset(page) for page in (1251, 28605, 936, 65001, 4711)] == [
        "windows-1251", "iso-8859-15", "gb18030", "utf-8", "",
    ]  # fmt: skip
