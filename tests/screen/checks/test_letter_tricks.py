"""Beyond the corpus cases: which letters trick, and which languages need them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.checks.letter_tricks import MAX_MIXED_WORDS
from screen_cases import find_codes, measure, write_mail

CHECK = "letter_tricks"


@pytest.mark.parametrize("subject", ["P\u0430yPal", "Αmazon", "ver\u0456fy now"])
def test_a_word_in_two_scripts_is_a_trick(subject: str) -> None:
    assert find_codes(CHECK, write_mail(head=f"Subject: {subject}\r\n"))[:1] == ["mixed_script"]


@pytest.mark.parametrize("subject", ["Цена iPhone", "Re: Привет", "α-Strahlung", "5 µm", "ﬁne Æther"])
def test_two_scripts_side_by_side_are_ordinary(subject: str) -> None:
    assert find_codes(CHECK, write_mail(head=f"Subject: {subject}\r\n")) == []


def test_a_single_invisible_character_is_no_trick() -> None:
    assert find_codes(CHECK, write_mail("acc\u200bount and nothing else")) == []


def test_soft_hyphens_are_for_hyphenation() -> None:
    assert find_codes(CHECK, write_mail("Donau\u00addampf\u00adschiff\u00adfahrt")) == []


def test_invisible_characters_between_words_are_padding() -> None:
    assert find_codes(CHECK, write_mail("Hello" + " \u200c\u00a0" * 100 + "world")) == []


def test_split_words_are_counted() -> None:
    assert measure(CHECK, write_mail("a\u200bb c\u2060d"))["letter_tricks.split_count"] == 2


@pytest.mark.parametrize(
    ("subject", "codes"),
    [
        ("=?utf-8?B?SW52b2ljZQ==?=", ["needless_encoding"]),
        ("=?utf-8?Q?Invoice?=", []),
        ("=?utf-8?B?UmVjaG51bmcgZsO8cg==?=", []),
        ("Invoice", []),
    ],
)
def test_only_base64_of_plain_ascii_is_needless(subject: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_mail(head=f"Subject: {subject}\r\n")) == codes


@pytest.mark.parametrize(
    ("subject", "is_disguised"),
    [
        ("Your Am\u0430zon account", True),
        ("PAYPA1 notice", True),
        ("micr\u03bfsoft", True),
        ("\U0001d5e1\U0001d5f2\U0001d601\U0001d5f3\U0001d5f9\U0001d5f6\U0001d605", False),
        ("Netflix", False),
        ("\u0410\u043c\u0430\u0437\u043e\u043d", False),
        ("papal visit", False),
        ("", False),
    ],
)
def test_a_disguised_brand_is_told_from_a_plain_or_ornamental_one(subject: str, is_disguised: bool) -> None:
    assert ("brand" in find_codes(CHECK, write_mail("x", head=f"Subject: {subject}\r\n"))) is is_disguised


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("V\u0435rify your acc\u043eunt with your p\u0430ssword", ["mixed_text"]),
        ("V\u0435rify V\u0435rify V\u0435rify V\u0435rify", []),  # one word
        ("Цена iPhone и Samsung, а также USB-кабель, Wi-Fi и e-mail", []),
        ("the \u03b1-decay, \u0394t and \u03c0r of 5 \u03a9", []),
        ("Привет, как дела? " * 300, []),
    ],
)
def test_several_words_in_two_scripts_are_a_trick(text: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_mail(text)) == codes


def test_mixed_words_are_counted_up_to_a_limit() -> None:
    words = " ".join(f"x{letter}\u0435y" for letter in "abcdefghijklmnopqrstuvwxyz")
    assert measure(CHECK, write_mail(words))["letter_tricks.mixed_words"] == MAX_MIXED_WORDS


@given(st.text(alphabet="ab\u0435\u043e\u200b \u0301", max_size=100))
def test_any_mixture_is_read(text: str) -> None:
    assert measure(CHECK, write_mail(text))["letter_tricks.mixed_words"] <= MAX_MIXED_WORDS
