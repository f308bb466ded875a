"""Beyond the corpus cases: what is compared, and in bounded time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screen_cases import find_codes, measure, write_mail

CHECK = "two_texts"
WORDS = [f"{first}{second}word" for first in "abcdefghij" for second in "abcdefghij"]


def mail(plain: str, html: str, kind: str = "alternative") -> bytes:
    body = (
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{plain}\r\n"
        f"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b--\r\n"
    )
    return write_mail(body, head="Content-Type: multipart/" + kind + "; boundary=b\r\n")


@pytest.mark.parametrize(
    ("shared", "codes"),
    [(0, ["differ"]), (4, ["differ"]), (16, []), (40, [])],
)
def test_texts_with_hardly_a_word_in_common_differ(shared: int, codes: list[str]) -> None:
    assert find_codes(CHECK, mail(" ".join(WORDS[:40]), " ".join(WORDS[40 - shared : 80 - shared]))) == codes


def test_what_is_missing_is_measured() -> None:
    features = measure(CHECK, mail(" ".join(WORDS[:40]), " ".join(WORDS[:80])))
    assert features == {"two_texts.only_plain": 0, "two_texts.only_html": 0.5}


def test_a_short_text_says_nothing() -> None:
    assert measure(CHECK, mail("See the other text.", " ".join(WORDS))) == {
        "two_texts.only_plain": 0,
        "two_texts.only_html": pytest.approx(1, abs=0.02),
    }


@pytest.mark.parametrize("kind", ["mixed", "related"])
def test_texts_that_are_shown_one_after_the_other_may_differ(kind: str) -> None:
    assert measure(CHECK, mail(" ".join(WORDS[:40]), " ".join(WORDS[40:80]), kind)) == {}


@pytest.mark.parametrize("text", ["a@" * 100_000, "é" * 200_000, "\u4e00" * 200_000, "a " * 200_000])
def test_no_text_takes_long(text: str) -> None:
    raw = mail(text, text)
    find_codes(CHECK, mail("a", "b"))
    start = time.process_time()
    find_codes(CHECK, raw)
    assert time.process_time() - start < 1


@given(st.binary(max_size=2_000), st.binary(max_size=2_000))
def test_any_bytes_are_compared(plain: bytes, html: bytes) -> None:
    raw = mail("PLAIN", "HTML").replace(b"PLAIN", plain).replace(b"HTML", html)
    assert all(0 <= value <= 1 for value in measure(CHECK, raw).values())
