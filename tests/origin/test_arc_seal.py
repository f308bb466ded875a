"""What we seal, others can verify; what may not be sealed is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arc_mails import NOW, PLAIN, RESULTS, make_resolver, make_rsa_key, make_sealer, seal_often
from gatepost.message.parse import parse_message
from gatepost.model.proof import AuthResult
from gatepost.origin.arc import evaluate_arc
from gatepost.origin.arc_seal import ArcSealer, find_last_instance, seal_message
from gatepost.origin.dkim_signer import LINE_CHARS

RSA_SEALER = ArcSealer("rsa.example", "rsa", make_rsa_key())


def seal(raw: bytes, chain: AuthResult, sealer: ArcSealer = RSA_SEALER, results: str = RESULTS) -> bytes:
    return seal_message(parse_message(raw), sealer, results, chain, NOW)


@pytest.mark.parametrize("sealer", [RSA_SEALER, make_sealer("one.example")], ids=lambda sealer: sealer.algorithm)
@pytest.mark.parametrize("raw", [PLAIN, PLAIN.replace(b"\r\n", b"\n"), b"From: a@b.example\r\n", b""])
async def test_what_is_sealed_holds(raw: bytes, sealer: ArcSealer) -> None:
    proof = await evaluate_arc(
        parse_message(seal(raw, AuthResult.NONE, sealer) + raw), make_resolver("one.example"), NOW
    )
    assert (proof.result, proof.sealers) == (AuthResult.PASS, (sealer.domain,))


def test_three_fields_are_added_seal_first() -> None:
    sealed = seal(PLAIN, AuthResult.NONE)
    assert [header.name for header in parse_message(sealed).headers] == [
        "arc-seal",
        "arc-message-signature",
        "arc-authentication-results",
    ]
    assert b"cv=none" in sealed


def test_lines_are_folded_where_they_can_be() -> None:
    lines = seal(PLAIN, AuthResult.NONE, make_sealer("one.example")).decode().split("\r\n")
    assert all(len(line) <= LINE_CHARS or ";" not in line.rstrip(";") for line in lines)
    assert lines[-1] == ""


async def test_a_second_from_cannot_be_added_to_what_we_sealed() -> None:
    raw = b"From: x@evil.example\r\n" + seal(PLAIN, AuthResult.NONE) + PLAIN
    assert (await evaluate_arc(parse_message(raw), make_resolver(), NOW)).result is AuthResult.FAIL


def test_a_broken_chain_is_sealed_alone_and_says_so() -> None:
    broken = seal_often(PLAIN, "one.example").replace(b"A line.", b"A lie.")
    sealed = seal(broken, AuthResult.FAIL)
    assert b"cv=fail" in sealed
    assert b"i=2" in sealed
    other = broken.replace(b"spf=pass", b"spf=none")  # our seal covers nothing of what was broken
    assert seal(other, AuthResult.FAIL) == sealed


def test_a_chain_without_form_is_sealed_as_broken_whatever_is_said_of_it() -> None:
    assert b"cv=fail" in seal(b"ARC-Seal: i=3; nonsense\r\n" + PLAIN, AuthResult.PASS)


def test_a_chain_told_to_be_broken_gets_no_further_seal() -> None:
    broken = seal_often(PLAIN, "one.example").replace(b"A line.", b"A lie.")
    twice = seal(broken, AuthResult.FAIL) + broken
    assert seal(twice, AuthResult.FAIL) == b""


def test_a_chain_that_nobody_could_judge_gets_no_seal() -> None:
    assert seal(seal_often(PLAIN, "one.example"), AuthResult.TEMPERROR) == b""


async def test_a_mail_with_more_of_a_header_than_it_may_have_is_sealed_whole() -> None:
    raw = b"To: a@b.example\r\n" * 4 + PLAIN
    sealed = seal(raw, AuthResult.NONE) + raw
    assert (await evaluate_arc(parse_message(sealed), make_resolver(), NOW)).result is AuthResult.PASS
    added = b"To: evil@evil.example\r\n" + sealed
    assert (await evaluate_arc(parse_message(added), make_resolver(), NOW)).result is AuthResult.FAIL


def test_a_full_chain_gets_no_further_seal() -> None:
    full = b"ARC-Authentication-Results: i=50; mx.example\r\n" + PLAIN
    assert find_last_instance(parse_message(full)) == 50
    assert seal(full, AuthResult.FAIL) == b""


def test_results_cannot_end_the_header_or_the_line() -> None:
    sealed = seal(PLAIN, AuthResult.NONE, results="mx.example; spf=pass\r\nX-Evil: yes\r\n\r\n; dkim=none;")
    assert [header.name for header in parse_message(sealed + PLAIN).headers][3:] == ["from", "to", "subject"]
    assert "spf=pass X-Evil: yes" in parse_message(sealed).header_text("arc-authentication-results")


@given(st.text(st.characters(codec=None), max_size=60))
async def test_any_results_can_be_sealed(results: str) -> None:
    raw = seal(PLAIN, AuthResult.NONE, make_sealer("one.example"), results) + PLAIN
    proof = await evaluate_arc(parse_message(raw), make_resolver("one.example"), NOW)
    assert proof.result is AuthResult.PASS, proof.reason


def test_a_semicolon_in_quotes_stays_as_it_is() -> None:
    sealed = seal(PLAIN, AuthResult.NONE, results='mx.example; dkim=pass reason="a;b"')
    assert b'reason="a;b"' in sealed
