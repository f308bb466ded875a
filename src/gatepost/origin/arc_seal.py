"""Seal a mail before it goes on: the three ARC fields that tell the next reader what we found.

Standards: RFC 8617 §5.1 (sealing), §5.1.2 (a chain that broke), RFC 8463 §3 (Ed25519).
Trust: the mail is a stranger's; the results and the key are ours.
Fails: never; a chain that may not go on gets no further seal.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from gatepost.message.message import Header, Message
from gatepost.model.finding import Span
from gatepost.model.proof import AuthResult
from gatepost.origin.arc_chain import (
    ARC_NAMES,
    MAX_INSTANCES,
    BrokenChain,
    find_sets,
    join_sets,
    read_instance,
    read_seal,
)
from gatepost.origin.body_digests import BodyDigests
from gatepost.origin.dkim_canonical import (
    Form,
    canonicalize_header,
    select_headers,
    take_field,
)
from gatepost.origin.dkim_signature import BadSignature

LINE_CHARS = 78  # RFC 5322 §2.1.1; what cannot be folded is longer, below 998 for keys up to 4096 bits
SIGNED_NAMES = (  # named twice where a second one would be shown: then none can be added (RFC 6376 §8.15)
    *("from", "from", "to", "to", "cc", "cc", "subject", "subject", "date", "date", "reply-to", "reply-to"),
    *("message-id", "in-reply-to", "references", "mime-version", "mime-version", "content-type", "content-type"),
    *("content-transfer-encoding", "content-transfer-encoding", "list-id", "list-unsubscribe", "dkim-signature"),
)

_CONTROL = re.compile(r"[\x00-\x20\x7f]+")
_NEW = Header("", b"", Span(0, 0))  # our own field does not stand in the mail yet


@dataclass(frozen=True, slots=True)
class ArcSealer:
    """In whose name we seal, and with what; `signed_names` in lower case, without ARC and result fields."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey
    signed_names: tuple[str, ...] = SIGNED_NAMES

    @property
    def algorithm(self) -> str:
        """Give the a= of what this key signs."""
        return "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"

    def sign(self, data: bytes) -> str:
        """Give the b= over `data`."""
        if isinstance(self.key, RSAPrivateKey):
            signature = self.key.sign(data, PKCS1v15(), SHA256())
        else:
            signature = self.key.sign(hashlib.sha256(data).digest())
        return base64.b64encode(signature).decode("ascii")


def seal_message(message: Message, sealer: ArcSealer, results: str, chain: AuthResult, now: datetime) -> bytes:
    """Give the three fields to put in front of the mail, b"" where no seal may be added.

    `results` is what an Authentication-Results of ours would say (RFC 8601), its identity first; `chain` is what
    evaluate_arc found in this very mail. A chain that broke before us, or that is full, stays as it is.
    """
    instance = find_last_instance(message) + 1
    if instance > MAX_INSTANCES or _was_found_broken(message):
        return b""
    before, status = _find_chain(message, chain)
    own = {"d": sealer.domain, "i": str(instance), "s": sealer.selector, "t": str(int(now.timestamp()))}
    told = _fold("ARC-Authentication-Results", [f"i={instance}", *_split_results(results)])
    signature = _sign_message(message, sealer, own)
    tags = {**own, "a": sealer.algorithm, "cv": status, "b": ""}
    data = before + _relax(told) + _relax(signature) + _relax(_build_field("ARC-Seal", tags)).removesuffix(b"\r\n")
    return _build_field("ARC-Seal", {**tags, "b": sealer.sign(data)}) + signature + told


def find_last_instance(message: Message) -> int:
    """Give the highest instance of any ARC field, 0 where none has one."""
    headers = (header for name in ARC_NAMES for header in message.all_headers(name))
    return max((read_instance(header) or 0 for header in headers), default=0)


def _was_found_broken(message: Message) -> bool:
    """Say whether a sealer before us told that the chain is broken: then nothing is to be added (RFC 8617 §5.1)."""
    for header in message.all_headers("arc-seal"):
        try:
            if read_seal(header).chain_result is AuthResult.FAIL:
                return True
        except BadSignature:
            continue
    return False


def _find_chain(message: Message, chain: AuthResult) -> tuple[bytes, str]:
    """Give what our seal covers besides our own set, and its cv=; of a broken chain it covers nothing (§5.1.2)."""
    try:
        sets = find_sets(message)
    except BrokenChain:
        return b"", AuthResult.FAIL.value
    if not sets:
        return b"", AuthResult.NONE.value
    if chain is not AuthResult.PASS:
        return b"", AuthResult.FAIL.value
    return join_sets(message.raw, sets), AuthResult.PASS.value


def _sign_message(message: Message, sealer: ArcSealer, own: dict[str, str]) -> bytes:
    """Give the ARC-Message-Signature field."""
    body_hash = base64.b64encode(BodyDigests(message).digest(Form.RELAXED)).decode("ascii")
    names = ":".join(sealer.signed_names)
    tags = {**own, "a": sealer.algorithm, "b": "", "bh": body_hash, "c": "relaxed/relaxed", "h": names}
    unsigned = _relax(_build_field("ARC-Message-Signature", tags)).removesuffix(b"\r\n")
    headers = select_headers(message, sealer.signed_names, _NEW)
    data = b"".join(_relax(take_field(message.raw, header)) for header in headers) + unsigned
    return _build_field("ARC-Message-Signature", {**tags, "b": sealer.sign(data)})


def _split_results(results: str) -> list[str]:
    """Cut only where a fold may stand; a semicolon in quotes is not touched."""
    text = _CONTROL.sub(" ", results).strip(" ;")
    return text.split("; ")


def _build_field(name: str, tags: dict[str, str]) -> bytes:
    return _fold(name, [f"{tag}={tags[tag]}" for tag in sorted(tags)])


def _fold(name: str, pieces: list[str]) -> bytes:
    """Give a field that is folded behind semicolons only, so that the relaxed form is the same without folds."""
    lines = [f"{name}:"]
    for index, piece in enumerate(pieces):
        text = f" {piece};" if index + 1 < len(pieces) else f" {piece}"
        if len(lines[-1]) + len(text) > LINE_CHARS:
            lines.append("")
        lines[-1] += text
    return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n"


def _relax(field: bytes) -> bytes:
    return canonicalize_header(field, Form.RELAXED)
