"""Beyond the corpus cases: who is compared with whom."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screen_cases import find, find_codes, measure, write_mail

CHECK = "lookalike_domain"


def test_the_recipients_domain_counts_as_ours() -> None:
    raw = write_mail("x", sender="boss@mill-stret.example")
    assert find_codes(CHECK, raw, recipients=("nora@mill-street.example",)) == ["own_sender"]


def test_a_free_mailbox_domain_or_a_brands_own_is_not_ours_to_protect() -> None:
    raw = write_mail("x", sender="ann@gmall.example")
    assert find_codes(CHECK, raw, recipients=("nora@gmail.com",)) == []


@pytest.mark.parametrize("header", ["Reply-To", "Sender"])
def test_everybody_who_answers_for_the_mail_is_looked_at(header: str) -> None:
    raw = write_mail("x", head=f"{header}: a@paypa1.example\r\n")
    assert find_codes(CHECK, raw) == ["brand_letters"]


def test_a_label_below_a_strangers_domain_is_looked_at() -> None:
    assert find_codes(CHECK, write_mail("https://login.paypa1.evil.example/")) == ["brand_letters"]


def test_a_whole_brand_name_in_a_links_host_is_left_to_url_tricks() -> None:
    assert find_codes(CHECK, write_mail("https://paypal-login.example/")) == []


def test_firms_that_differ_by_a_number_are_no_imitation() -> None:
    raw = write_mail("ann@woodwork2.example", sender="ann@woodwork.example")
    assert find_codes(CHECK, raw) == []


def test_close_and_near_names_are_counted() -> None:
    raw = write_mail("https://paypa1.example/", sender="a@paypal-support.example")
    assert measure(CHECK, raw) == {"lookalike_domain.close": 1, "lookalike_domain.near": 1}


def test_the_reader_sees_the_name_in_its_own_letters() -> None:
    (finding,) = find(CHECK, write_mail("https://xn--pypal-4ve.example/"))
    assert finding.says.startswith("A link opens p\u0430ypal.example, which is easily taken for PayPal")


def test_a_hundred_own_domains_and_a_flood_of_links_take_no_time() -> None:
    own = tuple(f"mill-street-{number}.example" for number in range(200))
    body = "".join(f'<a href="https://a{number}.mill{number}.example/">x</a>' for number in range(2_000))
    raw = write_mail(body + "a@b.example " * 50_000, html=True)
    find_codes(CHECK, write_mail("https://a.example/"))
    started = time.process_time()
    find_codes(CHECK, raw, own=own)
    assert time.process_time() - started < 2


@given(st.binary(max_size=300))
def test_any_bytes_may_be_a_mail(raw: bytes) -> None:
    find(CHECK, raw, own=("mill-street.example",))
    find(CHECK, b"From: a@" + raw + b"\r\n\r\nhttps://" + raw, own=("mill-street.example",))
