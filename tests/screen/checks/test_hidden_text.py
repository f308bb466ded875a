"""Beyond the corpus cases: how much counts."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.checks.hidden_text import MIN_BEHIND_CHARS, MIN_BELOW_CHARS, MIN_HIDDEN_CHARS
from screen_cases import find_codes, measure, write_mail

CHECK = "hidden_text"


def mail(hidden: int, shown: int) -> bytes:
    return write_mail(f'<p>{"s" * shown}</p><div style="display:none">{"h" * hidden}</div>', html=True)


@pytest.mark.parametrize(
    ("hidden", "shown", "codes"),
    [
        (MIN_HIDDEN_CHARS, 10, ["padding"]),
        (MIN_HIDDEN_CHARS - 1, 10, []),
        (MIN_HIDDEN_CHARS, MIN_HIDDEN_CHARS, []),
        (0, 0, []),
    ],
)
def test_only_much_hidden_text_counts(hidden: int, shown: int, codes: list[str]) -> None:
    assert find_codes(CHECK, mail(hidden, shown)) == codes


def test_the_share_of_hidden_text_is_measured() -> None:
    assert measure(CHECK, mail(300, 100)) == {"hidden_text.share": 0.75}
    assert measure(CHECK, write_mail("<p>x</p>", html=True)) == {}


@pytest.mark.parametrize(
    ("page", "codes"),
    [
        ("<BR>" * 40 + "x" * MIN_BELOW_CHARS, ["below"]),
        ("<br />\r\n&nbsp;" * 40 + "x" * MIN_BELOW_CHARS, ["below"]),
        ("<br>" * 40 + "x" * (MIN_BELOW_CHARS - 1), []),
        ("<br>" * 30 + "x" * MIN_BELOW_CHARS, []),
        ("<p style='PADDING-TOP:5000px'>" + "x" * MIN_BELOW_CHARS, ["below"]),
        ("<p style='line-height:5000px'>" + "x" * MIN_BELOW_CHARS, []),
        ("<p style='max-width:5000px'>" + "x" * MIN_BELOW_CHARS, []),
        ("</html>" + "x" * MIN_BEHIND_CHARS, ["behind_end"]),
        ("</html>" + "<!-- -->" * MIN_BEHIND_CHARS, []),
    ],
)
def test_text_out_of_sight_is_found_by_what_pushes_it_there(page: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_mail(f"<p>Hi</p>{page}", html=True)) == codes


@pytest.mark.parametrize(
    "page", ["<br" * 60_000, "<br>" * 50_000, "<br   " * 30_000, "margin:1000px" * 15_000, "<" * 200_000, ": " * 90_000]
)
@pytest.mark.parametrize("html", [True, False])
def test_no_page_takes_long(page: str, html: bool) -> None:
    raw = write_mail(page, html=html)
    start = time.process_time()
    find_codes(CHECK, raw)
    assert time.process_time() - start < 3


def test_empty_lines_without_end_are_searched_in_linear_time() -> None:
    start = time.process_time()
    find_codes(CHECK, write_mail((" " * 70 + "\n") * 2_000 + ("\n" * 39 + "x") * 4_000))
    assert time.process_time() - start < 1


@given(st.binary(max_size=2_000))
def test_any_bytes_are_read(body: bytes) -> None:
    find_codes(CHECK, write_mail("<p>", html=True) + body)
