"""A chain holds as long as nobody touched it, and everything else is told, never raised."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arc_mails import NOW, PLAIN, RESULTS, make_resolver, make_rsa_key, make_sealer, seal_often
from doubles import TIMEOUT, FakeResolver
from gatepost.message.parse import parse_message
from gatepost.model.proof import ArcProof, AuthResult
from gatepost.origin.arc import STRICT, ArcLimits, evaluate_arc
from gatepost.origin.arc_seal import ArcSealer, seal_message

RESOLVER = make_resolver("one.example", "two.example", "three.example")
SEALED = seal_often(PLAIN, "one.example", "two.example")


async def prove(raw: bytes, resolver: FakeResolver = RESOLVER, limits: ArcLimits = STRICT) -> ArcProof:
    return await evaluate_arc(parse_message(raw), resolver, NOW, limits)


async def test_a_mail_without_seals_has_no_chain() -> None:
    assert await prove(PLAIN) == ArcProof(AuthResult.NONE)


async def test_sealers_of_a_chain_that_holds_are_told_oldest_first() -> None:
    proof = await prove(SEALED)
    assert (proof.result, proof.sealers) == (AuthResult.PASS, ("one.example", "two.example"))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"A line.", b"A lie.", "the body was changed"),
        (b"Subject: Hello", b"Subject: Hello!", "Message-Signature of instance 2 is not valid: what was signed"),
        (b"From: a@", b"From: x@evil.example\r\nFrom: a@", "Message-Signature of instance 2"),
        (b"spf=pass", b"spf=fail", "ARC-Seal of instance 2"),
        (b"cv=none", b"cv=pass", "ARC-Seal of instance 1 has cv=pass"),
        (b"cv=pass", b"cv=none", "ARC-Seal of instance 2 has cv=none"),
        (b"cv=pass", b"cv=fail", "The sealer two.example of instance 2 found the chain broken"),
        (b"cv=pass", b"cv=good", "neither none, pass nor fail"),
        (b"cv=pass", b"h=from; cv=pass", "the tag h= may not stand in a seal"),
        (b"d=one.example", b"d=three.example", "ARC-Seal of instance"),
        (b"s=s1", b"s=gone", "there is no key in the DNS"),
        (b" h=from:", b" h=arc-seal:from:", "it signs ARC-Seal headers"),
        (b" h=from:from:", b" h=", "the From header is not signed"),
        (b"c=relaxed/relaxed", b"c=relaxed/relaxed; l=3", "it does not cover the whole body"),
        (b"c=relaxed/relaxed", b"c=relaxed/relaxed; x=5", "has expired"),
    ],
)
async def test_a_change_breaks_the_chain_and_the_reason_names_the_place(old: bytes, new: bytes, reason: str) -> None:
    assert old in SEALED
    proof = await prove(SEALED.replace(old, new))
    assert (proof.result, proof.sealers) == (AuthResult.FAIL, ())
    assert reason in proof.reason


async def test_a_header_that_no_seal_covers_may_change() -> None:
    assert (await prove(b"Received: by later.example\r\n" + SEALED)).result is AuthResult.PASS


async def test_a_mail_changed_between_two_seals_passes() -> None:
    raw = seal_often(PLAIN, "one.example")
    raw = seal_often(raw.replace(b"A line.", b"A line.\r\n-- \r\nThe list"), "two.example")
    assert (await prove(raw)).result is AuthResult.PASS


async def test_an_oldest_seal_that_was_changed_is_seen_under_a_newer_one() -> None:
    raw = seal_often(seal_often(PLAIN, "one.example").replace(b"spf=pass", b"spf=none"), "two.example")
    assert "ARC-Seal of instance 1 is not valid" in (await prove(raw)).reason


async def test_a_chain_of_fifty_with_one_key_holds() -> None:
    resolver = make_resolver("one.example")
    proof = await prove(seal_often(PLAIN, *["one.example"] * 50), resolver)
    assert (proof.result, len(proof.sealers)) == (AuthResult.PASS, 50)
    assert resolver.asked == [("s1._domainkey.one.example", "TXT")]


async def test_a_chain_may_not_ask_for_ever_more_keys() -> None:
    proof = await prove(SEALED, limits=replace(STRICT, max_key_lookups=1))
    assert "more than 1 keys" in proof.reason


@pytest.mark.parametrize("silent", ["one.example", "two.example"])
async def test_a_dns_that_does_not_answer_is_no_broken_chain(silent: str) -> None:
    resolver = FakeResolver({**RESOLVER.records, (f"s1._domainkey.{silent}", "TXT"): TIMEOUT})
    proof = await prove(SEALED, resolver)
    assert (proof.result, proof.sealers) == (AuthResult.TEMPERROR, ())
    assert proof.reason == f"The DNS does not answer when asked for the key of {silent}."


async def test_after_one_question_without_an_answer_no_more_are_asked() -> None:
    resolver = FakeResolver({("s1._domainkey.two.example", "TXT"): TIMEOUT})
    await prove(SEALED, resolver)
    assert resolver.asked == [("s1._domainkey.two.example", "TXT")]


@pytest.mark.parametrize(
    ("old", "new", "silent"),
    [
        (b"A line.", b"A lie.", "two.example"),
        (b"cv=none", b"cv=fail", "two.example"),
        (b"Subject: Hello", b"Subject: Hell", "one.example"),
    ],
)
async def test_what_is_known_to_be_broken_is_broken_whatever_the_dns_does_not_say(
    old: bytes, new: bytes, silent: str
) -> None:
    resolver = FakeResolver({**RESOLVER.records, (f"s1._domainkey.{silent}", "TXT"): TIMEOUT})
    assert (await prove(SEALED.replace(old, new), resolver)).result is AuthResult.FAIL


async def test_a_broken_seal_is_seen_with_a_key_that_is_known_though_another_is_not() -> None:
    raw = seal_often(PLAIN, "one.example", "two.example").replace(b"spf=pass", b"spf=fail")
    raw = seal_often(raw, "three.example", "one.example")
    resolver = FakeResolver({**RESOLVER.records, ("s1._domainkey.three.example", "TXT"): TIMEOUT})
    proof = await prove(raw, resolver)
    assert (proof.result, "ARC-Seal of instance 1" in proof.reason) == (AuthResult.FAIL, True)


@pytest.mark.parametrize("name", ["To", "Subject", "From", "Content-Type", "Reply-To"])
async def test_a_header_that_was_added_to_what_a_frugal_sealer_signed_breaks_the_chain(name: str) -> None:
    frugal = ArcSealer("one.example", "s1", make_sealer("one.example").key, ("from", "to", "subject", "content-type"))
    plain = b"Content-Type: text/plain\r\nReply-To: a@b.example\r\n" + PLAIN
    raw = seal_message(parse_message(plain), frugal, RESULTS, AuthResult.NONE, NOW) + plain
    assert (await prove(raw)).result is AuthResult.PASS
    added = f"{name}: evil@evil.example\r\n".encode()
    is_signed = name.lower() in frugal.signed_names
    assert (await prove(added + raw)).result is (AuthResult.FAIL if is_signed else AuthResult.PASS)


async def test_a_signature_that_expires_later_counts_until_then() -> None:
    raw = SEALED.replace(b" t=", b" x=1767400000; t=")
    late = await evaluate_arc(parse_message(raw), RESOLVER, NOW + timedelta(days=9))
    assert "expired" in late.reason
    assert "expired" not in (await prove(raw)).reason


async def test_a_short_key_is_refused_unless_the_limits_allow_it() -> None:
    sealer = ArcSealer("rsa.example", "rsa", make_rsa_key())
    raw = seal_message(parse_message(PLAIN), sealer, RESULTS, AuthResult.NONE, NOW) + PLAIN
    assert (await prove(raw)).result is AuthResult.PASS
    proof = await prove(raw, limits=replace(STRICT, min_rsa_bits=3_072))
    assert "an RSA key of 2048 bits is not accepted" in proof.reason


PIECES = st.sampled_from(
    [
        *[
            b"ARC-Seal:",
            b"ARC-Message-Signature:",
            b"ARC-Authentication-Results:",
            b"\r\n",
            b"\r\n ",
            b"\n",
            b";",
            b"=",
        ],
        *[b" i=1;", b" i=2", b" a=rsa-sha256;", b" cv=none;", b" cv=pass", b" d=one.example;", b" s=s1;", b" b=YQ==;"],
        *[
            b" bh=YQ==;",
            b" h=from:arc-seal;",
            b" h=from;",
            b" c=simple;",
            b" l=9;",
            b" (",
            b")",
            b"\xff\x00",
            b"From: a@b",
        ],
    ]
)


@given(st.lists(PIECES | st.binary(max_size=8), max_size=60).map(b"".join))
async def test_any_bytes_give_a_proof(raw: bytes) -> None:
    assert (await prove(raw)).result in (AuthResult.NONE, AuthResult.FAIL)


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
async def test_no_changed_byte_makes_another_chain_pass(place: int, change: int) -> None:
    raw = SEALED[:place] + bytes([SEALED[place] ^ change]) + SEALED[place + 1 :]
    proof = await prove(raw)
    if proof.result is AuthResult.PASS:  # white space, or the letter case of a header's name
        assert b"".join(raw.lower().split()) == b"".join(SEALED.lower().split())
        assert proof.sealers == ("one.example", "two.example")


async def test_a_seal_cannot_be_moved_to_another_mail() -> None:
    fields = SEALED[: SEALED.index(b"From:")]
    assert "the body was changed" in (await prove(fields + PLAIN.replace(b"A line.", b"Another."))).reason


async def test_a_seal_says_nothing_of_who_sealed_before_it_for_others() -> None:
    """Anyone may seal around new content: then their name is the newest."""
    raw = SEALED.replace(b"A line.", b"Pay here.")
    fields = seal_message(parse_message(raw), make_sealer("three.example"), RESULTS, AuthResult.PASS, NOW)
    assert (await prove(fields + raw)).sealers[-1] == "three.example"
