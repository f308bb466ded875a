"""Only a trusted sealer's clear word, with trusted sealers alone behind it, vouches for a mail that was changed."""

import asyncio
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arc_mails import NOW, PLAIN, make_resolver, make_sealer
from gatepost.message.parse import parse_message
from gatepost.model.proof import ArcProof, AuthResult
from gatepost.origin.arc import evaluate_arc
from gatepost.origin.arc_seal import seal_message
from gatepost.origin.arc_trust import find_voucher

AUTHOR = "author.example"
PASSED = "mx.example; spf=pass smtp.mailfrom=a@author.example; dmarc=pass header.from=author.example"
FAILED = "mx.example; dmarc=fail (p=reject) header.from=author.example"
SILENT = "mx.example; spf=pass smtp.mailfrom=list.example"
ONE, TWO, THREE = "one.example", "two.example", "three.example"
RESOLVER = make_resolver(ONE, TWO, THREE)


def seal(raw: bytes, *seals: tuple[str, str]) -> bytes:
    """Give the mail with a seal for each (domain, results), the first of them oldest."""
    for domain, results in seals:
        chain = asyncio.run(evaluate_arc(parse_message(raw), RESOLVER, NOW)).result
        raw = seal_message(parse_message(raw), make_sealer(domain), results, chain, NOW) + raw
    return raw


def find(raw: bytes, trusted: Iterable[str], author: str = AUTHOR) -> str:
    message = parse_message(raw)
    arc = asyncio.run(evaluate_arc(message, RESOLVER, NOW))
    return find_voucher(message, arc, author, frozenset(trusted))


def test_a_trusted_sealer_who_saw_dmarc_pass_vouches() -> None:
    raw = seal(PLAIN, (ONE, PASSED))
    assert find(raw, [ONE]) == ONE
    assert find(raw, [TWO]) == find(raw, []) == ""


def test_an_older_trusted_sealer_vouches_when_all_newer_ones_are_trusted() -> None:
    raw = seal(PLAIN, (ONE, PASSED), (TWO, FAILED), (THREE, SILENT))
    assert find(raw, [ONE, TWO, THREE]) == ONE


@pytest.mark.parametrize("trusted", [(ONE, THREE), (ONE, TWO), (ONE,)])
def test_a_stranger_who_sealed_later_ends_the_trust(trusted: tuple[str, ...]) -> None:
    assert find(seal(PLAIN, (ONE, PASSED), (TWO, SILENT), (THREE, SILENT)), trusted) == ""


def test_the_newest_of_several_vouchers_is_named() -> None:
    assert find(seal(PLAIN, (ONE, PASSED), (TWO, PASSED)), [ONE, TWO]) == TWO


def test_a_stranger_at_the_beginning_does_not_spoil_what_was_seen_after_him() -> None:
    assert find(seal(PLAIN, (THREE, FAILED), (ONE, PASSED)), [ONE]) == ONE


def test_a_domain_within_a_trusted_one_is_another() -> None:
    resolver = make_resolver("mail.one.example")
    raw = seal_message(parse_message(PLAIN), make_sealer("mail.one.example"), PASSED, AuthResult.NONE, NOW) + PLAIN
    arc = asyncio.run(evaluate_arc(parse_message(raw), resolver, NOW))
    assert arc.result is AuthResult.PASS
    assert find_voucher(parse_message(raw), arc, AUTHOR, frozenset({ONE})) == ""


@pytest.mark.parametrize("author", ["", "other.example", "author.example.evil.example", "mail.author.example"])
def test_the_word_is_for_exactly_one_domain(author: str) -> None:
    assert find(seal(PLAIN, (ONE, PASSED)), [ONE], author) == ""


def test_letter_case_makes_no_other_domain() -> None:
    raw = seal(PLAIN, (ONE, "mx.example; DMARC=Pass Header.From=Author.EXAMPLE"))
    assert find(raw, [ONE]) == ONE


@pytest.mark.parametrize("results", [PASSED, FAILED])
def test_a_chain_that_does_not_hold_vouches_for_nothing(results: str) -> None:
    raw = seal(PLAIN, (ONE, PASSED), (TWO, results))
    assert find(raw.replace(b"A line.", b"A lie."), [ONE, TWO]) == ""
    assert find(raw.replace(b"From: a@author", b"From: a@evil"), [ONE, TWO]) == ""
    assert find(raw.replace(b"mx.example", b"my.example"), [ONE, TWO]) == ""
    broken = ArcProof(AuthResult.FAIL, (ONE, TWO))
    assert find_voucher(parse_message(raw), broken, AUTHOR, frozenset({ONE, TWO})) == ""


def test_a_from_that_a_stranger_changed_and_sealed_has_no_voucher() -> None:
    changed = seal(PLAIN, (ONE, PASSED)).replace(b"From: a@author", b"From: a@evil")
    forged = seal_message(parse_message(changed), make_sealer(THREE), PASSED, AuthResult.PASS, NOW) + changed
    assert asyncio.run(evaluate_arc(parse_message(forged), RESOLVER, NOW)).result is AuthResult.PASS
    assert find(forged, [ONE], "evil.example") == find(forged, [ONE], AUTHOR) == ""


