"""Streams over real sockets on loopback, with the event loop of the tests and with that of the gate."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from pathlib import Path

import pytest
import uvloop

from gatepost.model.errors import PeerGone
from gatepost.model.ports import UNVERIFIED
from gatepost.net.clock import SystemClock
from gatepost.net.local_ca import ensure_local_certificate
from gatepost.net.settings import TlsSettings
from gatepost.net.streams import MAX_BUFFERED_BYTES, AsyncioStream
from gatepost.net.tls_contexts import ServerContexts, build_client_contexts

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Run = Callable[[Coroutine[None, None, None]], None]


class Stage:
    """Connects streams to servers that a test writes, and gives both sides their contexts."""

    def __init__(self, folder: Path) -> None:
        paths = ensure_local_certificate(folder, "gate.example", SystemClock())
        server = TlsSettings(certificate=str(paths.certificate), key=str(paths.key))
        self.server_context = ServerContexts(server, SystemClock()).current()
        self.contexts = build_client_contexts(TlsSettings(trusted_ca=str(paths.ca)))

    @contextlib.asynccontextmanager
    async def connect(self, serve: Serve) -> AsyncIterator[AsyncioStream]:
        """Give a stream to a server on loopback."""

        async def serve_and_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await serve(reader, writer)
            writer.close()

        server = await asyncio.start_server(serve_and_close, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        _, stream = await loop.create_connection(lambda: AsyncioStream("the server", self.contexts), "127.0.0.1", port)
        try:
            yield stream
        finally:
            await stream.close()
            server.close()


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    def run_within_seconds(story: Coroutine[None, None, None]) -> None:
        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(asyncio.wait_for(story, 10))

    return run_within_seconds


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


async def read_all(stream: AsyncioStream, length: int) -> bytes:
    data = b""
    while len(data) < length:
        data += await stream.read()
    return data


def test_what_is_written_comes_back(stage: Stage, run: Run) -> None:
    async def story() -> None:
        async with stage.connect(echo) as stream:
            await stream.write(b"hello")
            assert await read_all(stream, 5) == b"hello"

    run(story())


def test_what_came_before_the_end_is_read_before_the_end_is_told(stage: Stage, run: Run) -> None:
    async def say_and_close(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"421 bye\r\n")

    async def story() -> None:
        async with stage.connect(say_and_close) as stream:
            assert await stream.read() == b"421 bye\r\n"
            for _ in range(2):
                with pytest.raises(PeerGone, match="the server closed the connection"):
                    await stream.read()
            with pytest.raises(PeerGone):
                await stream.write(b"QUIT\r\n")

    run(story())


def test_a_broken_connection_is_peer_gone_for_reader_and_writer(stage: Stage, run: Run) -> None:
    async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async def story() -> None:
        async with stage.connect(reset) as stream:
            with pytest.raises(PeerGone):
                await stream.read()
            with pytest.raises(PeerGone):
                await stream.write(b"x" * 10_000_000)

    run(story())


def test_a_writer_waits_for_a_slow_reader_and_is_freed_by_its_death(stage: Stage, run: Run) -> None:
    go_on = asyncio.Event()

    async def never_read(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await go_on.wait()
        writer.transport.abort()

    async def story() -> None:
        async with stage.connect(never_read) as stream:
            writing = asyncio.ensure_future(stream.write(b"x" * 50_000_000))
            await asyncio.sleep(0.05)
            assert not writing.done()
            go_on.set()
            with pytest.raises(PeerGone):
                await writing

    run(story())


def test_a_server_that_floods_is_read_only_as_fast_as_we_do(stage: Stage, run: Run) -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(400):
            writer.write(b"x" * 65536)
            await writer.drain()
        assert reader.at_eof() is False

    async def story() -> None:
        async with stage.connect(flood) as stream:
            await asyncio.sleep(0.1)
            total = 0
            with contextlib.suppress(PeerGone):
                while True:
                    data = await stream.read()
                    assert len(data) < MAX_BUFFERED_BYTES * 2
                    total += len(data)
            assert total == 400 * 65536

    run(story())


def test_tls_starts_in_the_middle_and_the_version_is_told(stage: Stage, run: Run) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"220 go\r\n")
        await writer.start_tls(stage.server_context)
        await echo(reader, writer)

    async def story() -> None:
        async with stage.connect(serve) as stream:
            await stream.write(b"STARTTLS\r\n")
            assert await stream.read() == b"220 go\r\n"
            assert await stream.start_tls("gate.example") == "TLSv1.3"
            await stream.write(b"secret" * 100_000)
            assert await read_all(stream, 600_000) == b"secret" * 100_000

    run(story())


def test_a_stream_that_the_peer_closed_over_tls_can_be_closed_too(stage: Stage, run: Run) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await writer.start_tls(stage.server_context)
        await reader.readline()
        writer.write(b"221 bye\r\n")

    async def story() -> None:
        async with stage.connect(serve) as stream:
            await stream.start_tls("gate.example")
            await stream.write(b"QUIT\r\n")
            assert await stream.read() == b"221 bye\r\n"
            with pytest.raises(PeerGone):
                await stream.read()

    run(story())


@pytest.mark.parametrize("name", ["other.example", "192.0.2.1"])
def test_a_certificate_for_another_name_ends_the_stream(stage: Stage, run: Run, name: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await writer.start_tls(stage.server_context)
        await echo(reader, writer)

    async def story() -> None:
        async with stage.connect(serve) as stream:
            with pytest.raises(PeerGone, match=f"certificate that cannot be trusted for {name}"):
                await stream.start_tls(name)
            with pytest.raises(PeerGone):
                await stream.write(b"MAIL FROM:<>\r\n")

    run(story())


def test_an_unverified_stream_takes_any_certificate(stage: Stage, run: Run) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await writer.start_tls(stage.server_context)
        await echo(reader, writer)

    async def story() -> None:
        async with stage.connect(serve) as stream:
            assert await stream.start_tls(UNVERIFIED) == "TLSv1.3"

    run(story())


@pytest.mark.parametrize("answer", [b"220 not tls\r\n" * 20, b"", b"\x15\x03\x03\x00\x02\x02\x28"])
def test_a_peer_that_does_not_speak_tls_is_gone(stage: Stage, run: Run, answer: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)

    async def story() -> None:
        async with stage.connect(serve) as stream:
            with pytest.raises(PeerGone, match="the server"):
                await stream.start_tls("gate.example")

    run(story())


def test_bytes_that_lie_unread_at_the_handshake_are_refused(stage: Stage, run: Run) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"250 injected\r\n")
        await reader.read()

    async def story() -> None:
        async with stage.connect(serve) as stream:
            await asyncio.sleep(0.05)
            with pytest.raises(PeerGone, match="more than it was asked for"):
                await stream.start_tls("gate.example")
            with pytest.raises(PeerGone, match="was closed"):
                await stream.write(b"EHLO here\r\n")

    run(story())


def test_a_handshake_that_never_ends_can_be_left(stage: Stage, run: Run) -> None:
    async def serve(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async def story() -> None:
        async with stage.connect(serve) as stream:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await stream.start_tls("gate.example")
            with pytest.raises(PeerGone, match="was closed"):
                await stream.write(b"EHLO here\r\n")

    run(story())


def test_closing_twice_is_as_good_as_once(stage: Stage, run: Run) -> None:
    async def story() -> None:
        async with stage.connect(echo) as stream:
            await stream.close()
            await stream.close()
            with pytest.raises(PeerGone):
                await stream.read()

    run(story())
