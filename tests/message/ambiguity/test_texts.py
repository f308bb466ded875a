"""What only some programs show of a text is given; of ordinary texts nothing is."""

import time

import pytest

from ambiguous_mails import HEAD
from gatepost.message.ambiguity.texts import find_other_texts
from gatepost.message.parse import parse_message

PAGE = b'<a href="login">Log in</a>'
HTML = b"Content-Type: text/html; charset=utf-8\r\n"
EXTERNAL = b"Content-Type: message/external-body; "


def find(header: bytes, body: bytes) -> list[tuple[str, bytes]]:
    part = parse_message(HEAD + header + b"\r\n" + body).root
    return [(one.code, one.text) for one in find_other_texts(part)]


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (b"", b"Hello <ann@woodwork.example>, <p>"),
        (b"", b"<ann@woodwork.example> wrote:"),
        (b"", b"\0\1\2\3\4\5\6\7" * 9),
        (HTML, PAGE),
        (HTML, PAGE.decode().encode("utf-16")),
        (HTML + b"Content-Location: a.html\r\n", PAGE),
        (b"Content-Type: image/png\r\n", PAGE + b"\0"),
        (EXTERNAL + b"access-type=local-file; name=a\r\n", b""),
    ],
)
def test_ordinary_texts_are_read_alike_by_all(header: bytes, body: bytes) -> None:
    assert find(header, body) == []


def test_nuls_are_skipped() -> None:
    assert find(HTML, b'<a h\0ref="x">') == [("encoding.nul", b'<a href="x">')]
    assert find(b"", b"H\0i") == [("encoding.nul", b"Hi")]


@pytest.mark.parametrize("start", [b"<a href=x>", b"\r\n <HTML>", b"<!DOCTYPE html>", b"<p\n>"])
def test_a_text_that_begins_as_a_page_is_read_as_one(start: bytes) -> None:
    assert [code for code, _ in find(b"Content-Type: text/plain\r\n", start)] == ["structure.page_as_text"]
    assert find(HTML, start) == []


@pytest.mark.parametrize(
    ("field", "base"),
    [
        (b"Content-Base: http://192.0.2.7/", b"http://192.0.2.7/"),
        (b'Content-Base: "http://192.0.2.7/a"', b"http://192.0.2.7/a"),
        (b"Content-Location: https://a.example/\r\n b", b"https://a.example/b"),
        (b'Content-Location: http://a.example/"><script>', b"http://a.example/&quot;&gt;&lt;script"),
    ],
)
def test_a_base_that_stands_in_the_header_begins_the_page(field: bytes, base: bytes) -> None:
    assert find(HTML + field + b"\r\n", PAGE) == [("structure.base", b'<base href="' + base + b'">' + PAGE)]


@pytest.mark.parametrize(
    ("parameters", "address"),
    [
        (b'access-type=URL; URL="http://a.example/b"', b"http://a.example/b"),
        (b'access-type=URL; url="http://a.example/\r\n b"', b"http://a.example/b"),
        (b"access-type=anon-ftp; site=a.example; directory=/pub/x/; name=y.exe", b"ftp://a.example/pub/x/y.exe"),
        (b"access-type=FTP; site=a.example", b"ftp://a.example"),
    ],
)
def test_the_address_of_a_body_that_lies_outside_is_given(parameters: bytes, address: bytes) -> None:
    assert find(EXTERNAL + parameters + b"\r\n", b"") == [("structure.external_body", address)]


@pytest.mark.parametrize("piece", [b" ", b"\0", b"<", b"<a ", b"a\0"])
def test_it_takes_time_in_proportion(piece: bytes) -> None:
    started_s = time.process_time()
    find(b"", piece * 200_000)
    assert time.process_time() - started_s < 1
