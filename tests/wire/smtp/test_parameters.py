"""Arguments of commands: what is read, what is refused and with which code; dialogs/ has more."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.address import Address
from gatepost.wire.smtp.parameters import (
    Body,
    Chunk,
    MailFrom,
    Refused,
    parse_chunk_argument,
    parse_helo_name,
    parse_mail_argument,
    parse_rcpt_argument,
)

ANN = Address.parse("ann@a.example")


def rcpt(text: str) -> Address:
    return parse_rcpt_argument(text, "mx.example", smtputf8_is_on=False)


@pytest.mark.parametrize(
    ("text", "mail"),
    [
        ("FROM:<ann@a.example>", MailFrom(ANN)),
        ("from:<>", MailFrom(None)),
        ("FROM: <ann@a.example>", MailFrom(ANN)),
        ("FROM:<ann@a.example> SIZE=5 BODY=8bitmime", MailFrom(ANN, 5, Body.EIGHT_BIT)),
        ("FROM:<> smtputf8", MailFrom(None, needs_smtputf8=True)),
        ("FROM:<@a.example,@[192.0.2.1]:ann@a.example>", MailFrom(ANN)),
    ],
)
def test_a_mail_argument_is_read(text: str, mail: MailFrom) -> None:
    assert parse_mail_argument(text) == mail


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FROM:ann@a.example", 501),
        ("FROM:<ann@a.example> SIZE=x", 501),
        ("FROM:<ann@a.example> X=1", 555),
        ("FROM:<ann@a.example> " + "SIZE=1 " * 11, 555),
        ("FROM:<a b@a.example>", 501),
        ("FROM:<@a.example>", 553),
        ("FROM:<ä@a.example>", 553),
        ("FROM:<" + "a" * 60 + "@" + "b." * 95 + "example>", 553),
    ],
)
def test_a_wrong_mail_argument_gets_its_code(text: str, code: int) -> None:
    with pytest.raises(Refused) as caught:
        parse_mail_argument(text)
    assert caught.value.reply.code == code


def test_a_path_of_256_bytes_is_taken_and_of_257_not() -> None:
    longest = "a" * 60 + "@" + ("b" * 60 + ".") * 3 + "c" * 10
    assert len(f"<{longest}>") == 256
    assert str(rcpt(f"TO:<{longest}>")) == longest
    with pytest.raises(Refused):
        rcpt(f"TO:<{longest}c>")


@pytest.mark.parametrize("text", ["TO:<Postmaster>", "TO:<POSTMASTER>"])
def test_the_bare_postmaster_is_ours(text: str) -> None:
    assert rcpt(text) == Address.parse("postmaster@mx.example")


@pytest.mark.parametrize("name", ["a.example", "[192.0.2.1]", "[IPv6:2001:db8::1]", "x" * 255])
def test_a_helo_name_is_a_printable_word(name: str) -> None:
    assert parse_helo_name(name) == name


@pytest.mark.parametrize("name", ["", "a b", "a\tb", "(a)", "a;b", "a@b", "ä.example", "x" * 256, "a\x7f"])
def test_a_helo_name_that_could_break_a_header_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        parse_helo_name(name)


def test_a_chunk_is_a_size_and_perhaps_the_last() -> None:
    assert parse_chunk_argument("0") == Chunk(0, is_last=False)
    assert parse_chunk_argument("86400 LAST") == Chunk(86_400, is_last=True)
    assert parse_chunk_argument("1 last") == Chunk(1, is_last=True)


@given(
    st.text(alphabet=st.sampled_from('FROMTO:<>@"\\. abä=SIZEBODY8MTPUF17\t\x00LAST,;[]0٣'), max_size=60) | st.text()
)
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (parse_helo_name, parse_mail_argument, rcpt, parse_chunk_argument):
        with suppress(Refused):
            parse(text)


@given(st.text(alphabet=st.sampled_from('\\" ab@'), max_size=560))
def test_a_path_without_an_end_is_refused_at_once(text: str) -> None:
    """The pattern of a path has one way to match, so a refusal costs no more than a look."""
    with pytest.raises(Refused):
        rcpt(f"TO:<{text}")
