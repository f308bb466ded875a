"""One connection to an upstream: turns the crank of the client machine, with a deadline for each step.

Standards: RFC 5321 §4.5.3.2 (time-outs), RFC 3207 (STARTTLS), RFC 8314 §3 (TLS from the start).
Fails: UpstreamTrouble with an enhanced status code; it never tells about one mail, only about the way.
"""

import asyncio
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from gatepost.deliver.settings import DeliverSettings
from gatepost.deliver.upstream import Encryption, Upstream
from gatepost.model.errors import PeerGone, PeerProtocolError, TryLater
from gatepost.model.ports import UNVERIFIED, Clock, Dialer, Stream
from gatepost.wire.smtp.client import Answer, Ask, SmtpClient, Step, Transaction
from gatepost.wire.smtp.client_replies import FIRST_FAILURE_CODE, ServerReply

BLOCK_BYTES = 256 * 1024
LAST_WORDS_S = 1.0  # how long a server that stopped reading is listened to
QUIT_S = 2.0

_NO_TLS, _BAD_TLS = "4.7.4", "4.7.5"  # RFC 3463 §3.8: security features not supported, cryptographic failure
_TLS_TROUBLE = frozenset({_NO_TLS, _BAD_TLS})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every connection to an upstream needs besides the upstream."""

    settings: DeliverSettings
    dialer: Dialer
    clock: Clock
    hostname: str  # as which we introduce ourselves


Result = TypeVar("Result")


class UpstreamTrouble(TryLater):
    """The way to the upstream is not usable now."""

    def __init__(self, status: str, public: str, detail: str = "") -> None:
        super().__init__(public, detail)
        self.status = status


class Connection:
    """A greeted, and where required encrypted, connection; made by `open_connection`."""

    def __init__(self, stream: Stream, client: SmtpClient, settings: DeliverSettings) -> None:
        self.mails_count = 0
        self.idle_since_s = 0.0
        self.client = client
        self._stream = stream
        self._settings = settings

    async def hand_over(self, transaction: Transaction) -> None:
        """Send one mail; `transaction.answers` is complete unless this raises UpstreamTrouble."""
        self.mails_count += 1
        await self._converse(self.client.send_mail(transaction))

    async def ask_recipients(self, transaction: Transaction) -> None:
        """Learn which recipients are refused; raise UpstreamTrouble."""
        await self._converse(self.client.ask_recipients(transaction))

    async def greet(self) -> None:
        """Hear the greeting and say hello; raise UpstreamTrouble."""
        _require_success(await self._converse(self.client.open()))

    async def encrypt(self, server_name: str) -> None:
        """Encrypt by STARTTLS and say hello again; raise UpstreamTrouble."""
        answer = await self._converse(self.client.start_tls())
        if answer.reply.code >= FIRST_FAILURE_CODE:
            raise UpstreamTrouble(_NO_TLS, f"the upstream does not begin TLS: {answer}")
        await self.wrap_in_tls(server_name)
        _require_success(await self._converse(self.client.say_hello()))

    async def wrap_in_tls(self, server_name: str) -> None:
        """Make the TLS handshake; raise UpstreamTrouble."""
        try:
            async with asyncio.timeout(self._settings.connect_timeout_s):
                await self._stream.start_tls(server_name)
        except TimeoutError as error:
            raise UpstreamTrouble(_BAD_TLS, "the upstream did not finish the TLS handshake in time") from error
        except PeerGone as error:
            raise UpstreamTrouble(_BAD_TLS, error.public, error.detail) from error

    async def quit(self) -> None:
        """Say goodbye and close; never raises."""
        try:
            with suppress(UpstreamTrouble, TimeoutError):
                async with asyncio.timeout(QUIT_S):
                    await self._converse(self.client.quit())
        finally:
            await self.abort()

    async def abort(self) -> None:
        """Close without a word; never raises."""
        await self._stream.close()

    async def _converse(self, dialog: Generator[Ask, ServerReply, Result]) -> Result:
        """Carry a dialog to its end."""
        ask = next(dialog)
        try:
            while True:
                try:
                    reply = await self._ask(ask)
                except TimeoutError as error:
                    raise UpstreamTrouble("4.4.2", f"the upstream did not answer {ask.step.value} in time") from error
                except PeerGone as error:
                    raise UpstreamTrouble("4.4.2", f"{error.public} before it answered {ask.step.value}") from error
                ask = dialog.send(reply)
        except StopIteration as end:
            result: Result = end.value
            return result
        except PeerProtocolError as error:
            raise UpstreamTrouble("4.5.0", error.public, error.detail) from error

    async def _ask(self, ask: Ask) -> ServerReply:
        try:
            await self._write(ask.data)
        except PeerGone as gone:
            # A server that refuses a mail half way may say why before it closes.
            with suppress(PeerGone, TimeoutError):
                return await self._read_refusal()
            raise gone from gone.__cause__
        async with asyncio.timeout(self._deadline_s(ask.step)):
            return await self._read_reply()

    async def _write(self, data: bytes) -> None:
        if len(data) <= BLOCK_BYTES:
            blocks = [data] if data else []
        else:
            blocks = [data[start : start + BLOCK_BYTES] for start in range(0, len(data), BLOCK_BYTES)]
        for block in blocks:
            async with asyncio.timeout(self._settings.block_timeout_s):
                await self._stream.write(block)

    async def _read_reply(self) -> ServerReply:
        while (reply := self.client.next_reply()) is None:
            self.client.receive(await self._stream.read())
        return reply

    async def _read_refusal(self) -> ServerReply:
        async with asyncio.timeout(LAST_WORDS_S):
            reply = await self._read_reply()
        if reply.code < FIRST_FAILURE_CODE:
            raise PeerGone("the upstream closed the connection")
        self.client.is_going_away = True
        return reply

    def _deadline_s(self, step: Step) -> float:
        return self._settings.final_reply_timeout_s if step is Step.CONTENT else self._settings.reply_timeout_s


def _require_success(answer: Answer) -> None:
    if not answer.reply.is_success:
        raise UpstreamTrouble("4.3.2", f"the upstream takes no mail from us now: {answer}")


async def open_connection(upstream: Upstream, around: Surroundings) -> Connection:
    """Connect, greet and encrypt as the upstream's settings say; raise UpstreamTrouble.

    With allow_plaintext an unverified channel is taken, it is better than none (RFC 7435), and none where the
    upstream offers TLS but cannot do it.
    """
    try:
        return await _open(upstream, around)
    except UpstreamTrouble as trouble:
        if upstream.encryption is not Encryption.IF_OFFERED or trouble.status not in _TLS_TROUBLE:
            raise
    return await _open(replace(upstream, encryption=Encryption.NONE), around)


async def _open(upstream: Upstream, around: Surroundings) -> Connection:
    try:
        stream = await around.dialer.connect(upstream.endpoint, timeout_s=around.settings.connect_timeout_s)
    except PeerGone as error:
        raise UpstreamTrouble("4.4.1", error.public, error.detail) from error
    connection = Connection(stream, SmtpClient(upstream.dialect, around.hostname), around.settings)
    try:
        await _prepare(connection, upstream)
    except BaseException:
        await connection.abort()
        raise
    return connection


async def _prepare(connection: Connection, upstream: Upstream) -> None:
    if upstream.encryption is Encryption.FROM_START:
        await connection.wrap_in_tls(upstream.tls_name)
    await connection.greet()
    if upstream.encryption is Encryption.REQUIRED and "STARTTLS" not in connection.client.capabilities:
        raise UpstreamTrouble(
            _NO_TLS, f"the upstream {upstream} offers no TLS; give it a certificate, or set allow_plaintext for it"
        )
    wants_tls = upstream.encryption in {Encryption.REQUIRED, Encryption.IF_OFFERED}
    if wants_tls and "STARTTLS" in connection.client.capabilities:
        await connection.encrypt(upstream.tls_name if upstream.encryption is Encryption.REQUIRED else UNVERIFIED)
