"""Verifying: what proves a mail, and what only looks so."""

import asyncio
import base64
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from arc_mails import PLAIN, seal_often
from dkim_mails import DNS, ED25519, MAIL, NOW, RSA, prove, sign, sign_by_tags
from doubles import TIMEOUT, FakeResolver
from gatepost.message.parse import parse_message
from gatepost.model.proof import AuthResult, DkimProof
from gatepost.origin.arc import evaluate_arc
from gatepost.origin.body_digests import prepare_digests
from gatepost.origin.dkim import DEFAULT_LIMITS, DkimLimits, evaluate_dkim
from gatepost.origin.dkim_signer import DkimSigner
from gatepost.origin.organisation import find_organisation

PASS, FAIL, NEUTRAL = AuthResult.PASS, AuthResult.FAIL, AuthResult.NEUTRAL
FORMS = ["simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed"]
NAMES = "from:to:subject:from:to:subject"
HEADER, BODY = MAIL.split(b"\r\n\r\n")


async def prove_one(raw: bytes, limits: DkimLimits = DEFAULT_LIMITS) -> DkimProof:
    (proof,) = await prove(raw, limits)
    return proof


async def test_an_unsigned_mail_proves_nothing() -> None:
    assert await prove(MAIL) == ()


@pytest.mark.parametrize("name", ["From", "Subject", "To", "Reply-To", "Content-Type", "FROM ", "from\t"])
@pytest.mark.parametrize(
    "signed", [sign(MAIL, ED25519), sign(b"Reply-To: a@b.example\r\nContent-Type: a/b\r\n" + MAIL, RSA)]
)
async def test_a_header_added_in_front_or_below_breaks_the_proof(name: str, signed: bytes) -> None:
    added = f"{name}: other@evil.example\r\n".encode()
    assert (await prove_one(added + signed)).result is FAIL
    assert (await prove_one(signed.replace(b"\r\n\r\n", b"\r\n" + added + b"\r\n"))).result is FAIL


@pytest.mark.parametrize("name", ["from", "to", "subject"])
async def test_a_header_may_not_be_added_even_where_the_signer_left_the_door_open(name: str) -> None:
    signed = sign_by_tags(MAIL, {"h": "from:to:subject"})
    assert (await prove_one(signed)).result is PASS
    proof = await prove_one(f"{name}: other@evil.example\r\n".encode() + signed)
    assert (proof.result, proof.reason) == (FAIL, f"an unsigned {name} header was added")


async def test_a_signature_has_its_time() -> None:
    signed = sign(MAIL, ED25519)
    (early,) = await prove(signed, now=NOW - timedelta(days=2))
    assert (early.result, early.reason) == (FAIL, "the signature comes from the future")
    (skewed,) = await prove(signed, now=NOW - timedelta(hours=23))
    assert skewed.result is PASS
    expiring = sign_by_tags(MAIL, {"t": "5", "x": f"{NOW.timestamp():.0f}"})
    assert (await prove_one(expiring)).result is PASS
    (late,) = await prove(expiring, now=NOW + timedelta(seconds=1))
    assert (late.result, late.reason) == (FAIL, "the signature has expired")


async def test_a_dns_that_does_not_answer_is_a_temporary_error() -> None:
    resolver = FakeResolver(dict.fromkeys(DNS, TIMEOUT))
    (proof,) = await evaluate_dkim(parse_message(sign(MAIL, RSA)), resolver, NOW)
    assert proof.result is AuthResult.TEMPERROR


async def test_what_is_wrong_without_a_key_is_told_without_asking_for_one() -> None:
    resolver = FakeResolver(fails=True)
    raw = sign(MAIL, RSA).replace(b"Bye", b"Buy") + sign_by_tags(MAIL, {"a": "rsa-sha1"})
    (proof,) = await evaluate_dkim(parse_message(raw), resolver, NOW)
    assert (proof.result, proof.reason, resolver.asked) == (FAIL, "the body was changed", [])


