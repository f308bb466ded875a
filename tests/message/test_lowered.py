"""Words are found in any case of letters, wherever a large mail is cut into pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.lowered import STEP_BYTES, count_lowered, holds_lowered

WORD = b"\r\nreceived:"


@pytest.mark.parametrize("at", range(STEP_BYTES - len(WORD) - 1, STEP_BYTES + 2))
def test_a_word_is_counted_once_wherever_it_stands(at: int) -> None:
    raw = b"x" * at + b"\r\nReceived:" + b"y" * STEP_BYTES
    assert count_lowered(raw, WORD, 0, len(raw)) == 1
    assert holds_lowered(raw, (b"content-", WORD), 0, len(raw))
    assert count_lowered(raw, WORD, at + 1, len(raw)) == count_lowered(raw, WORD, 0, at + len(WORD) - 1) == 0


@given(st.binary(max_size=60), st.integers(0, 60), st.integers(0, 60), st.binary(min_size=1, max_size=2))
def test_the_same_is_found_as_in_a_copy(raw: bytes, start: int, end: int, word: bytes) -> None:
    copy, end = raw[start:end].lower(), min(end, len(raw))
    assert holds_lowered(raw, (word,), start, end) == (word in copy)
    assert count_lowered(raw, word, start, end) == copy.count(word)
