"""Beyond the corpus cases: how few words are few."""

import pytest

from gatepost.screen.checks.image_only import MAX_WORD_CHARS
from screen_cases import find_codes, measure, write_mail

CHECK = "image_only"
PICTURE = '<a href="https://a.example/"><img src="cid:a"></a>'


@pytest.mark.parametrize(("letters", "codes"), [(MAX_WORD_CHARS, ["linked"]), (MAX_WORD_CHARS + 1, [])])
def test_only_hardly_any_text_counts(letters: int, codes: list[str]) -> None:
    assert find_codes(CHECK, write_mail(PICTURE + "w" * letters, html=True)) == codes


def test_spaces_and_dots_are_no_words() -> None:
    assert find_codes(CHECK, write_mail(PICTURE + ". " * 500, html=True)) == ["linked"]


def test_a_mail_without_pictures_has_nothing_to_weigh() -> None:
    assert measure(CHECK, write_mail("<p>x</p>", html=True)) == {}


@pytest.mark.parametrize(
    ("size", "area", "tiny"),
    [
        ('width="600" height="400px"', 10_000, 0),
        ('width="1" height="1"', 1, 1),
        ('width="0" height="0"', 0, 1),
        ('width="100%" height="1"', 0, 0),
        ('height="20"', 0, 0),
        ('width="-5" height="5"', 0, 0),
        ('width="99999" height="99999"', 10_000, 0),
    ],
)
def test_the_size_that_pictures_state_is_measured(size: str, area: float, tiny: int) -> None:
    assert measure(CHECK, write_mail(f"<img src=cid:a {size}>", html=True)) == {
        "image_only.characters_per_image": 0,
        "image_only.area_per_character": area,
        "image_only.tiny_images": tiny,
    }
