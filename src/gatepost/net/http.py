"""Fetches one file by HTTPS, and nothing that a server would like us to fetch instead.

httpcore2 speaks the protocol; streams, certificates and addresses are those of our own dialer, so nothing is connected
to that the order does not allow. A redirect leads to https only and to hosts on the public internet only.
Standards: RFC 9110 §10.2.2 (Location), §13.1 (conditional requests), §15.4 (redirects), RFC 9112 §6 (framing).
Trust: every byte comes from the server, whom we believe only as far as its certificate goes.
Fails: PeerGone when nothing whole came in time, PeerProtocolError for an answer that is no file of the wanted kind.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import can_ada
import httpcore2

from gatepost.model.errors import PeerGone, PeerProtocolError
from gatepost.model.ports import Dialer, Endpoint, Fetched, FetchOrder, Stream

MAX_REDIRECTS = 5
MAX_URL_CHARS = 8_192
MAX_FIELD_CHARS = 512  # of what is remembered of a response: ETag, Last-Modified
CONNECT_TIMEOUT_S = 20.0
IDLE_TIMEOUT_S = 30.0
USER_AGENT = "gatepost (mail gateway; fetches lists of bad URLs)"

_PORTS = {"https:": 443, "http:": 80}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK, _NOT_MODIFIED = 200, 304
_NO_FILES = ("text/html", "application/xhtml+xml", "image/", "audio/", "video/", "font/", "multipart/")
_PRINTABLE = range(0x20, 0x7F)
_TIMEOUTS = {"connect": CONNECT_TIMEOUT_S, "read": IDLE_TIMEOUT_S, "write": IDLE_TIMEOUT_S, "pool": IDLE_TIMEOUT_S}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a request goes."""

    url: can_ada.URL

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.url.protocol, self.url.hostname, self.port

    @property
    def port(self) -> int:
        return int(self.url.port or _PORTS[self.url.protocol])

    def build(self) -> httpcore2.URL:
        target = self.url.pathname + self.url.search
        host = self.url.hostname.encode("ascii")
        return httpcore2.URL(scheme=self.url.protocol[:-1].encode(), host=host, port=self.port, target=target.encode())


class HttpFetcher:
    """Fetches with one connection for each request.

    `dialer` connects to any address, `public_dialer` refuses those that are not on the public internet.
    """

    def __init__(self, dialer: Dialer, public_dialer: Dialer) -> None:
        self._dialer = dialer
        self._public_dialer = public_dialer

    async def fetch(self, order: FetchOrder, sink: Callable[[bytes], object]) -> Fetched:
        """Give what came to `sink`, piece by piece; raise PeerGone or PeerProtocolError."""
        place = _parse(order.url, None, order)
        try:
            async with asyncio.timeout(order.deadline_s):
                return await self._follow(place, order, sink)
        except TimeoutError as error:
            raise PeerGone(f"{place.url.hostname} was not done within {order.deadline_s:g} s") from error

    async def _follow(self, first: _Place, order: FetchOrder, sink: Callable[[bytes], object]) -> Fetched:
        place = first
        for _ in range(MAX_REDIRECTS + 1):
            found = await self._ask(place, first, order, sink)
            if isinstance(found, Fetched):
                return found
            place = _parse(found, place, order)
        raise PeerProtocolError(f"{first.url.hostname} redirects more than {MAX_REDIRECTS} times")

    async def _ask(
        self, place: _Place, first: _Place, order: FetchOrder, sink: Callable[[bytes], object]
    ) -> Fetched | str:
        """Make one request; give where it redirects to, if it does."""
        is_trusted = order.allow_private and place.url.hostname == first.url.hostname
        dialer = self._dialer if is_trusted else self._public_dialer
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip", "Connection": "close", **order.headers}
        if place.origin == first.origin:
            headers.update(order.secret_headers)
        host = place.url.hostname
        try:
            async with (
                httpcore2.AsyncConnectionPool(max_connections=1, retries=0, network_backend=_Backend(dialer)) as pool,
                pool.stream(
                    "GET", place.build(), headers=list(headers.items()), extensions={"timeout": _TIMEOUTS}
                ) as response,
            ):
                return await _take(response, host, order.max_bytes, sink)
        except (httpcore2.NetworkError, httpcore2.TimeoutException, OSError) as error:
            raise PeerGone(f"{host} broke off the transfer ({type(error).__name__})") from error
        except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol) as error:
            raise PeerProtocolError(f"{host} sent what is no whole HTTP answer", str(error)) from error


