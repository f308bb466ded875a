"""An SMTP gate on a free port, for tests that talk to it over a real socket."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from doubles import FakeClock, FakeCounters, FakeReception
from gatepost.gates.settings import SmtpSettings
from gatepost.gates.smtp import SmtpDoor, SmtpGate, SmtpParts, build_peer_limits
from loops import LoopFactory, run_on_loop

HOST_NAME = "mx.example"
TIMEOUT_S = 10.0

Act = Callable[["Scene"], Awaitable[None]]


@dataclass
class Scene:
    """What surrounds the gate, and the gate once it is open."""

    settings: SmtpSettings = field(default_factory=SmtpSettings)
    reception: FakeReception = field(default_factory=FakeReception)
    clock: FakeClock = field(default_factory=FakeClock)
    counters: FakeCounters = field(default_factory=FakeCounters)
    tls: ssl.SSLContext | None = None
    starts_with_tls: bool = False
    port: int = 0
    gate: SmtpGate = field(init=False)

    async def connect(self) -> "Client":
        """Open a connection."""
        sock = socket.create_connection(("127.0.0.1", self.port), TIMEOUT_S)
        sock.setblocking(False)
        return Client(*await asyncio.open_connection(sock=sock), sock)

    async def wait_until(self, is_true: Callable[[], bool]) -> None:
        """Wait until something is true; the gate has no event for it."""
        async with asyncio.timeout(TIMEOUT_S):
            while not is_true():  # noqa: ASYNC110 - seen from outside, there is nothing to wait for
                await asyncio.sleep(0.005)

    async def wait_until_left(self, open_sessions: int = 0) -> None:
        """Wait until only so many sessions are left."""
        await self.wait_until(lambda: self.gate.stats.open_sessions <= open_sessions)


@dataclass
class Client:
    """A client that speaks byte by byte what a test tells it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    sock: socket.socket

    async def say(self, *lines: str) -> str:
        """Send lines at once, give the last line of the reply to each."""
        self.send("".join(f"{line}\r\n" for line in lines))
        return "\n".join([await self.hear() for _ in lines])

    def send(self, text: str) -> None:
        """Send exactly this."""
        self.writer.write(text.encode("latin-1"))

    async def hear(self) -> str:
        """Give the last line of the next reply, "" at the end of the connection."""
        while True:
            line = (await asyncio.wait_for(self.reader.readline(), TIMEOUT_S)).decode("ascii").rstrip("\r\n")
            if line[3:4] != "-":
                return line

    async def hear_to_end(self) -> str:
        """Give everything up to the end of the connection."""
        return (await asyncio.wait_for(self.reader.read(), TIMEOUT_S)).decode("ascii")

    async def begin_mail(self) -> None:
        """Go as far as the 354."""
        assert (await self.hear()).startswith("220 ")
        said = await self.say("EHLO c.example", "MAIL FROM:<a@a.example>", "RCPT TO:<b@example.com>", "DATA")
        assert said.splitlines()[-1].startswith("354 ")

    async def send_mail(self) -> str:
        """Send a mail from the greeting on, give the reply to it."""
        await self.begin_mail()
        return await self.say("Subject: test\r\n\r\ntext\r\n.")

    def close(self) -> None:
        """Leave without a word."""
        self.writer.close()

    def reset(self) -> None:
        """Break the connection."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@asynccontextmanager
async def open_scene(scene: Scene) -> AsyncIterator[Scene]:
    """Open the gate on a free port of the loopback, stop it at the end."""
    async with asyncio.TaskGroup() as tasks:
        limits = build_peer_limits(scene.settings, scene.clock)
        parts = SmtpParts(scene.reception, scene.clock, scene.counters, limits, lambda: scene.tls, tasks)
        scene.gate = SmtpGate(parts, scene.settings, HOST_NAME)
        listener = socket.create_server(("127.0.0.1", 0))
        scene.port = listener.getsockname()[1]
        await scene.gate.open(SmtpDoor("test door", starts_with_tls=scene.starts_with_tls), listener)
        try:
            yield scene
        finally:
            await scene.gate.stop(0.1)


def run(new_loop: LoopFactory, act: Act, scene: Scene) -> None:
    """Act in front of an open gate; in the end no session and no memory may be left."""

    async def test() -> None:
        async with open_scene(scene):
            await act(scene)
        assert scene.gate.stats.open_sessions == 0
        assert scene.gate.stats.held_bytes == 0
        assert scene.counters.numbers["connections_open"] == 0

    run_on_loop(new_loop, test)
