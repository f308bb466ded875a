"""Asking a name server, and remembering what it said; the server on loopback answers what a test wants."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import msgspec
import pytest

from doubles import FakeClock
from gatepost.model.errors import BadSettings, TryLater
from gatepost.model.ports import Clock, DnsAnswer, DnsStatus
from gatepost.net.clock import SystemClock
from gatepost.net.resolver import DnsResolver, parse_server
from gatepost.net.settings import DnsSettings

SOA = "ns.example. hostmaster.example. 1 3600 600 86400 300"


class NameServer(asyncio.DatagramProtocol):
    """Answers from a table; a name that fails gives SERVFAIL, a silent one nothing."""

    def __init__(self) -> None:
        self.table: dict[tuple[str, str], tuple[str, ...]] = {}
        self.fails: set[str] = set()
        self.is_silent = False
        self.flags = dns.flags.Flag(0)
        self.asked: Counter[tuple[str, str]] = Counter()
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override] # it is one
        """Keep it."""
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question."""
        question = dns.message.from_wire(data)
        name, kind = question.question[0].name.to_text(), dns.rdatatype.to_text(question.question[0].rdtype)
        self.asked[name, kind] += 1
        if not self.is_silent and self.transport is not None:
            self.transport.sendto(self.answer(question, name, kind).to_wire(), addr)

    def answer(self, question: dns.message.Message, name: str, kind: str) -> dns.message.Message:
        """Look the table up."""
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.RA | self.flags
        if name in self.fails or f"{name} {kind}" in self.fails:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif records := self.table.get((name, kind)):
            reply.answer.append(dns.rrset.from_text(name, 300, "IN", kind, *records))
        else:
            is_known = any(known == name for known, _ in self.table)
            reply.set_rcode(dns.rcode.NOERROR if is_known else dns.rcode.NXDOMAIN)
            reply.authority.append(dns.rrset.from_text("example.", 300, "IN", "SOA", SOA))
        return reply


@contextlib.asynccontextmanager
async def serving(clock: Clock | None = None, **settings: float) -> AsyncIterator[tuple[NameServer, DnsResolver]]:
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
        NameServer, local_addr=("127.0.0.1", 0)
    )
    port = transport.get_extra_info("sockname")[1]
    try:
        chosen = {"servers": (f"127.0.0.1:{port}",), "timeout_s": 0.5} | settings
        yield server, DnsResolver(msgspec.convert(chosen, DnsSettings), clock or SystemClock())
    finally:
        transport.close()


async def test_both_families_are_found() -> None:
    async with serving() as (server, resolver):
        server.table["mx.example.", "A"] = ("192.0.2.1", "192.0.2.2")
        server.table["mx.example.", "AAAA"] = ("2001:db8::1",)
        assert sorted(await resolver.lookup_addresses("mx.example")) == ["192.0.2.1", "192.0.2.2", "2001:db8::1"]


async def test_answers_and_absences_are_remembered() -> None:
    async with serving() as (server, resolver):
        server.table["mx.example.", "A"] = ("192.0.2.1",)
        for _ in range(3):
            assert await resolver.lookup_addresses("mx.example") == ["192.0.2.1"]
            assert await resolver.lookup_addresses("none.example") == []
        assert set(server.asked.values()) == {1}


async def test_failures_are_not_remembered() -> None:
    async with serving() as (server, resolver):
        server.fails.add("mx.example.")
        with pytest.raises(TryLater, match=r"do not answer for mx\.example"):
            await resolver.lookup_addresses("mx.example")
        server.fails.clear()
        server.table["mx.example.", "A"] = ("192.0.2.1",)
        assert await resolver.lookup_addresses("mx.example") == ["192.0.2.1"]


async def test_one_family_is_enough_where_the_other_fails() -> None:
    async with serving() as (server, resolver):
        server.table["mx.example.", "A"] = ("192.0.2.1",)
        server.fails.add("mx.example. AAAA")
        assert await resolver.lookup_addresses("mx.example") == ["192.0.2.1"]


async def test_a_silent_server_is_given_up_in_time() -> None:
    async with serving() as (server, resolver):
        server.is_silent = True
        started_s = asyncio.get_running_loop().time()
        with pytest.raises(TryLater):
            await resolver.lookup_addresses("mx.example")
        assert asyncio.get_running_loop().time() - started_s < 2


async def test_mail_exchangers_come_lowest_preference_first() -> None:
    async with serving() as (server, resolver):
        server.table["example.", "MX"] = ("20 B.example.", "5 a.example.")
        answer = await resolver.lookup_mx("example")
        assert answer == DnsAnswer(((5, "a.example"), (20, "b.example")), DnsStatus.FOUND)


async def test_a_null_mx_says_that_there_is_no_mail() -> None:
    async with serving() as (server, resolver):
        server.table["example.", "MX"] = ("0 .",)
        assert (await resolver.lookup_mx("example")).records == ((0, ""),)


async def test_the_strings_of_one_txt_record_are_joined() -> None:
    async with serving() as (server, resolver):
        server.table["example.", "TXT"] = ('"v=spf1 " "-all"', '"other \\255"')
        assert set((await resolver.lookup_txt("example")).records) == {b"v=spf1 -all", b"other \xff"}


