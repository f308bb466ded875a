"""One question and what comes back."""

import asyncio

import dns.message
import dns.name
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.ports import DnsAnswer, DnsStatus
from gatepost.net.dns_cache import Failure
from gatepost.net.dns_questions import MAX_RECORDS, NameServers, build_question
from gatepost.net.name_servers import parse_server
from name_server import NameServer, serve_names

NAME = dns.name.from_text("a.example")


@given(st.text(max_size=300))
def test_any_text_is_a_name_of_the_same_letters_or_none(text: str) -> None:
    name = build_question(text, "TXT")
    if name is not None:
        assert b".".join(name.labels[:-1]).decode() == text.removesuffix(".")
        assert all(0 < len(label) <= 63 for label in name.labels[:-1])
        assert len(name.to_wire() or b"") <= 255


@given(st.text(max_size=50))
def test_any_text_is_an_address_or_none(text: str) -> None:
    name = build_question(text, "PTR")
    assert name is None or name.to_text().endswith((".in-addr.arpa.", ".ip6.arpa."))


async def test_the_records_of_one_answer_are_limited() -> None:
    async with serve_names() as (server, port):
        server.table["a.example.", "A"] = tuple(f"192.0.{number // 250}.{number % 250}" for number in range(300))
        server.table["a.example.", "A"] = server.table["a.example.", "A"][: MAX_RECORDS + 20]
        reply = await NameServers([parse_server(f"127.0.0.1:{port}")], 1).ask(NAME, "A")
        assert isinstance(reply.told, DnsAnswer)
        assert len(reply.told.records) == MAX_RECORDS
        assert reply.size_bytes == MAX_RECORDS * 4


async def test_a_server_that_fails_has_replied_and_a_silent_one_has_not() -> None:
    async with serve_names() as (server, port):
        asking = NameServers([parse_server(f"127.0.0.1:{port}")], 0.2)
        server.fails.add("a.example.")
        assert (await asking.ask(NAME, "A")).told == Failure(
            "the name servers do not answer for a.example",
            f"A: All nameservers failed to answer the query a.example. IN A: Server Do53:127.0.0.1@{port} answered"
            " SERVFAIL",
        )
        server.is_silent = True
        silent = (await asking.ask(NAME, "A")).told
        assert isinstance(silent, Failure)
        assert silent.is_silence


async def test_the_next_server_is_asked_where_one_fails() -> None:
    async with serve_names() as (failing, first), serve_names() as (good, second):
        failing.fails.add("a.example.")
        good.table["a.example.", "A"] = ("192.0.2.1",)
        asking = NameServers([parse_server(f"127.0.0.1:{port}") for port in (first, second)], 1)
        assert (await asking.ask(NAME, "A")).told == DnsAnswer(("192.0.2.1",), DnsStatus.FOUND)


async def test_one_server_that_replies_is_enough_even_with_a_refusal() -> None:
    async with serve_names() as (silent, first), serve_names() as (failing, second):
        silent.root_is_silent = True
        failing.fails.add(".")
        both = NameServers([parse_server(f"127.0.0.1:{port}") for port in (first, second)], 1)
        assert await both.reply_at_all()
        failing.root_is_silent = True
        assert not await both.reply_at_all()


class Liar(NameServer):
    """Sends what a test gives it, for whatever is asked."""

    wires: tuple[bytes, ...] = ()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Keep the id of the question: nothing else of it need be true."""
        for wire in self.wires:
            self.send(data[:2] + wire, addr)


def _other_question() -> bytes:
    question = dns.message.make_query("other.example", "A")
    reply = dns.message.make_response(question)
    reply.answer.append(dns.rrset.from_text("other.example.", 300, "IN", "A", "192.0.2.66"))
    return reply.to_wire()[2:]


def _name_that_points_at_itself() -> bytes:
    return bytes.fromhex("8180 0001 0001 0000 0000 c00c 0001 0001 c00c 0001 0001 00000000 0004 c0000201")


def _chain_without_end() -> bytes:
    reply = dns.message.make_response(dns.message.make_query("a.example", "A"))
    reply.answer.append(dns.rrset.from_text("a.example.", 300, "IN", "CNAME", "b.example."))
    reply.answer.append(dns.rrset.from_text("b.example.", 300, "IN", "CNAME", "a.example."))
    return reply.to_wire()[2:]


@pytest.mark.parametrize(
    "wire", [b"", b"\x81\x80", b"\xff" * 500, _other_question(), _name_that_points_at_itself(), _chain_without_end()]
)
async def test_a_reply_that_makes_no_sense_is_no_answer(wire: bytes) -> None:
    transport, liar = await asyncio.get_running_loop().create_datagram_endpoint(Liar, local_addr=("127.0.0.1", 0))
    try:
        liar.wires = (wire,)
        port = transport.get_extra_info("sockname")[1]
        assert isinstance((await NameServers([parse_server(f"127.0.0.1:{port}")], 0.2).ask(NAME, "A")).told, Failure)
    finally:
        transport.close()
