"""Asks name servers, and remembers what they said for as long as they allow.

Standards: RFC 1035, RFC 2308 (absent names are remembered too), RFC 5321 §5.1 and RFC 7505 (MX).
Trust: answers come from the network; names in them are used for connections only.
Fails: TryLater when no server answers in time or all fail.
"""

import asyncio
import ipaddress
import re
from collections.abc import Sequence

import dns.asyncresolver
import dns.exception
import dns.name
import dns.nameserver
import dns.rdata
import dns.rdtypes.ANY.MX
import dns.resolver

from gatepost.model.address import Domain
from gatepost.model.errors import BadSettings, TryLater
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
        self._resolver.cache = dns.resolver.LRUCache(settings.cached_answers)

    async def lookup_addresses(self, host: str) -> Sequence[str]:
        """Give the IPv6 and IPv4 addresses of a host, empty when it has none; raise TryLater on failure."""
        answers = await asyncio.gather(self._ask(host, "AAAA"), self._ask(host, "A"), return_exceptions=True)
        found = [record.to_text() for answer in answers if not isinstance(answer, BaseException) for record in answer]
        trouble = next((answer for answer in answers if isinstance(answer, BaseException)), None)
        if trouble is not None and not found:
            raise trouble
        return found

    async def lookup_mx(self, domain: Domain) -> Sequence[tuple[int, str]]:
        """Give (preference, host) pairs, lowest first; a null MX (RFC 7505) is [(0, "")]; raise TryLater on failure."""
        if domain.is_literal:
            return ()
        records = await self._ask(domain.name, "MX")
        return sorted(
            (record.preference, record.exchange.to_text(omit_final_dot=True).lower().removesuffix("."))
            for record in records
            if isinstance(record, dns.rdtypes.ANY.MX.MX)
        )

    async def _ask(self, name: str, record_type: str) -> Sequence[dns.rdata.Rdata]:
        """Give the records of one type, none when the name or the type does not exist."""
        if not self._resolver.nameservers:
            raise TryLater("no name server is known; set [dns] servers")
        try:
            question = dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError):
            return ()  # no such name can exist
        try:
            answer = await self._resolver.resolve(question, record_type, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN:
            return ()
        except (dns.exception.DNSException, OSError) as error:
            raise TryLater(f"the name servers do not answer for {name}", f"{record_type}: {error}") from error
        return list(answer.rrset or ())[:MAX_RECORDS]


def _choose_servers(settings: DnsSettings) -> list[dns.nameserver.Nameserver]:
    texts = settings.servers or _system_servers()
    return [parse_server(text) for text in texts]


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
