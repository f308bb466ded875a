"""Keys: what the DNS says is read or refused with a reason."""

import base64
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from doubles import FakeResolver
from gatepost.origin.dkim_keys import (
    MAX_RECORDS,
    MAX_RSA_BITS,
    check_use,
    lookup_key,
    parse_key,
    verify_signature,
)
from gatepost.origin.dkim_signature import BadSignature

ED25519 = b"k=ed25519; p=" + base64.b64encode(
    Ed25519PrivateKey.from_private_bytes(b"k" * 32).public_key().public_bytes_raw()
)


@given(st.binary() | st.binary().map(lambda key: b"p=" + base64.b64encode(key)))
def test_any_record_is_a_key_or_a_bad_one(record: bytes) -> None:
    with suppress(BadSignature):
        parse_key(record)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"v=DKIM1; p=", "revoked"),
        (b"v=DKIM2; p=AA==", "unknown version"),
        (b"p=AA==; v=DKIM1", "unknown version"),
        (b"v=DKIM1; s=tlsrpt; p=AA==", "not for mail"),
        (b"v=DKIM1; k=dsa; p=AA==", "malformed"),
        (b"v=DKIM1", "no key"),
        (b"p=" + b"A" * 9_000, "longer than"),
    ],
)
def test_a_record_that_may_not_be_used_says_why(record: bytes, reason: str) -> None:
    with pytest.raises(BadSignature, match=reason):
        parse_key(record)


def test_a_key_is_held_to_its_kind_and_hash() -> None:
    assert check_use(parse_key(ED25519), "ed25519-sha256") == ""
    assert "another kind" in check_use(parse_key(ED25519), "rsa-sha256")
    assert "no longer secure" in check_use(parse_key(ED25519), "rsa-sha1")
    assert "not for sha256" in check_use(parse_key(ED25519 + b"; h=sha1"), "ed25519-sha256")


def describe(public: PublicKeyTypes, form: PublicFormat = PublicFormat.SubjectPublicKeyInfo) -> bytes:
    return b"p=" + base64.b64encode(public.public_bytes(Encoding.DER, form))


@pytest.mark.parametrize(
    ("bits", "is_taken"), [(512, False), (1_023, False), (1_024, True), (2_048, True), (4_096, True)]
)
def test_an_rsa_key_has_a_length_that_protects(bits: int, is_taken: bool) -> None:
    modulus = (1 << (bits - 1)) + 1  # public halves need no primes
    public = RSAPublicNumbers(65_537, modulus).public_key()
    for form in (PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1):
        key = parse_key(describe(public, form))
        assert key.bits == bits
        assert (check_use(key, "rsa-sha256") == "") is is_taken


def test_an_rsa_key_so_long_that_it_costs_too_much_is_not_used() -> None:
    public = RSAPublicNumbers(65_537, (1 << MAX_RSA_BITS) + 1).public_key()
    assert "8193 bits is not accepted" in check_use(parse_key(describe(public)), "rsa-sha256")


def test_a_key_of_another_kind_than_it_says_is_refused() -> None:
    ec = generate_private_key(SECP256R1()).public_key()
    ed = Ed25519PrivateKey.from_private_bytes(b"k" * 32).public_key()
    for record in (describe(ec), describe(ed), b"k=ed25519; " + describe(ed), b"k=rsa; " + ED25519.partition(b"; ")[2]):
        with pytest.raises(BadSignature, match=r"unknown kind|malformed"):
            parse_key(record)


@pytest.mark.parametrize("size", [0, 1, 31, 33, 64])
def test_an_ed25519_key_has_32_bytes(size: int) -> None:
    with pytest.raises(BadSignature):
        parse_key(b"k=ed25519; p=" + base64.b64encode(b"k" * size))


@pytest.mark.parametrize(
    "record", [b"", b";", b"p", b"p=;p=", b"\xff", b"p=A", b"p=AAAA AAAA", b"p=====", b"v=DKIM1;;p=AAAA", b"<html>"]
)
def test_garbage_is_no_key(record: bytes) -> None:
    with pytest.raises(BadSignature):
        parse_key(record)


@pytest.mark.parametrize("exponent", [3, 65_537, (1 << 33) - 1])
def test_an_exponent_as_large_as_openssl_takes_it_costs_little(exponent: int) -> None:
    key = parse_key(describe(RSAPublicNumbers(exponent, (1 << 2_047) + 1).public_key()))
    assert not verify_signature(key, "rsa-sha256", b"data", b"x" * 256)


async def test_of_many_records_only_so_many_are_looked_at() -> None:
    name = ("s._domainkey.example.com", "TXT")
    assert (await lookup_key(FakeResolver({name: [b"junk"] * (MAX_RECORDS - 1) + [ED25519]}), "s", "example.com")).bits
    with pytest.raises(BadSignature, match="malformed"):
        await lookup_key(FakeResolver({name: [b"junk"] * MAX_RECORDS + [ED25519]}), "s", "example.com")


async def test_a_revoked_record_beside_a_key_does_not_revoke_it() -> None:
    """RFC 6376 §6.1.2 leaves the choice among several records open; a rotation may leave both for a while."""
    resolver = FakeResolver({("s._domainkey.example.com", "TXT"): [b"v=DKIM1; p=", ED25519]})
    assert (await lookup_key(resolver, "s", "example.com")).kind == "ed25519"


async def test_a_stray_record_beside_the_key_does_not_hide_it() -> None:
    resolver = FakeResolver({("s._domainkey.example.com", "TXT"): [b"v=spf1 -all", ED25519]})
    assert (await lookup_key(resolver, "s", "example.com")).kind == "ed25519"
    with pytest.raises(BadSignature, match="no key"):
        await lookup_key(FakeResolver(), "s", "example.com")
