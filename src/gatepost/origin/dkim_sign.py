"""Sign a mail with DKIM.

Standards: RFC 6376 §5 (signing), §5.4 (what to sign), §8.15 (naming a header once more, so that none can be added);
RFC 8463 (Ed25519 beside RSA); RFC 8058 §4 (List-Unsubscribe must be signed).
Trust: the mail may be anybody's; nothing of it reaches the new header but digests.
Fails: never for a mail; BadSignature when a signer's domain or selector is no domain.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from gatepost.message.message import Message
from gatepost.origin.body_digests import BodyDigests
from gatepost.origin.dkim_canonical import Form, canonicalize_selected, relax_header
from gatepost.origin.dkim_signature import read_domain

OVERSIGNED = (  # named once more than they stand there: what a reader or a client believes
    *("from", "to", "cc", "subject", "date", "reply-to", "message-id"),
    *("mime-version", "content-type", "content-transfer-encoding", "content-disposition"),
)
SIGNED = ("sender", "in-reply-to", "references", "list-id", "list-unsubscribe", "list-unsubscribe-post")
MAX_SIGNED_OF_ONE_NAME = 8  # a mail with more of one header is broken anyway
LINE_LENGTH = 76

_FOLD = b"\r\n\t"


@dataclass(frozen=True, slots=True)
class DkimSigner:
    """One key of ours, and where its public half stands in the DNS."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey

    @property
    def algorithm(self) -> str:
        """Give a= of its signatures."""
        return "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"


def sign_message(message: Message, signers: Sequence[DkimSigner], now: datetime) -> bytes:
    """Give DKIM-Signature fields, one for each signer in their order, to put in front of the mail."""
    names = list_signed_names(message)
    headers = canonicalize_selected(message, names, Form.RELAXED)
    body_hash = base64.b64encode(BodyDigests(message).digest(Form.RELAXED))
    fields = (_start_field(signer, int(now.timestamp()), names, body_hash) for signer in signers)
    return b"".join(_finish_field(signer, field, headers) for signer, field in zip(signers, fields, strict=True))


def list_signed_names(message: Message) -> list[str]:
    """Give h=: what is there, and once more what must not be added."""
    names = list[str]()
    for name in OVERSIGNED:
        names += [name] * (min(len(message.all_headers(name)), MAX_SIGNED_OF_ONE_NAME) + 1)
    for name in SIGNED:
        names += [name] * min(len(message.all_headers(name)), MAX_SIGNED_OF_ONE_NAME)
    return names


def create_signature(key: RSAPrivateKey | Ed25519PrivateKey, data: bytes) -> bytes:
    """Sign bytes as rsa-sha256 or ed25519-sha256 does (RFC 6376 §3.3.2, RFC 8463 §3)."""
    if isinstance(key, RSAPrivateKey):
        return key.sign(data, PKCS1v15(), SHA256())
    return key.sign(hashlib.sha256(data).digest())


def fold_words(words: Sequence[bytes], separator: bytes) -> bytes:
    """Join words in lines of at most LINE_LENGTH bytes, a fold behind the separator."""
    lines = [b""]
    for index, word in enumerate(words):
        piece = word if index == len(words) - 1 else word + separator
        if lines[-1] and len(lines[-1]) + len(piece) > LINE_LENGTH - 1:
            lines.append(b"")
        lines[-1] += piece
    return _FOLD.join(lines)


def fold_base64(data: bytes) -> bytes:
    """Give base64 in lines of at most LINE_LENGTH bytes."""
    return _FOLD.join(_cut(base64.b64encode(data), LINE_LENGTH - 4))


def _start_field(signer: DkimSigner, signed_at_s: int, names: Sequence[str], body_hash: bytes) -> bytes:
    place = {"d": signer.domain, "s": signer.selector}
    domain, selector = (read_domain(place, tag).encode() for tag in "ds")
    signed = fold_words([b"h=" + names[0].encode(), *(name.encode() for name in names[1:])], b":")
    lines = (
        b"DKIM-Signature: v=1; a=%b; c=relaxed/relaxed;" % signer.algorithm.encode(),
        b"d=%b; s=%b; t=%d;" % (domain, selector, signed_at_s),
        signed + b";",
        b"bh=%b;" % body_hash,
        b"b=",
    )
    return _FOLD.join(lines)


def _finish_field(signer: DkimSigner, field: bytes, headers: bytes) -> bytes:
    signature = create_signature(signer.key, headers + relax_header(field).removesuffix(b"\r\n"))
    return field + fold_base64(signature) + b"\r\n"


def _cut(text: bytes, size: int) -> Iterator[bytes]:
    return (text[start : start + size] for start in range(0, len(text), size))
