"""A name server in the test's own event loop: answers from a table, fails, is silent or slow, and counts."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

SOA = "ns.example. hostmaster.example. 1 3600 600 86400 300"


class NameServer(asyncio.DatagramProtocol):
    """Answers from a table; a name that fails gives SERVFAIL, a silent one nothing."""

    def __init__(self) -> None:
        self.table: dict[tuple[str, str], tuple[str, ...]] = {}
        self.fails: set[str] = set()
        self.is_silent = False
        self.delay_s = 0.0
        self.ttl_s = 300
        self.root_is_silent = False
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
        if self.root_is_silent if name == "." else self.is_silent:
            return
        wire = self.answer(question, name, kind).to_wire(max_size=65_535)
        asyncio.get_running_loop().call_later(self.delay_s, self.send, wire, addr)

    def send(self, wire: bytes, addr: tuple[str, int]) -> None:
        """Answer, unless the server is closed by now."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.sendto(wire, addr)

    def answer(self, question: dns.message.Message, name: str, kind: str) -> dns.message.Message:
        """Look the table up."""
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.RA | self.flags
        if name in self.fails or f"{name} {kind}" in self.fails:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif records := self.table.get((name, kind)):
            reply.answer.append(dns.rrset.from_text(name, self.ttl_s, "IN", kind, *records))
        else:
            is_known = any(known == name for known, _ in self.table)
            reply.set_rcode(dns.rcode.NOERROR if is_known else dns.rcode.NXDOMAIN)
            reply.authority.append(dns.rrset.from_text("example.", 300, "IN", "SOA", SOA))
        return reply


@contextlib.asynccontextmanager
async def serve_names() -> AsyncIterator[tuple[NameServer, int]]:
    """Run one on a free port of loopback until the block ends."""
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
        NameServer, local_addr=("127.0.0.1", 0)
    )
    try:
        yield server, transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


@contextlib.contextmanager
def serve_names_in_a_thread(
    table: dict[tuple[str, str], tuple[str, ...]],
) -> Iterator[tuple[int, Counter[tuple[str, str]]]]:
    """Run one beside tests that block or have several event loops; give its port and its counts."""
    started: Future[tuple[int, NameServer, asyncio.Event, asyncio.AbstractEventLoop]] = Future()

    async def serve() -> None:
        async with serve_names() as (server, port):
            server.table.update(table)
            is_over = asyncio.Event()
            started.set_result((port, server, is_over, asyncio.get_running_loop()))
            await is_over.wait()

    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(asyncio.run, serve())
        port, server, is_over, loop = started.result(10)
        try:
            yield port, server.asked
        finally:
            loop.call_soon_threadsafe(is_over.set)
            run.result(10)
