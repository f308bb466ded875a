"""What cannot be known is 0; what can be known has the right sign; any mail has finite numbers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.parse import parse_message
from gatepost.screen.classifier.shape import MAX_FEATURE, measure_shape
from gatepost.screen.tables import load_tables

TABLES = load_tables()


def measure(sender: str, body: str) -> dict[str, float]:
    raw = f"From: {sender}\r\nSubject: Oak\r\nContent-Type: text/html\r\n\r\n{body}"
    return measure_shape(parse_message(raw.encode()), TABLES)


def test_links_to_the_senders_own_pages_are_aligned() -> None:
    own = measure("Oakline <hi@mail.oakline.com>", "<a href='https://www.oakline.com/x'>See Oakline</a>")
    other = measure("Oakline <hi@mail.oakline.com>", "<a href='https://elsewhere.top/x'>See Oakline</a>")
    assert (own["shape.aligned"], other["shape.aligned"]) == (1, -1)
    assert (own["shape.main_in_text"], other["shape.main_in_text"]) == (1, -1)
    assert own["shape.sender_named"] == 1


@pytest.mark.parametrize("domain", ["shop.example", "a.example.com", "host.test", "host.invalid"])
def test_a_sender_who_is_nobody_is_aligned_with_nobody(domain: str) -> None:
    numbers = measure(f"Oakline <hi@{domain}>", f"<a href='https://{domain}/x'>See</a>")
    assert numbers["shape.aligned"] == numbers["shape.sender_named"] == numbers["shape.sender_in_text"] == 0


def test_a_name_that_has_nothing_to_do_with_the_address_is_told() -> None:
    assert measure("PayPal <x@kjhgf.com>", "hi")["shape.sender_named"] == -1


@given(st.binary(max_size=2_000))
def test_any_mail_has_finite_numbers(raw: bytes) -> None:
    numbers = measure_shape(parse_message(raw), TABLES)
    assert all(math.isfinite(value) and abs(value) <= MAX_FEATURE for value in numbers.values())


def test_the_same_numbers_are_measured_of_every_mail() -> None:
    assert measure("a@b.com", "").keys() == measure_shape(parse_message(b""), TABLES).keys()
