"""A header that readers would believe may not be added to what was signed."""

import pytest

from gatepost.message.parse import parse_message
from gatepost.message.source import MAX_HEADERS
from gatepost.origin.dkim_added import SINGLE_HEADERS, find_added_header

MAIL = b"From: a@example.com\r\nTo: b@example.org\r\nReceived: 1\r\nReceived: 2\r\n\r\n"


@pytest.mark.parametrize("name", sorted(SINGLE_HEADERS))
@pytest.mark.parametrize("form", ["{}: x\r\n", "{} \t: x\r\n", "{}:\r\n x\r\n", "{}:\r\n"])
def test_a_second_one_is_told_however_it_is_written(name: str, form: str) -> None:
    first = f"{name}: x\r\n".encode()
    for second in (form.format(name.upper()).encode(), form.format(name).encode()):
        for raw in (second + first, first + second, first + b"X-Other: y\r\n" + second):
            assert find_added_header(parse_message(raw + b"\r\n"), ["received", name]) == (
                f"an unsigned {name} header was added"
            )
            assert find_added_header(parse_message(raw + b"\r\n"), [name, name]) == ""


def test_what_was_not_signed_or_may_stand_often_is_not_told() -> None:
    assert find_added_header(parse_message(b"To: c@example.net\r\n" + MAIL), ["from", "received"]) == ""


def test_a_mail_with_more_headers_than_are_read_could_hide_one() -> None:
    many = MAIL[:-2] + b"X: y\r\n" * MAX_HEADERS + b"From: evil@evil.example\r\n\r\n"
    assert "so many headers" in find_added_header(parse_message(many), ["from"])
