"""Promise: the whole proof of one mail's origin costs at most 0.5 ms of CPU when the DNS has answered before."""

import asyncio
import base64
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.figures import Spread
from bench.mails import sample_mails
from bench.name_server import Table, serve_names
from bench.row import Row, judge
from gatepost.flow.prove import Proving, build_proving, prove_origin
from gatepost.message.message import Message
from gatepost.message.parse import parse_message
from gatepost.model.address import Address, Domain
from gatepost.model.envelope import Arrival, Envelope
from gatepost.model.proof import AuthResult
from gatepost.net.resolver import DnsResolver
from gatepost.net.settings import DnsSettings
from gatepost.origin.body_digests import BodyDigests
from gatepost.origin.dkim_sign import sign_message
from gatepost.origin.dkim_signer import DkimSigner
from gatepost.origin.settings import OriginSettings

PROMISED_MS = 0.5
MAILS = 1_000
ROUNDS = 3
CLIENT = "192.0.2.25"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
HEAD = (
    b"From: Ann <ann@sender.test>\r\nTo: Bo <bo@bench.test>\r\nSubject: One of many\r\n"
    b"Date: Tue, 24 Nov 2026 09:00:00 +0000\r\nMessage-ID: <1@sender.test>\r\nMIME-Version: 1.0\r\n\r\n"
)


def measure(_folder: Path) -> list[Row]:
    """Prove signed mails with the bodies of real ones; their sender's SPF record includes another."""
    key = rsa.generate_private_key(65_537, 2_048)
    signer = DkimSigner("sender.test", "s1", key)
    mails = [_sign(HEAD + _take_body(raw), signer) for raw in sample_mails(MAILS)]
    spread = Spread.of(asyncio.run(_prove_all(mails, _build_table(key))))
    promise = f"prove one mail (SPF, DKIM, DMARC, ARC), the DNS remembered: at most {PROMISED_MS} ms"
    return [Row(promise, spread.show("ms"), "", "", judge(is_reached=spread.mean <= PROMISED_MS), _HOW)]


_HOW = f"CPU for each of {MAILS} mails, one rsa2048 signature each, {ROUNDS} rounds; parsing is counted elsewhere"


async def _prove_all(mails: Sequence[bytes], table: Table) -> list[float]:
    async with serve_names(table) as server:
        resolver = DnsResolver(DnsSettings(servers=(server,)))
        proving = build_proving(OriginSettings(), (), resolver, Domain.parse("mx.bench.test"))
        await _prove(parse_message(mails[0]), mails[0], proving)
        return [await _prove(parse_message(raw), raw, proving) for _ in range(ROUNDS) for raw in mails]


async def _prove(message: Message, raw: bytes, proving: Proving) -> float:
    envelope = Envelope(Address.parse("ann@sender.test"), (), CLIENT, "mail.sender.test", protocol="ESMTP")
    arrival = Arrival("1", NOW, envelope, raw)
    started_ns = time.process_time_ns()
    proof = await prove_origin(message, arrival, BodyDigests(message), proving)
    elapsed_ms = (time.process_time_ns() - started_ns) / 1e6
    if not (proof.spf is proof.dkim is proof.dmarc is AuthResult.PASS):
        raise AssertionError(f"a mail that must be proven was not: {proof}")
    return elapsed_ms


def _take_body(raw: bytes) -> bytes:
    _, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    return body.replace(b"\r", b"").replace(b"\n", b"\r\n")


def _sign(raw: bytes, signer: DkimSigner) -> bytes:
    return sign_message(parse_message(raw), [signer], NOW) + raw


def _build_table(key: rsa.RSAPrivateKey) -> Table:
    public = base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    return {
        ("sender.test.", "TXT"): ['"v=spf1 a mx include:_spf.sender.test -all"'],
        ("_spf.sender.test.", "TXT"): ['"v=spf1 ip4:198.51.100.0/24 ip4:192.0.2.0/24 ~all"'],
        ("sender.test.", "A"): ["198.51.100.1"],
        ("sender.test.", "MX"): ["10 mx.sender.test."],
        ("mx.sender.test.", "A"): ["198.51.100.2"],
        ("mail.sender.test.", "TXT"): ['"v=spf1 a -all"'],
        ("mail.sender.test.", "A"): [CLIENT],
        ("_dmarc.sender.test.", "TXT"): ['"v=DMARC1; p=reject; rua=mailto:d@sender.test"'],
        ("s1._domainkey.sender.test.", "TXT"): [f'"v=DKIM1; p={public[:200]}" "{public[200:]}"'],
    }