def test_a_from_that_a_trusted_list_changed_is_not_the_author_that_was_proven() -> None:
    changed = seal(PLAIN, (ONE, PASSED)).replace(b"From: a@author", b"From: a@list")
    told = "mx.example; dmarc=pass header.from=author.example"
    raw = seal_message(parse_message(changed), make_sealer(TWO), told, AuthResult.PASS, NOW) + changed
    assert find(raw, [ONE, TWO], "list.example") == ""


@pytest.mark.parametrize(
    "results",
    [
        "mx.example; dmarc=pass",
        "mx.example; dmarc=none",
        "mx.example; dmarc=pass policy.from=author.example",
        "mx.example; dmarc=pass header.from=author.example header.from=author.example",
        "mx.example; dmarc=pass header.from=author.example header.from=evil.example",
        "mx.example; dmarc=pass header.from=evil.example header.from=author.example",
        "mx.example; dmarc=pass header.from=a@author.example",
        "mx.example; dmarc=pass header.from=author.example.",
        "mx.example; dmarc=pass header.from=@author.example",
        'mx.example; dmarc=pass header.from=" author.example"',
        "mx.example; dmarc=pass header.from=list.example",
        f"{PASSED}; dmarc=fail header.from=author.example",
        f"{PASSED}; dmarc=pass header.from=author.example",
        f"{PASSED}; dmarc=pass header.from=evil.example",
        f"{FAILED}; dmarc=pass header.from=author.example",
        f"{PASSED}; dmarc=fail something that cannot be read",
        f"{PASSED}; spf=",
        f"{PASSED} (never closed",
        f'{PASSED} reason="never closed',
        "; dmarc=pass header.from=author.example",
        "two words; dmarc=pass header.from=author.example",
        f"mx.example; spf=pass smtp.mailfrom=x; {'dkim=pass header.d=x.example; ' * 120}" + PASSED,
        f"{PASSED}; x=" + "y" * 20_000,
    ],
)
def test_a_word_that_is_not_clear_hides_what_is_older_too(results: str) -> None:
    raw = seal(PLAIN, (ONE, PASSED), (TWO, results))
    assert asyncio.run(evaluate_arc(parse_message(raw), RESOLVER, NOW)).result is AuthResult.PASS
    assert find(raw, [ONE, TWO]) == ""


@pytest.mark.parametrize(
    "results",
    [
        "mx.example; dmarc=fail (; dmarc=pass header.from=author.example;) header.from=author.example",
        "mx.example; spf=pass (dmarc=pass header.from=author.example)",
        'mx.example; spf=pass reason="; dmarc=pass header.from=author.example;"',
        "mx.example; spf=pass (a (b) \\) ; dmarc=pass header.from=author.example)",
        "mx.example; x-dmarc=pass header.from=author.example",
        "mx.example (dmarc=pass header.from=author.example); none",
        "mx.example; dmarc=bestguesspass header.from=author.example",
        "mx.example; none",
        "mx.example",
    ],
)
def test_what_only_looks_like_a_pass_is_none(results: str) -> None:
    assert find(seal(PLAIN, (ONE, results)), [ONE]) == ""
    assert find(seal(PLAIN, (ONE, PASSED), (TWO, results)), [ONE, TWO]) == ONE


@pytest.mark.parametrize(
    "results",
    [
        "mx.example 1; dmarc=pass (p=reject (a) dis=none) header.from=author.example (ok)",
        'mx.example; dmarc=pass reason="it; fits" header.from="author.example"',
        "mx.example;dmarc=pass header.from=author.example;",
        "mx.example; dkim=fail header.d=author.example; dmarc = pass header.from = author.example",
    ],
)
def test_comments_quotes_and_blanks_do_not_hide_a_pass(results: str) -> None:
    assert find(seal(PLAIN, (ONE, results)), [ONE]) == ONE


def test_moved_folds_change_nothing() -> None:
    raw = seal(PLAIN, (ONE, PASSED))
    moved = raw.replace(b"dmarc=pass header", b"dmarc=pass\r\n\t \r\n header")
    assert moved != raw
    assert find(moved, [ONE]) == ONE


def test_a_mail_without_a_chain_has_no_voucher() -> None:
    assert find(PLAIN, [ONE]) == ""


WORDS = [*'=;()"\\ \r\nabx.@', "dmarc", "pass", "header.from", AUTHOR, "mx.example;"]


@given(st.lists(st.sampled_from(WORDS)).map("".join))
def test_no_results_vouch_but_by_one_dmarc_that_passed(results: str) -> None:
    raw = seal_message(parse_message(PLAIN), make_sealer(ONE), results, AuthResult.NONE, NOW) + PLAIN
    voucher = find_voucher(parse_message(raw), ArcProof(AuthResult.PASS, (ONE,)), AUTHOR, frozenset({ONE}))
    assert voucher == "" or ("dmarc" in results and "pass" in results and AUTHOR in results)
