"""Send many mails over many connections and remember the fate of each; the same load for every server.

One command at a time, as smtp-source does, on connections that are kept. Each mail carries its number, so that
afterwards each mail that got its 250 can be looked for. Buffers are made beforehand: the load runs on the cores
that it measures, and must stay cheap.
"""

import asyncio
import enum
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import uvloop

from bench.figures import Spread

NUMBER_HEADER = b"X-Bench-Number: "
SENDER = "sender@client.test"
RECIPIENT = "reader@bench.test"
DEADLINE_S = 120.0
MAX_RECONNECTS = 1_000
RECONNECT_PAUSE_S = 0.02

_MAIL = f"MAIL FROM:<{SENDER}>\r\n".encode()
_RCPT = f"RCPT TO:<{RECIPIENT}>\r\n".encode()


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """Send `count` mails, taking `bodies` in turn (each as mails.prepare_data gives it), to 127.0.0.1:`port`."""

    port: int
    bodies: Sequence[bytes]
    count: int
    connections: int = 20


@dataclass(slots=True)
class LoadResult:
    """What became of the mails: numbers of those accepted, and how many were refused, deferred or cut off."""

    elapsed_s: float = 0.0
    accepted: list[int] = field(default_factory=list)
    latencies_ms: list[float] = field(default_factory=list)  # MAIL until the last reply, of every answered mail
    refused_count: int = 0
    deferred_count: int = 0
    lost_count: int = 0

    @property
    def answered_per_s(self) -> float:
        """Give the mails that got their last reply, for each second."""
        return len(self.latencies_ms) / self.elapsed_s

    @property
    def latency(self) -> Spread:
        """Give how long a mail took from MAIL to its last reply."""
        return Spread.of(self.latencies_ms)


class _Step(enum.Enum):
    GREETING = enum.auto()
    EHLO = enum.auto()
    MAIL = enum.auto()
    RCPT = enum.auto()
    DATA = enum.auto()
    BODY = enum.auto()
    RSET = enum.auto()
    QUIT = enum.auto()


_EXPECTED = {_Step.GREETING: 220, _Step.DATA: 354, _Step.QUIT: 221}  # everywhere else 250


class ReplyReader:
    """Cut the server's bytes into replies."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[int]:
        """Give the codes of the replies that are complete now; lines that go on (`250-`) give none."""
        *lines, self._rest = (self._rest + data).split(b"\r\n")
        return [int(line[:3]) for line in lines if line[3:4] != b"-"]


class _Session(asyncio.Protocol):
    """One connection: takes the next number as soon as the last one is answered."""

    def __init__(self, numbers: Iterator[int], plan: LoadPlan, result: LoadResult) -> None:
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._numbers, self._plan, self._result = numbers, plan, result
        self._replies = ReplyReader()
        self._step = _Step.GREETING
        self._number: int | None = None
        self._started_s = 0.0

    @property
    def said_goodbye(self) -> bool:
        """Say whether this session ended because nothing was left to send."""
        return self._step is _Step.QUIT

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        for code in self._replies.feed(data):
            self._take_reply(code)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's shape
        if self._number is not None:
            self._result.lost_count += 1
        self.closed.set_result(None)

    def _take_reply(self, code: int) -> None:
        if self._step is _Step.BODY:
            self._settle(code)
            self._start_mail()
        elif code != _EXPECTED.get(self._step, 250):
            self._give_up(code)
        else:
            self._advance()

    def _advance(self) -> None:
        match self._step:
            case _Step.GREETING:
                self._send(_Step.EHLO, b"EHLO client.test\r\n")
            case _Step.EHLO | _Step.RSET:
                self._start_mail()
            case _Step.MAIL:
                self._send(_Step.RCPT, _RCPT)
            case _Step.RCPT:
                self._send(_Step.DATA, b"DATA\r\n")
            case _Step.DATA:
                self._send_body()
            case _:
                self._transport.close()

    def _send(self, step: _Step, line: bytes) -> None:
        self._step = step
        self._transport.write(line)

    def _start_mail(self) -> None:
        self._number = next(self._numbers, None)
        if self._number is None:
            self._send(_Step.QUIT, b"QUIT\r\n")
            return
        self._started_s = time.perf_counter()
        self._send(_Step.MAIL, _MAIL)

    def _send_body(self) -> None:
        number = cast("int", self._number)
        body = self._plan.bodies[number % len(self._plan.bodies)]
        self._step = _Step.BODY
        self._transport.writelines([NUMBER_HEADER + b"%d\r\n" % number, body])

    def _settle(self, code: int) -> None:
        self._result.latencies_ms.append((time.perf_counter() - self._started_s) * 1e3)
        if code == 250:
            self._result.accepted.append(cast("int", self._number))
        elif code < 500:
            self._result.deferred_count += 1
        else:
            self._result.refused_count += 1
        self._number = None

    def _give_up(self, code: int) -> None:
        if self._number is None:  # not in a mail: the server does not want to talk
            self._transport.close()
            return
        self._settle(code)
        self._send(_Step.RSET, b"RSET\r\n")


def send_load(plan: LoadPlan) -> LoadResult:
    """Send it all, give what became of it; raise TimeoutError when the server takes longer than the deadline."""
    return uvloop.run(_send_load(plan))


async def _send_load(plan: LoadPlan) -> LoadResult:
    result = LoadResult()
    numbers = iter(range(plan.count))
    started_s = time.perf_counter()
    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
        for _ in range(plan.connections):
            group.create_task(_keep_connected(numbers, plan, result))
    result.elapsed_s = time.perf_counter() - started_s
    return result


async def _keep_connected(numbers: Iterator[int], plan: LoadPlan, result: LoadResult) -> None:
    loop = asyncio.get_running_loop()
    for _ in range(MAX_RECONNECTS):
        _, session = await loop.create_connection(lambda: _Session(numbers, plan, result), "127.0.0.1", plan.port)
        await session.closed
        if session.said_goodbye:
            return
        await asyncio.sleep(RECONNECT_PAUSE_S)
    raise RuntimeError(f"the server on port {plan.port} closed {MAX_RECONNECTS} connections early")
