"""Mails in files are opened part by part, mailboxes mail by mail, saved pages with all they are made of."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from built_files import build_file
from gatepost.message.attachments.openers import mail as opener
from gatepost.model.file_kinds import FileKind
from opened_files import codes, links, open_alone

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
