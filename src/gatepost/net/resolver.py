"""Asks name servers, and remembers what they said for as long as they allow.

Standards: RFC 1035, RFC 2308 (absent names are remembered too), RFC 5321 §5.1 and RFC 7505 (MX).
Trust: answers come from the network; names in them are used for connections only.
Fails: TryLater when no server answers in time or all fail.
"""

import asyncio
import ipaddress
import re
from collections.abc import Callable, Sequence
from typing import Any

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.nameserver
import dns.resolver
import dns.reversename

from gatepost.model.errors import BadSettings, TryLater
from gatepost.model.ports import Clock, DnsAnswer, DnsStatus
from gatepost.net.clock import SystemClock
from gatepost.net.dns_budget import DnsBudget
from gatepost.net.dns_cache import DnsCache, Failure, Reply, Told
from gatepost.net.settings import DnsSettings

MAX_RECORDS = 100  # of one answer
ATTEMPT_S = 2.0  # for one server, before the next is asked
UDP_PAYLOAD_BYTES = 1232  # fits every path without fragments (DNS flag day 2020)

_SERVER = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<v4>[0-9.]+))(?::(?P<port>[0-9]{1,5}))?|(?P<bare>[0-9A-Fa-f:.]+)"
)
_DNS_PORT = 53
_MAX_PORT = 65535
_CLOCK = SystemClock()
_IMPOSSIBLE: DnsAnswer[Any] = DnsAnswer((), DnsStatus.NO_NAME)


