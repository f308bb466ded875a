"""Verifying: what proves a mail, and what only looks so."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkim_mails import DNS, ED25519, MAIL, NOW, RSA, prove, sign
from doubles import TIMEOUT, FakeResolver
from gatepost.message.parse import parse_message
from gatepost.model.proof import AuthResult
from gatepost.origin.dkim import DkimLimits, evaluate_dkim


async def test_an_unsigned_mail_proves_nothing() -> None:
    assert await prove(MAIL) == ()


@pytest.mark.parametrize("name", ["From", "Subject", "To", "Reply-To", "Content-Type"])
async def test_a_header_added_in_front_breaks_the_proof(name: str) -> None:
    (proof,) = await prove(f"{name}: other@evil.example\r\n".encode() + sign(MAIL, ED25519))
    assert proof.result is AuthResult.FAIL


async def test_a_signature_has_its_time() -> None:
    signed = sign(MAIL, ED25519)
    (early,) = await prove(signed, now=NOW - timedelta(days=2))
    assert (early.result, early.reason) == (AuthResult.FAIL, "the signature comes from the future")
    expired = signed.replace(b" t=", b" x=%d; t=" % (NOW.timestamp() + 1))
    (late,) = await prove(expired, now=NOW + timedelta(days=2))
    assert late.reason == "the signature has expired"


async def test_a_dns_that_does_not_answer_is_a_temporary_error() -> None:
    resolver = FakeResolver(dict.fromkeys(DNS, TIMEOUT))
    (proof,) = await evaluate_dkim(parse_message(sign(MAIL, RSA)), resolver, NOW)
    assert proof.result is AuthResult.TEMPERROR


async def test_a_missing_key_is_a_permanent_error() -> None:
    (proof,) = await evaluate_dkim(parse_message(sign(MAIL, RSA)), FakeResolver(), NOW)
    assert (proof.result, proof.domain) == (AuthResult.PERMERROR, "example.com")


async def test_a_key_that_is_too_short_fails() -> None:
    (proof,) = await prove(sign(MAIL, RSA), DkimLimits(min_rsa_bits=4_096))
    assert proof.reason == "an RSA key of 2048 bits is not accepted"


async def test_only_so_many_signatures_are_looked_at_and_one_key_is_asked_for_once() -> None:
    signed = parse_message(sign(MAIL, *[ED25519] * 20))
    resolver = FakeResolver(DNS)
    assert len(await evaluate_dkim(signed, resolver, NOW)) == DkimLimits().max_signatures
    assert len(resolver.asked) == 1


@given(st.binary(max_size=200))
def test_any_signature_header_gives_a_proof(value: bytes) -> None:
    raw = b"DKIM-Signature: " + value.replace(b"\r", b"").replace(b"\n", b"") + b"\r\n" + MAIL
    proofs = asyncio.run(prove(raw))
    assert all(proof.result is not AuthResult.PASS for proof in proofs)


@given(st.binary(max_size=200))
def test_any_key_gives_a_proof(record: bytes) -> None:
    resolver = FakeResolver({name: [record] for name in DNS})
    (proof,) = asyncio.run(
        evaluate_dkim(parse_message(sign(MAIL, ED25519)), resolver, datetime(2026, 1, 2, tzinfo=UTC))
    )
    assert proof.result in {AuthResult.PERMERROR, AuthResult.FAIL}
