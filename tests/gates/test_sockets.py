"""Addresses and waiting bytes."""

import asyncio
import socket

import pytest

from gatepost.gates.sockets import NO_TRANSPORT, count_waiting_bytes, normalise_ip
from loops import LOOPS, LoopFactory, run_on_loop


@pytest.mark.parametrize(
    ("peer", "ip"),
    [
        (("192.0.2.1", 25), "192.0.2.1"),
        (("2001:db8::1", 25, 0, 0), "2001:db8::1"),
        (("::ffff:192.0.2.1", 25, 0, 0), "192.0.2.1"),
        (("fe80::1%eth0", 25, 0, 2), "fe80::1"),
        (("::ffff:0:1", 25, 0, 0), "::ffff:0:1"),
        ("", ""),
        (None, ""),
    ],
)
def test_an_address_is_named_in_one_way(peer: object, ip: str) -> None:
    assert normalise_ip(peer) == ip


@pytest.mark.parametrize("new_loop", LOOPS)
def test_waiting_bytes_are_counted_without_reading_them(new_loop: LoopFactory) -> None:
    async def test() -> None:
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=ours)
        writer.transport.pause_reading()  # type: ignore[attr-defined]  # a stream's transport can
        assert count_waiting_bytes(writer.transport) == 0
        theirs.send(b"hello")
        assert count_waiting_bytes(writer.transport) == 5
        writer.transport.resume_reading()  # type: ignore[attr-defined]
        assert await reader.readexactly(5) == b"hello"
        writer.close()
        theirs.close()

    run_on_loop(new_loop, test)


def test_no_transport_is_a_closed_one() -> None:
    NO_TRANSPORT.abort()
    assert NO_TRANSPORT.is_closing()
