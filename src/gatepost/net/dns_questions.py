"""Sends one question to the name servers, and reads their reply into plain values.

Standards: RFC 1035, RFC 6891 (EDNS), RFC 7766 (TCP where UDP is too small), RFC 6840 §5.7 and §5.8 (AD).
Trust: replies come from the network, and what is in them from strangers; a reply has at most 65535 bytes.
Fails: a name server that does not reply, or says that it cannot, is a Failure.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import dns.asyncbackend
import dns.asyncresolver
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.nameserver
import dns.resolver
import dns.reversename

from gatepost.model.ports import DnsAnswer, DnsStatus
from gatepost.net.dns_cache import Failure, Reply
from gatepost.net.name_servers import may_prove

MAX_RECORDS = 100  # of one answer
ATTEMPT_S = 2.0  # for one server, before the next is asked
CHECK_S = 1.0  # for any server to reply to a question that needs no other server
SLACK_S = 0.5  # dnspython keeps the time itself, but by the wall clock, which may be set back
UDP_PAYLOAD_BYTES = 1232  # fits every path without fragments (DNS flag day 2020)

_IMPOSSIBLE = (dns.exception.DNSException, UnicodeError)
_TROUBLE = (dns.exception.DNSException, OSError, EOFError)


class NameServers:
    """Asks the servers in turn until one replies."""

    def __init__(self, servers: Sequence[dns.nameserver.Nameserver], timeout_s: float) -> None:
        self._servers = servers
        self._timeout_s = timeout_s
        self._resolver = dns.asyncresolver.Resolver(configure=False)
        self._resolver.nameservers = list(servers)
        self._resolver.lifetime = timeout_s
        self._resolver.timeout = min(ATTEMPT_S, timeout_s)
        self._resolver.use_edns(0, 0, UDP_PAYLOAD_BYTES)
        self._resolver.flags = dns.flags.RD | dns.flags.AD  # ask whether it is authentic (RFC 6840 §5.7)
        self.can_prove = may_prove(servers)

    async def ask(self, question: dns.name.Name, record_type: str) -> Reply:
        """Give what the servers say about one name and type."""
        try:
            async with asyncio.timeout(self._timeout_s + SLACK_S):
                answer = await self._resolver.resolve(question, record_type, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN as absent:
            return self._read_absence(absent)
        except _TROUBLE as error:
            name = question.to_text(omit_final_dot=True)
            public = f"the name servers do not answer for {name}"
            return Reply(Failure(public, f"{record_type}: {error}", is_silence=_is_silence(error)), 0)
        return self._read_answer(answer, record_type)

    async def reply_at_all(self) -> bool:
        """Ask all servers at once for what every server for recursive questions knows; any reply will do."""
        return any(await asyncio.gather(*map(_replies, self._servers)))

    def _read_answer(self, answer: dns.resolver.Answer, record_type: str) -> Reply:
        read = _READERS[record_type]
        found = list(answer.rrset or ())[:MAX_RECORDS]
        records = tuple(sorted(map(read, found))) if record_type == "MX" else tuple(map(read, found))
        status = DnsStatus.FOUND if records else DnsStatus.NO_DATA
        told = DnsAnswer(records, status, self._is_authentic(answer.response))
        size_bytes = sum(len(record.to_wire() or b"") for record in found)
        return Reply(told, answer.chaining_result.minimum_ttl, size_bytes)

    def _read_absence(self, absent: dns.resolver.NXDOMAIN) -> Reply:
        (response,) = absent.kwargs["responses"].values()  # one: nothing is appended to the name
        told: DnsAnswer[Any] = DnsAnswer((), DnsStatus.NO_NAME, self._is_authentic(response))
        return Reply(told, response.resolve_chaining().minimum_ttl)

    def _is_authentic(self, response: dns.message.Message) -> bool:
        return self.can_prove and bool(response.flags & dns.flags.AD)


def build_question(name: str, record_type: str) -> dns.name.Name | None:
    """Give the name as the DNS knows it, None when no such name can exist; a backslash is a letter like any other.

    >>> build_question("Example.org", "A"), build_question("192.0.2.1", "PTR"), build_question("a..b", "A")
    (<DNS name Example.org.>, <DNS name 1.2.0.192.in-addr.arpa.>, None)
    """
    try:
        if record_type == "PTR":
            return dns.reversename.from_address(name)
        return dns.name.Name([*name.removesuffix(".").encode("ascii").split(b"."), b""])
    except _IMPOSSIBLE:
        return None


def _show_name(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower().removesuffix(".")


_READERS: dict[str, Callable[[Any], Any]] = {
    "TXT": lambda record: b"".join(record.strings),
    "A": lambda record: record.address,
    "AAAA": lambda record: record.address,
    "MX": lambda record: (record.preference, _show_name(record.exchange)),
    "PTR": lambda record: _show_name(record.target),
}


async def _replies(server: dns.nameserver.Nameserver) -> bool:
    request = dns.message.make_query(dns.name.root, "NS")
    try:
        await server.async_query(request, CHECK_S, None, 0, False, dns.asyncbackend.get_default_backend())
    except dns.message.Truncated:
        return True
    except _TROUBLE:
        return False
    return True


def _is_silence(error: BaseException) -> bool:
    """Say whether nothing came back; a server that refuses or fails has replied."""
    if isinstance(error, dns.resolver.NoNameservers):
        return all(isinstance(trouble, OSError) for _, _, _, trouble, _ in error.kwargs["errors"])
    return isinstance(error, dns.exception.Timeout | OSError)
