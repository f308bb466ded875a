"""Phrases are found however they are written, in any script, and in bounded time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.themes import HEAD_CHARS, MAX_TEXT_CHARS, cut_middle, find_themes, load_lures, split_words


@pytest.mark.parametrize(
    ("text", "theme", "phrase"),
    [
        ("Please VERIFY your account!", "credential", "verify your account"),
        ("verify\nyour\tPayPal account", "credential", "verify your paypal account"),
        ("within 24 hours", "pressure", "within 24 hours"),
        ("Ihr Konto wurde vorübergehend gesperrt", "account_lock", "konto wurde vorubergehend gesperrt"),
        ("Votre compte a été suspendu", "account_lock", "compte a ete suspendu"),
        ("ver\u200bify your acc\u00adount", "credential", "verify your account"),
        ("v\u0435rify y\u043eur account", "credential", "verify your account"),
        ("𝐕𝐞𝐫𝐢𝐟𝐲 your account", "credential", "verify your account"),
        ("您的账户已被冻结", "account_lock", "已被冻结"),
        ("您的帳戶已被凍結", "account_lock", "已被凍結"),
        ("已 被\n冻 结", "account_lock", "已被冻结"),
        ("アカウントが停止されました", "account_lock", "アカウントが停止"),
    ],
)
def test_a_phrase_is_found_however_it_is_written(text: str, theme: str, phrase: str) -> None:
    assert phrase in find_themes(text).phrases[theme]


@pytest.mark.parametrize(
    "text", ["", "We met at the river.", "verified accounts", "今天天气很好", "verify. Your. Dog."]
)
def test_other_text_has_no_theme(text: str) -> None:
    assert find_themes(text).phrases == {}


def test_a_phrase_counts_once_and_the_longest_stands_for_it() -> None:
    spoken = find_themes("your password has expired. Your PASSWORD has expired!")
    assert spoken.phrases["credential"].count("password has expired") == 1
    assert "password has" not in spoken.phrases["credential"]
    assert spoken.count("credential") == len(spoken.phrases["credential"])
    assert spoken.count("parcel") == 0


def test_beginning_and_end_of_a_long_text_are_read() -> None:
    padding = "river " * 40_000
    assert find_themes(f"verify your account {padding}").has("credential")
    assert find_themes(f"{padding} verify your account").has("credential")
    assert len(cut_middle(padding)) == MAX_TEXT_CHARS + 1
    assert cut_middle("a" * HEAD_CHARS) == "a" * HEAD_CHARS


def test_traditional_characters_follow_from_simplified_ones() -> None:
    themes = load_lures().han.themes
    assert themes["验证您的"] == themes["驗證您的"] == "credential"
    assert themes["账户异常"] == themes["賬戶異常"] == themes["帳戶異常"] == "account_lock"


def test_every_theme_has_phrases_for_words_and_for_han() -> None:
    lures = load_lures()
    assert set(lures.han.themes.values()) == set(lures.names)
    assert all(find_themes(f"{phrase}の").has(theme) for phrase, theme in lures.kana.themes.items())


@pytest.mark.parametrize(
    "text",
    ["your the to verify " * 3_000, "您的账户" * 5_000, "\u0435\u200b" * 20_000, "a\u0301" * 20_000, "é " * 20_000],
    ids=["starts", "han", "invisible", "combining", "foreign"],
)
def test_no_text_takes_long(text: str) -> None:
    load_lures()
    start = time.process_time()
    find_themes(text)
    assert time.process_time() - start < 0.25


@given(st.text())
def test_any_text_has_words_in_ascii(text: str) -> None:
    assert all(word.isalnum() and word == word.lower() for word in split_words(text))
    assert find_themes(text).word_count >= 0
