"""Asks name servers, and remembers what they said for as long as they allow.

Standards: RFC 1035, RFC 2308 (absent names are remembered too), RFC 5321 §5.1 and RFC 7505 (MX).
Trust: answers come from the network; names in them are used for connections only.
Fails: TryLater when no server answers in time or all fail.
"""

import asyncio
import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.name
import dns.nameserver
import dns.rdata
import dns.resolver
import dns.reversename

from gatepost.model.errors import BadSettings, TryLater
from gatepost.model.ports import DnsAnswer, DnsStatus, R
from gatepost.net.settings import DnsSettings

MAX_RECORDS = 100  # of one answer
ATTEMPT_S = 2.0  # for one server, before the next is asked
UDP_PAYLOAD_BYTES = 1232  # fits every path without fragments (DNS flag day 2020)

_SERVER = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<v4>[0-9.]+))(?::(?P<port>[0-9]{1,5}))?|(?P<bare>[0-9A-Fa-f:.]+)"
)
_DNS_PORT = 53
_MAX_PORT = 65535


class DnsResolver:
    """The Resolver port over dnspython; one for each process."""

    def __init__(self, settings: DnsSettings) -> None:
        self._resolver = dns.asyncresolver.Resolver(configure=False)
        self._resolver.nameservers = _choose_servers(settings)
        self._resolver.lifetime = settings.timeout_s
        self._resolver.timeout = min(ATTEMPT_S, settings.timeout_s)
        self._resolver.use_edns(0, 0, UDP_PAYLOAD_BYTES)
        self._resolver.flags = dns.flags.RD | dns.flags.AD  # ask whether it is authentic (RFC 6840 §5.7)
        self.can_prove = all(_is_loopback(server) for server in self._resolver.nameservers)
        self._resolver.cache = dns.resolver.LRUCache(settings.cached_answers)

    async def lookup_addresses(self, host: str) -> Sequence[str]:
        """Give the IPv6 and IPv4 addresses of a host, empty when it has none; raise TryLater on failure."""
        answers = await asyncio.gather(self._ask(host, "AAAA"), self._ask(host, "A"), return_exceptions=True)
        found = [record.to_text() for answer in answers if not isinstance(answer, BaseException) for record in answer]
        trouble = next((answer for answer in answers if isinstance(answer, BaseException)), None)
        if trouble is not None and not found:
            raise trouble
        return found

    async def lookup_txt(self, name: str) -> DnsAnswer[bytes]:
        """Give TXT records, the strings of each joined."""
        return await self._answer(name, "TXT", lambda record: b"".join(record.strings))

    async def lookup_a(self, name: str) -> DnsAnswer[str]:
        """Give IPv4 addresses."""
        return await self._answer(name, "A", lambda record: record.address)

    async def lookup_aaaa(self, name: str) -> DnsAnswer[str]:
        """Give IPv6 addresses."""
        return await self._answer(name, "AAAA", lambda record: record.address)

    async def lookup_mx(self, name: str) -> DnsAnswer[tuple[int, str]]:
        """Give (preference, host) pairs, lowest first; a null MX (RFC 7505) is (0, "")."""
        answer = await self._answer(name, "MX", lambda record: (record.preference, _show_name(record.exchange)))
        return replace(answer, records=tuple(sorted(answer.records)))

    async def lookup_ptr(self, ip: str) -> DnsAnswer[str]:
        """Give the names that an address claims to have."""
        reverse = dns.reversename.from_address(ip).to_text(omit_final_dot=True)
        return await self._answer(reverse, "PTR", lambda record: _show_name(record.target))

    async def _answer(self, name: str, record_type: str, read: Callable[[Any], R]) -> DnsAnswer[R]:
        status, records, is_authentic = await self._ask_fully(name, record_type)
        return DnsAnswer(tuple(read(record) for record in records), status, is_authentic)

    async def _ask(self, name: str, record_type: str) -> Sequence[dns.rdata.Rdata]:
        """Give the records of one type, none when the name or the type does not exist."""
        return (await self._ask_fully(name, record_type))[1]

    async def _ask_fully(self, name: str, record_type: str) -> tuple[DnsStatus, Sequence[dns.rdata.Rdata], bool]:
        if not self._resolver.nameservers:
            raise TryLater("no name server is known; set [dns] servers")
        try:
            question = dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError):
            return DnsStatus.NO_NAME, (), False  # no such name can exist
        try:
            answer = await self._resolver.resolve(question, record_type, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN:
            return DnsStatus.NO_NAME, (), False
        except (dns.exception.DNSException, OSError) as error:
            raise TryLater(f"the name servers do not answer for {name}", f"{record_type}: {error}") from error
        records = list(answer.rrset or ())[:MAX_RECORDS]
        return (DnsStatus.FOUND if records else DnsStatus.NO_DATA), records, self._is_authentic(answer)

    def _is_authentic(self, answer: dns.resolver.Answer) -> bool:
        """Believe the AD flag (RFC 6840 §5.8) only from this machine: over a network anyone can set it."""
        return self.can_prove and bool(answer.response.flags & dns.flags.AD)


def _show_name(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower().removesuffix(".")


def _choose_servers(settings: DnsSettings) -> list[dns.nameserver.Nameserver]:
    texts = settings.servers or _system_servers()
    return [parse_server(text) for text in texts]


def _is_loopback(server: dns.nameserver.Nameserver | str) -> bool:
    return isinstance(server, dns.nameserver.Do53Nameserver) and ipaddress.ip_address(server.address).is_loopback


def _system_servers() -> Sequence[str]:
    try:
        return [str(server) for server in dns.resolver.Resolver().nameservers]
    except (dns.exception.DNSException, OSError):
        return ()


def parse_server(text: str) -> dns.nameserver.Do53Nameserver:
    """Read one of [dns] servers; raise BadSettings.

    >>> str(parse_server("[::1]:5353"))
    'Do53:::1@5353'
    """
    match = _SERVER.fullmatch(text)
    host, port = (match["v6"] or match["v4"] or match["bare"], match["port"]) if match else (text, None)
    try:
        address = ipaddress.ip_address(host)
    except ValueError as error:
        raise BadSettings(f"[dns] servers: {text!r} is not an IP address; write IP, IP:PORT or [IPv6]:PORT") from error
    if port is not None and not 0 < int(port) <= _MAX_PORT:
        raise BadSettings(f"[dns] servers: the port of {text!r} is not a number from 1 to {_MAX_PORT}")
    return dns.nameserver.Do53Nameserver(str(address), int(port or _DNS_PORT))
