"""Python mail sinks as peers: aiosmtpd, with and without a disk write, and a bare uvloop reader as the ceiling.

Run as `python -m bench.peers.sinks KIND PORT FOLDER`: one process on one core, like one worker of gatepost.
"""

import asyncio
import contextlib
import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import uvloop
from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.process import pick_port, run_server, wait_for_greeting
from bench.served import Served

DROP, SYNC, BARE = "drop", "sync", "bare"
NAMES = {DROP: "aiosmtpd, no disk", SYNC: "aiosmtpd, fsync each", BARE: "bare uvloop reader"}
WORKERS = 2

_END_OF_DATA = b"\r\n.\r\n"


@contextlib.contextmanager
def run_sink(kind: str, folder: Path) -> Iterator[Served]:
    """Run one kind of sink with as many processes as gatepost has workers, sharing one port."""
    folder.mkdir()
    port = pick_port()
    argv = [sys.executable, "-m", "bench.peers.sinks", kind, str(port), str(folder)]
    with run_server(argv, log=folder / "log") as server:
        wait_for_greeting(server, port, folder / "log")
        yield Served(NAMES[kind], port, (server.pid,))


class _Sink:
    """The handler of aiosmtpd that takes everything."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._numbers = itertools.count()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002 - aiosmtpd's name and shape
        if self._folder:
            _write_synced(self._folder / f"{os.getpid()}-{next(self._numbers)}", cast("bytes", envelope.content))
        return "250 2.0.0 kept"


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


class _BareReader(asyncio.Protocol):
    """Looks for line ends and the end of data, and does nothing else that a mail server must do."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._is_in_data = False
        self._buffer = b""
        self._transport.write(b"220 bare\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._is_in_data and self._buffer.endswith(_END_OF_DATA):
            self._buffer, self._is_in_data = b"", False
            self._transport.write(b"250 kept\r\n")
        elif not self._is_in_data and self._buffer.endswith(b"\r\n"):
            command, self._buffer = self._buffer[:4].upper(), b""
            self._is_in_data = command == b"DATA"
            self._transport.write(b"354 go\r\n" if self._is_in_data else b"250 ok\r\n")
            if command == b"QUIT":
                self._transport.close()


async def _serve(kind: str, port: int, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    sink = _Sink(folder if kind == SYNC else None)

    def make_session() -> asyncio.Protocol:
        return _BareReader() if kind == BARE else SMTP(sink, hostname="mx.bench.test")

    server = await loop.create_server(make_session, "127.0.0.1", port, reuse_port=True, backlog=1024)
    await server.serve_forever()


def _main(kind: str, port: str, folder: str) -> None:
    for _ in range(WORKERS - 1):
        if os.fork() == 0:
            break
    uvloop.run(_serve(kind, int(port), Path(folder)))


if __name__ == "__main__":
    _main(*sys.argv[1:])
