"""What a message gives when asked, on mails as people and machines write them."""

import base64
from datetime import UTC, datetime

import pytest

from gatepost.message.links import MAX_TEXT_LINKS
from gatepost.message.message import LinkKind, Message, Part
from gatepost.message.parse import parse_message
from gatepost.model.finding import Span

MAIL = """From: "Bank of X" <service@x.example>, other@y.example
Sender: s@x.example
Reply-To: r@z.example
To: Jane <jane@home.example>
Cc: Joe <joe@home.example>
Subject: =?utf-8?B?5L2g5aW9?= Jane
Message-ID: <id@x.example>
Date: Mon, 5 Jan 2026 09:03:01 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=utf-8

Hello, see http://plain.example/
--a
Content-Type: text/html; charset=utf-8

<p>Hello, see <a href="https://evil.example/">x.example</a><b hidden>ham</b>
<form action="https://form.example/"><input type=password name=pw></form>
--a--
--m
Content-Type: application/pdf; name="=?utf-8?Q?r=C3=A9sum=C3=A9.pdf?="
Content-Transfer-Encoding: base64
Content-Disposition: attachment

aGVsbG8=
--m--
"""


@pytest.fixture
def mail() -> Message:
    return parse_message(MAIL.encode())


def read_part(head: str, body: bytes = b"hello") -> Part:
    return parse_message(head.encode() + b"\n\n" + body).root


def test_headers_are_read_by_name_in_any_case(mail: Message) -> None:
    assert mail.header_text("SUBJECT") == mail.subject == "你好 Jane"
    assert [header.name for header in mail.all_headers("Message-Id")] == ["message-id"]
    assert (mail.header_text("x-none"), mail.all_headers("x-none")) == ("", ())


def test_mailboxes_of_each_address_header_are_read(mail: Message) -> None:
    found = [
        [each.address for each in mailboxes] for mailboxes in (mail.from_, mail.sender, mail.reply_to, mail.to, mail.cc)
    ]
    assert found == [
        ["service@x.example", "other@y.example"],
        ["s@x.example"],
        ["r@z.example"],
        ["jane@home.example"],
        ["joe@home.example"],
    ]
    assert mail.from_[0].display_name == "Bank of X"


def test_all_from_headers_count() -> None:
    mail = parse_message(b"From: a@b.example\nFrom: c@d.example\n\n")
    assert [each.address for each in mail.from_] == ["a@b.example", "c@d.example"]


def test_identity_and_date_are_read(mail: Message) -> None:
    assert (mail.message_id, mail.date) == ("id@x.example", datetime(2026, 1, 5, 9, 3, 1, tzinfo=UTC))
    assert parse_message(b"").message_id == ""


def test_text_is_what_a_reader_sees_of_all_parts(mail: Message) -> None:
    assert mail.text == "Hello, see http://plain.example/\nHello, see x.example"
    assert [part.path for part in mail.text_parts + mail.html_parts + mail.attachments] == ["1.1.1", "1.1.2", "1.2"]
    assert mail.html[0].hidden_text == "ham"


def test_links_and_forms_are_those_of_all_parts_and_know_their_place(mail: Message) -> None:
    found = [(link.kind, link.target_host) for link in mail.links]
    assert sorted(found) == [
        (LinkKind.ANCHOR, "evil.example"),
        (LinkKind.FORM, "form.example"),
        (LinkKind.TEXT, "plain.example"),
    ]
    for link in mail.links:
        assert MAIL.encode()[link.span.start : link.span.end].decode() == link.target
    assert [(form.action, form.has_password_field) for form in mail.forms] == [("https://form.example/", True)]


def test_what_is_read_once_is_kept(mail: Message) -> None:
    assert mail.links is mail.links
    assert mail.attachments[0].content is mail.attachments[0].content


def test_an_attachment_gives_name_and_content(mail: Message) -> None:
    (part,) = mail.attachments
    assert (part.filename, part.disposition, part.content, part.text) == ("résumé.pdf", "attachment", b"hello", "")
    assert part.body == b"aGVsbG8="
    assert MAIL.encode()[part.body_span.start : part.body_span.end] == b"aGVsbG8="


@pytest.mark.parametrize(
    ("head", "is_attachment"),
    [
        ("Content-Type: text/plain", False),
        ("Content-Type: text/html; name=x.html", False),  # alone, it is the body
        ("Content-Type: text/html\nContent-Disposition: attachment", True),
        ("Content-Type: text/plain\nContent-Disposition: unheard-of", True),
        ("Content-Type: text/x-odd", False),
        ("Content-Type: text/calendar", True),
        ("Content-Type: image/png\nContent-Disposition: inline", True),
        ("Content-Type: message/rfc822", True),
        ("Content-Type: message/delivery-status", False),
        ("Content-Type: multipart/mixed; boundary=none", False),
        ("Content-Type: application/octet-stream", True),
    ],
)
def test_attachments_are_what_clients_list(head: str, *, is_attachment: bool) -> None:
    assert read_part(head).is_attachment is is_attachment


