"""Promise: verifying DKIM costs at most a fifth, signing at most a twentieth of what dkimpy needs."""

import base64
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from bench.figures import Spread
from bench.mails import sample_mails
from bench.peers.dkimpy import run_dkimpy
from bench.row import Reached, Row, judge
from bench.scanner import PipeScanner
from bench.turns import Subject, compare_turns, measure_in_turns
from gatepost.message.message import Message
from gatepost.message.parse import parse_message
from gatepost.model.ports import DnsAnswer, DnsStatus, Resolver
from gatepost.model.proof import AuthResult, DkimProof
from gatepost.origin.dkim import DkimLimits, evaluate_dkim
from gatepost.origin.dkim_sign import sign_message
from gatepost.origin.dkim_signer import DkimSigner

PROMISED_VERIFYING, PROMISED_SIGNING = 1 / 5, 1 / 20
SAMPLE = 1_000
MAILS = 300  # dkimpy takes its time
DOMAIN, SELECTOR = "client.test", "bench"
KEY_NAME = f"{SELECTOR}._domainkey.{DOMAIN}"
NOW = datetime(2026, 1, 2, tzinfo=UTC)
ONE_SIGNATURE = DkimLimits(max_signatures=1)  # dkimpy looks at the first only

OURS, OURS_RAW, DKIMPY = "gatepost", "gatepost, from raw bytes", "dkimpy"
_HOW = "CPU for each of {mails} corpus mails (mean {size:.0f} KB), key at hand, in turns; ratio: median"
_PARSED = "; gatepost has parsed the mail already, which has a row of its own"


def measure(folder: Path) -> list[Row]:
    """Let both verify the same signed mails, and sign the same plain ones."""
    key = generate_private_key(65_537, 2_048)
    signer = DkimSigner(DOMAIN, SELECTOR, key)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    record = f"v=DKIM1; p={base64.b64encode(public).decode()}"
    key_file = folder / "key.pem"
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    with run_dkimpy(DOMAIN, SELECTOR, str(key_file)) as signing, run_dkimpy(KEY_NAME, record) as verifying:
        plain = list(islice(_find_usable_mails(signing), MAILS))
        signed = [_sign(parse_message(raw), signer) + raw for raw in plain]
        resolver = cast("Resolver", _OneKey(record.encode()))
        return [
            *_compare("verify", PROMISED_VERIFYING, lambda mail: _verify(mail, resolver), verifying, signed),
            *_compare("sign", PROMISED_SIGNING, lambda mail: _sign(mail, signer), signing, plain),
        ]


def _find_usable_mails(signing: PipeScanner) -> Iterator[bytes]:
    """Give corpus mails as SMTP would carry them, without those that dkimpy refuses."""
    for raw in sample_mails(SAMPLE):
        mail = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        if signing.scan(mail).finding_count:
            yield mail


def _compare(
    verb: str, promised: float, work: Callable[[Message], object], peer: PipeScanner, mails: Sequence[bytes]
) -> list[Row]:
    costs = measure_in_turns({OURS: _time(work), OURS_RAW: _time_raw(work), DKIMPY: _ask(peer)}, mails)
    how = _HOW.format(mails=len(mails), size=fmean(map(len, mails)) / 1e3)

    def show(promise: str, ours: str, reached: Reached, how: str) -> Row:
        ratio = f"{compare_turns(costs[ours], costs[DKIMPY]):.3f}"
        theirs = f"{DKIMPY}: {Spread.of(costs[DKIMPY]).show('ms')}"
        return Row(promise, Spread.of(costs[ours]).show("ms"), theirs, ratio, reached, how)

    promise = f"DKIM {verb} rsa2048: at most 1/{1 / promised:.0f} of dkimpy's CPU"
    reached = judge(is_reached=compare_turns(costs[OURS], costs[DKIMPY]) <= promised)
    return [
        show(promise, OURS, reached, how + _PARSED),
        show("the same with parsing", OURS_RAW, Reached.NOT_PROMISED, how),
    ]


def _time(work: Callable[[Message], object]) -> Subject:
    def measure_one(raw: bytes) -> float:
        message = parse_message(raw)
        started_ns = time.process_time_ns()
        work(message)
        return (time.process_time_ns() - started_ns) / 1e6

    return measure_one


def _time_raw(work: Callable[[Message], object]) -> Subject:
    def measure_one(raw: bytes) -> float:
        started_ns = time.process_time_ns()
        work(parse_message(raw))
        return (time.process_time_ns() - started_ns) / 1e6

    return measure_one


def _ask(peer: PipeScanner) -> Subject:
    """Let dkimpy tell what it cost; a signature that it does not find good would be no comparison."""

    def measure_one(raw: bytes) -> float:
        opinion = peer.scan(raw)
        if not opinion.finding_count:
            raise RuntimeError("dkimpy says no to a mail that it should take")
        return opinion.score

    return measure_one


def _sign(message: Message, signer: DkimSigner) -> bytes:
    return sign_message(message, [signer], NOW)


def _verify(message: Message, resolver: Resolver) -> None:
    (proof,) = _finish(evaluate_dkim(message, resolver, NOW, ONE_SIGNATURE))
    if proof.result is not AuthResult.PASS:
        raise RuntimeError(f"gatepost does not verify its own signature: {proof.reason}")


def _finish(work: Coroutine[Any, Any, tuple[DkimProof, ...]]) -> tuple[DkimProof, ...]:
    """Run what never waits: no event loop stands in the figures."""
    try:
        work.send(None)
    except StopIteration as end:
        found: tuple[DkimProof, ...] = end.value
        return found
    raise RuntimeError("the resolver of this bench answers at once")


class _OneKey:
    """A DNS that has one key for every name, and is asked for nothing else."""

    def __init__(self, record: bytes) -> None:
        self._answer = DnsAnswer((record,), DnsStatus.FOUND)

    async def lookup_txt(self, _name: str) -> DnsAnswer[bytes]:
        """Give the key."""
        return self._answer
