"""Digests are those of the canonical body, whatever its size, and each is made once."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arc_mails import PLAIN, seal_often
from dkim_mails import ED25519, MAIL, sign
from gatepost.message.parse import parse_message
from gatepost.origin.body_digests import MAX_LENGTHS, BodyDigests, prepare_digests
from gatepost.origin.dkim_canonical import PIECE_BYTES, Form, canonicalize_body
from gatepost.origin.dkim_signature import MAX_SIGNATURES, DkimSignature, parse_signature

HEAD = b"From: a@example.com\r\n\r\n"
BODY = b" one \r\n\r\n two\t \r\n\r\n\r\n"
LONG = [
    b"a  b \t\r\n" * PIECE_BYTES,
    b"\r\n" * (3 * PIECE_BYTES) + b"end",
    b" " * (3 * PIECE_BYTES),
    b"\n" * PIECE_BYTES,
    b"x" * (2 * PIECE_BYTES) + b"\r\r\n\r\n",
    b"\r" * PIECE_BYTES + b"\n",
    b"x\r\n" + b"\r\n" * (2 * PIECE_BYTES),
]


def digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def read(more: bytes) -> DkimSignature:
    return parse_signature(b"v=1; a=rsa-sha256; d=example.com; s=k; h=From; bh=AA==; b=AA==" + more)


def open_body(body: bytes) -> BodyDigests:
    return BodyDigests(parse_message(HEAD + body))


@pytest.mark.parametrize("form", Form)
@given(
    body=st.binary(max_size=60) | st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"\r", b"\n", b"a"])).map(b"".join)
)
def test_the_whole_digest_and_size_are_those_of_the_canonical_body(form: Form, body: bytes) -> None:
    made, wanted = open_body(body), canonicalize_body(body, form)
    assert (made.digest(form), made.measure(form)) == (digest(wanted), len(wanted))


@given(st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"\r", b"\n", b"a"])).map(b"".join), st.integers(0, 20))
def test_a_part_is_the_beginning_of_the_canonical_body(body: bytes, length: int) -> None:
    for form in Form:
        wanted = canonicalize_body(body, form)
        assert open_body(body).digest_part(form, length) == digest(wanted[:length])


def canonicalize_at_once(body: bytes, form: Form) -> bytes:
    """Give the canonical form the plain way: lines, then what stands in them, then the end."""
    lines = body.replace(b"\r\n", b"\n").split(b"\n")
    if form is Form.RELAXED:
        lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines) or (b"\r\n" if form is Form.SIMPLE else b"")


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("body", LONG, ids=range(len(LONG)))
def test_a_body_of_many_pieces_is_hashed_like_one_of_one_piece(body: bytes, form: Form) -> None:
    assert open_body(body).digest(form) == digest(canonicalize_at_once(body, form))


def test_all_lengths_that_are_expected_are_found_in_one_pass() -> None:
    made = open_body(BODY)
    signatures = [read(b"; l=%d" % length) for length in (0, 3, 5)]
    for signature in signatures:
        made.expect(signature)
    made.measure(Form.SIMPLE)
    made.message = parse_message(HEAD + b"other")  # would be seen by a second pass
    assert [made.digest_signed(each) for each in signatures] == [digest(b""), digest(BODY[:3]), digest(BODY[:5])]


def test_only_so_many_different_lengths_are_hashed() -> None:
    made = open_body(b"x" * 100)
    assert [made.digest_part(Form.SIMPLE, length) is None for length in range(MAX_LENGTHS + 2)] == [
        *[False] * MAX_LENGTHS,
        *[True] * 2,
    ]
    assert made.digest_part(Form.SIMPLE, 0) == digest(b"")
    assert made.digest_part(Form.SIMPLE, 102) == made.digest(Form.SIMPLE) == digest(b"x" * 100 + b"\r\n")


def test_lengths_beyond_the_limit_cannot_crowd_out_the_whole() -> None:
    made = open_body(b"x" * 100)
    for length in range(1_000):
        made.expect(read(b"; l=%d" % length))
    assert made.digest(Form.RELAXED) == digest(b"x" * 100 + b"\r\n")
    assert made.digest_part(Form.SIMPLE, MAX_LENGTHS) is None


def test_what_is_prepared_answers_without_another_look_at_the_body() -> None:
    raw = sign(seal_often(PLAIN, "one.example"), ED25519)
    made = prepare_digests(parse_message(raw))
    made.message = parse_message(HEAD + b"other")
    assert made.digest(Form.RELAXED) == digest(b"A line.\r\n")


def test_a_mail_with_nothing_that_can_be_read_is_prepared_for_nothing() -> None:
    broken = b"DKIM-Signature: v=9\r\n" * (MAX_SIGNATURES + 1) + b"ARC-Seal: i=77\r\n"
    made = prepare_digests(parse_message(broken + MAIL))
    made.message = parse_message(HEAD + b"other")
    assert made.digest(Form.RELAXED) == digest(b"other\r\n")