def test_a_named_text_behind_the_body_is_an_attachment() -> None:
    head = "Content-Type: multipart/mixed; boundary=b"
    root = read_part(
        head, b"--b\nContent-Type: text/plain; name=a.txt\n\nx\n--b\nContent-Type: text/plain; name=b.txt\n\ny\n--b--"
    )
    assert [part.is_attachment for part in root.children] == [False, True]


def test_the_name_of_the_disposition_is_stronger() -> None:
    assert read_part("Content-Type: a/b; name=c\nContent-Disposition: attachment; filename=d").filename == "d"
    assert read_part("Content-Type: a/b; name=c\nContent-Disposition: attachment").filename == "c"


def test_html_without_charset_is_read_by_its_meta_tag() -> None:
    body = '<meta charset="gb2312"><p>你好，世界'.encode("gb18030")
    assert read_part("Content-Type: text/html", body).text.endswith("你好，世界")
    assert read_part("Content-Type: text/html; charset=gbk", body).text.endswith("你好，世界")


def test_text_said_to_be_base64_but_never_encoded_is_read_as_it_stands() -> None:
    text = b"Dear friend, please visit http://x.example/ today! It is free, and only for you, my friend.\n" * 5
    mail = parse_message(b"Content-Transfer-Encoding: base64\n\n" + text)
    assert [link.target_host for link in mail.links] == ["x.example"] * 5
    assert [defect.code for defect in mail.defects] == ["encoding.not_base64"]
    laced = base64.b64encode(text).replace(b"Z", b"Z*")
    assert parse_message(b"Content-Transfer-Encoding: base64\n\n" + laced).text == text.decode()


def test_uuencode_in_the_text_is_told() -> None:
    mail = parse_message(b"\nhello\nbegin 644 x.exe\n#0V%T\n`\nend\n")
    assert [defect.code for defect in mail.defects] == ["text.uuencode"]


def test_defects_of_encoding_charset_and_html_are_told_at_the_body() -> None:
    head = "Content-Type: text/html; charset=x-none\nContent-Transfer-Encoding: quoted-printable"
    mail = parse_message(f"{head}\n\n=zz{'<div>' * 12_000}".encode())
    assert [defect.code for defect in mail.defects] == [
        "encoding.quoted_printable",
        "charset.unknown",
        "limit.html_tags",
    ]
    assert {defect.span for defect in mail.defects} == {mail.root.body_span}


@pytest.mark.parametrize("kind", [b"text/plain", b"text/html"])
def test_more_links_than_the_limit_are_told(kind: bytes) -> None:
    mail = parse_message(b"Content-Type: " + kind + b"\n\n" + b"http://x.example/ " * (MAX_TEXT_LINKS + 1))
    assert ([defect.code for defect in mail.defects], len(mail.links)) == (["limit.links"], MAX_TEXT_LINKS)


def test_a_message_inside_is_part_of_what_is_read() -> None:
    inner = b"Subject: inner\nContent-Type: text/html\n\n<a href='http://x.example/'>y</a>"
    raw = b"Subject: outer\nContent-Type: message/rfc822\n\n" + inner
    mail = parse_message(raw)
    nested = mail.root.message
    assert nested is not None
    assert (mail.subject, nested.subject, mail.text) == ("outer", "inner", "y")
    assert (nested.raw, raw[nested.span.start : nested.span.end]) == (raw, inner)
    assert mail.links == nested.links
    assert [part.path for part in mail.walk()] == ["1", "1.1"]


@pytest.mark.parametrize(
    ("raw", "only_crlf"),
    [
        (b"A: 1\r\n\r\nx\r\n", True),
        (b"A: 1\r\n\r\nx\r\ny\rz", True),
        (b"A: 1\r\n\r\nx\ny\r\n", False),
        (b"A: 1\n\nx\n", False),
        (b"A: 1\r\rx\r", False),
        (b"A: 1\r\n", True),
    ],
)
def test_a_mail_knows_whether_its_lines_end_in_crlf_alone(raw: bytes, *, only_crlf: bool) -> None:
    assert parse_message(raw).knows_only_crlf is only_crlf


def test_an_empty_mail_is_a_mail() -> None:
    mail = parse_message(b"")
    assert (mail.text, mail.links, mail.subject, mail.from_, mail.date) == ("", (), "", (), None)
    assert (mail.root.content_type, mail.root.body_span, mail.span) == ("text/plain", Span(0, 0), Span(0, 0))
