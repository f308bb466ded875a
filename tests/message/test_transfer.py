import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message import transfer
from gatepost.message.transfer import (
    KNOWN_ENCODINGS,
    decode_base64,
    decode_body,
    decode_quoted_printable,
    decode_uuencode,
    is_identity,
    looks_binary,
    read_encoding,
)


@given(st.binary())
def test_what_was_encoded_well_comes_back_without_defect(content: bytes) -> None:
    for line_length in (76, 1000):
        encoded = base64.b64encode(content)
        lines = [encoded[start : start + line_length] for start in range(0, len(encoded), line_length)]
        decoded = decode_body(b"\r\n".join(lines), "base64")
        assert (decoded.content, decoded.defect) == (content, "")


@given(st.binary(), st.sampled_from([*sorted(KNOWN_ENCODINGS), "odd"]))
def test_any_bytes_decode(body: bytes, encoding: str) -> None:
    decoded = decode_body(body, encoding)
    assert len(decoded.content) <= len(body)


@pytest.mark.parametrize(
    ("body", "content", "defect"),
    [
        (b"aGVsbG8=", b"hello", ""),
        (b"aGVs*bG8=", b"hello", "encoding.base64_junk"),
        (b"aGVsbG8=d29ybGQ=", b"helloworld", "encoding.base64_after_padding"),
        (b"aGVsbG8", b"hello", "encoding.base64_length"),
        (b"aGVsb", b"hel", "encoding.base64_length"),
        (b"====", b"", ""),
        (b"", b"", ""),
    ],
)
def test_broken_base64_gives_what_is_in_it(body: bytes, content: bytes, defect: str) -> None:
    decoded = decode_body(body, "base64")
    assert (decoded.content, decoded.defect) == (content, defect)


def test_base64_with_very_many_paddings_is_read_on() -> None:
    assert len(decode_base64(b"QQ==" * 30_000)) > 10_000


@given(st.text(alphabet="AbC+/9z==\r\n -!", max_size=60), st.integers(1, 9))
def test_base64_in_pieces_is_what_it_is_as_a_whole(text: str, piece_bytes: int) -> None:
    body = text.encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transfer, "PIECE_BYTES", piece_bytes)
        in_pieces = decode_base64(body)
    assert in_pieces == decode_base64(body)


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (b"caf=C3=A9", b"caf\xc3\xa9"),
        (b"caf=c3=a9", b"caf\xc3\xa9"),
        (b"one=\r\ntwo", b"onetwo"),
        (b"one=\ntwo", b"onetwo"),
        (b"one= \t\r\ntwo", b"onetwo"),
        (b"one=", b"one"),
        (b"a=XY", b"a=XY"),
        (b"a=\rnot lost\nb", b"a\rnot lost\nb"),
    ],
)
def test_quoted_printable_is_read_in_its_broken_forms(body: bytes, content: bytes) -> None:
    assert decode_quoted_printable(body) == content


@pytest.mark.parametrize(
    ("body", "is_bad"), [(b"a=20b=\r\n", False), (b"a=2", True), (b"x=yz", True), (b"a= \n", False)]
)
def test_a_bad_escape_is_told(body: bytes, *, is_bad: bool) -> None:
    assert (decode_body(body, "quoted-printable").defect == "encoding.quoted_printable") is is_bad


def test_uuencode_is_read_between_begin_and_end() -> None:
    assert decode_uuencode(b"begin 644 x\n#0V%T\n~~junk\n`\nend\n#0V%T\n") == b"Cat"


@pytest.mark.parametrize(
    ("value", "encoding"),
    [
        (b" Base64", "base64"),
        (b'"base64"', "base64"),
        (b"(x) 7bit", "x"),
        (b"", ""),
        (b"quoted-printable;x", "quoted-printable"),
    ],
)
def test_the_encoding_is_the_first_word(value: bytes, encoding: str) -> None:
    assert read_encoding(value) == encoding


def test_an_unknown_encoding_is_none() -> None:
    assert is_identity("x-odd")
    assert decode_body(b"a", "x-odd").content == b"a"


def test_noise_is_told_from_text() -> None:
    assert looks_binary(bytes(range(256)))
    assert not looks_binary("你好, hello\r\n".encode())


@given(st.text(alphabet="=3Dd4 \t\r\nxF", max_size=14))
def test_an_equals_sign_that_escapes_nothing_is_told(text: str) -> None:
    is_bad = re.search(r"=(?![0-9A-Fa-f]{2}|[ \t]*(?:\r?\n|\Z))", text) is not None
    assert decode_body(text.encode(), "quoted-printable").defect == ("encoding.quoted_printable" if is_bad else "")
    assert decode_body(text.encode(), "quoted-printable").content == decode_quoted_printable(text.encode())
