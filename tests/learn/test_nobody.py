"""A mail without its sender is the same mail, and nothing of the sender is left in its headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.learn.nobody import hide_sender
from gatepost.message.parse import parse_message

MAIL = (
    b"From: Shop <news@Shop.com>\r\nReply-To: help@shop.COM\r\nMessage-ID: <1@mail.shop.com>\r\n"
    b"Subject: oak\r\n\r\nsee https://shop.com/a\r\n"
)


def test_no_header_knows_the_sender_any_more() -> None:
    hidden = hide_sender(MAIL, "7")
    assert hidden is not None
    head, _, body = hidden.partition(b"\r\n\r\n")
    assert b"shop" not in head.replace(b"Shop <", b"").lower()
    assert body == b"see https://shop.com/a\r\n"
    message = parse_message(hidden)
    assert message.from_[0].domain.endswith(".example")
    assert message.from_[0].display_name == "Shop"
    assert message.subject == "oak"


def test_the_same_seed_gives_the_same_name() -> None:
    assert hide_sender(MAIL, "7") == hide_sender(MAIL, "7") != hide_sender(MAIL, "8")


@pytest.mark.parametrize(
    "sender",
    [b"a@shop.example", b"a@b.test", b"a@localhost", b"nobody", b"", b"\xff\xfe", b"<>", b"a@mail.example.com"],
)
def test_nobody_has_nothing_to_hide(sender: bytes) -> None:
    assert hide_sender(b"From: " + sender + b"\r\n\r\nhi\r\n", "7") is None


def test_a_mail_without_an_end_of_headers_is_all_headers() -> None:
    assert (hide_sender(b"From: a@shop.com\r\nX: shop.com", "7") or b"").count(b".example") == 2


@given(st.binary(max_size=300), st.binary(max_size=60))
def test_any_bytes_lose_their_sender_or_have_none(raw: bytes, sender: bytes) -> None:
    for mail in (raw, b"From: " + sender + b"\r\nSubject: a\r\n\r\n" + raw, b"From: a@" + sender + b".com\n\n"):
        hidden = hide_sender(mail, "7")
        assert hidden is None or b".example" in hidden
