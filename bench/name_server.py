"""A name server for one table of records, in the event loop of whoever asks; it is asked before we measure."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset

TTL_S = 3600
ROOT = ("a.root-servers.net. nstld.verisign-grs.com. 1 1800 900 604800 86400",)

Table = Mapping[tuple[str, str], Sequence[str]]  # (name with its last dot, type) -> records as a zone file has them


@asynccontextmanager
async def serve_names(table: Table) -> AsyncIterator[str]:
    """Answer on a free port of loopback, whose address is given as `[dns] servers` takes it."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Server(table), local_addr=("127.0.0.1", 0))
    try:
        yield f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
    finally:
        transport.close()


class _Server(asyncio.DatagramProtocol):
    def __init__(self, table: Table) -> None:
        self._table = table
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override] # it is one
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        question = dns.message.from_wire(data)
        name, kind = question.question[0].name.to_text(), dns.rdatatype.to_text(question.question[0].rdtype)
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.RA
        if records := self._table.get((name, kind)):
            reply.answer.append(dns.rrset.from_text(name, TTL_S, "IN", kind, *records))
        else:
            reply.authority.append(dns.rrset.from_text(".", TTL_S, "IN", "SOA", *ROOT))
        if self._transport is not None:
            self._transport.sendto(reply.to_wire(), addr)
