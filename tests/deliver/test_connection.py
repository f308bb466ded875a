"""One connection and its deadlines."""

import asyncio
from dataclasses import dataclass, field

import msgspec
import pytest

from doubles import FakeClock, FakeUpstream
from gatepost.deliver.connection import BLOCK_BYTES, Connection, Surroundings, UpstreamTrouble, open_connection
from gatepost.deliver.settings import DeliverSettings
from gatepost.deliver.upstream import Encryption, Upstream
from gatepost.model.errors import PeerGone
from gatepost.model.ports import Dialer, Endpoint
from gatepost.wire.smtp.client import Dialect, Transaction

PLAIN = Upstream(Dialect.SMTP, Endpoint("127.0.0.1", 25), Encryption.NONE, "")
HELLO = b"220 mx\r\n250-mx\r\n250 PIPELINING\r\n"


@dataclass
class SlowStream:
    """Says what a test wants, so many bytes at a time, each a moment after the other; writing takes as long."""

    unread: bytes
    step_bytes: int = 1
    step_s: float = 0.0
    write_s: float = 0.0
    written: list[int] = field(default_factory=list)
    is_closed: bool = False

    async def connect(self, endpoint: Endpoint, *, timeout_s: float) -> "SlowStream":  # noqa: ARG002 - the port
        """Be the dialer too."""
        return self

    async def read(self) -> bytes:
        """Give the next bytes."""
        await asyncio.sleep(self.step_s)
        if not self.unread:
            raise PeerGone("the server closed the connection")
        data, self.unread = self.unread[: self.step_bytes], self.unread[self.step_bytes :]
        return data

    async def write(self, data: bytes) -> None:
        """Take them slowly."""
        await asyncio.sleep(self.write_s)
        self.written.append(len(data))

    async def start_tls(self, server_name: str) -> str:
        """Do nothing."""
        return server_name

    async def close(self) -> None:
        """Note it."""
        self.is_closed = True


async def connect(dialer: Dialer, **settings: float) -> Connection:
    values = msgspec.convert(settings, DeliverSettings)
    return await open_connection(PLAIN, Surroundings(values, dialer, FakeClock(), "gate.example"))


async def test_replies_that_come_byte_by_byte_are_whole() -> None:
    stream = SlowStream(b"220 mx\r\n250-mx\r\n250 SIZE 7\r\n")
    connection = await connect(stream)
    assert connection.client.capabilities.size_limit_bytes == 7


async def test_a_server_that_trickles_does_not_move_its_deadline() -> None:
    stream = SlowStream(b"220-x\r\n" * 100, step_s=0.02)
    with pytest.raises(UpstreamTrouble, match="did not answer the greeting in time") as caught:
        await connect(stream, reply_timeout_s=0.1)
    assert caught.value.status == "4.4.2"
    assert stream.is_closed


async def test_a_server_that_does_not_read_is_left_at_the_deadline_of_a_block() -> None:
    stream = SlowStream(HELLO, step_bytes=100)
    connection = await connect(stream, block_timeout_s=0.1)
    stream.unread, stream.write_s = b"250 a\r\n250 b\r\n354 go\r\n", 0.5
    with pytest.raises(UpstreamTrouble, match="in time"):
        await connection.hand_over(Transaction("", ("b@x.org",), b"x\r\n"))


async def test_a_slow_reader_that_takes_block_after_block_is_waited_for() -> None:
    stream = SlowStream(HELLO, step_bytes=100)
    connection = await connect(stream, block_timeout_s=0.45, final_reply_timeout_s=0.45)
    stream.unread, stream.write_s = b"250 a\r\n250 b\r\n354 go\r\n250 queued\r\n", 0.1
    transaction = Transaction("", ("b@x.org",), b"x" * BLOCK_BYTES * 5)
    await connection.hand_over(transaction)
    assert [answer.reply.code for answer in transaction.answers if answer] == [250]
    assert max(stream.written) == BLOCK_BYTES


@pytest.mark.parametrize("reply", ["hang", "drop", "500 what", "garbage"])
async def test_goodbye_never_fails(reply: str) -> None:
    server = FakeUpstream(replies={"QUIT": reply})
    connection = await connect(server, reply_timeout_s=0.1)
    await connection.quit()
    assert server.connections[0].is_closed


async def test_a_goodbye_that_is_broken_off_closes_all_the_same() -> None:
    server = FakeUpstream(replies={"QUIT": "hang"})
    leaving = asyncio.ensure_future((await connect(server)).quit())
    await asyncio.sleep(0.02)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert server.connections[0].is_closed
