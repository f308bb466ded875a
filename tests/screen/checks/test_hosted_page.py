"""Beyond the corpus cases: how often, whose, and how fast."""

import time

from hypothesis import given
from hypothesis import strategies as st

from screen_cases import find, find_codes, measure, write_mail

CHECK = "hosted_page"


def test_each_kind_is_told_once_and_counted() -> None:
    body = "https://a.web.app/ https://b.web.app/ https://forms.gle/x"
    assert find_codes(CHECK, write_mail(body)) == ["form", "site"]
    assert measure(CHECK, write_mail(body))["hosted_page.sites"] == 2


def test_a_sender_at_the_same_host_does_not_vouch_for_another_site_there() -> None:
    assert find_codes(CHECK, write_mail("https://b.github.io/", sender="ann@a.github.io")) == ["site"]
    assert find_codes(CHECK, write_mail("https://a.github.io/", sender="ann@a.github.io")) == []


def test_the_reader_is_told_what_the_page_is() -> None:
    (site,) = find(CHECK, write_mail("https://a.web.app/"))
    assert site.says == "A link opens a.web.app, a site that anybody may put up for free."


def test_a_flood_of_links_takes_no_time() -> None:
    raw = write_mail("".join(f'<a href="https://a{number}.web.app/">x</a>' for number in range(20_000)), html=True)
    find_codes(CHECK, write_mail("https://a.web.app/"))
    started = time.process_time()
    find_codes(CHECK, raw)
    assert time.process_time() - started < 2


@given(st.binary(max_size=300))
def test_any_bytes_may_be_a_mail(raw: bytes) -> None:
    find(CHECK, raw)
    find(CHECK, write_mail("https://a.web.app/") + raw)
