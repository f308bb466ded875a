"""Any bytes are a message; its places lie within them, and reading twice gives the same."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.message import Message, Part
from gatepost.message.parse import parse_message
from gatepost.model.finding import Span

LINES = [
    b"From: a@b.example",
    b"Subject: =?utf-8?q?caf=C3=A9?=",
    b'To: Doe, J <j@x>, "q" <k@y>',
    b"Date: 1 Jan 2020 1:2",
    b"",
    b" folded",
    b"no colon here",
    b"Content-Type: multipart/mixed; boundary=b",
    b"Content-Type: multipart/digest; boundary=bb",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b",
    b"Content-Type: message/delivery-status",
    b"Content-Type: message/rfc822",
    b"Content-Type: text/html; charset=gb2312",
    b"Content-Type: text",
    b"Content-Transfer-Encoding: base64",
    b"Content-Transfer-Encoding: quoted-printable",
    b"Content-Disposition: attachment; filename*0*=utf-8''%41; filename*1=b",
    b"--b",
    b"--bb",
    b"--b--",
    b"--bb--",
    b"<a href=http://x.example/>y</a><p>",
    b"<div style='display:none'><form><input type=password>",
    b"PGEgaHJlZj14Pnk8L2E+",
    b"=C3=A9= http://x.example/ =",
    b"\xc4\xe3\xba\xc3",
    b"\x00",
]
ENDS = [b"\n", b"\r\n", b"\r", b"\xff\xfe"]
FRAGMENTS = [line + b"\n" for line in LINES] + ENDS
MAIL_LIKE = st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=8), max_size=60).map(b"".join)
ANYTHING = st.binary(max_size=2000) | MAIL_LIKE


def describe(message: Message) -> tuple[object, ...]:
    """Give all that can be asked of a message."""
    parts = [
        (part.path, part.content_type, part.body_span, part.content, part.text, part.filename, part.is_attachment)
        for part in message.walk()
    ]
    mailboxes = (message.from_, message.sender, message.reply_to, message.to, message.cc)
    rest = (message.subject, message.date, message.message_id, message.report, message.defects)
    return (parts, mailboxes, rest, message.headers, message.text, message.html, message.links, message.forms)


def is_inside(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start <= inner.end <= outer.end


def check_places(part: Part, outer: Span) -> None:
    """Places lie within each other, and parts of one multipart follow each other."""
    assert is_inside(part.body_span, outer)
    assert all(is_inside(header.span, outer) for header in part.headers)
    assert not (part.children and part.message)
    position = part.body_span.start
    for child in part.children:
        assert child.body_span.start >= position
        check_places(child, part.body_span)
        position = child.body_span.end
    if part.message is not None:
        assert is_inside(part.message.span, part.body_span)
        check_places(part.message.root, part.body_span)


def list_spans(message: Message) -> Iterator[Span]:
    yield from (link.span for link in message.links)
    yield from (form.span for form in message.forms)
    yield from (defect.span for defect in message.defects)
    yield from (mailbox.span for mailbox in (*message.from_, *message.to))


@given(ANYTHING)
def test_any_bytes_are_a_message_whose_places_lie_within_them(raw: bytes) -> None:
    message = parse_message(raw)
    describe(message)
    whole = Span(0, len(raw))
    assert message.raw is raw
    check_places(message.root, whole)
    assert all(is_inside(span, whole) for span in list_spans(message))


@given(ANYTHING)
def test_reading_twice_gives_the_same(raw: bytes) -> None:
    assert describe(parse_message(raw)) == describe(parse_message(raw))


@given(ANYTHING)
def test_a_header_stands_where_its_place_says(raw: bytes) -> None:
    message = parse_message(raw)
    for part in message.walk():
        if part.buffer is not message.raw:
            continue  # decoded, or with line ends changed
        for header in part.headers:
            field = raw[header.span.start : header.span.end]
            assert field.lower().startswith(header.name.encode("latin-1").lower())
            assert header.value in field


@given(st.lists(st.sampled_from(LINES), max_size=40))
def test_line_ends_do_not_change_what_is_read(lines: list[bytes]) -> None:
    with_lf, with_crlf = parse_message(b"\n".join(lines)), parse_message(b"\r\n".join(lines))
    assert [(part.path, part.content_type) for part in with_lf.walk()] == [
        (part.path, part.content_type) for part in with_crlf.walk()
    ]
    assert with_lf.subject == with_crlf.subject
    assert with_lf.text.split() == with_crlf.text.split()
    assert [link.target for link in with_lf.links] == [link.target for link in with_crlf.links]


def test_a_mail_whose_lines_end_in_cr_alone_is_read_and_keeps_its_bytes() -> None:
    raw = b"Subject: old Mac\rFrom: a@b.example\r\rHello\rthere\r"
    message = parse_message(raw)
    assert (message.subject, message.text, message.raw) == ("old Mac", "Hello\nthere\n", raw)
    assert message.root.body_span == Span(36, len(raw))


@pytest.mark.parametrize(
    ("raw", "codes"),
    [
        (b"A: 1\r\n\r\nx\r\n", []),
        (b"A: 1\n\nx\n", []),
        (b"A: 1\r\n\r\nx\r\ny\nz\r\n", ["line.bare_lf"]),
        (b"A: 1\r\n\r\nx\ry\r\n", ["line.bare_cr"]),
        (b"A: 1\n\nx\ry\n", ["line.bare_cr"]),
        (b"A: 1\r\n\r\nx\ry\nz\r\n", ["line.bare_cr", "line.bare_lf"]),
    ],
)
def test_bare_line_ends_are_told(raw: bytes, codes: list[str]) -> None:
    assert [defect.code for defect in parse_message(raw).defects] == codes
