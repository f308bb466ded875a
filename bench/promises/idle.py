"""Promise: 10,000 idle connections need less than 400 MB."""

import asyncio
import ipaddress
import resource
from pathlib import Path
from typing import cast

import uvloop

from bench.ours import run_gatepost
from bench.peers.sinks import DROP, NAMES, run_sink
from bench.process import list_tree, read_memory, wait_until_quiet
from bench.row import Row, Unmeasurable, judge
from bench.served import Served

CONNECTIONS = 10_000
PROMISED_MB = 400
AT_ONCE = 100
PER_SOURCE = 25
SPARE_FILES = 1_000
DEADLINE_S = 120.0
ANSWER_WITHIN_S = 3.0
FIRST_SOURCE = ipaddress.IPv4Address("127.1.0.1")


def measure(folder: Path) -> list[Row]:
    """Open the connections to gatepost, then to aiosmtpd, and weigh the processes while all are open."""
    _allow_files(CONNECTIONS + SPARE_FILES)
    with run_gatepost(folder / "gatepost", screening="on") as gatepost:
        ours_mb, ours_each_kb = uvloop.run(_weigh(gatepost))
    with run_sink(DROP, folder / "aiosmtpd") as sink:
        peer_mb, peer_each_kb = uvloop.run(_weigh(sink))
    return [
        Row(
            f"{CONNECTIONS:,} idle connections: under {PROMISED_MB} MB",
            f"{ours_mb:.0f} MB in all ({ours_each_kb:.1f} KB for each connection)",
            f"{NAMES[DROP]}: {peer_mb:.0f} MB in all ({peer_each_kb:.1f} KB for each connection)",
            f"{ours_mb / peer_mb:.2f}",
            judge(is_reached=ours_mb < PROMISED_MB),
            f"PSS of all processes, each connection past EHLO, {PER_SOURCE} from each of"
            f" {CONNECTIONS // PER_SOURCE} loopback addresses; the kernel's buffers are not in it",
        )
    ]


def _allow_files(count: int) -> None:
    """Raise our own limit of open files; children inherit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        if hard != resource.RLIM_INFINITY and hard < count:
            raise Unmeasurable(f"only {hard:,} open files are allowed, {count:,} are needed (ulimit -Hn)")
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


class _Idler(asyncio.Protocol):
    """Says EHLO once, then nothing until it is asked to show that its connection still lives."""

    def __init__(self) -> None:
        self.is_idle: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._heard = b""
        self.has_asked = self.still_lives = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        was_greeted = b"\r\n" in self._heard
        self._heard += data
        if not was_greeted and b"\r\n" in self._heard:
            self.transport.write(b"EHLO client.test\r\n")
        if b"\r\n250 " in self._heard and not self.is_idle.done():
            self.is_idle.set_result(None)
        self.still_lives = self.has_asked and data.startswith(b"250")

    def ask(self) -> None:
        """Show that the connection is not only open, but served."""
        self.has_asked = True
        self.transport.write(b"NOOP\r\n")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's shape
        if not self.is_idle.done():
            self.is_idle.set_exception(ConnectionError(f"the server hung up: {self._heard[-200:]!r}"))


async def _weigh(server: Served) -> tuple[float, float]:
    """Give the megabytes of a server with all connections open, and the kilobytes that each added."""
    before_mb = _read_mb(server)
    async with asyncio.timeout(DEADLINE_S):
        idlers: list[_Idler] = []
        for start in range(0, CONNECTIONS, AT_ONCE):
            idlers += await asyncio.gather(*(_connect(server.port, start + offset) for offset in range(AT_ONCE)))
    wait_until_quiet(server.roots)
    after_mb = _read_mb(server)
    for idler in idlers:
        idler.ask()
    await asyncio.sleep(ANSWER_WITHIN_S)
    lost = sum(1 for idler in idlers if not idler.still_lives)
    for idler in idlers:
        idler.transport.abort()
    if lost:
        raise RuntimeError(f"{server.name} no longer serves {lost} of {CONNECTIONS} idle connections")
    return after_mb, (after_mb - before_mb) * 1e3 / CONNECTIONS


async def _connect(port: int, number: int) -> _Idler:
    source = str(FIRST_SOURCE + number // PER_SOURCE)
    loop = asyncio.get_running_loop()
    _, idler = await loop.create_connection(_Idler, "127.0.0.1", port, local_addr=(source, 0))
    await idler.is_idle
    return idler


def _read_mb(server: Served) -> float:
    return sum(read_memory(list_tree(root)).pss_mb for root in server.roots)
