"""Names that a hasty reader takes for another name."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.lookalike import (
    Imitations,
    Likeness,
    compare,
    compare_letters,
    find_shown_brand,
    is_typo,
    learn_names,
)
from screen_cases import build_tables

NAMES = Imitations(["paypal", "microsoft", "wellsfargo", "apple", "dhl", "icloud"])


@pytest.mark.parametrize(
    ("label", "name", "likeness"),
    [
        ("paypa1", "paypal", Likeness.LETTERS),
        ("p\u0430ypal", "paypal", Likeness.LETTERS),
        ("payp\u00e4l", "paypal", Likeness.LETTERS),
        ("rnicrosoft", "microsoft", Likeness.LETTERS),
        ("paypall", "paypal", Likeness.TYPO),
        ("payapl", "paypal", Likeness.TYPO),
        ("pay-pal", "paypal", Likeness.TYPO),
        ("aple", "apple", Likeness.TYPO),
        ("appple", "apple", Likeness.TYPO),
        ("appke", "apple", Likeness.TYPO),
        ("paypal-login", "paypal", Likeness.ADDED),
        ("securepaypal", "paypal", Likeness.ADDED),
        ("oak-dhl-parcel", "dhl", Likeness.ADDED),
        ("paypal", "paypal", Likeness.SUFFIX),
        ("ample", "apple", None),
        ("apples", "apple", None),
        ("dhi", "dhl", None),
        ("woodwork", "paypal", None),
        ("pineapplejuice", "apple", None),
        ("", "paypal", None),
    ],
)
def test_a_label_is_compared_with_one_name(label: str, name: str, likeness: Likeness | None) -> None:
    assert compare(label, name) is likeness


def test_letter_by_letter_no_words_are_looked_for() -> None:
    assert compare_letters("paypal-login", "paypal") is None
    assert compare_letters("paypa1", "paypal") is Likeness.LETTERS
    assert compare_letters("payapl", "paypal") is Likeness.TYPO


@pytest.mark.parametrize(
    ("label", "name", "likeness"),
    [
        ("paypa1", "paypal", Likeness.LETTERS),
        ("login-paypa1", "paypal", Likeness.LETTERS),
        ("paypak", "paypal", Likeness.TYPO),
        ("micosoft", "microsoft", Likeness.TYPO),
        ("microsoftsupport", "microsoft", Likeness.ADDED),
        ("secure-wellsfargo-com", "wellsfargo", Likeness.ADDED),
        ("paypal", "paypal", Likeness.SUFFIX),
    ],
)
def test_one_of_many_names_is_found(label: str, name: str, likeness: Likeness) -> None:
    found = NAMES.find(label)
    assert found
    assert (found.of, found.likeness) == (name, likeness)


@pytest.mark.parametrize("label", ["", "cloud", "pal", "woodwork", "payday", "paypalace", "microsofa-shop", "d-h-l"])
def test_other_names_resemble_none(label: str) -> None:
    assert NAMES.find(label) is None


def test_the_names_of_brands_are_words_of_their_own() -> None:
    known = learn_names(build_tables().tables)
    assert {"paypal", "microsoft", "wellsfargo"} <= known.brands.keys()
    assert not {"apple", "chase", "visa", "telekom com"} & known.brands.keys()


@pytest.mark.parametrize(
    ("text", "brand"),
    [
        ("PayPal service", "PayPal"),
        ("P\u0430yPal", "PayPal"),
        ("Am\u073fa\u073fzon", "Amazon"),
        ("Ann Baker", None),
        ("", None),
    ],
)
def test_a_brand_is_seen_in_whatever_letters(text: str, brand: str | None) -> None:
    found = find_shown_brand(build_tables().tables, text)
    assert (found.name if found else None) == brand


def test_long_labels_take_no_time() -> None:
    started = time.process_time()
    for label in ("a-" * 500_000, "paypal" * 200_000, "\u0430" * 1_000_000):
        NAMES.find(label)
        compare(label, "paypal")
    assert time.process_time() - started < 0.5


@given(st.text("abcdefgh", min_size=6, max_size=12), st.integers(0, 11), st.sampled_from("xyz"))
def test_every_single_change_is_a_typo(name: str, place: int, letter: str) -> None:
    place %= len(name)
    assert is_typo(name[:place] + letter + name[place + 1 :], name)
    assert is_typo(name[:place] + letter + name[place:], name)
    assert is_typo(name[:place] + name[place + 1 :], name)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_names_may_be_compared(label: str, name: str) -> None:
    compare(label, name)
    NAMES.find(label)
