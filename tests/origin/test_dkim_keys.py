"""Keys: what the DNS says is read or refused with a reason."""

import base64
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from doubles import FakeResolver
from gatepost.origin.dkim_keys import check_use, lookup_key, parse_key
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


async def test_a_stray_record_beside_the_key_does_not_hide_it() -> None:
    resolver = FakeResolver({("s._domainkey.example.com", "TXT"): [b"v=spf1 -all", ED25519]})
    assert (await lookup_key(resolver, "s", "example.com")).kind == "ed25519"
    with pytest.raises(BadSignature, match="no key"):
        await lookup_key(FakeResolver(), "s", "example.com")
