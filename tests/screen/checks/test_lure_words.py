"""Beyond the corpus cases: what is measured, and that words alone find nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.checks.lure_words import MAX_COUNTED, MAX_DENSITY, MAX_PHRASES
from screen_cases import find, find_codes, measure, write_mail

CHECK = "lure_words"
PRESSING = (
    "Your account has been suspended. Verify your account within 24 hours. Congratulations, you have won a prize."
)


def test_words_alone_find_nothing() -> None:
    assert find_codes(CHECK, write_mail(PRESSING)) == []
    assert find_codes(CHECK, write_mail(f"{PRESSING} https://www.woodwork.example/")) == []


def test_the_same_words_with_a_link_to_others_are_told() -> None:
    assert find_codes(CHECK, write_mail(f"{PRESSING} https://mill-lane.example/")) == ["account", "prize"]


def test_one_link_to_the_sender_is_enough_to_stay_silent() -> None:
    text = f"{PRESSING} https://mill-lane.example/ https://woodwork.example/"
    assert find_codes(CHECK, write_mail(text)) == []


def test_the_phrases_are_the_evidence() -> None:
    (finding,) = find(CHECK, write_mail("Confirm your password now, urgent: https://mill-lane.example/"))
    assert finding.evidence[0].text == "confirm your password … your password … urgent"


def test_themes_and_what_stands_around_them_are_measured() -> None:
    text = "Verify your account within 24 hours or pay $20. https://mill-lane.example/ one two three four five six"
    features = measure(CHECK, write_mail(text, sender="a@gmail.com", head="Subject: Verify your account\r\n"))
    density = features.pop("lure_words.density")
    assert density == pytest.approx(2 / 24 * 100, abs=3)
    assert features == {
        "lure_words.says_credential": 1,
        "lure_words.says_pressure": 1,
        "lure_words.themes": 2,
        "lure_words.subject": 1,
        "lure_words.pressed": 1,
        "lure_words.elsewhere": 2,
        "lure_words.free_mail": 2,
        "lure_words.money": 1,
        "lure_words.phones": 0,
        "lure_words.crypto_address": 0,
    }


def test_a_mail_without_themes_has_no_features() -> None:
    assert measure(CHECK, write_mail("We met at the river.")) == {}


def test_what_is_counted_is_capped() -> None:
    text = "lottery jackpot winnings sweepstakes raffle giveaway airdrop " * 40 + "$1 " * 40
    features = measure(CHECK, write_mail(text))
    assert features["lure_words.says_prize"] == MAX_PHRASES
    assert features["lure_words.money"] == MAX_COUNTED
    assert features["lure_words.density"] <= MAX_DENSITY


@pytest.mark.parametrize(
    ("number", "count"),
    [
        ("+1 (805) 555-0143", 1),
        ("805-555-0143", 1),
        ("+1-8O5-555-O143", 1),  # letters stand for digits
        ("+1-8OO-OOO-O143", 0),
        ("order 2025101408", 1),
        ("12345", 0),
        ("https://a.example/8055550143", 0),
    ],
)
def test_telephone_numbers_are_told_from_other_numbers(number: str, count: int) -> None:
    assert measure(CHECK, write_mail(f"Call us: {number}"))["lure_words.phones"] == count


@pytest.mark.parametrize("amount", ["$ 20", "€20", "20 €", "USD 500", "500 dollars", "100元", "￥88"])
def test_amounts_are_seen_in_many_ways_of_writing(amount: str) -> None:
    assert measure(CHECK, write_mail(f"payment required: {amount}"))["lure_words.money"] >= 1


@given(st.binary(max_size=2_000))
def test_any_bytes_are_read(body: bytes) -> None:
    find_codes(CHECK, write_mail("verify your account ") + body)
