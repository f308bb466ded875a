"""Mails in files are opened part by part, mailboxes mail by mail, saved pages with all they are made of."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_builders import pack
from built_files import build_file
from gatepost.message.ambiguity.read import read_otherwise
from gatepost.message.attachments.desk import UNSEEN, Desk
from gatepost.message.attachments.openers import mail as opener
from gatepost.message.attachments.openers import smime
from gatepost.message.attachments.openers import zip as unzip
from gatepost.message.source import MAX_DEPTH
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind
from opened_files import codes, links, open_alone
from signed_mails import tell, write_signed

ARCHIVE = build_file("notes.zip")
HEAD = b"From: ann@woodwork.example\r\nSubject: Plan\r\nMIME-Version: 1.0\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
PAGE = b"--b\r\nContent-Type: text/html\r\n\r\n<form action='https://a.example/'><input type=password></form>\r\n"
TEXT = b"--b\r\nContent-Type: text/plain\r\n\r\nsee https://b.example/\r\n"
FILE = (
    b"--b\r\nContent-Type: application/zip; name=notes.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(ARCHIVE)
)
END = b"--b--\r\n"


def test_the_files_of_a_mail_are_opened() -> None:
    opened = open_alone(opener, MIXED + TEXT + PAGE + FILE + END, "a.eml")
    assert opened.kind is FileKind.MAIL
    assert [(file.name, file.content) for file in opened.files] == [("notes.zip", ARCHIVE)]


def test_what_a_reader_of_the_mail_would_see_is_told() -> None:
    opened = open_alone(opener, MIXED + TEXT + PAGE + END, "a.eml")
    assert codes(opened) == {"page.password_form"}
    assert links(opened) == ["https://a.example/", "https://b.example/"]


def test_the_files_of_a_mail_within_the_mail_are_opened() -> None:
    inner = b"--b\r\nContent-Type: message/rfc822\r\n\r\n" + (MIXED + FILE + END).replace(b"--b", b"--c").replace(
        b"boundary=b", b"boundary=c"
    )
    opened = open_alone(opener, MIXED + TEXT + inner + END, "a.eml")
    assert [file.name for file in opened.files] == ["notes.zip"]


def test_a_part_that_only_other_readings_have_is_opened_too() -> None:
    desk = Desk({FileKind.MAIL: (opener,)})
    raw = MIXED + TEXT + END + FILE + END
    assert desk.open("1", "a.eml", raw).files == ()
    desk.read_otherwise = read_otherwise
    assert [file.name for file in desk.open("1", "a.eml", raw).files] == ["notes.zip"]


def test_a_text_with_a_name_is_a_file_wherever_it_stands() -> None:
    first = b"--b\r\nContent-Type: text/plain; name=run.vbs\r\n\r\nMsgBox 1\r\n"
    opened = open_alone(opener, MIXED + first + END, "a.eml")
    assert [file.name for file in opened.files] == ["run.vbs"]


def test_files_and_mails_beyond_the_limit_are_told() -> None:
    many = b"".join(
        b"--b\r\nContent-Type: application/octet-stream\r\n\r\n%d;2\r\n" % number
        for number in range(opener.MAX_PARTS + 1)
    )
    opened = open_alone(opener, MIXED + many + END, "a.eml")
    assert len(opened.files) == opener.MAX_PARTS
    assert (opened.opening, codes(opened)) == (Opening.LIMIT, {UNSEEN})
    line = b"From ann@woodwork.example Mon Jan  1 00:00:00 2024\n"
    opened = open_alone(opener, (line + b"Subject: x\n\ny\n") * (opener.MAX_MAILS + 2), "a.mbox")
    assert (opened.opening, codes(opened)) == (Opening.LIMIT, {UNSEEN})


def test_each_mail_of_a_mailbox_is_opened() -> None:
    line = b"From ann@woodwork.example Mon Jan  1 00:00:00 2024\n"
    mailbox = (line + MIXED + FILE + END + b"\n").replace(b"\r\n", b"\n") * 3
    opened = open_alone(opener, mailbox, "a.mbox")
    assert (opened.kind, [file.name for file in opened.files]) == (FileKind.MAIL, ["notes.zip"] * 3)


def test_all_of_a_saved_page_is_opened_under_the_names_of_its_places() -> None:
    saved = (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://a.example/\r\nSubject: x\r\n"
        b"MIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; type="text/html"; boundary=b\r\n\r\n'
        b"--b\r\nContent-Type: text/html\r\nContent-Location: https://a.example/login.html?x=1\r\n\r\n"
        b"<html><p>a</p></html>\r\n" + END
    )
    opened = open_alone(opener, saved, "a.mht")
    assert (opened.kind, [file.name for file in opened.files]) == (FileKind.MHTML, ["login.html"])


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value(content: bytes) -> None:
    open_alone(opener, HEAD + b"\r\n" + content, "a.eml")
    open_alone(opener, b"From a@b.example Mon Jan 1\nSubject: x\n" + content, "a.mbox")


def test_what_is_shown_in_the_place_of_the_mail_is_given_on_and_not_told_of_the_file() -> None:
    raw = MIXED + TEXT + PAGE + FILE + END
    desk = Desk({FileKind.MAIL: (opener,), FileKind.SMIME: (smime,)})
    (opened,) = desk.open("1", "smime.p7m", write_signed(tell(4, raw))).files
    assert (opened.shown, opened.links, codes(opened)) == ((raw,), (), set())
    assert [file.name for file in opened.files] == ["notes.zip"]


def test_a_large_file_of_it_is_cut_unless_some_programs_may_find_a_text_there() -> None:
    raw = MIXED + TEXT + FILE + base64.encodebytes(bytes(100_000)) + END
    hidden = b"x" * 5_000 + b"\r\n\r\nContent-Type: text/html\r\n\r\n<p>Hello there</p>\r\n"
    hiding = MIXED + b"--b\r\nContent-Type: image/png\r\n\r\n" + hidden + END + PAGE
    desk = Desk({FileKind.MAIL: (opener,), FileKind.SMIME: (smime,)})
    desk.read_otherwise = read_otherwise
    for mail, is_whole in ((raw, False), (raw + b"\r\nlist footer\r\n" + PAGE, False), (hiding, True)):
        (opened,) = desk.open("1", "smime.p7m", write_signed(tell(4, mail))).files
        (shown,) = opened.shown
        assert (shown == mail) is is_whole
        assert mail.endswith(shown[-7:])


def test_a_mail_that_is_attached_is_not_shown_in_the_place_of_the_mail() -> None:
    signed = write_signed(tell(4, MIXED + TEXT + END))
    part = b"--b\r\nContent-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    attached = MIXED + part + base64.encodebytes(signed) + END
    desk = Desk({FileKind.MAIL: (opener,), FileKind.SMIME: (smime,), FileKind.ZIP: (unzip,)})
    packed = pack("zip", {"a.p7m": signed})
    assert [file.shown for file in desk.open("1", "a.zip", packed).walk() if file.shown] == []
    plain, opened = MIXED + TEXT + END, desk.open("1", "a.eml", attached)
    assert desk.open("1", "a.eml", plain).shown == (b"Content-Type: message/rfc822\r\n\r\n" + plain,)
    assert [(file.path, file.shown[0].startswith(b"From: ann")) for file in opened.walk() if file.shown] == [
        ("1", False), ("1:1.1", True),
    ]  # fmt: skip


@pytest.mark.parametrize("called", ["message/rfc822", "message/global", "message/news"])
def test_what_is_called_a_mail_is_shown_as_one_though_it_has_no_header(called: str) -> None:
    desk = Desk({FileKind.MAIL: (opener,)})
    body = b"\r\n<p>Hello Bo, the boards are ready.</p>\r\n"
    opened = desk.open("1", "", body, called)
    assert (opened.kind, opened.shown) == (FileKind.MAIL, (b"Content-Type: message/rfc822\r\n\r\n" + body,))
    assert desk.open("1", "", body, "application/octet-stream").shown == ()
    deep = b"Content-Type: %b\r\n\r\n" % called.encode() * (MAX_DEPTH + 1)
    (inner,) = desk.open("1", "a.eml", HEAD + deep + body).files
    assert (inner.kind, inner.shown) == (FileKind.MAIL, (b"Content-Type: message/rfc822\r\n\r\n" + body,))


def test_a_program_that_is_called_a_mail_stays_a_program() -> None:
    desk = Desk({FileKind.MAIL: (opener,), FileKind.ZIP: (unzip,)})
    assert desk.open("1", "", ARCHIVE, "message/rfc822").kind is FileKind.ZIP
    page = desk.open("1", "a.html", b"<!doctype html><html><body>Hello</body></html>", "message/rfc822")
    assert [trait.text for trait in page.traits if trait.code == "kind.also"] == ["html"]


def test_of_a_mailbox_nothing_is_shown() -> None:
    line = b"From ann@woodwork.example Mon Jan  1 00:00:00 2024\n"
    mail = line + (MIXED + TEXT + END).replace(b"\r\n", b"\n")
    desk = Desk({FileKind.MAIL: (opener,)})
    assert [len(desk.open("1", "a.mbox", mails).shown) for mails in (mail, mail + b"\n" + mail)] == [1, 0]


@pytest.mark.parametrize(("name", "called"), [("a.EML", ""), ("a.nws", ""), ("", "message/rfc822")])
def test_a_mailbox_that_is_opened_as_one_mail_is_shown_as_one(name: str, called: str) -> None:
    line = b"From ann@woodwork.example Mon Jan  1 00:00:00 2024\r\n"
    mails = line + MIXED + TEXT + line + MIXED + PAGE + END
    desk = Desk({FileKind.MAIL: (opener,)})
    assert desk.open("1", name, mails, called).shown == (b"Content-Type: message/rfc822\r\n\r\n" + mails,)


def test_what_a_mail_in_a_file_says_may_be_a_password() -> None:
    desk = Desk({FileKind.MAIL: (opener,)})
    desk.open("1", "a.eml", HEAD + b"\r\nThe password is Zu7-tt\r\n")
    assert "Zu7-tt" in desk.told.find_passwords()
