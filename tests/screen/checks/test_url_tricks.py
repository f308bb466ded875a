"""Beyond the corpus cases: addresses as browsers read them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screen_cases import find, find_codes, measure, write_mail

CHECK = "url_tricks"


@pytest.mark.parametrize(
    ("target", "codes"),
    [
        ("https://www.woodwork.example/oak", []),
        ("https://www.woodwork.example/@ann", []),
        ("https://www.woodwork.example/?a=b.c@d", []),
        ("https://ann@www.woodwork.example/", ["user_name"]),
        ("https://www.bank.com@evil.example/", ["user_info"]),
        ("https:\\\\www.bank.com@evil.example\\x", ["slashes", "user_info"]),
        ("https://www.bank.com%2F@evil.example", ["user_info"]),
        ("http://192.0.2.7/", ["ip_host"]),
        ("http://3221225991/", ["ip_host", "ip_spelling"]),
        ("http://0xc0000207/", ["ip_host", "ip_spelling"]),
        ("http://0300.0.2.7/", ["ip_host", "ip_spelling"]),
        ("http://192.0.2.7.:80/", ["ip_host"]),
        ("https://evil%2eexample/", ["encoded_host"]),
        ("https://evil\u3002example/", ["encoded_host"]),
        ("https://\uff45vil.example/", ["encoded_host"]),
        ("https:/www.woodwork.example/", []),
        ("https:///www.woodwork.example/", ["slashes"]),
        ("https://a@b@evil.example/", ["user_info"]),
        ("https://www.google.com/url?q=https%3A%2F%2Fbit.ly%2Fx", ["shortener"]),
        ("https://www.woodwork.example/go?u=http://192.0.2.7:81/", ["ip_host", "port"]),
        ("https://\u0430\u0440\u0440\u04cf\u0435.ru/", []),
        ("https://p\u0430ypal.ru/", ["mixed_script"]),
        ("data:image/svg+xml,x", ["script"]),
        ("data:image/png;base64,x", []),
        ("http://[2001:db8::7]/", ["ip_host"]),
        ("http://www.woodwork.example:8081/", ["port"]),
        ("http://www.woodwork.example:443/", []),
        ("https://xn--pypal-4ve.com/", ["mixed_script"]),
        ("https://xn--bcher-kva.example/", []),
        ("https://xn--80ak6aa92e.com/", ["mixed_script"]),
        ("https://xn--80aswg.xn--p1ai/", []),
        ("https://bit.ly/x", ["shortener"]),
        ("https://paypal.evil.example/", ["brand_in_host"]),
        ("javascript:alert(1)", ["script"]),
        ("data:text/html;base64,PGI+", ["script"]),
        ("mailto:ann@woodwork.example", []),
    ],
)
def test_an_address_is_read_as_a_browser_reads_it(target: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_mail(f'<a href="{target}">x</a>', html=True)) == codes


def test_a_mail_address_in_plain_text_is_no_url_with_a_user() -> None:
    assert find_codes(CHECK, write_mail("Write to www.oak.boards@woodwork.example")) == []
    assert find_codes(CHECK, write_mail("See http://www.bank.com@evil.example/")) == ["user_info"]


def test_the_reader_sees_the_name_in_its_own_letters() -> None:
    (finding,) = find(CHECK, write_mail("https://xn--pypal-4ve.com/"))
    assert finding.says == "A link opens p\u0430ypal.com, a name written with look-alike letters."


def test_links_and_hosts_are_counted_once_each() -> None:
    body = "https://a.example/1 https://a.example/2 https://b.example/1 https://a.example/1"
    assert measure(CHECK, write_mail(body)) == {"url_tricks.links": 3, "url_tricks.hosts": 2}


def test_a_megabyte_of_url_is_looked_at_only_so_far() -> None:
    started = time.process_time()
    find_codes(CHECK, write_mail(f'<a href="https://{"a@" * 500_000}evil.example/">x</a>', html=True))
    find_codes(CHECK, write_mail(f'<a href="https://evil.example/{"%25" * 300_000}">x</a>', html=True))
    assert time.process_time() - started < 1


@given(st.text(max_size=60))
def test_any_address_may_stand_in_a_link(target: str) -> None:
    for start in ("", "https://", "https:", "//", "data:", "https://a.example/?u=http://"):
        find_codes(CHECK, write_mail(f'<a href="{start}{target}">x</a>', html=True))
