"""Attached HTML is read whatever it is called, within limits."""

import pytest

from gatepost.message.parse import parse_message
from gatepost.screen.attached_html import MAX_BYTES, MAX_PAGES, read_attached_html

PAGE = "<p>价格</p><form><input type=password></form>"


def build(*parts: tuple[str, str, bytes]) -> bytes:
    sections = b"".join(
        f'--x\r\nContent-Type: {kind}\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for kind, name, content in parts
    )
    return b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + sections + b"--x--\r\n"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("text/html", "a.bin"),
        ("application/octet-stream", "a.HTML"),
        ("application/octet-stream", "a.htm ."),
        ("image/svg+xml", "a"),
        ("application/pdf", "a.shtml"),
    ],
)
def test_a_page_is_known_by_type_or_name(kind: str, name: str) -> None:
    (page,) = read_attached_html(parse_message(build((kind, name, PAGE.encode()))))
    assert page.view.forms[0].has_password_field
    assert "价格" in page.source


@pytest.mark.parametrize(("kind", "name"), [("text/plain", "a.txt"), ("application/pdf", "html.pdf")])
def test_other_attachments_are_no_pages(kind: str, name: str) -> None:
    assert list(read_attached_html(parse_message(build((kind, name, PAGE.encode()))))) == []


def test_the_charset_that_the_page_names_is_used() -> None:
    content = '<meta charset="gb18030">价格'.encode("gb18030")
    (page,) = read_attached_html(parse_message(build(("application/octet-stream", "a.html", content))))
    assert "价格" in page.view.text


def test_many_and_large_pages_are_read_up_to_a_limit() -> None:
    large = b"<p>a</p>" * (MAX_BYTES // 16)
    pages = list(read_attached_html(parse_message(build(*[("text/html", "a.html", large)] * (MAX_PAGES + 5)))))
    assert len(pages) == MAX_PAGES
    assert sum(len(page.source) for page in pages) <= MAX_BYTES


def test_pages_are_read_once() -> None:
    message = parse_message(build(("text/html", "a.html", PAGE.encode())))
    assert read_attached_html(message) is read_attached_html(message)


def test_only_what_was_cut_is_not_whole() -> None:
    large = b"<p>a</p>" * (MAX_BYTES // 10)
    pages = read_attached_html(parse_message(build(*[("text/html", "a.html", large)] * 2)))
    assert [page.is_whole for page in pages] == [True, False]
