"""Public keys from the DNS, and the arithmetic of a signature.

Standards: RFC 6376 §3.6 (key records), §6.1.2 (their use), RFC 8301 §3 (sha1 and short keys are over),
RFC 8463 §3, §4 (Ed25519).
Trust: the records come from a stranger's DNS.
Fails: BadSignature with the reason; TryLater when the DNS does not answer.
"""

import binascii
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from gatepost.model.ports import Resolver
from gatepost.origin.dkim_signature import BadSignature, parse_tag_list, read_base64, split_list

MIN_RSA_BITS = 1_024  # RFC 8301 §3.2
MAX_RSA_BITS = 8_192  # verifying costs time that the mail's author chooses
MAX_RECORD_BYTES = 8_192
MAX_RECORDS = 10  # TXT records at one name that are looked at
MAX_KEPT_KEYS = 1_024  # parsed keys in memory

_PADDING = PKCS1v15()
_SHA256 = SHA256()


@dataclass(frozen=True, slots=True)
class DkimKey:
    """One public key with what its owner says about its use."""

    public: RSAPublicKey | Ed25519PublicKey
    kind: str  # k=: rsa or ed25519
    hashes: frozenset[str]  # h=; empty: all
    flags: frozenset[str]  # t=: y (testing), s (i= must be d= itself)

    @property
    def bits(self) -> int:
        """Give the size of an RSA key; Ed25519 has one size."""
        return self.public.key_size if isinstance(self.public, RSAPublicKey) else 256


async def lookup_key(resolver: Resolver, selector: str, domain: str) -> DkimKey:
    """Ask the DNS for a key; raise BadSignature when there is none that can be used."""
    answer = await resolver.lookup_txt(f"{selector}._domainkey.{domain}")
    reason = "there is no key in the DNS"
    for record in answer.records[:MAX_RECORDS]:
        try:
            return parse_key(record)
        except BadSignature as error:
            reason = error.public
    raise BadSignature(reason)


@lru_cache(maxsize=MAX_KEPT_KEYS)
def parse_key(record: bytes) -> DkimKey:
    """Read a key record (RFC 6376 §3.6.1); raise BadSignature when it is broken, revoked or not for mail."""
    if len(record) > MAX_RECORD_BYTES:
        raise BadSignature(f"the key record is longer than {MAX_RECORD_BYTES} bytes")
    tags = parse_tag_list(record)
    if "v" in tags and (next(iter(tags)) != "v" or tags["v"] != "DKIM1"):
        raise BadSignature("the key record is of an unknown version")
    if "p" not in tags:
        raise BadSignature("the key record has no key")
    if not tags["p"]:
        raise BadSignature("the key is revoked")
    if not {"*", "email"}.intersection(split_list(tags.get("s", "*"))):
        raise BadSignature("the key is not for mail")
    kind = tags.get("k", "rsa").lower()
    hashes = frozenset(split_list(tags["h"])) if "h" in tags else frozenset[str]()
    return DkimKey(
        _load_public_key(kind, read_base64(tags["p"])), kind, hashes, frozenset(split_list(tags.get("t", "")))
    )


def check_use(key: DkimKey, algorithm: str, min_rsa_bits: int = MIN_RSA_BITS) -> str:
    """Say why a key may not be used with an algorithm, "" when it may (RFC 6376 §6.1.2, RFC 8301 §3)."""
    kind, _, hash_name = algorithm.partition("-")
    if hash_name != "sha256":
        return f"{algorithm} is no longer secure"
    if kind != key.kind:
        return "the key is of another kind than the signature"
    if key.hashes and hash_name not in key.hashes:
        return f"the key is not for {hash_name}"
    if kind == "rsa" and not min_rsa_bits <= key.bits <= MAX_RSA_BITS:
        return f"an RSA key of {key.bits} bits is not accepted"
    return ""


def verify_signature(key: DkimKey, algorithm: str, data: bytes, signature: bytes) -> bool:
    """Say whether `signature` over `data` was made with the key; only SHA-256 is known (see check_use)."""
    if algorithm != f"{key.kind}-sha256":
        return False
    try:
        if isinstance(key.public, RSAPublicKey):
            key.public.verify(signature, data, _PADDING, _SHA256)
        else:
            key.public.verify(signature, hashlib.sha256(data).digest())  # RFC 8463 §3: the digest is what is signed
    except (InvalidSignature, ValueError):
        return False
    return True


def _load_public_key(kind: str, data: bytes) -> RSAPublicKey | Ed25519PublicKey:
    try:
        if kind == "ed25519":
            return Ed25519PublicKey.from_public_bytes(data)
        public = load_der_public_key(data)  # SubjectPublicKeyInfo, and RSAPublicKey as RFC 6376 §3.6.1 words it
    except (ValueError, TypeError, UnsupportedAlgorithm, binascii.Error) as error:
        raise BadSignature("the key is malformed") from error
    if kind != "rsa" or not isinstance(public, RSAPublicKey):
        raise BadSignature("the key is of an unknown kind")
    return public
