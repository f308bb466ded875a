import base64

import pytest

from gatepost.message.message import Message
from gatepost.message.mime import MAX_ENCODED_MESSAGE_BYTES
from gatepost.message.parse import parse_message
from gatepost.message.source import MAX_DEPTH, MAX_PARTS

HEAD = b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"


def outline(message: Message) -> list[tuple[str, str, bytes]]:
    """Give path, type and body of each part that has no parts of its own."""
    leaves = (part for part in message.walk() if not part.children and not part.message)
    return [(part.path, part.content_type, part.body) for part in leaves]


def codes(message: Message) -> list[str]:
    return [defect.code for defect in message.defects]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_parts_stand_between_delimiters_and_preamble_and_epilogue_are_left_out(end: bytes) -> None:
    lines = (b"preamble", b"--b", b"", b"one", b"", b"--b  ", b"Content-Type: text/html", b"", b"two", b"--b--", b"")
    message = parse_message(HEAD.replace(b"\n", end) + end.join(lines))
    assert outline(message) == [("1.1", "text/plain", b"one" + end), ("1.2", "text/html", b"two")]
    assert codes(message) == []


@pytest.mark.parametrize(
    ("body", "bodies", "expected"),
    [
        (b"--b\n\none", [b"one"], ["multipart.no_end"]),
        (b"--b\n\none\n--b", [b"one"], ["multipart.no_end"]),
        (b"--b\n\none\n--b--\nafter", [b"one"], ["multipart.epilogue"]),
        (b"--b\n\none\n--bx\ntwo\n--b--", [b"one\n--bx\ntwo"], ["multipart.text_after_boundary"]),
        (b"--b\n\none --b\n--b--", [b"one --b"], ["multipart.boundary_elsewhere"]),
        (b"--b\n\none\n--b--\n--b", [b"one"], ["multipart.epilogue", "multipart.boundary_elsewhere"]),
        (b"--b\n--b--\n", [b""], []),
        (b"no delimiter", [b"no delimiter"], ["multipart.no_parts"]),
        (b"", [b""], ["multipart.no_parts"]),
        (b"x--b\n\none", [b"x--b\n\none"], ["multipart.boundary_elsewhere", "multipart.no_parts"]),
    ],
)
def test_broken_multiparts_lose_nothing(body: bytes, bodies: list[bytes], expected: list[str]) -> None:
    message = parse_message(HEAD + body)
    assert ([each for _, _, each in outline(message)], codes(message)) == (bodies, expected)


def test_a_multipart_without_boundary_is_shown_as_text() -> None:
    message = parse_message(b"Content-Type: multipart/mixed\n\nhello")
    assert (message.text, codes(message)) == ("hello", ["multipart.no_boundary"])


def test_an_outer_boundary_ends_an_inner_multipart() -> None:
    inner = b"--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\none\n--b\n\ntwo\n--bb--\n--b--\n"
    message = parse_message(HEAD + inner)
    assert outline(message) == [("1.1.1", "text/plain", b"one"), ("1.2", "text/plain", b"two\n--bb--")]


def test_nested_multiparts_of_one_boundary_become_siblings() -> None:
    message = parse_message(HEAD + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n")
    assert [body for _, _, body in outline(message)] == [b"", b"one"]


def test_parts_of_a_digest_are_messages() -> None:
    message = parse_message(HEAD.replace(b"mixed", b"digest") + b"--b\n\nSubject: inner\n\nhello\n--b--\n")
    (part,) = message.root.children
    assert part.message is not None
    assert (part.content_type, part.message.subject, message.text) == ("message/rfc822", "inner", "hello")
    assert [each.path for each in message.walk()] == ["1", "1.1", "1.1.1"]


def test_a_message_that_came_encoded_is_opened_and_its_places_are_those_of_the_encoded_body() -> None:
    inner = base64.encodebytes(b"Subject: inner\r\nContent-Type: text/html\r\n\r\n<a href=http://x.example/>y</a>")
    raw = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + inner
    message = parse_message(raw)
    nested = message.root.message
    assert nested is not None
    assert (nested.subject, [link.target_host for link in message.links]) == ("inner", ["x.example"])
    assert message.links[0].span == nested.headers[0].span == message.root.body_span
    assert raw[message.root.body_span.start :] == inner
    assert codes(message) == ["message.encoded"]


def test_a_long_message_that_came_encoded_stays_a_file_and_that_is_told() -> None:
    line = base64.encodebytes(b"Subject: inner\n\n" + b"x" * 29) * 100
    raw = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
    message = parse_message(raw + line * (MAX_ENCODED_MESSAGE_BYTES // len(line) + 1))
    assert (message.root.message, codes(message)) == (None, ["message.encoded", "limit.encoded_message"])
    assert [part.path for part in message.attachments] == ["1"]


def test_what_is_nested_too_deep_is_kept_whole_and_told() -> None:
    levels = range(MAX_DEPTH + 3)
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=b%d.\n\n--b%d.\n" % (level, level) for level in levels)
    message = parse_message(raw + b"\nhttp://deep.example/")
    assert "limit.depth" in codes(message)
    assert [link.target_host for link in message.links] == ["deep.example"]
    messages = parse_message(b"Content-Type: message/rfc822\n\n" * (MAX_DEPTH + 3) + b"\nx")
    assert codes(messages) == ["limit.depth"]


def test_what_is_beyond_the_limit_of_parts_stays_as_one_part() -> None:
    message = parse_message(HEAD + b"--b\n\nx\n" * (MAX_PARTS + 10) + b"--b--\n")
    parts = list(message.walk())
    assert (len(parts), parts[-1].content_type, codes(message)) == (
        MAX_PARTS + 1,
        "application/octet-stream",
        ["limit.parts"],
    )
    assert parts[-1].body.count(b"--b\n") == 10


def test_too_many_false_delimiters_end_the_search() -> None:
    message = parse_message(HEAD + b"--b\n\n" + b"--bx\n" * 20_001 + b"--b\n\nlast\n--b--")
    assert "limit.boundaries" in codes(message)
    assert message.text.endswith("last\n--b--")


@pytest.mark.parametrize(
    ("field", "kind", "expected"),
    [
        (b"Content-Type: TEXT/Html; charset=utf-8", "text/html", []),
        (b"Content-Type: text / html", "text/html", []),
        (b"Content-Type: (x) text/html", "text/html", []),
        (b"Content-Type: text", "text/plain", []),
        (b"Content-Type: text/html boundary=x", "text/html", []),
        (b'Content-Type: "text/html"', "text/html", []),
        (b"Content-Type:", "text/plain", ["content_type.unreadable"]),
        (b"Content-Type: html", "text/plain", ["content_type.unreadable"]),
        (b"Content-Type: text/html\nContent-Type: text/plain", "text/html", ["header.repeated"]),
        (b"Content-Transfer-Encoding: x-odd", "text/plain", ["encoding.unknown"]),
        (b"Content-Transfer-Encoding: 'Base64' (so)", "text/plain", []),
        (b"From: a@b.example\nFrom: c@d.example", "text/plain", ["header.repeated"]),
        (b"Received: x\nReceived: y", "text/plain", []),
    ],
)
def test_types_and_encodings_are_read_in_their_broken_forms(field: bytes, kind: str, expected: list[str]) -> None:
    message = parse_message(field + b"\n\n")
    assert (message.root.content_type, codes(message)) == (kind, expected)