async def test_a_missing_key_is_a_permanent_error() -> None:
    (proof,) = await evaluate_dkim(parse_message(sign(MAIL, RSA)), FakeResolver(), NOW)
    assert (proof.result, proof.domain) == (AuthResult.PERMERROR, "example.com")


async def test_sha1_proves_nothing() -> None:
    proof = await prove_one(sign_by_tags(MAIL, {"a": "rsa-sha1"}, RSA))
    assert (proof.result, proof.reason) == (FAIL, "rsa-sha1 is no longer secure")


# Limits


async def test_a_key_that_is_too_short_fails() -> None:
    proof = await prove_one(sign(MAIL, RSA), DkimLimits(min_rsa_bits=4_096))
    assert proof.reason == "an RSA key of 2048 bits is not accepted"


async def test_only_so_many_signatures_are_looked_at_and_one_key_is_asked_for_once() -> None:
    resolver = FakeResolver(DNS)
    signed = parse_message(sign(MAIL, *[ED25519] * 1_000))
    assert len(await evaluate_dkim(signed, resolver, NOW)) == DkimLimits().max_signatures
    assert len(resolver.asked) == 1
    assert len(await prove(signed.raw, DkimLimits(max_signatures=3))) == 3


async def test_only_so_many_keys_are_asked_for() -> None:
    signers = [DkimSigner("example.com", f"s{number}", ED25519.key) for number in range(4)]
    resolver = FakeResolver()
    signed = parse_message(sign(MAIL, *signers, *signers))
    proofs = await evaluate_dkim(signed, resolver, NOW, DkimLimits(max_key_lookups=2))
    reasons = [*["there is no key in the DNS"] * 2, *["too many different keys"] * 2]
    assert [proof.reason for proof in proofs] == reasons * 2
    assert len(resolver.asked) == 2


async def test_only_so_many_parts_of_the_body_are_hashed() -> None:
    signed = b"".join(sign_by_tags(MAIL, {"l": str(length)}).removesuffix(MAIL) for length in (1, 2, 3)) + MAIL
    proofs = await prove(signed, DkimLimits(max_body_lengths=2))
    assert [proof.result for proof in proofs] == [PASS, PASS, FAIL]
    assert proofs[2].reason == "too many different parts of the body are signed"


async def test_our_clock_may_be_wrong_only_so_far() -> None:
    signed = sign_by_tags(MAIL, {"t": f"{NOW.timestamp() + 100:.0f}"})
    assert (await prove_one(signed, DkimLimits(max_clock_skew_s=100))).result is PASS
    assert (await prove_one(signed, DkimLimits(max_clock_skew_s=99))).reason == "the signature comes from the future"


# l= and forms


@pytest.mark.parametrize("form", FORMS)
async def test_a_tail_behind_the_signed_length_is_never_proven(form: str) -> None:
    size = len(BODY) - form.endswith("relaxed")  # two blanks are one there
    signed = sign_by_tags(MAIL, {"c": form, "l": str(size)})
    whole = await prove_one(signed)
    assert (whole.result, whole.covers_whole_body) == (PASS, True)
    tailed = await prove_one(signed + b"Pay here.\r\n")
    assert (tailed.result, tailed.covers_whole_body) == (PASS, False)
    assert (await prove_one(signed.replace(b"Bye", b"Buy"))).result is FAIL
    assert (await prove_one(signed[:-8])).reason == "the body is shorter than was signed"


async def test_a_length_of_nothing_covers_nothing() -> None:
    proof = await prove_one(sign_by_tags(MAIL, {"l": "0"}))
    assert (proof.result, proof.covers_whole_body) == (PASS, False)
    assert (await prove_one(sign_by_tags(HEADER + b"\r\n\r\n", {"l": "0"}))).covers_whole_body


