"""Beyond the corpus cases: what is measured of a URL."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screen_cases import find, find_codes, measure, write_mail

CHECK = "url_shape"


def measure_links(*targets: str) -> dict[str, float]:
    body = "".join(f'<a href="{target}">x</a>' for target in targets)
    return {name.partition(".")[2]: value for name, value in measure(CHECK, write_mail(body, html=True)).items()}


def test_the_largest_value_of_all_links_counts() -> None:
    measured = measure_links(
        "https://a.woodwork.example/", "https://b-c.1.woodwork.example/oak/x7Kq29Lm/login.php?q=12#abc"
    )
    assert measured == {
        "host_chars": len("b-c.1.woodwork.example"),
        "labels": 2,
        "hyphens": 1,
        "digits": 1,
        "consonants": 2,
        "path_chars": len("/oak/x7Kq29Lm/login.php"),
        "depth": 4,
        "query_chars": 5,
        "fragment_chars": 4,
        "segment_chars": 9,
        "codes": 1,
        "share_of_digits": pytest.approx(3 / 23),
        "words": 1,
        "bare": 1,
        "script": 1,
    }


def test_a_mail_without_links_has_no_features() -> None:
    assert measure(CHECK, write_mail("Nothing to see.")) == {}
    assert measure_links("mailto:ann@woodwork.example", "#top", "tel:123456") == {}


@pytest.mark.parametrize(
    ("target", "codes"),
    [
        ("https://a.example/#x=nora@mill.example", ["address_after_hash"]),
        ("https://a.example/#x=nora%40mill.example", ["address_after_hash"]),
        ("https://a.example/#bm9yYUBtaWxsLmV4YW1wbGU", ["address_after_hash"]),
        ("https://a.example/#nora@", []),
        ("https://a.example/?q=bm9yYUBtaWxsLmV4YW1wbGU=", ["coded_address"]),
        ("https://a.example/?q=bm9yYW1pbGxleGFtcGxl", []),
        ("https://a.example/x7Kq29", ["only_code"]),
        ("https://a.example/x7Kq29/", ["only_code"]),
        ("https://a.example/oak123456/x", []),
        ("https://a.example/2025/10", []),
        ("https://a.example/chase-the-rabbit", []),
        ("https://a.example/twitter/", []),
        ("https://203.0.113.66/x", []),
        ("https://a.example/oak%20boards", []),
        ("https://a.example/setup.exe", ["program"]),
        ("https://a.example/css/in.php", ["inside_site"]),
        ("https://a.example/css/in.css", []),
        ("https://a.example/.well-known/in.html", ["inside_site"]),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fa.example%2Fx7Kq29", ["only_code"]),
        (
            "https://a.r.us-east-1.awstrack.me/L0/https:%2F%2Fb.example%2F/1/0100019604f03f6d-66ba9031-8dc5-4b79-b578/x",
            [],
        ),
    ],
)
def test_a_shape_is_told(target: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_mail(f'<a href="{target}">x</a>', html=True)) == codes


def test_each_shape_is_told_once() -> None:
    assert find_codes(CHECK, write_mail("https://a.example/x7Kq29 https://b.example/x7Kq29")) == ["only_code"]


@pytest.mark.parametrize("filling", ["a1", "/", "%2f", "@a.b", "aHR0", "40", "é", "-"])
def test_megabytes_of_url_take_no_time(filling: str) -> None:
    raw = write_mail(f'<a href="https://a.example/{filling * 300_000}#{filling * 300_000}">x</a>', html=True)
    find_codes(CHECK, write_mail("https://a.example/"))
    started = time.process_time()
    find_codes(CHECK, raw)
    assert time.process_time() - started < 1


@given(st.text(max_size=100))
def test_any_url_has_a_shape(rest: str) -> None:
    for start in ("", "https://", "https://a.example/", "https://a.example/#", "https://a.example/?q="):
        find(CHECK, write_mail(f'<a href="{start}{rest}">x</a>', html=True))