def _show_name(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower().removesuffix(".")


_READERS: dict[str, Callable[[Any], Any]] = {
    "TXT": lambda record: b"".join(record.strings),
    "A": lambda record: record.address,
    "AAAA": lambda record: record.address,
    "MX": lambda record: (record.preference, _show_name(record.exchange)),
    "PTR": lambda record: _show_name(record.target),
}


class _Lookups:
    """The six questions of the Resolver port, each led back to one name and one type."""

    async def _answer(self, name: str, record_type: str) -> DnsAnswer[Any]:
        raise NotImplementedError  # pragma: no cover

    async def lookup_addresses(self, host: str) -> Sequence[str]:
        """Give the IPv6 and IPv4 addresses of a host, empty when it has none; raise TryLater on failure."""
        answers = await asyncio.gather(self._answer(host, "AAAA"), self._answer(host, "A"), return_exceptions=True)
        found = [text for answer in answers if not isinstance(answer, BaseException) for text in answer.records]
        trouble = next((answer for answer in answers if isinstance(answer, BaseException)), None)
        if trouble is not None and not found:
            raise trouble
        return found

    async def lookup_txt(self, name: str) -> DnsAnswer[bytes]:
        """Give TXT records, the strings of each joined."""
        return await self._answer(name, "TXT")

    async def lookup_a(self, name: str) -> DnsAnswer[str]:
        """Give IPv4 addresses."""
        return await self._answer(name, "A")

    async def lookup_aaaa(self, name: str) -> DnsAnswer[str]:
        """Give IPv6 addresses."""
        return await self._answer(name, "AAAA")

    async def lookup_mx(self, name: str) -> DnsAnswer[tuple[int, str]]:
        """Give (preference, host) pairs, lowest first; a null MX (RFC 7505) is (0, "")."""
        return await self._answer(name, "MX")

    async def lookup_ptr(self, ip: str) -> DnsAnswer[str]:
        """Give the names that an address claims to have."""
        return await self._answer(ip, "PTR")


class DnsResolver(_Lookups):
    """The Resolver and Resolvers ports over dnspython; one for each process, for all its threads and event loops."""

    def __init__(self, settings: DnsSettings, clock: Clock = _CLOCK) -> None:
        self._settings = settings
        self._clock = clock
        self._resolver = dns.asyncresolver.Resolver(configure=False)
        self._resolver.nameservers = _choose_servers(settings)
        self._resolver.lifetime = settings.timeout_s
        self._resolver.timeout = min(ATTEMPT_S, settings.timeout_s)
        self._resolver.use_edns(0, 0, UDP_PAYLOAD_BYTES)
        self._resolver.flags = dns.flags.RD | dns.flags.AD  # ask whether it is authentic (RFC 6840 §5.7)
        self.can_prove = all(_is_loopback(server) for server in self._resolver.nameservers)
        self._cache = DnsCache(settings.cached_answers, clock)

    def open_for_mail(self) -> "MailResolver":
        """Give a view with one deadline and one number of questions for all that is asked through it."""
        settings = self._settings
        return MailResolver(
            self, DnsBudget.open(settings.max_questions_for_mail, settings.mail_deadline_s, self._clock)
        )

    async def _answer(self, name: str, record_type: str) -> DnsAnswer[Any]:
        known = self.find_known(name, record_type)
        return known if known is not None else await self.ask(name, record_type)

    def find_known(self, name: str, record_type: str) -> DnsAnswer[Any] | None:
        """Give what needs no question: a remembered answer, or that no such name can exist."""
        told = self._cache.find((name.lower(), record_type))
        if told is not None:
            return _open(told)
        return None if build_question(name, record_type) else _IMPOSSIBLE

    async def ask(self, name: str, record_type: str) -> DnsAnswer[Any]:
        """Ask the name servers, and remember what they say; raise TryLater when they do not."""
        if not self._resolver.nameservers:
            raise TryLater("no name server is known; set [dns] servers")
        question = build_question(name, record_type)
        if question is None:
            return _IMPOSSIBLE
        reply = await self._send(question, record_type)
        if not isinstance(reply.told, Failure):
            self._cache.keep((name.lower(), record_type), reply)
        return _open(reply.told)

    async def _send(self, question: dns.name.Name, record_type: str) -> Reply:
        try:
            answer = await self._resolver.resolve(question, record_type, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN as absent:
            return read_absence(absent, may_prove=self.can_prove)
        except (dns.exception.DNSException, OSError) as error:
            return Reply(Failure(f"the name servers do not answer for {question}", f"{record_type}: {error}"), 0)
        return read_reply(answer, record_type, may_prove=self.can_prove)


class MailResolver(_Lookups):
    """The DNS for one mail: what is remembered is free, every question is paid from the budget."""

    def __init__(self, resolver: DnsResolver, budget: DnsBudget) -> None:
        self._resolver = resolver
        self._budget = budget

    async def _answer(self, name: str, record_type: str) -> DnsAnswer[Any]:
        known = self._resolver.find_known(name, record_type)
        if known is not None:
            return known
        left_s = self._budget.take_question()
        try:
            async with asyncio.timeout(left_s):
                return await self._resolver.ask(name, record_type)
        except TimeoutError as error:
            raise self._budget.say_too_late() from error


def _open(told: Told) -> DnsAnswer[Any]:
    if isinstance(told, Failure):
        raise TryLater(told.public, told.detail)
    return told


def build_question(name: str, record_type: str) -> dns.name.Name | None:
    r"""Give the name as the DNS knows it, None when no such name can exist; a backslash is a letter like any other.

    >>> build_question("Example.org", "A"), build_question("192.0.2.1", "PTR"), build_question("a..b", "A")
    (<DNS name Example.org.>, <DNS name 1.2.0.192.in-addr.arpa.>, None)
    """
    try:
        if record_type == "PTR":
            return dns.reversename.from_address(name)
        return dns.name.Name([*name.removesuffix(".").encode("ascii").split(b"."), b""])
    except (dns.exception.DNSException, UnicodeError):
        return None


def read_reply(answer: dns.resolver.Answer, record_type: str, *, may_prove: bool) -> Reply:
    """Give the records of an answer as plain values; the AD flag (RFC 6840 §5.8) counts only where it may."""
    read = _READERS[record_type]
    found = list(answer.rrset or ())[:MAX_RECORDS]
    records = tuple(sorted(map(read, found))) if record_type == "MX" else tuple(map(read, found))
    status = DnsStatus.FOUND if records else DnsStatus.NO_DATA
    told = DnsAnswer(records, status, may_prove and _is_authentic(answer.response))
    size_bytes = sum(len(record.to_wire() or b"") for record in found)
    return Reply(told, answer.chaining_result.minimum_ttl, size_bytes)


def read_absence(absent: dns.resolver.NXDOMAIN, *, may_prove: bool) -> Reply:
    """Give the reply for a name that does not exist; without a search list exactly one server said so."""
    (response,) = absent.kwargs["responses"].values()
    told: DnsAnswer[Any] = DnsAnswer((), DnsStatus.NO_NAME, may_prove and _is_authentic(response))
    return Reply(told, response.resolve_chaining().minimum_ttl)


def _is_authentic(response: dns.message.Message) -> bool:
    return bool(response.flags & dns.flags.AD)


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
