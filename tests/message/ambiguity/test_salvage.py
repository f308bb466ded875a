"""Parts that only some mail programs would find."""

import base64

import pytest

from ambiguous_mails import ENCODING, HEAD, MIXED, TEXT, Payload, put
from gatepost.message.ambiguity.salvage import Salvage, salvage_parts
from gatepost.message.ambiguity.signs import find_signs
from gatepost.message.parse import parse_message

FILE = Payload("a.bin", "application/octet-stream", bytes(range(200)))
ENCODED = b"\r\n" + FILE.base64


def salvage(raw: bytes) -> Salvage:
    message = parse_message(raw)
    return salvage_parts(message, find_signs(message))


def test_a_part_behind_the_end_is_found_with_its_name_and_place() -> None:
    raw = put(b"", end=b"--foo--\r\n" + FILE.fields + ENCODING + b"base64\r\n" + ENCODED, before=b"")
    (part,) = salvage(raw).parts
    assert (part.filename, part.content_type, part.content) == ("a.bin", "application/octet-stream", FILE.content)
    assert part.is_attachment
    assert raw[part.body_span.start : part.body_span.end] == FILE.base64


def test_what_is_read_alike_by_all_is_not_given_again() -> None:
    raw = put(
        FILE.fields + ENCODING + b"base64\r\n" + ENCODED,
        end=b"--foo--\r\n--foo\r\nContent-Type: text/plain\r\n\r\nMore\r\n",
    )
    assert [part.content for part in salvage(raw).parts] == [b"More\r\n"]


def test_each_name_that_another_program_would_open_is_given() -> None:
    fields = (
        b"Content-Type: image/png; name=a.png\r\n"
        b"Content-Disposition: attachment; filename=a.exe; filename*=utf-8''a.bat\r\n"
    )
    parts = salvage(put(fields + ENCODING + b"base64\r\n" + ENCODED)).parts
    assert {part.filename for part in parts} == {"a.png", "a.exe"}
    assert {part.content for part in parts} == {FILE.content}


def test_a_name_with_the_same_ending_is_not_given_again() -> None:
    fields = b'Content-Type: image/png; name="b.png"\r\nContent-Disposition : attachment; filename=a.png\r\n'
    assert salvage(put(fields + ENCODING + b"base64\r\n" + ENCODED)).parts == []


def test_a_file_that_the_default_reading_takes_for_text_is_given_as_a_file() -> None:
    (part,) = salvage(put(b"Content-Type: ;\r\n" + ENCODING + b"base64\r\n" + ENCODED)).parts
    assert (part.content_type, part.content) == ("application/octet-stream", FILE.content)


def test_a_named_text_that_stands_first_is_given_as_a_file() -> None:
    (part,) = salvage(HEAD + b"Content-Type: text/plain; name=a.js\r\n\r\nrun()").parts
    assert (part.filename, part.is_attachment) == ("a.js", True)


def test_of_several_types_that_of_a_file_counts() -> None:
    raw = put(b"Content-Type: text/plain\r\nContent-Type: application/zip\r\n\r\nPK\x03\x04 and more\r\n")
    assert [part.content_type for part in salvage(raw).parts] == ["application/zip"]


def test_a_text_that_is_part_of_a_shown_text_is_not_given_again() -> None:
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=bar\r\n\r\n--foo\r\n" + TEXT + b"--foo--\r\n"
    assert [part.content for part in salvage(raw).parts if part.content_type == "text/plain"] == []


def test_only_what_begins_like_nothing_else_is_hidden() -> None:
    lines = base64.encodebytes(FILE.content)
    found = salvage(put(FILE.fields + ENCODING + b"base64\r\n\r\n" + lines + b"====\r\n" + lines))
    assert FILE.content in [part.content for part in found.parts]
    assert found.hidden == []


def test_a_mail_in_a_body_with_an_unclear_encoding_is_looked_into() -> None:
    inner = (
        b"Content-Type: multipart/mixed; boundary=bar\r\n\r\n--bar\r\n"
        + FILE.fields
        + ENCODING
        + b"base64\r\n"
        + ENCODED
        + b"--bar--\r\n"
    )
    twice = b"Content-Type: message/rfc822\r\n" + ENCODING + b"base-64\r\n\r\n" + base64.encodebytes(inner)
    outer = b"Content-Type: message/rfc822\r\n" + ENCODING + b"bas(x)e64\r\n\r\n" + base64.encodebytes(twice)
    assert FILE.content in [part.content for part in salvage(put(outer)).hidden]


@pytest.mark.parametrize("head", [b"", MIXED])
def test_a_block_in_a_text_is_a_file(head: bytes) -> None:
    block = b"begin 644 x.exe\r\n" + FILE.uuencoded + b"`\r\nend\r\n"
    raw = HEAD + head + b"\r\n" + (b"--foo\r\n\r\n" if head else b"") + b"See:\r\n" + block
    assert [(part.filename, part.content) for part in salvage(raw).parts] == [("x.exe", FILE.content)]


def test_no_more_parts_are_given_than_the_limit() -> None:
    body = b"".join(b"begin-base64 644 a\n%s====\n" % base64.encodebytes(b"%d" % number) for number in range(300))
    parts = b"".join(b"Content-Type: a/b\r\n\r\n%d\r\n--x\r\n" % number for number in range(300))
    assert len(salvage(HEAD + b"\r\n" + body).parts) == 20
    found = salvage(HEAD + b"Content-Type: multipart/mixed\r\n\r\n--x\r\n" + parts)
    assert (len(found.parts), found.is_whole) == (200, False)


def test_no_more_is_decoded_than_the_limit() -> None:
    body = b"####\r\n" + b"AAAA" * 1_500_000
    found = salvage(
        put(FILE.fields + (ENCODING + b"base64\r\n" + ENCODING + b"quoted-printable\r\n") + b"\r\nx\r\n\r\n" + body)
    )
    assert not found.is_whole


def test_a_text_of_two_types_is_read_as_each() -> None:
    page = b"<p>One &amp; two</p>"
    for types in (b"text/plain, text/html\r\n", b"text/plain\r\nContent-Type: text/html\r\n"):
        found = salvage(HEAD + b"Content-Type: " + types + b"\r\n" + page + b"\r\n").parts
        assert ("text/html", page) in [(part.content_type, part.content.strip()) for part in found]


def test_each_way_of_decoding_a_text_is_given_once() -> None:
    body = base64.b64encode(b"<p>One, two, three, four, five, six</p>").replace(b"b", b"b#")
    raw = put(b"Content-Type: text/html\r\n" + ENCODING + b"base64\r\n\r\n" + body + b"\r\n")
    contents = [part.content.strip() for part in salvage(raw).parts]
    assert len(set(contents)) == len(contents)


def test_blanks_that_take_a_tag_apart_make_another_text() -> None:
    raw = put(b"Content-Type: text/html\r\n" + ENCODING + b"quoted-printable\r\n\r\n<=\rp=\r>One</p>\r\n")
    assert b"<p>One</p>" in [part.content.strip() for part in salvage(raw).parts]


def test_what_stands_behind_a_line_of_blanks_in_a_header_is_given() -> None:
    raw = HEAD + b"X-A: b\r\n \r\nSee:http://a.example/\r\n\r\nHello\r\n"
    assert [part.content for part in salvage(raw).parts] == [b"See:http://a.example/"]
