"""Signing: what is signed verifies, and what is changed afterwards does not."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from dkim_mails import ED25519, MAIL, RSA, prove, sign
from gatepost.message.parse import parse_message
from gatepost.model.proof import AuthResult
from gatepost.origin.dkim_sign import MAX_SIGNED_OF_ONE_NAME, OVERSIGNED, SIGNED, list_signed_names
from gatepost.origin.dkim_signature import MAX_SIGNED_NAMES

LINES = st.lists(st.text(st.characters(codec="ascii", exclude_characters="\r\n"), max_size=80), max_size=8)


async def test_both_algorithms_verify_in_their_order() -> None:
    proofs = await prove(sign(MAIL, ED25519, RSA))
    assert [(proof.result, proof.algorithm) for proof in proofs] == [
        (AuthResult.PASS, "ed25519-sha256"),
        (AuthResult.PASS, "rsa-sha256"),
    ]


def test_the_lines_of_a_signature_are_short() -> None:
    header = sign(MAIL, RSA).removesuffix(MAIL)
    assert max(len(line) for line in header.split(b"\r\n")) <= 78


async def test_a_mail_that_repeats_its_headers_is_signed_whole() -> None:
    signed = sign(b"Cc: c@example.net\r\n" * MAX_SIGNED_OF_ONE_NAME + MAIL, ED25519)
    (proof,) = await prove(signed)
    assert proof.result is AuthResult.PASS
    (added,) = await prove(b"Cc: evil@evil.example\r\n" + signed)
    assert added.result is AuthResult.FAIL


def test_the_list_of_signed_headers_never_outgrows_what_verifiers_read() -> None:
    raw = b"".join(f"{name}: x\r\n".encode() * 200 for name in (*OVERSIGNED, *SIGNED))
    assert len(list_signed_names(parse_message(raw))) < MAX_SIGNED_NAMES


@given(LINES)
def test_any_body_that_is_signed_verifies(lines: list[str]) -> None:
    body = "\r\n".join(lines).encode()
    (proof,) = asyncio.run(prove(sign(MAIL + body, ED25519)))
    assert (proof.result, proof.covers_whole_body) == (AuthResult.PASS, True)


@given(st.integers(0, len(MAIL) - 1))
def test_a_letter_changed_in_the_mail_breaks_the_proof(place: int) -> None:
    signed = bytearray(sign(MAIL, ED25519))
    place += len(signed) - len(MAIL)
    if not chr(signed[place]).isalnum():
        return
    signed[place] = ord("Q")
    proofs = asyncio.run(prove(bytes(signed)))
    assert all(proof.result is AuthResult.FAIL for proof in proofs)
