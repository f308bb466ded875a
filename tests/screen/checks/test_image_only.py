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
