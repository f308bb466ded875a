"""Beyond the corpus cases: forms of Message-IDs."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screen_cases import find, find_codes

CHECK = "message_id_shape"


def write(value: bytes) -> bytes:
    return b"From: ann@woodwork.example\r\nMessage-ID:" + value + b"\r\n\r\nx"


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        (b" <a@b.example>", []),
        (b"\r\n <a@b.example>\r\n ", []),
        (b" < a@b.example >", []),
        (" <\u00fc@b\u00fccher.example>".encode(), []),
        (b" <a@[IPv6:2001:db8::7]>", []),
        (b" ", []),
        (b" <a=b@c.example@d.example>", []),
        (b" <a@b.example> <c@d.example>", ["broken"]),
        (b" <>", ["broken"]),
        (b" <@b.example>", ["broken"]),
    ],
)
def test_the_usual_form_is_told_from_others(value: bytes, codes: list[str]) -> None:
    assert find_codes(CHECK, write(value)) == codes


def test_a_mail_without_one_is_left_to_others() -> None:
    assert find_codes(CHECK, b"From: ann@woodwork.example\r\n\r\nx") == []


def test_a_long_value_takes_no_time() -> None:
    started = time.process_time()
    assert find_codes(CHECK, write(b" " + b"<" * 100_000 + b"(" * 100_000)) == ["broken"]
    assert time.process_time() - started < 0.5


@given(st.binary(max_size=200))
def test_any_bytes_may_stand_there(value: bytes) -> None:
    find(CHECK, write(value))