@pytest.mark.parametrize("form", FORMS)
async def test_a_mail_kept_with_bare_line_feeds_verifies_as_the_one_that_was_sent(form: str) -> None:
    signed = sign_by_tags(MAIL, {"c": form, "h": NAMES})
    assert (await prove_one(signed.replace(b"\r\n", b"\n"))).result is PASS
    assert (await prove_one(signed.replace(b"\r\n", b"\n").replace(b"Bye", b"Buy"))).result is FAIL


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Subject: Hello", b"subject :\tHello "),
        (b"Hello\r\n there", b"Hello \t\r\n\t\tthere"),
        (b"From: ", b"FROM:\r\n "),
    ],
)
async def test_relaxed_forgives_blanks_and_letter_case_of_names_and_simple_nothing(old: bytes, new: bytes) -> None:
    assert (await prove_one(sign_by_tags(MAIL, {"h": NAMES}).replace(old, new))).result is PASS
    assert (await prove_one(sign_by_tags(MAIL, {"h": NAMES, "c": "simple"}).replace(old, new))).result is FAIL


def split_plainly(raw: bytes) -> tuple[list[re.Match[bytes]], bytes]:
    """Give the fields and the body, read line by line; without a blank line the body begins at what is no field."""
    fields, lines = list[bytes](), re.sub(rb"\r?\n", b"\r\n", raw).split(b"\r\n")
    while lines and re.match(rb"[ \t]|[!-9;-~\x80-\xff]+[ \t]*:", lines[0]):
        line = lines.pop(0)
        fields += [line] if line[:1] not in b" \t" or not fields else [fields.pop() + b"\r\n" + line]
    body = b"\r\n".join(lines[1:] if lines and not lines[0] else lines)
    return [field for each in fields if (field := re.fullmatch(rb"(.+?)[ \t]*:(.*)", each, re.DOTALL))], body


