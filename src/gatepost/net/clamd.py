"""Asks clamd, ClamAV's daemon, about mails and files; one connection for each question.

A session for many questions (IDSESSION) was tried: 0.31 ms a mail in place of 0.39 ms over a Unix socket, which is not
worth connections that must be watched and renewed.
Trust: clamd is believed about what it finds, see wire/clamd.py; it cannot make us wait or remember more than a little.
Fails: never; a clamd that is away, slow or confused gives UNANSWERED.
"""

import asyncio
from contextlib import suppress

from gatepost.model.errors import PeerGone
from gatepost.model.facts import AntivirusAnswer, Scanned
from gatepost.model.ports import Dialer, Stream
from gatepost.net.settings import AntivirusSettings, parse_clamd
from gatepost.wire.clamd import (
    ASK_VERSION,
    END_OF_ANSWER,
    END_OF_STREAM,
    MAX_ANSWER_BYTES,
    MAX_CONTENT_BYTES,
    ClamdVersion,
    open_stream,
    parse_answer,
    parse_version,
)

PIECE_BYTES = 256 * 1024
VERSION_TIMEOUT_S = 5.0
PROBE_TIMEOUT_S = 1.0
GONE, LATE = b"", END_OF_ANSWER  # what no clamd says
MEGABYTE = 1024 * 1024


class Clamd:
    """The Antivirus port over clamd's socket."""

    def __init__(self, settings: AntivirusSettings, dialer: Dialer) -> None:
        self._endpoint = parse_clamd(settings.clamd)
        self._timeout_s = settings.timeout_s
        self._max_bytes = min(settings.max_mb * MEGABYTE, MAX_CONTENT_BYTES)
        self._dialer = dialer

    async def scan(self, content: bytes) -> AntivirusAnswer:
        """Ask about one mail or one file."""
        if len(content) > self._max_bytes:
            return AntivirusAnswer(Scanned.TOO_LARGE)
        answer = await self._ask(open_stream(len(content)), content, END_OF_STREAM, self._timeout_s)
        if answer == GONE and await self._is_too_large(len(content)):
            return AntivirusAnswer(Scanned.TOO_LARGE)
        return parse_answer(answer)

    async def _is_too_large(self, size_bytes: int) -> bool:
        """Ask about the size alone: a clamd that closes while we send may have said why, and nobody heard it."""
        answer = await self._ask(open_stream(size_bytes), b"", b"", PROBE_TIMEOUT_S)
        return parse_answer(answer).outcome is Scanned.TOO_LARGE

    async def ask_version(self) -> ClamdVersion | None:
        """Give program and database; None when nobody answers."""
        return parse_version(await self._ask(ASK_VERSION, b"", b"", VERSION_TIMEOUT_S))

    async def _ask(self, head: bytes, content: bytes, tail: bytes, timeout_s: float) -> bytes:
        """Give the answer, GONE where none came before the connection ended, or LATE where none came in time."""
        try:
            async with asyncio.timeout(timeout_s):
                stream = await self._dialer.connect(self._endpoint, timeout_s=timeout_s)
                try:
                    with suppress(PeerGone):  # it may have said why before it closed
                        await _send(stream, head, content, tail)
                    return await _read_answer(stream)
                finally:
                    await stream.close()
        except TimeoutError:
            return LATE
        except PeerGone:
            return GONE


async def _send(stream: Stream, head: bytes, content: bytes, tail: bytes) -> None:
    """Send all; a large content a piece at a time, so that it never lies in memory a second time."""
    if len(content) <= PIECE_BYTES:
        await stream.write(head + content + tail)
        return
    await stream.write(head)
    for start in range(0, len(content), PIECE_BYTES):
        await stream.write(content[start : start + PIECE_BYTES])
    await stream.write(tail)


async def _read_answer(stream: Stream) -> bytes:
    answer = b""
    while END_OF_ANSWER not in answer and len(answer) < MAX_ANSWER_BYTES:
        answer += await stream.read()
    return answer
