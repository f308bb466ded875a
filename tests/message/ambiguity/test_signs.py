"""Where a mail may be read in several ways; what all mail programs read alike is no sign."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ambiguous_mails import HEAD, MIXED, TEXT, Payload, put, write_mails
from gatepost.message.ambiguity.signs import find_signs
from gatepost.message.large import LARGE_BYTES
from gatepost.message.parse import parse_message
from gatepost.message.transfer import PIECE_BYTES

FILE = Payload("a.bin", "application/octet-stream", bytes(range(200)))
PART = FILE.fields + b"Content-Transfer-Encoding: base64\r\n\r\n" + FILE.base64


def find_codes(raw: bytes) -> list[str]:
    return [sign.code for sign in find_signs(parse_message(raw))]


def test_usual_mails_have_no_signs() -> None:
    for raw in (
        HEAD + b"\r\nHi",
        HEAD + TEXT,
        put(PART),
        put(b'Content-Type: image/png; name="a.png"\r\nContent-Disposition: inline; filename="a.png"\r\n\r\nx\r\n'),
        put(b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\nContent-Type: text/plain\r\n\r\nHi\r\n"),
        HEAD + b"Content-Type: text/html\r\n\r\n<meta http-equiv='Content-Type' content='text/html'>\r\n",
        HEAD + b"DKIM-Signature: h=From:\r\n Content-Type:Subject; b=x\r\n" + TEXT,
        HEAD + b"\r\nThey begin 644 things, and we begin one.\r\n",
    ):
        assert find_codes(raw) == []


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (HEAD + b"Content-Type: text/plain\r\n" + TEXT, "structure.repeated_field"),
        (HEAD + b"Content-Type : text/plain\r\n\r\nHi", "structure.space_before_colon"),
        (HEAD + b" Content-Type: multipart/mixed; boundary=a\r\n\r\nHi", "structure.field_in_fold"),
        (HEAD + b"Content(x)-Type: text/plain\r\n\r\nHi", "structure.odd_name"),
        (HEAD + b"X: y\rContent-Type: text/plain\r\n\r\nHi", "structure.bare_cr"),
        (HEAD + b"\r\nContent-Type: text/plain\r\n\r\nHi", "structure.field_in_body"),
        (put(PART, head=b"Content-Type: multipart/mixed\r\n"), "structure.no_boundary"),
        (put(PART, head=b"Content-Type: multipart/mixed; boundary=bar\r\n"), "structure.no_parts"),
        (put(PART, before=b"--foox\r\n"), "structure.text_after_boundary"),
        (put(PART, before=b" --foo\r\n"), "structure.boundary_elsewhere"),
        (put(PART, end=b"--foo--\r\nbye\r\n"), "structure.footer"),
        (put(PART, end=b"--foo--\r\n--foo\r\n" + TEXT), "structure.epilogue"),
        (HEAD + MIXED + b"\r\n" + PART + b"--foo\r\n" + TEXT + b"--foo--\r\n", "structure.preamble"),
        (
            put(PART, head=b"Content-Type: multipart/mixed; boundary=foo\r\nContent-Transfer-Encoding: base64\r\n"),
            "encoding.on_multipart",
        ),
        (
            put(b"Content-Type: multipart/mixed; boundary=foo2\r\n\r\n--foo2\r\n\r\nx\r\n--foo2--\r\n"),
            "structure.boundary_in_boundary",
        ),
        (
            put(PART, head=b'Content-Type: multipart/mixed; boundary="' + b"a" * 80 + b'"\r\n'),
            "structure.boundary_form",
        ),
        (put(PART.replace(b": base64", b": base64,")), "encoding.form"),
        (put(FILE.fields + b"Content-Transfer-Encoding: base64\r\n\r\n####\r\n" + FILE.base64), "encoding.base64"),
        (
            put(FILE.fields + b"Content-Transfer-Encoding: base64\r\n\r\nA\r\n\r\n" + FILE.base64),
            "encoding.base64_lines",
        ),
        (put(FILE.fields + b"Content-Transfer-Encoding: base64\r\n\r\nAAAAA\r\nAAA\r\n"), "encoding.base64_lines"),
        (HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=XX\r\n", "encoding.quoted_printable"),
        (
            put(FILE.fields + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=41\x01=42\r\n"),
            "encoding.quoted_printable",
        ),
        (put(FILE.fields + b"Content-Transfer-Encoding: x-uue\r\n\r\n" + FILE.uuencoded), "encoding.uuencode"),
        (HEAD + b"\r\nSee:\r\nbegin 644 a.exe\r\nx\r\nend\r\n", "encoding.uuencode"),
        (HEAD + b"\r\n=ybegin line=1 name=a\r\n", "encoding.yenc"),
        (HEAD + b"\r\n(This file must be converted with BinHex 4.0)\r\n:a:", "encoding.binhex"),
        (put(b"Content-Type: application/mac-binhex40\r\n\r\nx\r\n"), "encoding.block_as_file"),
        (
            put(b"Content-Type: image/png; name=a.exe\r\nContent-Disposition: inline; filename=a.png\r\n\r\nx\r\n"),
            "name.differs",
        ),
        (put(b"Content-Type: image/png; name=a.png; name=a.exe\r\n\r\nx\r\n"), "name.repeated_name"),
        (put(FILE.fields + b"Content-Transfer-Encoding: base64\r\n\r\n"), "structure.empty_part"),
        (HEAD + b"Content-Type: text/plain; name=a.js\r\n\r\nrun()", "name.of_a_text"),
        (put(b"Content-Type: message/external-body; access-type=x\r\n\r\nx\r\n"), "structure.external_body"),
        (HEAD + b"Content-Type: text/plain; charset=x-unheard-of\r\n\r\nHi", "charset.unknown"),
    ],
)
def test_each_ambiguity_has_its_code(raw: bytes, code: str) -> None:
    assert code in find_codes(raw)


@pytest.mark.parametrize(
    ("parameters", "codes"),
    [
        (b"number=1; total=2; id=a", ["structure.partial"]),
        (b"number=2; id=a", ["structure.partial"]),
        (b"number=1; total=1; id=a", []),
        (b"number=1; total=2", []),
    ],
)
def test_a_fragment_hides_what_it_is_a_part_of(parameters: bytes, codes: list[str]) -> None:
    signs = find_signs(parse_message(HEAD + b"Content-Type: message/partial; " + parameters + b"\r\n\r\nx"))
    assert [sign.code for sign in signs if sign.hides] == codes


def test_a_header_that_may_stand_several_times_is_no_sign() -> None:
    assert find_codes(HEAD + b"Subject: again\r\n" + TEXT) == []


LINE_OF_LARGE = b"The numbers of this week are in the table, as they were in the last.\r\n"
TO_THE_END_OF_A_PIECE = LINE_OF_LARGE * (PIECE_BYTES // len(LINE_OF_LARGE)) + b"x" * (PIECE_BYTES % len(LINE_OF_LARGE))
HEAD_OF_LARGE = HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: %s\r\n\r\n"


@pytest.mark.parametrize("encoding", [b"8bit", b"quoted-printable"])
@pytest.mark.parametrize("early", [*range(14), LARGE_BYTES])
def test_a_block_in_a_large_text_is_found_wherever_the_text_is_cut(encoding: bytes, early: int) -> None:
    """A large text is looked through a piece at a time; its mark may stand in two of them."""
    before = TO_THE_END_OF_A_PIECE[: max(0, PIECE_BYTES - early)]
    text = before + b"\r\nbegin 644 a.bin\r\n" + LINE_OF_LARGE * (LARGE_BYTES // len(LINE_OF_LARGE) + 1)
    assert find_codes(HEAD_OF_LARGE % encoding + text) == ["encoding.uuencode"]
    assert find_codes(HEAD_OF_LARGE % encoding + text.replace(b"\r\nbegin", b"x\r\nWe begin")) == []


def test_what_quoted_printable_cannot_hold_is_found_at_the_end_of_a_large_file() -> None:
    head = b"Content-Type: application/x-any\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    text = LINE_OF_LARGE * (LARGE_BYTES // len(LINE_OF_LARGE) + 1)
    assert find_codes(put(head + text)) == []
    assert find_codes(put(head + text + b"\xff\r\n")) == ["encoding.quoted_printable"]


def test_signs_are_not_told_without_end() -> None:
    assert len(find_codes(put(b"--foox\r\n" * 500 + PART.replace(b"base64", b"base64,") * 300))) <= 200


def test_the_place_of_a_sign_is_where_it_stands() -> None:
    raw = put(PART.replace(b": base64", b": base64,"))
    sign = next(sign for sign in find_signs(parse_message(raw)) if sign.code == "encoding.form")
    assert raw[sign.span.start : sign.span.end] == b"Content-Transfer-Encoding: base64,\r\n"


@given(st.sampled_from([raw for _, raw in write_mails(FILE)]), st.integers(0, 1_500))
def test_any_mail_has_its_signs_within_itself(raw: bytes, length: int) -> None:
    cut = raw[:length]
    for sign in find_signs(parse_message(cut)):
        assert 0 <= sign.span.start <= sign.span.end <= len(cut)
