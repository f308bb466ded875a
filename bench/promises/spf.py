"""Promise: checking SPF costs no more CPU than pyspf needs."""

import json
import random
import time
from collections.abc import Coroutine, Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from bench.figures import Spread
from bench.peers.pyspf import run_pyspf
from bench.peers.pyspf_loop import RESULTS
from bench.row import Row, judge
from bench.scanner import PipeScanner
from bench.turns import Subject, compare_turns, measure_in_turns
from gatepost.model.address import Address, Domain
from gatepost.model.ports import DnsAnswer, DnsStatus
from gatepost.model.proof import SpfProof
from gatepost.origin.spf import SpfQuestion, evaluate_spf

PROMISED = 1.0
SESSIONS = 500
ROUNDS = 3
OURS, PYSPF = "gatepost", "pyspf"


def _list_networks(number: int) -> str:
    return " ".join(f"ip4:10.{number}.{net}.0/20" for net in range(0, 240, 16))


TABLE: Mapping[str, Sequence[Any]] = {  # a large sender, one with servers of its own, one with macros, a small one
    "large.test TXT": ["v=spf1 redirect=_spf.large.test"],
    "_spf.large.test TXT": [f"v=spf1 {' '.join(f'include:_n{number}.large.test' for number in (1, 2, 3))} ~all"],
    "_n1.large.test TXT": [f"v=spf1 {_list_networks(1)} ip6:2001:db8:1::/48 ~all"],
    "_n2.large.test TXT": [f"v=spf1 {_list_networks(2)} ip6:2001:db8:2::/48 ~all"],
    "_n3.large.test TXT": [f"v=spf1 {_list_networks(3)} ~all"],
    "own.test TXT": ["v=spf1 a mx ip4:192.0.2.0/28 include:_spf.large.test -all"],
    "own.test A": ["192.0.2.80"],
    "own.test AAAA": ["2001:db8:9::80"],
    "own.test MX": [[10, "mx1.own.test"], [20, "mx2.own.test"]],
    "mx1.own.test A": ["192.0.2.81"],
    "mx2.own.test A": ["192.0.2.82"],
    "mx2.own.test AAAA": ["2001:db8:9::82"],
    "macro.test TXT": ["v=spf1 exists:%{ir}.%{l1r-}._spf.%{d2} -all exp=why.macro.test"],
    "why.macro.test TXT": ["%{i} does not send for %{d}"],
    "small.test TXT": ["v=spf1 a:mail.small.test -all"],
    "mail.small.test A": ["192.0.2.90"],
    "mail.client.test TXT": ["v=spf1 a -all"],
    "mail.client.test A": ["192.0.2.5"],
}
SENDERS = ("joe@large.test", "joe@own.test", "joe-x@macro.test", "joe@small.test", "joe@silent.test")
CLIENTS = ("10.1.32.7", "10.3.238.9", "192.0.2.5", "192.0.2.82", "192.0.2.90", "198.51.100.7", "2001:db8:2::25")


def measure(folder: Path, rounds: int = ROUNDS) -> list[Row]:
    """Let both check the same sessions against the same DNS, HELO and MAIL FROM each."""
    table = folder / "table.json"
    table.write_text(json.dumps(TABLE), "utf-8")
    dice = random.Random(SESSIONS)  # noqa: S311 - a repeatable choice, no secret
    sessions = [f"{dice.choice(CLIENTS)} mail.client.test {dice.choice(SENDERS)}".encode() for _ in range(SESSIONS)]
    resolver = _TableResolver(TABLE)
    with run_pyspf(table) as peer:
        _compare_results(sessions, resolver, peer)
        costs = measure_in_turns({OURS: _time(resolver), PYSPF: _ask(peer)}, sessions, rounds=rounds)
    share = compare_turns(costs[OURS], costs[PYSPF])
    return [
        Row(
            "SPF of one mail: at most pyspf's CPU",
            Spread.of(costs[OURS]).show("ms"),
            f"{PYSPF}: {Spread.of(costs[PYSPF]).show('ms')}",
            f"{share:.3f}",
            judge(is_reached=share <= PROMISED),
            _HOW.format(rounds=rounds),
        )
    ]


_HOW = f"CPU for HELO and MAIL FROM of {SESSIONS} sessions, the DNS a table in memory, {{rounds}} rounds in turns"


def _compare_results(sessions: Sequence[bytes], resolver: "_TableResolver", peer: PipeScanner) -> None:
    """Stop where the two do not come to the same result: their costs could not be compared."""
    for session in sorted(set(sessions)):
        ours, theirs = _check(session, resolver).result.value, RESULTS[peer.scan(session).finding_count]
        if ours != theirs:
            raise RuntimeError(f"{session.decode()}: gatepost says {ours}, pyspf {theirs}")


def _time(resolver: "_TableResolver") -> Subject:
    def measure_one(session: bytes) -> float:
        started_ns = time.process_time_ns()
        _check(session, resolver)
        return (time.process_time_ns() - started_ns) / 1e6

    return measure_one


def _ask(peer: PipeScanner) -> Subject:
    return lambda session: peer.scan(session).score


def _check(session: bytes, resolver: "_TableResolver") -> SpfProof:
    ip, helo, sender = session.decode().split(" ")
    question = SpfQuestion(ip, helo, Address.parse(sender), Domain("mx.ours.test"))
    return _finish(evaluate_spf(question, resolver))[1]


def _finish(work: Coroutine[Any, Any, tuple[SpfProof, ...]]) -> tuple[SpfProof, ...]:
    """Run what never waits: no event loop stands in the figures."""
    try:
        work.send(None)
    except StopIteration as end:
        found: tuple[SpfProof, ...] = end.value
        return found
    raise RuntimeError("the resolver of this bench answers at once")


class _TableResolver:
    """A Resolver that answers from memory."""

    def __init__(self, table: Mapping[str, Sequence[Any]]) -> None:
        self._answers: dict[str, DnsAnswer[Any]] = {
            place: DnsAnswer(tuple(map(_read_record, records)), DnsStatus.FOUND) for place, records in table.items()
        }
        self._absent: DnsAnswer[Any] = DnsAnswer((), DnsStatus.NO_NAME)

    async def lookup_addresses(self, host: str) -> Sequence[str]:
        """Give both families."""
        return [*self._find(f"{host} AAAA").records, *self._find(f"{host} A").records]

    async def lookup_txt(self, name: str) -> DnsAnswer[bytes]:
        """Give TXT records."""
        return self._find(f"{name} TXT")

    async def lookup_a(self, name: str) -> DnsAnswer[str]:
        """Give IPv4 addresses."""
        return self._find(f"{name} A")

    async def lookup_aaaa(self, name: str) -> DnsAnswer[str]:
        """Give IPv6 addresses."""
        return self._find(f"{name} AAAA")

    async def lookup_mx(self, name: str) -> DnsAnswer[tuple[int, str]]:
        """Give mail exchangers."""
        return self._find(f"{name} MX")

    async def lookup_ptr(self, ip: str) -> DnsAnswer[str]:
        """Give the names of an address."""
        return self._find(f"{ip_address(ip).reverse_pointer} PTR")

    def _find(self, place: str) -> DnsAnswer[Any]:
        return self._answers.get(place, self._absent)


def _read_record(record: Any) -> object:
    if isinstance(record, str):
        return record.encode() if record.startswith("v=") or "%" in record else record
    return tuple(record)
