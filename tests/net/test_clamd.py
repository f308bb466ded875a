"""A clamd that is not as it should be; the real one answers in tests/interop/test_clamd.py."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from doubles import FakeResolver
from gatepost.model.facts import AntivirusAnswer, Scanned
from gatepost.net.clamd import MEGABYTE, Clamd
from gatepost.net.dialer import SystemDialer
from gatepost.net.settings import AntivirusSettings, TlsSettings
from gatepost.net.tls_contexts import build_client_contexts

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
UNANSWERED = AntivirusAnswer(Scanned.UNANSWERED)
TIMEOUT_S = 0.5


def build(place: str, **settings: float) -> Clamd:
    dialer = SystemDialer(FakeResolver(), build_client_contexts(TlsSettings()))
    return Clamd(AntivirusSettings(clamd=place, **{"timeout_s": TIMEOUT_S, **settings}), dialer)  # type: ignore[arg-type]


@asynccontextmanager
async def pretend(serve: Serve, folder: Path) -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_unix_server(answer, folder / "ctl")
    try:
        yield f"unix:{folder}/ctl"
    finally:
        server.close()


def say(answer: bytes) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\0\0\0\0")
        writer.write(answer)
        await writer.drain()

    return serve


async def test_what_is_sent_is_one_chunk_with_an_end(tmp_path: Path) -> None:
    heard = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readexactly(len(b"zINSTREAM\0") + 4 + 700_000 + 4))
        writer.write(b"stream: OK\0")

    async with pretend(serve, tmp_path) as place:
        assert (await build(place).scan(b"m" * 700_000)).outcome is Scanned.CLEAN
    assert heard == [b"zINSTREAM\0" + (700_000).to_bytes(4, "big") + b"m" * 700_000 + b"\0\0\0\0"]


async def test_an_answer_in_pieces_is_put_together(tmp_path: Path) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\0\0\0\0")
        for each in b"stream: Some.Thing FOUND\0":
            writer.write(bytes([each]))
            await asyncio.sleep(0)

    async with pretend(serve, tmp_path) as place:
        assert await build(place).scan(b"mail") == AntivirusAnswer(Scanned.FOUND, "Some.Thing")


@pytest.mark.parametrize("answer", [b"", b"stream: OK", b"\0", b"stream: \xff\xfe FOUND\n", b"x" * 100_000])
async def test_an_answer_that_is_none_means_not_scanned(answer: bytes, tmp_path: Path) -> None:
    async with pretend(say(answer), tmp_path) as place:
        assert (await build(place).scan(b"mail")).outcome is Scanned.UNANSWERED


async def test_whoever_closes_at_once_has_not_scanned(tmp_path: Path) -> None:
    async def serve(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0)

    async with pretend(serve, tmp_path) as place:
        assert await build(place).scan(b"m" * MEGABYTE) == UNANSWERED


async def test_a_limit_that_is_told_while_we_send_is_heard(tmp_path: Path) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(14)
        writer.write(b"INSTREAM size limit exceeded. ERROR\0")
        await writer.drain()

    async with pretend(serve, tmp_path) as place:
        assert (await build(place).scan(b"m" * 20 * MEGABYTE)).outcome is Scanned.TOO_LARGE


@pytest.mark.parametrize("endless", [b"", b"stream: "])
async def test_nobody_is_waited_for_beyond_the_deadline(endless: bytes, tmp_path: Path) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(endless)
        async for _ in reader:
            await asyncio.sleep(0.05)

    started_s = time.monotonic()
    async with pretend(serve, tmp_path) as place:
        assert await build(place).scan(b"m" * 20 * MEGABYTE) == UNANSWERED
    assert time.monotonic() - started_s < TIMEOUT_S + 2


async def test_where_nobody_listens_nothing_was_scanned(tmp_path: Path) -> None:
    (tmp_path / "no-socket").write_bytes(b"")
    for place in (f"unix:{tmp_path}/ctl", f"unix:{tmp_path}/no-socket", "127.0.0.1:1"):
        assert await build(place).scan(b"mail") == UNANSWERED
        assert await build(place).ask_version() is None


async def test_a_mail_above_the_limit_is_not_sent(tmp_path: Path) -> None:
    async with pretend(say(b"stream: OK\0"), tmp_path) as place:
        assert (await build(place, max_mb=1).scan(b"m" * (MEGABYTE + 1))).outcome is Scanned.TOO_LARGE
