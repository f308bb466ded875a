"""Beyond the corpus cases: who counts as a firm."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screen_cases import find, find_codes, write_mail

CHECK = "free_mail_claims"


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("Customer Support", ["name"]),
        ("Oak Boards Ltd", ["name"]),
        ("Segurança", ["name"]),
        ("Kundenservice", ["name"]),
        ("Ann Baker", []),
        ("Supporter Ann", []),
        ("", []),
    ],
)
def test_a_name_of_a_firm_is_told_from_a_persons(name: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_mail("Hello.", sender=f'"{name}" <x.81@gmail.com>')) == codes


def test_a_mailbox_of_ones_own_says_nothing() -> None:
    assert find_codes(CHECK, write_mail("Your invoice", sender="Billing <x@gmail.com.example>")) == []


def test_a_long_text_is_read_at_both_ends_only() -> None:
    raw = write_mail("your order " * 200_000, sender="x@gmail.com")
    started = time.process_time()
    assert find_codes(CHECK, raw) == ["business"]
    assert time.process_time() - started < 1


@given(st.binary(max_size=300))
def test_any_bytes_may_be_a_mail(raw: bytes) -> None:
    find(CHECK, raw)
    find(CHECK, b"From: " + raw + b"@gmail.com\r\n\r\n" + raw)
