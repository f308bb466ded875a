"""Beyond the corpus cases: what is counted, and that no page takes long."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.checks.html_tricks import MAX_COUNTED, MIN_SPLIT_WORDS
from screen_cases import find_codes, measure, write_mail

CHECK = "html_tricks"


def codes(page: str) -> list[str]:
    return find_codes(CHECK, write_mail(page, html=True))


def test_a_mail_without_html_has_no_features() -> None:
    assert measure(CHECK, write_mail("con<!-- x -->firm")) == {}


def test_what_is_there_is_counted_up_to_a_limit() -> None:
    page = "wo<!-- x -->rd " * 100 + "<script></script>" * 100 + '<a href="blob:x">b</a>' * 3
    assert measure(CHECK, write_mail(page, html=True)) == {
        "html_tricks.refreshes": 0,
        "html_tricks.scripts": MAX_COUNTED,
        "html_tricks.split_count": MAX_COUNTED,
        "html_tricks.own_pages": 3,
    }


@pytest.mark.parametrize(("count", "found"), [(MIN_SPLIT_WORDS - 1, []), (MIN_SPLIT_WORDS, ["split_words"])])
def test_one_cut_word_may_be_a_slip(count: int, found: list[str]) -> None:
    assert codes("<p>" + "wo<!-- x -->rd " * count) == found


@pytest.mark.parametrize(
    "page",
    [
        "a <!-- x -->b " * 9,
        "a<!-- x --> b " * 9,
        "1<!-- x -->2 " * 9,
        "<b>wo</b><i>rd</i> " * 9,
        "<p>one<!-- x --></p><p>two</p>" * 9,
    ],
)
def test_what_stands_between_words_cuts_none(page: str) -> None:
    assert codes(page) == []


@pytest.mark.parametrize(
    "page",
    [
        "<span style='UNICODE-BIDI: bidi-override; direction: rtl'>x</span>",
        "<bdo dir=rtl>x</bdo>",
        "<style>p {unicode-bidi : isolate-override}</style><p>x",
    ],
)
def test_text_is_turned_round_in_many_ways(page: str) -> None:
    assert codes(page) == ["reversed"]


@pytest.mark.parametrize(
    "page",
    [
        "<!--" * 50_000,
        "a<!-- -->" * 20_000,
        "<b hidden>a" * 20_000,
        "<bdo " * 40_000,
        "content:'" * 22_000,
        "content:     " * 15_000,
        "<a " + "a=b " * 100_000 + ">",
        "<div>" * 40_000,
        "<a href='data:text/html,'>" * 7_000,
    ],
    ids=lambda page: page[:12],
)
def test_no_page_takes_long(page: str) -> None:
    raw = write_mail(page, html=True)
    start = time.process_time()
    find_codes(CHECK, raw)
    assert time.process_time() - start < 3


@given(st.binary(max_size=2_000))
def test_any_bytes_are_read(body: bytes) -> None:
    find_codes(CHECK, write_mail("<p>", html=True) + body)
