"""An HTTPS server on loopback with a certificate authority of its own: serves lists, well or badly."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from doubles import FakeResolver
from gatepost.net.clock import SystemClock
from gatepost.net.dialer import SystemDialer, is_public
from gatepost.net.http import HttpFetcher
from gatepost.net.local_ca import ensure_local_certificate
from gatepost.net.settings import TlsSettings
from gatepost.net.tls_contexts import build_client_contexts

Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(body: bytes, status: str = "200 OK", **fields: str) -> bytes:
    """Give a whole answer; `_` in the name of a field stands for `-`."""
    shown = {"Content-Type": "text/plain", "Content-Length": str(len(body)), "Connection": "close"}
    shown |= {name.replace("_", "-"): value for name, value in fields.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in shown.items() if value)
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    """Give an answer that leads elsewhere."""
    return answer(b"", status, Location=location)


@dataclass
class FeedServer:
    """`pages` are answers by path: bytes are sent as they are, a function does what it likes with the connection."""

    port: int
    ca: Path
    pages: dict[str, bytes | Behaviour] = field(default_factory=dict)
    heads: list[str] = field(default_factory=list)  # of all requests

    def url(self, path: str) -> str:
        """Give the URL of a page."""
        return f"https://localhost:{self.port}{path}"

    def build_fetcher(self) -> HttpFetcher:
        """Give a fetcher that trusts this server's authority."""
        contexts = build_client_contexts(TlsSettings(trusted_ca=str(self.ca)))
        resolver = FakeResolver()
        return HttpFetcher(SystemDialer(resolver, contexts), SystemDialer(resolver, contexts, is_public))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            page = self.pages.get(head.split(" ")[1], answer(b"gone", "404 Not Found"))
            if isinstance(page, bytes):
                writer.write(page)
                await writer.drain()
            else:
                await page(writer)
        writer.transport.close() if not writer.transport.is_closing() else None


@contextlib.asynccontextmanager
async def serving_feeds(folder: Path, *, with_tls: bool = True) -> AsyncIterator[FeedServer]:
    """Serve on a free port until the block ends."""
    paths = ensure_local_certificate(folder, "localhost", SystemClock())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(paths.certificate, paths.key)
    feeds = FeedServer(0, paths.ca)
    server = await asyncio.start_server(feeds.serve, "127.0.0.1", 0, ssl=context if with_tls else None)
    feeds.port = server.sockets[0].getsockname()[1]
    try:
        yield feeds
    finally:
        server.close()
        await server.wait_closed()
