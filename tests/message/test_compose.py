import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.compose import build_text_mail, format_header, format_mailbox
from gatepost.message.encoded_words import decode_value
from gatepost.message.parse import parse_message
from gatepost.model.errors import BadInput

ONE_LINE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)


def test_plain_text_is_written_as_it_is() -> None:
    assert build_text_mail([("Subject", "Hello")], "one\ntwo") == (
        b"Subject: Hello\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n"
        b"Content-Transfer-Encoding: 7bit\r\n\r\none\r\ntwo\r\n"
    )


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_text_comes_back_through_seven_bit_lines(text: str) -> None:
    raw = build_text_mail([("Subject", "x")], text)
    assert raw.isascii()
    assert b"\x00" not in raw
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    expected = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
    assert parse_message(raw).text.removeprefix("\ufeff") == expected.removeprefix("\ufeff")


@given(ONE_LINE)
def test_any_line_comes_back_as_a_header_of_short_lines(value: str) -> None:
    field = format_header("Subject", value)
    assert field.isascii()
    assert field.endswith(b"\r\n")
    assert len(parse_message(field + b"\r\n").headers) == 1
    if not value.isascii():
        assert all(len(line) <= 78 for line in field.split(b"\r\n"))
        assert decode_value(field.partition(b":")[2]).split() == value.split()


def test_long_headers_are_folded_at_their_blanks() -> None:
    field = format_header("Subject", "word " * 40 + "end")
    assert max(map(len, field.split(b"\r\n"))) <= 78
    assert decode_value(field.partition(b":")[2]) == "word " * 40 + "end"


@pytest.mark.parametrize("value", ["a\r\nBcc: b", "a\nb", "a\rb", "a\x00b"])
def test_a_line_end_in_a_header_is_refused_by_name(value: str) -> None:
    with pytest.raises(BadInput, match="header Subject holds a line end"):
        format_header("Subject", value)


@pytest.mark.parametrize("name", ["", "a b", "a:", "a\r\nb", "é", "x" * 71])
def test_a_bad_header_name_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="is no name for a header"):
        format_header(name, "x")


def test_a_word_too_long_for_a_line_is_refused() -> None:
    with pytest.raises(BadInput, match="more than 900 characters"):
        format_header("X", "x" * 1000)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("", "a@b"),
        ("Jane Doe", "Jane Doe <a@b>"),
        ("Doe, Jane", '"Doe, Jane" <a@b>'),
        ('J "x" \\', '"J \\"x\\" \\\\" <a@b>'),
        ("=?utf-8?q?x?=", '"=?utf-8?q?x?=" <a@b>'),
        ("你好", "=?utf-8?B?5L2g5aW9?= <a@b>"),
    ],
)
def test_names_are_quoted_or_encoded_as_they_need(name: str, written: str) -> None:
    assert format_mailbox(name, "a@b") == written


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=30))
def test_any_name_comes_back_with_its_address(name: str) -> None:
    raw = format_header("From", format_mailbox(name, "a@b.example")) + b"\r\n"
    (mailbox,) = parse_message(raw).from_
    assert mailbox.address == "a@b.example"
