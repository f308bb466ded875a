"""Reads the cases of tests/corpus/origin, and lets each happen: who connects, what is signed, what is changed then."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from doubles import TIMEOUT
from gatepost.message.parse import parse_message
from gatepost.model.address import Address
from gatepost.model.proof import AuthResult
from gatepost.origin.arc_seal import ArcSealer, seal_message
from gatepost.origin.dkim_canonical import Form, canonicalize_body, canonicalize_selected
from gatepost.origin.dkim_signer import DkimSigner, sign_field
from gatepost.wire.smtp.parameters import Refused, parse_helo_name, parse_mail_argument

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ZONE = Path(__file__).parent / "corpus" / "origin" / "world.zone"
EVIL_IP = "203.0.113.66"

_ED25519 = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
_BYTES = {"{{NUL}}": "\0", "{{CR}}": "\r", "{{LF}}": "\n", "{{CRLF}}": "\r\n"}

_RESULTS = {"proven", "author", "dmarc", "spf", "dkim", "arc", "refused"}
_STEPS = {"sign", "front", "behind", "change", "seal"}

Records = dict[tuple[str, str], Sequence[Any]]


@dataclass
class OriginCase:
    """One .expect file: what happens, in its order, and what must come out."""

    client_ip: str = EVIL_IP
    helo: str = "mail.evil.example"
    mail_from: Address | None = None
    is_refused: bool = False  # in the dialog, before any content
    records: Records = field(default_factory=dict)
    steps: list[tuple[str, str]] = field(default_factory=list)
    trusted: set[str] = field(default_factory=set)
    tree_walk: bool = False
    results: dict[str, str] = field(default_factory=dict)  # of proven, author, dmarc, spf, dkim, arc, refused
    found: list[str] = field(default_factory=list)
    action: str = ""


@cache
def make_rsa_key() -> RSAPrivateKey:
    """Give an RSA key, made once."""
    return generate_private_key(65_537, 2_048)


def read_zone() -> Records:
    """Give the DNS that all cases share."""
    records: Records = {}
    for line in ZONE.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith(";"):
            add_record(records, line)
    return records


def add_record(records: Records, line: str) -> None:
    """Add `name TYPE value`.

    KEY and RSAKEY are TXT records with a key of the tests behind the tags of `value`; SILENT names a type for which no
    answer comes.
    """
    name, kind, *rest = line.split(None, 2)
    text = rest[0] if rest else ""
    if kind == "SILENT":
        records[name.lower(), text] = TIMEOUT
        return
    kind, value = ("TXT", _write_key(kind, text)) if kind.endswith("KEY") else (kind, _read_value(kind, text))
    records[name.lower(), kind] = [*records.get((name.lower(), kind), ()), value]


def _read_value(kind: str, text: str) -> str | bytes | tuple[int, str]:
    if kind == "MX":
        preference, host = text.split()
        return int(preference), host.removesuffix(".")
    return text.encode() if kind == "TXT" else text


def _write_key(kind: str, tags: str) -> bytes:
    if kind == "RSAKEY":
        public = make_rsa_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; {tags} p=".encode() + base64.b64encode(public)
    return f"v=DKIM1; k=ed25519; {tags} p=".encode() + base64.b64encode(_ED25519.public_key().public_bytes_raw())


def read_origin_case(path: Path) -> OriginCase:
    """Read one .expect file."""
    case = OriginCase()
    for line in path.read_text("utf-8").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word in _RESULTS:
            case.results[word] = rest
        elif word in _STEPS:
            case.steps.append((word, rest))
        elif word in ("helo", "mail"):
            _greet(case, word, rest)
        elif word not in ("", "#"):
            _set_up(case, word, rest)
    return case


def _set_up(case: OriginCase, word: str, rest: str) -> None:
    match word:
        case "client":
            case.client_ip = rest
        case "dns":
            add_record(case.records, rest)
        case "trust":
            case.trusted.add(rest)
        case "organisations":
            case.tree_walk = rest == "tree-walk"
        case "+":
            case.found.append(rest)
        case "action":
            case.action = rest
        case _:
            raise AssertionError(f"{word} {rest} says nothing known")


def _greet(case: OriginCase, word: str, argument: str) -> None:
    try:
        if word == "helo":
            case.helo = parse_helo_name(_put_bytes(argument))
        else:
            case.mail_from = parse_mail_argument(_put_bytes(argument)).address
    except Refused:
        case.is_refused = True


def _put_bytes(text: str) -> str:
    for name, char in _BYTES.items():
        text = text.replace(name, char)
    return text


def take_steps(raw: bytes, steps: Sequence[tuple[str, str]]) -> bytes:
    """Let happen to a mail what a case tells."""
    for step, rest in steps:
        raw = _take_step(raw, step, _put_bytes(rest))
    return raw


def _take_step(raw: bytes, step: str, argument: str) -> bytes:
    match step:
        case "sign":
            return sign(raw, dict(word.split("=", 1) for word in argument.split(" "))) + raw
        case "seal":
            return _seal(raw, *argument.split(" says ")) + raw
        case "front":
            return f"{argument}\r\n".encode() + raw
        case "behind":
            return raw + f"{argument}\r\n".encode()
        case _:
            old, new = argument.encode().split(b" -> ")
            assert old in raw
            return raw.replace(old, new, 1)


def _seal(raw: bytes, domain: str, results: str) -> bytes:
    chain = AuthResult.PASS if b"ARC-Seal:" in raw else AuthResult.NONE
    return seal_message(parse_message(raw), ArcSealer(domain, "k", _ED25519), results, chain, NOW)


class _OldSigner(DkimSigner):
    """Signs as was done before RFC 8301."""

    def sign(self, data: bytes) -> bytes:
        """Sign with SHA-1."""
        return make_rsa_key().sign(data, PKCS1v15(), SHA1())  # noqa: S303 - that it proves nothing is what is tested


def sign(raw: bytes, tags: dict[str, str]) -> bytes:
    """Sign with the tags that a case gives; `l` counts bytes of the canonical body."""
    message = parse_message(raw)
    said = {"v": "1", "a": "ed25519-sha256", "s": "k", "c": "relaxed/relaxed", "h": "from:to:subject", **tags}
    form = Form(said["c"].partition("/")[2])
    body = canonicalize_body(message.root.body, form)
    body = body[: int(said["l"])] if "l" in said else body
    headers = canonicalize_selected(message, said["h"].lower().split(":"), Form.RELAXED)
    key = _ED25519 if said["a"].startswith("ed25519") else make_rsa_key()
    kind = _OldSigner if said["a"] == "rsa-sha1" else DkimSigner
    said["bh"] = base64.b64encode(_digest(body, said["a"])).decode()
    return sign_field(kind("signer.example", "k", key), "DKIM-Signature", said, headers)


def _digest(data: bytes, algorithm: str) -> bytes:
    return hashlib.new(algorithm.rpartition("-")[2], data).digest()