def read_plainly(raw: bytes, header_form: str, body_form: str) -> object:
    """Give all that a signature over NAMES covers, read in the plainest way."""
    fields, body = split_plainly(raw)
    named = [(field[1].lower(), relax(field[0]) if header_form == "relaxed" else field[0]) for field in fields]
    own = [field for name, field in named if name == b"dkim-signature"]
    values = [re.split(rb"([;:]\s*b\s*=)", field, maxsplit=1) for field in own]
    covered = [(begin, decode(value[-1]) if value else None, value[:-1]) for begin, *value in values]
    if body_form == "relaxed":
        body = b"\r\n".join(re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n"))
    return covered, sorted(item for item in named if item[1] not in own), re.sub(rb"(\r\n)*\Z", b"", body, count=1)


def relax(field: bytes) -> bytes:
    name, _, value = field.partition(b":")
    return name.rstrip(b" \t").lower() + b":" + re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip(b" ")


def decode(text: bytes) -> bytes | None:
    try:
        return base64.b64decode(re.sub(rb"[ \t\r\n]+", b"", text), validate=True)
    except ValueError:
        return None


SIGNED = {form: sign_by_tags(MAIL, {"c": form, "h": NAMES}) for form in FORMS}


@pytest.mark.parametrize("form", FORMS)
@given(
    place=st.integers(0, len(SIGNED["relaxed/relaxed"])),
    new=st.sampled_from(b" \t\r\n:;=Ax/\x00\xff") | st.integers(0, 255),
)
def test_a_changed_byte_breaks_the_proof_unless_the_form_forgives_it(form: str, place: int, new: int) -> None:
    signed = SIGNED[form]
    place = min(place, len(signed) - 1)
    changed = signed[:place] + bytes([new]) + signed[place + 1 :]
    is_same = read_plainly(changed, *form.split("/")) == read_plainly(signed, *form.split("/"))
    results = [proof.result for proof in asyncio.run(prove(changed))]
    assert (PASS in results) is is_same


# Keys


@pytest.mark.parametrize(("identity", "result"), [("", PASS), ("a@example.com", PASS), ("a@mail.example.com", FAIL)])
async def test_a_key_may_be_for_the_domain_itself_only(identity: str, result: AuthResult) -> None:
    signed = sign_by_tags(MAIL, {"i": identity} if identity else {})
    strict = FakeResolver({name: [DNS[name][0] + b"; t=y:s"] for name in DNS})
    (proof,) = await evaluate_dkim(parse_message(signed), strict, NOW)
    assert proof.result is result
    assert (await prove_one(signed)).result is PASS


async def test_a_signer_who_is_testing_is_told() -> None:
    testing = FakeResolver({name: [DNS[name][0] + b"; t=y"] for name in DNS})
    (proof,) = await evaluate_dkim(parse_message(sign(MAIL, ED25519)), testing, NOW)
    assert (proof.result, proof.reason) == (PASS, "the signer is testing")


async def test_a_signature_of_a_very_long_key_is_read_over_all_its_lines() -> None:
    signed = sign(MAIL, RSA)
    assert signed.partition(b" b=")[2].partition(MAIL)[0].count(b"\r\n ") > 3
    for fold in (b"\r\n\t \t", b" ", b"\t", b""):
        refolded = re.sub(rb"(?<=[A-Za-z0-9+/])\r\n (?=[A-Za-z0-9+/]{20})", fold, signed)
        assert (await prove_one(refolded)).result is PASS


# What hostile senders write


@pytest.mark.parametrize(
    "tags",
    [
        {"h": "From : to\t:\r\n subject"},
        {"h": "from:to:dkim-signature"},
        {"h": "from:absent:from:from:to:to:to"},
        {"h": "from", "i": '"a@evil.example"@example.com'},
        {"h": "from", "z": "From:b=3Dx|b:=3B b=3D", "bx": "b"},
        {"h": "from", "q": "dns/txt:other"},
        {"h": "from", "n": "b = no"},
    ],
)
async def test_odd_signatures_that_hold_are_proven(tags: dict[str, str]) -> None:
    assert (await prove_one(sign_by_tags(MAIL, tags))).result is PASS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"h=from", b"h=to:subject"),
        (b"h=from", b"h="),
        (b"h=from", b"h=fromto"),
        (b"d=example.com", b"d=evil.example@example.com"),
        (b"d=example.com", b"d=example.com/evil"),
        (b"d=example.com", b"d=[192.0.2.1]"),
        (b"d=example.com", b"d=example.org; d=example.com"),
        (b"; c=", b"; i=a@example.com@evil.example; c="),
        (b"; c=", b"; i=a@evilexample.com; c="),
        (b"; c=", b"; i=example.com; c="),
        (b"; c=", b"; b=AAAA; c="),
        (b"; c=", b"; q=http; c="),
        (b"; c=", b"; l=99999999999999999999999999999999999999999999999999999999999999999999999999999; c="),
        (b"v=1", b"v=1.0"),
        (b"a=ed25519-sha256", b"a=rsa-md5"),
        (b"a=ed25519-sha256", b"a=rsa"),
        (b" b=", b" b=!"),
        (b" bh=", b" bh=="),
    ],
)
async def test_signatures_that_break_the_syntax_are_not_read(old: bytes, new: bytes) -> None:
    signed = sign_by_tags(MAIL, {})
    assert old in signed
    assert (await prove_one(signed.replace(old, new))).result is NEUTRAL


@pytest.mark.parametrize(
    ("domain", "selector"),
    [("com", "s"), ("co.uk", "a.b.c"), ("example.com", "_under_score"), ("a" * 63 + ".example", "b" * 63)],
)
async def test_keys_are_asked_for_where_the_signature_says_and_nowhere_else(domain: str, selector: str) -> None:
    signer = DkimSigner(domain, selector, ED25519.key)
    resolver = FakeResolver({(f"{selector}._domainkey.{domain}", "TXT"): DNS["ed._domainkey.example.com", "TXT"]})
    (proof,) = await evaluate_dkim(parse_message(sign(MAIL, signer)), resolver, NOW)
    assert (proof.result, proof.domain, proof.selector) == (PASS, domain, selector)


@pytest.mark.parametrize("place", [b"d=example.com", b"s=ed"])
@pytest.mark.parametrize(
    "name", [b"a." * 500 + b"b", b"a" * 64 + b".b", b"a..b", b".a", b"a b.c", b"\xff.b", b"-", b"*", b""]
)
async def test_a_name_that_cannot_be_asked_for_is_not_asked_for(place: bytes, name: bytes) -> None:
    resolver = FakeResolver()
    raw = sign(MAIL, ED25519).replace(place + b";", place[:2] + name + b";")
    (proof,) = await evaluate_dkim(parse_message(raw), resolver, NOW)
    assert proof.result is not PASS
    assert all(len(asked) < 600 and asked.isascii() for asked, _ in resolver.asked)


