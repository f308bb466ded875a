import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.text import read_plain_text

FLOWED = {"format": "Flowed"}
DELSP = {"format": "flowed", "delsp": "Yes"}


@pytest.mark.parametrize(
    ("text", "parameters", "seen"),
    [
        ("a\r\nb\rc\nd", {}, "a\nb\nc\nd"),
        ("a \nb", {}, "a \nb"),
        ("a \nb\nc", FLOWED, "a b\nc"),
        ("http://ev \nil.example/", DELSP, "http://evil.example/"),
        ("> a \n> b\n>> c \n> d", FLOWED, "> a b\n>> c \n> d"),
        (" stuffed\n From x", FLOWED, "stuffed\nFrom x"),
        ("a\n-- \nJane \nDoe", FLOWED, "a\n-- \nJane Doe"),
        ("", FLOWED, ""),
        ("a \n", FLOWED, "a "),
        ("a\n\nb", FLOWED, "a\n\nb"),
    ],
)
def test_plain_text_is_seen_as_clients_show_it(text: str, parameters: dict[str, str], seen: str) -> None:
    assert read_plain_text(text, parameters) == seen


@given(st.text(alphabet="ab> \r\n-"))
def test_flowing_loses_no_words(text: str) -> None:
    letters = [character for character in text if character in "ab-"]
    assert [character for character in read_plain_text(text, FLOWED) if character in "ab-"] == letters
