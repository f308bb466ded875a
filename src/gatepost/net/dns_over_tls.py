"""A name server that is asked over TLS, a connection for each question.

dnspython's own way leaves each connection open until the server has answered our farewell, half a minute at most: what
holds a file was then more than the questions under way, which are counted. Here it ends with its question.
Standards: RFC 7858, RFC 8310 §8.1 (the server must show a certificate for its name), RFC 7766 §8 (lengths).
Trust: nothing is asked before the certificate is verified; an answer has at most 65535 bytes.
Fails: OSError where nothing came, DNSException for what is no answer or came too late.
"""

import asyncio
import ssl
from typing import Any

import dns.exception
import dns.message
import dns.nameserver
import dns.query

from gatepost.model.errors import PeerGone
from gatepost.model.ports import Endpoint, Stream
from gatepost.net.streams import AsyncioStream
from gatepost.net.tls_contexts import ClientContexts

_LENGTH_BYTES = 2  # before each message


class TlsNameServer(dns.nameserver.DoTNameserver):
    """Asked over TLS; its chain and its name are verified."""

    def __init__(self, address: str, port: int, name: str, context: ssl.SSLContext) -> None:
        super().__init__(address, port, name)
        self._peer = str(Endpoint(address, port))
        self._name = name
        self._contexts = ClientContexts(context, context)  # made once: reading all authorities takes milliseconds

    async def async_query(
        self,
        request: dns.message.QueryMessage,
        timeout: float,  # noqa: ASYNC109 # dnspython's signature
        *_: Any,
        **__: Any,
    ) -> dns.message.Message:
        """Ask; what dnspython says about UDP and about our own address is of no use here."""
        try:
            async with asyncio.timeout(timeout):
                answer = dns.message.from_wire(await self._exchange(request.to_wire(prepend_length=True)))
        except TimeoutError as error:
            raise dns.exception.Timeout from error
        except PeerGone as gone:
            raise ConnectionError(str(gone)) from gone  # dnspython asks no server again that raises OSError
        if not request.is_response(answer):
            raise dns.query.BadResponse
        return answer

    async def _exchange(self, question: bytes) -> bytes:
        loop = asyncio.get_running_loop()
        _, stream = await loop.create_connection(
            lambda: AsyncioStream(self._peer, self._contexts), self.address, self.port
        )
        try:
            await stream.start_tls(self._name)
            await stream.write(question)
            return await _read_message(stream)
        finally:
            stream.abort()


async def _read_message(stream: Stream) -> bytes:
    """Give one message without its length; raise PeerGone where the stream ends before."""
    data, size_bytes = bytearray(), _LENGTH_BYTES
    while len(data) < size_bytes:
        data += await stream.read()
        if len(data) >= _LENGTH_BYTES:
            size_bytes = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES], "big")
    return bytes(data[_LENGTH_BYTES:size_bytes])