# Never an exception


@given(st.binary(max_size=200))
def test_any_signature_header_gives_a_proof(value: bytes) -> None:
    raw = b"DKIM-Signature: " + value.replace(b"\r", b"").replace(b"\n", b"") + b"\r\n" + MAIL
    proofs = asyncio.run(prove(raw))
    assert all(proof.result is not PASS for proof in proofs)


TAG_VALUES = st.text(max_size=20) | st.sampled_from(
    [
        "1",
        "rsa-sha256",
        "ed25519-sha256",
        "example.com",
        "ed",
        "from",
        "simple",
        "relaxed/relaxed",
        "0",
        "9" * 70,
        "YQ==",
        "@example.com",
    ]
)


@given(st.lists(st.tuples(st.sampled_from([*"vadshbcltxiqz", "bh"]), TAG_VALUES), max_size=14))
@example(
    [("v", "1"), ("a", "rsa-sha256"), ("d", "example.com"), ("s", "ed"), ("h", "from"), ("b", "YQ=="), ("bh", "YQ==")]
)
def test_any_tags_give_a_proof(tags: list[tuple[str, str]]) -> None:
    value = ";".join(f"{tag}={text}" for tag, text in tags).encode("utf-8", "replace")
    raw = b"DKIM-Signature: " + value.replace(b"\n", b"") + b"\r\n" + MAIL
    assert all(proof.result is not PASS for proof in asyncio.run(prove(raw)))


RECORDS = st.lists(
    st.binary(max_size=80) | st.binary(max_size=80).map(lambda key: b"p=" + base64.b64encode(key)), max_size=3
)


@given(st.dictionaries(st.sampled_from([*DNS, ("s1._domainkey.one.example", "TXT")]), RECORDS | st.just(TIMEOUT)))
def test_whatever_the_dns_says_there_is_a_proof_and_it_is_no_pass(
    answers: dict[tuple[str, str], Sequence[Any]],
) -> None:
    resolver = FakeResolver(answers)
    message = parse_message(sign(seal_often(PLAIN, "one.example"), ED25519, RSA))
    proofs = asyncio.run(evaluate_dkim(message, resolver, NOW, bodies=prepare_digests(message)))
    assert {proof.result for proof in proofs} <= {AuthResult.PERMERROR, AuthResult.TEMPERROR, FAIL}
    assert asyncio.run(evaluate_arc(message, resolver, NOW)).result in {AuthResult.TEMPERROR, FAIL}


async def test_a_signature_of_a_public_suffix_is_nobodys_below_it() -> None:
    signer = DkimSigner("co.uk", "ed", ED25519.key)
    resolver = FakeResolver({("ed._domainkey.co.uk", "TXT"): DNS["ed._domainkey.example.com", "TXT"]})
    (proof,) = await evaluate_dkim(parse_message(sign(MAIL, signer)), resolver, NOW)
    assert proof.result is PASS
    assert find_organisation(proof.domain) != find_organisation("bank.co.uk")


async def test_hanging_keys_of_strangers_do_not_use_up_the_time_of_the_authors() -> None:
    """The author's key is asked for first: past the deadline nothing would tell a forged signature from a true one."""
    strangers = b"".join(
        f"DKIM-Signature: v=1; a=rsa-sha256; d=evil{number}.test; s=s; h=from; bh=eA==; b=eA==\r\n".encode()
        for number in range(3)
    )
    resolver = FakeResolver(DNS)
    proofs = await evaluate_dkim(parse_message(strangers + sign(MAIL, RSA)), resolver, NOW)
    assert [proof.domain for proof in proofs] == ["evil0.test", "evil1.test", "evil2.test", "example.com"]
    assert resolver.asked[0] == ("rsa._domainkey.example.com", "TXT")
