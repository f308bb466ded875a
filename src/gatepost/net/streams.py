"""A connected byte stream over asyncio, as the Stream port wants it.

Standards: RFC 3207 §6 (nothing received in the clear survives the handshake).
Trust: every byte comes from the peer.
Fails: PeerGone; deadlines are the caller's, with asyncio.timeout around a call.
"""

import asyncio
import ssl
from contextlib import suppress
from typing import cast

from gatepost.model.errors import PeerGone
from gatepost.model.ports import UNVERIFIED
from gatepost.net.tls_contexts import ClientContexts

MAX_BUFFERED_BYTES = 256 * 1024  # the peer is not read while as much lies here unread
CLOSE_TIMEOUT_S = 1.0


class AsyncioStream(asyncio.Protocol):
    """One connection to `peer`, which is how errors name it; made by the dialer."""

    def __init__(self, peer: str, contexts: ClientContexts) -> None:
        self._peer = peer
        self._contexts = contexts
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._end = ""  # why nothing more will come
        self._may_read = asyncio.Event()
        self._may_write = asyncio.Event()
        self._may_write.set()
        self._lost = asyncio.Event()

    async def read(self) -> bytes:
        """Give the next bytes, at least one; raise PeerGone at end of stream."""
        if not self._buffer and not self._end:
            self._may_read.clear()
            await self._may_read.wait()
        if not self._buffer:
            raise self._gone()
        data = bytes(self._buffer)
        self._buffer.clear()
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()
        return data

    async def write(self, data: bytes) -> None:
        """Send all of `data` (waits while the peer does not read)."""
        if self._end or self._transport is None or self._transport.is_closing():
            raise self._gone()
        self._transport.write(data)
        await self._may_write.wait()
        if self._lost.is_set():
            raise self._gone()

    async def start_tls(self, server_name: str) -> str:
        """Encrypt the stream, verify the certificate for `server_name`, give the TLS version; what fails ends it."""
        try:
            return await self._shake_hands(server_name)
        except BaseException:
            self.abort()
            raise

    async def _shake_hands(self, server_name: str) -> str:
        if self._buffer or self._end or self._transport is None:
            raise PeerGone(f"{self._peer} sent more than it was asked for, or closed, before the TLS handshake")
        is_verified = server_name != UNVERIFIED
        context = self._contexts.verified if is_verified else self._contexts.unverified
        try:
            transport = await asyncio.get_running_loop().start_tls(
                self._transport, self, context, server_hostname=server_name if is_verified else None
            )
        except ssl.SSLCertVerificationError as error:
            raise PeerGone(
                f"{self._peer} shows a certificate that cannot be trusted for {server_name}: {error.verify_message}"
            ) from error
        except OSError as error:
            raise PeerGone(f"{self._peer} failed the TLS handshake: {error.strerror or error}") from error
        if transport is None:
            raise self._gone()
        self._transport = transport
        found = transport.get_extra_info("ssl_object").version()
        return str(found or "")

    async def close(self) -> None:
        """Close the stream; never raises."""
        if self._transport is None:
            return
        self._transport.close()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_TIMEOUT_S):
                    await self._lost.wait()
        finally:
            self.abort()

    def abort(self) -> None:
        """Close the stream at once."""
        self._end = self._end or "was closed"
        if self._transport is not None and not self._lost.is_set():  # asyncio's TLS transport breaks on a second end
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take over the connection (asyncio calls this)."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Keep what came (asyncio calls this)."""
        self._buffer += data
        self._may_read.set()
        if len(self._buffer) >= MAX_BUFFERED_BYTES and self._transport is not None:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """Note that the peer will send no more (asyncio calls this); the connection closes."""
        self._end = self._end or "closed the connection"
        self._may_read.set()
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """Note that the connection is gone (asyncio calls this)."""
        self._end = self._end or ("closed the connection" if error is None else f"broke the connection: {error}")
        for event in (self._may_read, self._may_write, self._lost):
            event.set()

    def pause_writing(self) -> None:
        """Make writers wait (asyncio calls this)."""
        self._may_write.clear()

    def resume_writing(self) -> None:
        """Let writers go on (asyncio calls this)."""
        self._may_write.set()

    def _gone(self) -> PeerGone:
        return PeerGone(f"{self._peer} {self._end or 'closed the connection'}")
