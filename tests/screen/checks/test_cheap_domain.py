"""Beyond the corpus cases: which hosts count."""

import pytest

from screen_cases import find_codes, write_mail

CHECK = "cheap_domain"


@pytest.mark.parametrize("target", ["https://a.top/", "http://x.y.icu/p", "//b.click/x"])
def test_a_link_into_a_cheap_suffix_is_seen(target: str) -> None:
    assert find_codes(CHECK, write_mail(f'<a href="{target}">x</a>', html=True)) == ["link"]


def test_a_picture_is_no_link() -> None:
    assert find_codes(CHECK, write_mail('<img src="https://a.top/x.png">', html=True)) == []


def test_each_host_is_told_once() -> None:
    assert find_codes(
        CHECK, write_mail('<a href="https://a.top/1">x</a><a href="https://a.top/2">y</a>', html=True)
    ) == ["link"]


def test_a_mail_without_sender_is_looked_at_all_the_same() -> None:
    assert find_codes(CHECK, b"\r\nhttps://a.top/") == ["link"]
