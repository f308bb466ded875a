"""Keys, a mail, and what the DNS says of the keys: for the tests of DKIM."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from doubles import FakeResolver
from gatepost.message.parse import parse_message
from gatepost.model.proof import DkimProof
from gatepost.origin.dkim import DEFAULT_LIMITS, DkimLimits, evaluate_dkim
from gatepost.origin.dkim_canonical import build_signed_data, canonicalize_body
from gatepost.origin.dkim_sign import sign_message
from gatepost.origin.dkim_signature import parse_forms, split_list
from gatepost.origin.dkim_signer import DkimSigner

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_RSA_KEY = generate_private_key(65_537, 2_048)
_ED25519_KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
RSA = DkimSigner("example.com", "rsa", _RSA_KEY)
ED25519 = DkimSigner("example.com", "ed", _ED25519_KEY)
_RSA_PUBLIC = _RSA_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
DNS: dict[tuple[str, str], Sequence[Any]] = {
    ("rsa._domainkey.example.com", "TXT"): [b"v=DKIM1; p=" + base64.b64encode(_RSA_PUBLIC)],
    ("ed._domainkey.example.com", "TXT"): [
        b"v=DKIM1; k=ed25519; p=" + base64.b64encode(_ED25519_KEY.public_key().public_bytes_raw())
    ],
}
MAIL = b"From: a@example.com\r\nTo: b@example.org\r\nSubject: Hello\r\n there\r\n\r\nHi.\r\n  Bye.\r\n"


def sign(raw: bytes, *signers: DkimSigner) -> bytes:
    """Give the mail with signatures in front."""
    return sign_message(parse_message(raw), signers, NOW) + raw


async def prove(raw: bytes, limits: DkimLimits = DEFAULT_LIMITS, now: datetime = NOW) -> tuple[DkimProof, ...]:
    """Verify a mail with a DNS that knows the keys."""
    return await evaluate_dkim(parse_message(raw), FakeResolver(DNS), now, limits)


def sign_by_tags(raw: bytes, tags: dict[str, str], signer: DkimSigner = ED25519) -> bytes:
    """Give the mail signed as the tags say, even where no honest signer would; bh= is made where they have none."""
    said = {"v": "1", **signer.name_key(), "c": "relaxed/relaxed", "h": "from", **tags}
    header_form, body_form = parse_forms(said["c"])
    if "bh" not in said:
        body = canonicalize_body(raw[parse_message(raw).root.extent.start :], body_form)
        signed = body[: int(said["l"])] if "l" in said else body
        said["bh"] = base64.b64encode(hashlib.sha256(signed).digest()).decode()
    field = ("DKIM-Signature: " + "; ".join(f"{tag}={value}" for tag, value in said.items()) + "; b=").encode()
    message = parse_message(field + b"\r\n" + raw)
    data = build_signed_data(message, message.headers[0], split_list(said["h"]), header_form)
    return field + base64.b64encode(signer.sign(data)) + b"\r\n" + raw
