"""A reply is one line for each text, whatever the text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.errors import OurProtocolError
from gatepost.wire.smtp.replies import MAX_REPLY_LINE_BYTES, MAX_TEXT_LENGTH, build_reply, fit_reply_text


@pytest.mark.parametrize("text", ["a\r\n250 ok", "a\nb", "a\rb", "a\0b", "tab\t", "ä", "x" * (MAX_TEXT_LENGTH + 1)])
def test_a_text_that_would_break_its_line_is_refused(text: str) -> None:
    with pytest.raises(OurProtocolError):
        build_reply(250, "2.0.0", text)


@pytest.mark.parametrize(("code", "status"), [(250, "5.0.0"), (550, "2.1.1"), (250, "2.0"), (354, "3.0.0")])
def test_a_status_that_contradicts_the_code_is_refused(code: int, status: str) -> None:
    with pytest.raises(OurProtocolError):
        build_reply(code, status, "text")


def test_every_line_but_the_last_goes_on() -> None:
    assert (
        build_reply(250, "2.1.0", "one", "two", "three").wire
        == b"250-2.1.0 one\r\n250-2.1.0 two\r\n250 2.1.0 three\r\n"
    )


def test_a_reply_without_text_is_a_code_and_a_space() -> None:
    assert build_reply(250, "").wire == b"250 \r\n"


@pytest.mark.parametrize(("code", "is_refusal"), [(220, False), (354, False), (421, True), (550, True)])
def test_codes_from_400_on_refuse(code: int, is_refusal: bool) -> None:
    assert build_reply(code, "").is_refusal is is_refusal


@given(st.text())
def test_any_text_can_be_made_to_fit(text: str) -> None:
    wire = build_reply(550, "5.7.123", fit_reply_text(text)).wire
    assert len(wire) <= MAX_REPLY_LINE_BYTES
    assert re.fullmatch(rb"550 5\.7\.123 [\x20-\x7e]*\r\n", wire)
