"""Whether a list is what its makers published: a SHA-256 that they offer, or a minisign signature.

Standards: RFC 8032 (Ed25519), RFC 7693 (BLAKE2); minisign's own format, hashed signatures only ("ED").
Trust: a checksum from the same server tells damage, not a hostile server; a signature tells both.
Fails: FeedTrouble.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gatepost.feeds.trouble import FeedTrouble

MAX_LINES = 10_000
_LINE = re.compile(r"(?:SHA256 \((?P<tagged>[^)]+)\) = )?(?P<hash>[0-9a-fA-F]{64})(?:\s+\*?(?P<name>\S+))?")
_COMMENT = "trusted comment: "
_KEY_ID_BYTES, _SIGNATURE_BYTES = 8, 64
_KEY_LENGTH, _SIGNATURE_LENGTH = 42, 74
_SIGNATURE_LINES = 4


def check_checksum(file: Path, unpacked: str, text: str, list_name: str) -> None:
    """Hold a list against the text of a checksum file; packed and unpacked form are both good.

    `unpacked` is the SHA-256 of the content, `list_name` the list's own file name, for files with several lines.
    """
    matches = [match for line in text.splitlines()[:MAX_LINES] if (match := _LINE.match(line.strip()))]
    named = [match for match in matches if _name_of(match) == list_name]
    wanted = {match["hash"].lower() for match in (named or (matches if len(matches) == 1 else []))}
    if not wanted:
        raise FeedTrouble("has a checksum file that does not name it")
    with file.open("rb") as content:
        packed = hashlib.file_digest(content, "sha256").hexdigest()
    if wanted.isdisjoint({packed, unpacked}):
        raise FeedTrouble("does not fit its SHA-256 checksum")


def _name_of(line: re.Match[str]) -> str:
    return (line["tagged"] or line["name"] or "").rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class _PublicKey:
    key_id: bytes
    key: Ed25519PublicKey


def parse_public_key(text: str) -> _PublicKey:
    """Read minisign's public key (its base64 line)."""
    raw = _decode(text.strip().splitlines()[-1] if text.strip() else "", _KEY_LENGTH)
    if not raw.startswith(b"Ed"):
        raise FeedTrouble("has a public_key that is none of minisign's")
    return _PublicKey(raw[2 : 2 + _KEY_ID_BYTES], Ed25519PublicKey.from_public_bytes(raw[2 + _KEY_ID_BYTES :]))


def check_signature(file: Path, text: str, public_key: str) -> None:
    """Hold a list, as it was fetched, against minisign's signature file."""
    key = parse_public_key(public_key)
    lines = text.splitlines()[:_SIGNATURE_LINES]
    if len(lines) < _SIGNATURE_LINES or not lines[2].startswith(_COMMENT):
        raise FeedTrouble("has a signature file that is none of minisign's")
    signature = _decode(lines[1], _SIGNATURE_LENGTH)
    if not signature.startswith(b"ED") or signature[2 : 2 + _KEY_ID_BYTES] != key.key_id:
        raise FeedTrouble("is signed with another key or in an old form")
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "blake2b").digest()
    proof = signature[2 + _KEY_ID_BYTES :]
    try:
        key.key.verify(proof, digest)
        key.key.verify(_decode(lines[3], _SIGNATURE_BYTES), proof + lines[2][len(_COMMENT) :].encode())
    except InvalidSignature as error:
        raise FeedTrouble("has a signature that is not true") from error


def _decode(line: str, length: int) -> bytes:
    try:
        raw = base64.b64decode(line.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise FeedTrouble("has a key or signature that is no base64") from error
    if len(raw) != length:
        raise FeedTrouble("has a key or signature of a wrong length")
    return raw
