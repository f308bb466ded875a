"""Calendars and contact cards carry files and pictures, and lead on."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from built_files import build_file
from built_files.pages import draw_code, save_picture
from gatepost.message.attachments.openers import cards as opener
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind
from opened_files import codes, links, open_alone

ARCHIVE = build_file("notes.zip")
CODED = base64.b64encode(ARCHIVE).decode()
FOLDED = "\r\n ".join(CODED[i : i + 70] for i in range(0, len(CODED), 70))
PICTURE = base64.b64encode(save_picture(draw_code("https://a.example/"))).decode()


def write_calendar(lines: str) -> bytes:
    return f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Plan\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n".encode()


def test_a_file_in_a_calendar_is_opened_under_its_name() -> None:
    lines = f'ATTACH;FMTTYPE=application/zip;ENCODING=BASE64;VALUE=BINARY;X-FILENAME="a.zip":{FOLDED}\r\nUID:1'
    opened = open_alone(opener, write_calendar(lines))
    assert opened.kind is FileKind.CALENDAR
    assert [(file.name, file.content) for file in opened.files] == [("a.zip", ARCHIVE)]


def test_links_of_a_calendar_are_given_on() -> None:
    lines = "DESCRIPTION:See\\nhttps://a.example/x\\, and\r\n  https://b.exa\r\n mple/y\r\nURL:https://c.example/"
    assert links(open_alone(opener, write_calendar(lines))) == [
        "https://a.example/x", "https://b.example/y", "https://c.example/",
    ]  # fmt: skip


def test_a_page_in_a_calendar_is_looked_at() -> None:
    lines = "X-ALT-DESC;FMTTYPE=text/html:<form action='https://a.example/'><input type=password></form>"
    assert codes(open_alone(opener, write_calendar(lines))) == {"page.password_form"}


@pytest.mark.parametrize(
    "photo",
    [
        f"PHOTO;ENCODING=b;TYPE=PNG:{PICTURE}",
        f"PHOTO;PNG;ENCODING=BASE64:\r\n {PICTURE}\r\n",
        "PHOTO;ENCODING=BASE64;PNG:" + "\r\n".join(PICTURE[i : i + 76] for i in range(0, len(PICTURE), 76)) + "\r\n",
        f"PHOTO:data:image/png;base64,{PICTURE}",
    ],
)
def test_a_photograph_in_a_card_is_opened(photo: str) -> None:
    card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann\r\n{photo}\r\nEND:VCARD\r\n"
    opened = open_alone(opener, card.encode())
    assert (opened.kind, [file.kind for file in opened.files]) == (FileKind.CONTACT, [FileKind.PNG])


def test_past_the_limit_only_the_end_is_looked_at() -> None:
    middle = "X:" + "a" * opener.MAX_CHARS + "\r\nURL:https://a.example/\r\nX:" + "a" * opener.MAX_END_CHARS
    opened = open_alone(opener, write_calendar(f"{middle}\r\nURL:https://b.example/"))
    assert (opened.opening, links(opened)) == (Opening.LIMIT, ["https://b.example/"])


def write_cards(*carried: str) -> bytes:
    cards = (f"BEGIN:VCARD\r\nVERSION:3.0\r\nPHOTO;ENCODING=b:{coded}\r\nEND:VCARD\r\n" for coded in carried)
    return "".join(cards).encode()


def test_behind_very_many_photographs_a_file_is_opened_all_the_same() -> None:
    opened = open_alone(opener, write_cards(*[PICTURE] * opener.MAX_PICTURES, CODED))
    assert (opened.opening, codes(opened)) == (Opening.OPENED, set())
    opened = open_alone(opener, write_cards(*[PICTURE] * 120, CODED, PICTURE))
    assert (opened.opening, codes(opened)) == (Opening.OPENED, {"code.unread"})
    assert [file.content for file in opened.files if file.kind is FileKind.ZIP] == [ARCHIVE]


def test_more_than_is_opened_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opener, "MAX_CARRIED", 2)
    assert open_alone(opener, write_cards(CODED, CODED)).opening is Opening.OPENED
    assert open_alone(opener, write_cards(CODED, CODED, CODED)).opening is Opening.LIMIT


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "unit", ["A;", "A;ENCODING=B", "A;ENCODING=B:", "A;ENCODING=B:AA\r\n", "\r\n ", "\\n", "X-ALT-DESC;"]
)
def test_a_long_card_of_one_unit_takes_no_time(unit: str) -> None:
    open_alone(opener, write_calendar(unit * (400_000 // len(unit))))


@given(st.text(max_size=200))
def test_any_text_gives_a_value(text: str) -> None:
    open_alone(opener, write_calendar(text.encode("utf-8", "replace").decode()))
