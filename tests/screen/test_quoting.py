"""Quotations are short, on one line, and cannot mislead whoever reads them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.finding import Span
from gatepost.screen.quoting import MAX_EVIDENCE_CHARS, MAX_QUOTE_CHARS, point_at, quote


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Ann Byron", "Ann Byron"),
        ("a\r\nb\tc", "a b c"),
        ("invoice\u202efdp.exe", "invoice fdp.exe"),
        ("\x1b[31mred\x9b0m", "[31mred 0m"),
        ("pay\u200bpal", "pay pal"),
        ("王芳", "王芳"),
        ("\ud800x", "x"),
    ],
)
def test_what_could_mislead_is_left_out(text: str, quoted: str) -> None:
    assert quote(text) == quoted


def test_a_long_text_is_cut_and_says_so() -> None:
    assert quote("a" * 1000) == "a" * (MAX_QUOTE_CHARS - 1) + "…"
    assert len(point_at("b" * 1000).text) == MAX_EVIDENCE_CHARS


def test_evidence_keeps_its_place() -> None:
    assert point_at("x", Span(3, 4)).span == Span(3, 4)


@given(st.text())
def test_no_text_gets_a_control_or_direction_character_through(text: str) -> None:
    quoted = quote(text)
    assert len(quoted) <= MAX_QUOTE_CHARS
    assert not {unicodedata.category(character) for character in quoted} & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(quoted) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b")
