"""Turns the SPF suites of others into questions and a DNS, straight from their files."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from doubles import TIMEOUT, FakeResolver
from gatepost.model.address import Address, Domain
from gatepost.origin.spf import SpfQuestion
from small_yaml import Pairs, read_documents

Records = dict[tuple[str, str], Any]

TYPES = ("A", "AAAA", "MX", "TXT", "PTR")
MAX_ALIASES = 5
HOSTNAME = Domain("mx.example.org")
DNS_ERROR = "_dns_error"  # the name by which mail-auth means a server that does not answer


@dataclass
class SuiteCase:
    """One case: the question, the DNS, which results are right, and the explanation where one is expected."""

    name: str
    question: SpfQuestion
    resolver: FakeResolver
    results: list[str]
    explanation: str | None


def ask(ip: str, helo: str, sender: str) -> SpfQuestion:
    """Build a question as a session would, also for senders that no session would let in."""
    local_part, _, domain = sender.rpartition("@")
    return SpfQuestion(ip, helo, Address(local_part, Domain(domain)) if sender else None, HOSTNAME)


def read_openspf(path: Path) -> Iterator[SuiteCase]:
    """Give the cases of an openspf suite."""
    for group in map(dict, read_documents(path.read_text("utf-8"))):
        zone = _read_zone(group["zonedata"])
        for name, pairs in group["tests"]:
            case = dict(pairs)
            question = ask(case["host"], case["helo"], case["mailfrom"])
            results = case["result"] if isinstance(case["result"], list) else [case["result"]]
            yield SuiteCase(name, question, FakeResolver(zone), results, case.get("explanation"))


def _read_zone(zonedata: Pairs) -> Records:
    zone: Records = {}
    aliases: dict[str, str] = {}
    for name, entries in zonedata:
        own: dict[str, Any] = {}
        for entry in entries:
            if entry == "TIMEOUT":
                own = dict.fromkeys(TYPES, TIMEOUT) | own
            else:
                ((kind, value),) = entry
                own.setdefault(kind, []).append(value)
        if not own.get("CNAME"):
            zone |= _read_name(name.lower(), own)
        else:
            aliases[name.lower()] = own["CNAME"][0].lower().removesuffix(".")
    for alias in aliases:
        zone |= {(alias, kind): records for kind, records in _follow(alias, aliases, zone)}
    return zone


def _read_name(name: str, own: dict[str, Any]) -> Records:
    texts = own.get("SPF", []) if own.get("TXT", TIMEOUT) is TIMEOUT else own["TXT"]
    if "NONE" in texts or own.get("TXT") == ["NONE"]:
        texts = []
    had_timeout = TIMEOUT in own.values()
    records: Records = {(name, "TXT"): [_join(text) for text in texts] or (TIMEOUT if had_timeout else [])}
    for kind in ("A", "AAAA"):
        records[name, kind] = own.get(kind, [])
    mx = own.get("MX", [])
    records[name, "MX"] = mx if mx is TIMEOUT else [(int(order), host.lower()) for order, host in mx]
    if name.endswith(".arpa"):
        records[_read_reverse(name), "PTR"] = own.get("PTR", [])
    return records


def _join(text: str | list[str]) -> bytes:
    return "".join(text).encode("latin-1")


def _read_reverse(name: str) -> str:
    labels = name.split(".")[-3::-1]
    if name.endswith("in-addr.arpa"):
        return ".".join(labels)
    digits = "".join(labels)
    return str(ip_address(":".join(digits[place : place + 4] for place in range(0, 32, 4))))


def _follow(alias: str, aliases: dict[str, str], zone: Records) -> Iterator[tuple[str, Any]]:
    target = alias
    for _ in range(MAX_ALIASES):
        target = aliases.get(target, target)
    for kind in TYPES:
        yield kind, TIMEOUT if target in aliases else zone.get((target, kind), [])


def read_mail_auth(path: Path) -> Iterator[SuiteCase]:
    """Give the cases of one file of mail-auth: what a step says stays said until another step says otherwise."""
    for group in map(dict, read_documents(path.read_text("utf-8"))):
        zone: Records = {}
        for kind, value in group["records"]:
            _add_record(zone, kind, value)
        said: dict[str, str] = {}
        for step in group["tests"]:
            for key, value in step:
                if key == "expect":
                    question = ask(said["ip"], said["domain"], said["sender"])
                    result, _, explanation = value.partition(" ")
                    name = f"{group['name']}: {said.get('name', '')} {said['ip']} {said['sender']}"
                    yield SuiteCase(name, question, FakeResolver(dict(zone)), [result], explanation or None)
                elif key in ("ip", "domain", "sender", "name"):
                    said[key] = value
                else:
                    _add_record(zone, key, value)


def _add_record(zone: Records, kind: str, text: str) -> None:
    name, _, value = text.partition(" ")
    name = name.lower()
    if kind in ("spf", "exp"):
        zone[name, "TXT"] = [value.encode()]
    elif kind == "ptr":
        zone[name, "PTR"] = value.split(", ")
    elif kind == "mx":
        hosts = {f"mx{number}.{name}": address for number, address in enumerate(value.split(", "))}
        zone[name, "MX"] = [(10, host) for host in hosts]
        for host, address in hosts.items():
            zone |= {(host, "AAAA" if ":" in address else "A"): [address]}
    else:
        zone[name, kind.upper()] = value.split(", ")
    zone[f"{DNS_ERROR}.test.org", "TXT"] = TIMEOUT