async def _take(
    response: httpcore2.Response, host: str, max_bytes: int, sink: Callable[[bytes], object]
) -> Fetched | str:
    fields = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in response.headers}
    fetched = Fetched(
        is_changed=response.status == _OK,
        etag=_clean(fields.get("etag", "")),
        last_modified=_clean(fields.get("last-modified", "")),
    )
    if response.status in _REDIRECTS:
        return fields.get("location", "")
    if response.status == _NOT_MODIFIED:
        return fetched
    if response.status != _OK:
        raise PeerGone(f"{host} answered {response.status} instead of the list")
    _judge_fields(fields, host, max_bytes)
    left = max_bytes
    async for piece in response.aiter_stream():
        left -= len(piece)
        if left < 0:
            raise PeerProtocolError(f"{host} sends more than {max_bytes} bytes (max_bytes)")
        sink(piece)
    return fetched


def _judge_fields(fields: Mapping[str, str], host: str, max_bytes: int) -> None:
    kind = fields.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith(_NO_FILES):
        raise PeerProtocolError(f"{host} sent {kind[:40]!r} instead of a list")
    if fields.get("content-encoding", "identity").strip().lower() not in {"identity", "gzip", "x-gzip", ""}:
        raise PeerProtocolError(f"{host} packed the list in a way that was not asked for")
    length = fields.get("content-length", "")
    if length.isascii() and length.isdigit() and len(length) < MAX_FIELD_CHARS and int(length) > max_bytes:
        raise PeerProtocolError(f"{host} wants to send {length[:20]} bytes, more than {max_bytes} (max_bytes)")
    if not length and "chunked" not in fields.get("transfer-encoding", "").lower():
        raise PeerProtocolError(f"{host} does not say how long the list is, so nobody could tell that it is whole")


def _clean(field: str) -> str:
    """Give what may be sent back to the server; what could not is forgotten."""
    return field if len(field) <= MAX_FIELD_CHARS and all(ord(letter) in _PRINTABLE for letter in field) else ""


def _parse(url: str, base: _Place | None, order: FetchOrder) -> _Place:
    """Read a URL as browsers do; raise PeerProtocolError where it may not be fetched."""
    where = base.url.hostname if base else "the URL"
    try:
        if not url or len(url) > MAX_URL_CHARS:
            raise ValueError(url)  # noqa: TRY301 - told in the same words
        parsed = base.url + url if base else can_ada.parse(url)
    except (ValueError, TypeError) as error:
        raise PeerProtocolError(f"{where} leads to no URL") from error
    is_allowed = parsed.protocol == "https:" or (
        order.allow_http and parsed.protocol == "http:" and (base is None or base.url.protocol == "http:")
    )
    if not is_allowed or not parsed.hostname:
        raise PeerProtocolError(f"{where} leads to a {parsed.protocol[:20]!r} URL; only https is fetched")
    if parsed.username or parsed.password:
        raise PeerProtocolError(f"{where} leads to a URL with a user name")
    return _Place(parsed)


class _Backend(httpcore2.AsyncNetworkBackend):
    """Lets httpcore2 use our dialer."""

    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's own interface
        local_address: str | None = None,  # noqa: ARG002 - likewise
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - likewise
    ) -> httpcore2.AsyncNetworkStream:
        endpoint = Endpoint(host.strip("[]"), port)
        return _Stream(await self._dialer.connect(endpoint, timeout_s=timeout or CONNECT_TIMEOUT_S))


class _Stream(httpcore2.AsyncNetworkStream):
    """Lets httpcore2 read and write one of our streams; deadlines become PeerGone."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109 - see above
        try:
            async with asyncio.timeout(timeout):
                return await self._stream.read()
        except TimeoutError as error:
            raise PeerGone(f"the server sent nothing for {timeout:g} s") from error
        except PeerGone:
            return b""  # the end; httpcore2 knows whether the body was whole

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - see above
        try:
            async with asyncio.timeout(timeout):
                await self._stream.write(buffer)
        except TimeoutError as error:
            raise PeerGone(f"the server took nothing for {timeout:g} s") from error

    async def start_tls(
        self,
        ssl_context: Any,  # noqa: ARG002 - our dialer has its own
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - see above
    ) -> httpcore2.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                await self._stream.start_tls((server_hostname or "").strip("[]"))
        except TimeoutError as error:
            raise PeerGone(f"the server did not finish the TLS handshake within {timeout:g} s") from error
        return self

    async def aclose(self) -> None:
        await self._stream.close()

    def get_extra_info(self, info: str) -> Any:  # noqa: ARG002 - nothing else is known
        return None
