"""Every content that a body may have, as differing decoders undo its encoding."""

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.ambiguity.decodings import decode_in_every_way, guess_encodings, read_encodings

TEXT = b"The quick brown fox jumps over the lazy dog >>>???"
LINES = base64.encodebytes(TEXT)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b" base64", ("base64",)),
        (b" BASE64,", ("base64",)),
        (b" base-64", ("base64",)),
        (b" bas\r\n e64", ("base64",)),
        (b" bas(x)e64", ("base64",)),
        (b" (base64)", ("base64",)),
        (b' "base64"', ("base64",)),
        (b" base\\64", ("base64",)),
        (b" =?utf-8?B?YmFzZTY0?=", ("base64",)),
        (b" =?utf-8?Q?base=364?=", ("base64",)),
        (b" x-base64", ("base64",)),
        (b" quoted-print", ("quoted-printable",)),
        (b" base64, 8bit", ("base64", "")),
        (b" 7bit", ("",)),
        (b" quoted-printable base64", ("quoted-printable", "base64")),
        (b" x-uue", ("uuencode",)),
        (b" x-yencode", ("yenc",)),
        (b" base64(quoted-printable", ("base64", "quoted-printable")),
        (b" binhex40", ("binhex",)),
        (b" x", ()),
        (b"", ()),
    ],
)
def test_a_field_may_name_several_encodings(value: bytes, expected: tuple[str, ...]) -> None:
    assert read_encodings(value) == expected


@pytest.mark.parametrize(
    "body",
    [
        LINES,
        LINES.replace(b"\n", b"\r\n\r\n"),
        b"#### junk ####\n" + LINES,
        LINES + b"====\n" + base64.encodebytes(b"more"),
        b"".join(base64.b64encode(TEXT[i : i + 5]) + b"\n" for i in range(0, len(TEXT), 5)),
        LINES.replace(b"\n", b"=\n"),
        LINES.translate(bytes.maketrans(b"+/", b"-_")),
        LINES[:-5].replace(b"A", b"=") + LINES[-5:],
        LINES.rstrip(b"=\n"),
        LINES.replace(b"\n", b"#abce01234567fghj\n"),
        b"".join(bytes([byte]) + b"\r" for byte in LINES.strip()),
        b"".join(LINES[i : i + 4] + b"X\n" for i in range(0, 64, 4)),
    ],
)
def test_base64_is_undone_as_each_decoder_would(body: bytes) -> None:
    assert any(content.startswith(TEXT[:46]) for content in decode_in_every_way(body, "base64"))


def test_clean_base64_has_but_one_content() -> None:
    assert list(decode_in_every_way(LINES, "base64")) == [TEXT]


@pytest.mark.parametrize("before", [b"", b"=", b"=0", b"=XX", b"= "])
def test_quoted_printable_is_undone_as_each_decoder_would(before: bytes) -> None:
    body = b"".join(before + b"=%02X=\r\n" % byte for byte in TEXT)
    assert TEXT in list(decode_in_every_way(body, "quoted-printable"))


def test_clean_quoted_printable_has_but_one_content() -> None:
    assert list(decode_in_every_way(b"caf=C3=A9 =\r\nau lait\r\n", "quoted-printable")) == ["café au lait\r\n".encode()]


def test_quoted_lines_may_end_in_a_bare_carriage_return() -> None:
    assert b"ab\ncd" in list(decode_in_every_way(b"a=\rb\rcd", "quoted-printable"))


def test_blanks_at_the_ends_of_quoted_lines_may_be_left_out() -> None:
    assert b"ab\r\ncd" in list(decode_in_every_way(b"ab \t\r\ncd", "quoted-printable"))


def test_what_cannot_be_printed_may_be_left_out_of_quoted_lines() -> None:
    assert b"AB" in list(decode_in_every_way(b"=41\x00=4\xff2", "quoted-printable"))


def test_a_line_of_uuencode_may_be_longer_than_it_says() -> None:
    line = binascii.b2a_uu(TEXT[:45]).rstrip(b"\n")
    assert TEXT[:45] in list(decode_in_every_way(b"begin 644 a\n" + line + b"junk\r\nend\n", "uuencode"))


def test_a_line_of_uuencode_may_have_lost_its_blanks() -> None:
    line = binascii.b2a_uu(b"MZ" + bytes(43)).rstrip()
    assert b"MZ" + bytes(43) in list(decode_in_every_way(line + b"\r\n", "uuencode"))


def test_without_an_encoding_a_body_is_its_content() -> None:
    assert list(decode_in_every_way(b"=41", "")) == [b"=41"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (LINES.rstrip(b"=\n"), ("base64",)),
        (b"a text", ()),
        (b"=41=42", ("quoted-printable",)),
        (b"soft =\nbreak", ("quoted-printable",)),
        (b"begin 644 a\n", ("uuencode",)),
        (b"a = b", ()),
        (b"UEsDBA==\r\n", ("base64", "quoted-printable")),
        (b"UEsDBA==", ("base64",)),
        (b"More", ()),
        (b"one word more", ()),
    ],
)
def test_an_encoding_is_guessed_by_its_look(body: bytes, expected: tuple[str, ...]) -> None:
    assert guess_encodings(body) == expected


@given(st.binary(max_size=300), st.sampled_from(["", "base64", "quoted-printable", "uuencode", "yenc", "binhex"]))
def test_any_body_can_be_undone(body: bytes, encoding: str) -> None:
    for content in decode_in_every_way(body, encoding):
        assert len(content) <= len(body) + 63 * (1 + body.count(b"\n"))
