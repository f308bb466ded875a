"""Mails with ARC chains of any length, sealed by domains whose keys stand in a DNS of the tests."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from doubles import FakeResolver
from gatepost.message.parse import parse_message
from gatepost.model.proof import AuthResult
from gatepost.origin.arc_seal import ArcSealer, seal_message

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PLAIN = b"From: a@author.example\r\nTo: b@reader.example\r\nSubject: Hello\r\n\r\nA line.\r\n"
RESULTS = "mx.example; spf=pass smtp.mailfrom=a@author.example"

_ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def make_sealer(domain: str) -> ArcSealer:
    """Give a sealer with the one Ed25519 key of these tests."""
    return ArcSealer(domain, "s1", _ED25519)


@cache
def make_rsa_key() -> rsa.RSAPrivateKey:
    """Give an RSA key, made once."""
    return rsa.generate_private_key(65_537, 2_048)


def make_resolver(*domains: str) -> FakeResolver:
    """Give a DNS with the key of each sealer."""
    public = base64.b64encode(_ED25519.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    rsa_public = make_rsa_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    records: dict[tuple[str, str], Sequence[bytes]] = {
        (f"s1._domainkey.{domain}", "TXT"): [b"v=DKIM1; k=ed25519; p=" + public] for domain in domains
    }
    records["rsa._domainkey.rsa.example", "TXT"] = [b"v=DKIM1; p=" + base64.b64encode(rsa_public)]
    return FakeResolver(records)


def seal_often(raw: bytes, *domains: str) -> bytes:
    """Give the mail with one more seal of each domain, the first of them oldest."""
    for domain in domains:
        chain = AuthResult.PASS if b"ARC-Seal:" in raw else AuthResult.NONE
        raw = seal_message(parse_message(raw), make_sealer(domain), RESULTS, chain, NOW) + raw
    return raw
