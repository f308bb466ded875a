"""Connecting by name, by address and by path, and giving up in time."""

import asyncio
import contextlib
import gc
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from doubles import FakeResolver
from gatepost.model.errors import PeerGone
from gatepost.model.ports import Endpoint
from gatepost.net.dialer import SystemDialer, interleave_families, is_public
from gatepost.net.settings import TlsSettings
from gatepost.net.tls_contexts import build_client_contexts

CONTEXTS = build_client_contexts(TlsSettings())


def know(**addresses: Sequence[str]) -> FakeResolver:
    return FakeResolver({(name.replace("_", "."), "A"): found for name, found in addresses.items()})


async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 hello\r\n")
    writer.close()


@contextlib.asynccontextmanager
async def listening(host: str = "127.0.0.1") -> AsyncIterator[int]:
    server = await asyncio.start_server(greet, host, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@dataclass(slots=True)
class Visitors:
    came: int = 0
    are_here: int = 0


@contextlib.asynccontextmanager
async def counting() -> AsyncIterator[tuple[int, Visitors]]:
    """Count who connects to a port, and who is still there; nothing that was forgotten is closed meanwhile."""
    visitors = Visitors()

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visitors.came += 1
        visitors.are_here += 1
        with contextlib.suppress(ConnectionError):
            await reader.read()
        visitors.are_here -= 1
        writer.close()

    server = await asyncio.start_server(count, "127.0.0.1", 0)
    gc.disable()
    try:
        yield server.sockets[0].getsockname()[1], visitors
    finally:
        gc.enable()
        server.close()


async def hear(dialer: SystemDialer, endpoint: Endpoint) -> bytes:
    stream = await dialer.connect(endpoint, timeout_s=5)
    try:
        return await stream.read()
    finally:
        await stream.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "mx.example"])
async def test_a_host_is_reached(host: str) -> None:
    dialer = SystemDialer(know(mx_example=["127.0.0.1"]), CONTEXTS)
    async with listening() as port:
        assert await hear(dialer, Endpoint(host, port)) == b"220 hello\r\n"


async def test_localhost_never_leaves_this_machine() -> None:
    dialer = SystemDialer(know(localhost=["192.0.2.1"]), CONTEXTS)
    async with listening() as port:
        assert await hear(dialer, Endpoint("localhost", port))


async def test_the_next_address_is_tried_where_one_refuses() -> None:
    dialer = SystemDialer(know(mx_example=["127.0.0.3", "127.0.0.2", "127.0.0.1"]), CONTEXTS)
    async with listening() as port:
        assert await hear(dialer, Endpoint("mx.example", port))


async def test_a_silent_address_holds_up_the_next_for_a_moment_only() -> None:
    with socket.create_server(("127.0.0.2", 0), backlog=0) as silent:
        port = silent.getsockname()[1]
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.2", port))
        server = await asyncio.start_server(greet, "127.0.0.1", port)
        try:
            dialer = SystemDialer(know(mx_example=["127.0.0.2", "127.0.0.1"]), CONTEXTS)
            assert await hear(dialer, Endpoint("mx.example", port))
        finally:
            server.close()
            for filler in fillers:
                filler.close()


@pytest.mark.parametrize("resolver", [FakeResolver(), FakeResolver(fails=True)])
async def test_a_name_that_only_the_system_knows_is_asked_there(resolver: FakeResolver) -> None:
    async with listening() as port:
        # No name server knows this old spelling of 127.0.0.1; every system does, without asking anybody.
        assert await hear(SystemDialer(resolver, CONTEXTS), Endpoint("127.1", port))


async def test_a_name_that_nobody_knows_is_told() -> None:
    with pytest.raises(PeerGone, match=r"^nowhere\.invalid:25 cannot be reached: "):
        await SystemDialer(FakeResolver(), CONTEXTS).connect(Endpoint("nowhere.invalid", 25), timeout_s=5)


async def test_a_name_that_no_host_can_have_is_told() -> None:
    with pytest.raises(PeerGone, match="no host can have this name"):
        await SystemDialer(FakeResolver(), CONTEXTS).connect(Endpoint("a" * 64 + ".example", 25), timeout_s=5)


async def test_a_refused_connection_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(PeerGone, match=rf"^127\.0\.0\.1:{port} cannot be reached: Connection refused"):
        await SystemDialer(FakeResolver(), CONTEXTS).connect(Endpoint("127.0.0.1", port), timeout_s=5)


async def test_a_host_that_does_not_answer_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as silent:
        port = silent.getsockname()[1]
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        try:
            with pytest.raises(PeerGone, match=r"did not answer within 0\.1 s"):
                await SystemDialer(FakeResolver(), CONTEXTS).connect(Endpoint("127.0.0.1", port), timeout_s=0.1)
        finally:
            for filler in fillers:
                filler.close()


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["127.0.0.1", "127.0.0.2"]])
async def test_whenever_a_caller_gives_up_no_connection_stays_behind(addresses: list[str]) -> None:
    dialer = SystemDialer(know(mx_example=addresses), CONTEXTS)
    async with counting() as (port, visitors):
        for steps in range(30):  # of the event loop, until the caller gives up: some hit it between two tasks
            connecting = asyncio.ensure_future(dialer.connect(Endpoint("mx.example", port), timeout_s=5))
            for _ in range(steps):
                await asyncio.sleep(0)
            connecting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await (await connecting).close()
        async with asyncio.timeout(5):
            while visitors.came == 0 or visitors.are_here:  # noqa: ASYNC110 - a count has no events
                await asyncio.sleep(0.01)


async def test_a_unix_socket_is_reached(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    server = await asyncio.start_unix_server(greet, path)
    try:
        assert await hear(SystemDialer(FakeResolver(), CONTEXTS), Endpoint("", 0, path)) == b"220 hello\r\n"
    finally:
        server.close()


async def test_a_missing_unix_socket_is_told(tmp_path: Path) -> None:
    with pytest.raises(PeerGone, match="cannot be reached: No such file"):
        await SystemDialer(FakeResolver(), CONTEXTS).connect(Endpoint("", 0, str(tmp_path / "s")), timeout_s=5)


def test_families_take_turns_and_nothing_is_tried_twice() -> None:
    found = interleave_families(["192.0.2.1", "192.0.2.1", "2001:db8::1", "192.0.2.2", "2001:db8::2"])
    assert found == ["2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2"]


async def test_an_address_that_is_not_accepted_is_never_connected_to() -> None:
    async with listening() as port:
        resolver = know(both_example=("127.0.0.2", "127.0.0.1"))
        dialer = SystemDialer(resolver, CONTEXTS, lambda address: address != "127.0.0.2")
        assert await hear(dialer, Endpoint("both.example", port)) == b"220 hello\r\n"
        nowhere = SystemDialer(resolver, CONTEXTS, is_public)
        for host in ("both.example", "localhost", "127.0.0.1", "::1"):
            with pytest.raises(PeerGone, match="no address that may be connected to"):
                await nowhere.connect(Endpoint(host, port), timeout_s=5)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "2002:0808:0808::1"])
def test_addresses_of_the_public_internet_are_known(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "240.0.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:10.0.0.1", "::ffff:7f00:1", "2002:7f00:1::", "2002:c0a8:0101::1", "64:ff9b::a00:1", "64:ff9b:1::a00:1",
        "2001:0:0:0:0:0:f5ff:fffe", "2001:db8::1", "::127.0.0.1", "fec0::1",
    ],
)  # fmt: skip
def test_an_inner_address_is_not_public_however_it_is_wrapped(address: str) -> None:
    assert not is_public(address)
