"""A padded mail still says what it said, and honest words besides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.learn.padding import gather_honest_words, pad
from gatepost.message.parse import parse_message
from gatepost.screen.tables import load_tables

WORDS = gather_honest_words(300, load_tables(), 5)
HEAD = b"From: a@b.example\r\nSubject: claim\r\n"
PAGE = b"Content-Type: text/html;\r\n charset=us-ascii\r\n\r\n<html><body>Your <b>prize</b> waits</body></html>\r\n"


@pytest.mark.parametrize("body", [PAGE, b"\r\nYour prize waits\r\n", b"\nYour prize waits"])
def test_the_lure_and_its_headers_stay_and_words_come(body: bytes) -> None:
    for seed in range(12):
        padded = pad(HEAD + body, WORDS, str(seed))
        assert padded is not None
        message = parse_message(padded)
        assert message.defects == ()
        assert (message.subject, message.from_[0].address) == ("claim", "a@b.example")
        assert "Your prize waits" in message.text
        assert len(message.text) > len("Your prize waits") + 200


def test_words_stand_above_or_below_or_faintly() -> None:
    views = [parse_message(pad(HEAD + PAGE, WORDS, str(seed)) or b"").html[0] for seed in range(30)]
    faint = [view for view in views if view.faint_text]
    places = {view.text.startswith("Your prize") for view in views}
    assert 0 < len(faint) < 20
    assert places == {True, False}


def test_the_same_seed_pads_alike() -> None:
    assert pad(HEAD + PAGE, WORDS, "1") == pad(HEAD + PAGE, WORDS, "1") != pad(HEAD + PAGE, WORDS, "2")


def test_a_mail_without_text_is_not_padded() -> None:
    assert pad(HEAD + b"Content-Type: image/png\r\n\r\nx", WORDS, "1") is None


@given(st.binary(max_size=300))
def test_any_bytes_are_padded_to_a_mail_or_not_at_all(raw: bytes) -> None:
    for mail in (raw, HEAD + b"Content-Type: text/html\r\n\r\n" + raw):
        padded = pad(mail, WORDS, "3")
        assert padded is None or parse_message(padded).text
