"""Beyond the corpus cases: spellings."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screen_cases import find, find_codes, measure, write_mail

CHECK = "broken_up_address"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("hxxps://notice-desk.example/in", ["scheme"]),
        ("h**p://notice-desk.example", ["scheme"]),
        ("H T T P : // notice-desk.example", ["scheme"]),
        ("notice-desk(dot)com", ["dots"]),
        ("notice-desk [.] net", ["dots"]),
        ("notice-desk[点]cn", ["dots"]),
        ("hxxp://notice-desk[.]com", ["scheme", "dots"]),
        ("ann (at) woodwork (dot) com", []),
        ("ann@woodwork[.]com", []),
        ("our site at notice-desk[.]com/login", ["dots"]),
        ("the dot company", []),
        ("f(.) com", []),
        ("x t t p", []),
    ],
)
def test_spellings(text: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_mail(f"Go to {text} now")) == codes


def test_addresses_are_counted_only_where_there_are_some() -> None:
    assert measure(CHECK, write_mail("a-b[.]com c-d[.]net")) == {"broken_up_address.count": 2}
    assert measure(CHECK, write_mail("nothing")) == {}


@pytest.mark.parametrize("filling", ["h t t p ", "a[.]", " dot com", "hxxp", "(.)"])
def test_a_long_text_takes_no_time(filling: str) -> None:
    raw = write_mail(filling * 100_000)
    started = time.process_time()
    find_codes(CHECK, raw)
    assert time.process_time() - started < 1.5


@given(st.binary(max_size=300))
def test_any_bytes_may_be_a_mail(raw: bytes) -> None:
    find(CHECK, raw)
    find(CHECK, write_mail("hxxp://a[.]") + raw)
