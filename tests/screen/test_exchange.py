"""Letters and words are exchanged wherever they stand, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.exchange import MAX_EXCHANGED, exchange_letters, exchange_words

MARKS = bytes.maketrans(b"@", b"/")


@given(st.text(st.sampled_from("aäöü漢 ")))
def test_letters_are_exchanged_wherever_they_stand(text: str) -> None:
    written = {"ä": "ae", "ö": "", "ü": "ü", "漢": " "}
    expected = "".join(written.get(letter, letter) for letter in text)
    assert exchange_letters(text, "äöü漢", written.__getitem__) == expected


def test_many_letters_are_exchanged_as_few_are() -> None:
    letters = "".join(chr(0x400 + place) for place in range(MAX_EXCHANGED + 1))
    assert exchange_letters(letters, letters, lambda _: "x") == "x" * (MAX_EXCHANGED + 1)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (b"", b""),
        (b"a b", b"a b"),
        (b"a@b", b"-"),
        (b"x a@b/c@d y", b"x - y"),
        (b"/ x /", b"- x -"),
        (b"a@b  c@d", b"-  -"),
    ],
)
def test_words_with_a_mark_are_exchanged(text: bytes, left: bytes) -> None:
    assert exchange_words(text, MARKS, b"-", lambda *_: True) == left


@given(st.lists(st.text(st.sampled_from("ab@/"), min_size=1)))
def test_words_are_exchanged_one_by_one(words: list[str]) -> None:
    expected = ["-" if "@" in word or "/" in word else word for word in words]
    assert exchange_words(" ".join(words).encode(), MARKS, b"-", lambda *_: True) == " ".join(expected).encode()


def test_a_mark_that_is_not_meant_leaves_its_word() -> None:
    assert exchange_words(b"a@b c/d @/", MARKS, b"-", lambda text, place: text[place] == ord("/")) == b"a@b - -"
