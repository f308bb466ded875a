"""Beyond the corpus cases: whose redirects count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screen_cases import find, find_codes, measure, write_mail

CHECK = "wrapped_link"


@pytest.mark.parametrize(
    ("target", "codes"),
    [
        ("https://www.google.de/url?q=https%3A%2F%2Fa.example%2F", ["platform"]),
        ("https://www.google.com/search?q=https%3A%2F%2Fa.example%2F", ["open_redirect"]),
        ("https://www.youtube.com/redirect?q=https%3A%2F%2Fa.example%2F", ["platform"]),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.facebook.com%2Fx", []),
        ("https://www.linkedin.com/slink?code=abc", ["sealed"]),
        ("https://click.sendgrid.net/ls/click?upn=abc", ["sealed"]),
        ("https://x.list-manage.com/track/click?url=https%3A%2F%2Fa.example%2F", ["counted"]),
        ("https://x.list-manage.com/track/click?url=https%3A%2F%2Fbit.ly%2Fa", ["counted", "hidden_again"]),
        ("https://urldefense.com/v3/__https://bit.ly/a__;!!x$", ["counted"]),
        ("https://www.woodwork.example/?url=https%3A%2F%2Fa.example%2F", []),
    ],
)
def test_a_redirect_is_judged_by_its_owner(target: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_mail(f'<a href="{target}">x</a>', html=True)) == codes


def test_most_links_through_one_host_make_it_a_click_counter() -> None:
    body = "".join(f'<a href="https://t.counter.example.net/c?u=https%3A%2F%2Fa.example%2F{n}">x</a>' for n in range(4))
    assert find_codes(CHECK, write_mail(body, html=True)) == ["counted"]


def test_wrapped_links_are_measured() -> None:
    body = "https://www.google.com/url?q=https%3A%2F%2Fa.example%2F https://www.woodwork.example/"
    assert measure(CHECK, write_mail(body)) == {
        "wrapped_link.count": 1,
        "wrapped_link.share": 0.5,
        "wrapped_link.depth": 1,
    }


@given(st.binary(max_size=300))
def test_any_bytes_may_be_a_mail(raw: bytes) -> None:
    find(CHECK, raw)
    find(CHECK, write_mail("https://www.google.com/url?q=https%3A") + raw)