async def test_an_absent_type_is_told_from_an_absent_name() -> None:
    async with serving() as (server, resolver):
        server.table["example.", "A"] = ("192.0.2.1",)
        assert (await resolver.lookup_a("example")).records == ("192.0.2.1",)
        assert (await resolver.lookup_aaaa("example")).status is DnsStatus.NO_DATA
        assert (await resolver.lookup_a("nowhere.example")).status is DnsStatus.NO_NAME


async def test_an_address_is_asked_for_its_names() -> None:
    async with serving() as (server, resolver):
        server.table["1.2.0.192.in-addr.arpa.", "PTR"] = ("Mail.Example.",)
        assert (await resolver.lookup_ptr("192.0.2.1")).records == ("mail.example",)
        assert (await resolver.lookup_ptr("2001:db8::1")).status is DnsStatus.NO_NAME


@pytest.mark.parametrize("says_so", [True, False])
async def test_an_answer_is_authentic_when_a_resolver_on_this_machine_says_so(says_so: bool) -> None:
    async with serving() as (server, resolver):
        server.table["example.", "A"] = ("192.0.2.1",)
        server.flags = dns.flags.AD if says_so else dns.flags.Flag(0)
        assert (await resolver.lookup_a("example")).is_authentic is says_so


def test_the_word_of_a_resolver_elsewhere_is_no_proof() -> None:
    assert not DnsResolver(DnsSettings(servers=("192.0.2.53",))).can_prove
    assert not DnsResolver(DnsSettings(servers=("127.0.0.1", "192.0.2.53"))).can_prove
    assert DnsResolver(DnsSettings(servers=("127.0.0.1:5353", "[::1]:53"))).can_prove


@pytest.mark.parametrize("name", ["a" * 64 + ".example", "..", "x." * 130, "\ud800", "ü" * 70])
async def test_a_name_that_cannot_exist_is_absent_and_nobody_is_asked(name: str) -> None:
    async with serving() as (server, resolver):
        assert list(await resolver.lookup_addresses(name)) == []
        assert not server.asked


@pytest.mark.parametrize("name", ["", ".", "a..b", ".a", "ü.example", "a" * 64 + ".example"])
async def test_an_impossible_name_costs_a_mail_nothing(name: str) -> None:
    async with serving(max_questions_for_mail=1) as (server, resolver):
        server.table["example.", "A"] = ("192.0.2.1",)
        view = resolver.open_for_mail()
        assert (await view.lookup_txt(name)).status is DnsStatus.NO_NAME
        assert (await view.lookup_a("example")).records == ("192.0.2.1",)


async def test_a_backslash_in_a_name_is_a_letter_of_it() -> None:
    async with serving() as (server, resolver):
        server.table[r"a\\.b.example.", "A"] = ("192.0.2.1",)
        assert (await resolver.lookup_a(r"a\.b.example")).records == ("192.0.2.1",)


async def test_a_mail_may_ask_so_many_questions_and_what_is_known_is_free() -> None:
    async with serving(max_questions_for_mail=2) as (server, resolver):
        server.table["example.", "A"] = ("192.0.2.1",)
        view = resolver.open_for_mail()
        await view.lookup_a("example")
        await view.lookup_a("one.example")
        with pytest.raises(TryLater, match=r"\[dns\] max_questions_for_mail"):
            await view.lookup_a("two.example")
        assert (await view.lookup_a("Example")).records == ("192.0.2.1",)
        assert (await view.lookup_a("one.example")).status is DnsStatus.NO_NAME
        assert ("two.example.", "A") not in server.asked
        assert (await resolver.open_for_mail().lookup_a("two.example")).status is DnsStatus.NO_NAME


async def test_the_questions_of_a_mail_end_together_by_its_deadline() -> None:
    async with serving(timeout_s=5, mail_deadline_s=0.4) as (server, resolver):
        server.is_silent = True
        view = resolver.open_for_mail()
        started_s = asyncio.get_running_loop().time()
        for name in ("one.example", "two.example", "three.example"):
            with pytest.raises(TryLater, match=r"all questions about the mail within 0\.4 s"):
                await view.lookup_txt(name)
        assert 0.35 < asyncio.get_running_loop().time() - started_s < 1


async def test_past_the_deadline_what_is_known_is_still_told() -> None:
    clock = FakeClock()
    async with serving(clock, mail_deadline_s=8) as (server, resolver):
        server.table["example.", "A"] = ("192.0.2.1",)
        view = resolver.open_for_mail()
        await view.lookup_a("example")
        clock.advance(8)
        assert (await view.lookup_a("example")).records == ("192.0.2.1",)
        with pytest.raises(TryLater, match="within 8 s"):
            await view.lookup_a("two.example")
        assert (await resolver.open_for_mail().lookup_a("two.example")).status is DnsStatus.NO_NAME


@pytest.mark.parametrize("text", ["127.0.0.1:53x", "ns.example", "127.0.0.1:0", "127.0.0.1:65536", "[::1", "", "::1:"])
def test_a_server_that_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadSettings, match=r"^\[dns\] servers: "):
        DnsResolver(DnsSettings(servers=(text,)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("127.0.0.1", ("127.0.0.1", 53)), ("::1", ("::1", 53)), ("[::1]:5353", ("::1", 5353)), ("[::1]", ("::1", 53)),
     ("192.0.2.1:5353", ("192.0.2.1", 5353))],
)  # fmt: skip
def test_servers_are_read(text: str, expected: tuple[str, int]) -> None:
    found = parse_server(text)
    assert (found.address, found.port) == expected


def test_without_settings_the_system_is_asked() -> None:
    DnsResolver(DnsSettings())
