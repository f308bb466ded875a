"""Deliver to an upstream by SMTP or LMTP: few connections, kept open, one outcome for each recipient.

Standards: RFC 5321 §4.5.4 (sending), RFC 2033 (LMTP), RFC 1870 §6.1, RFC 6152 §3, RFC 6531 §3.4.
Fails: never raises for the peer; what it does becomes an outcome.

When the connection dies after the end of data and before the reply, the mail is tried again: it may arrive twice, and
that is the protocol's own limit (RFC 5321 §6.1).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from gatepost.deliver.connection import Connection, Surroundings, UpstreamTrouble, open_connection
from gatepost.deliver.outcomes import (
    explain_admission,
    explain_answer,
    explain_trouble,
    find_obstacle,
    has_8bit,
    needs_smtputf8,
)
from gatepost.deliver.parcel import Outcome, Parcel
from gatepost.deliver.upstream import Upstream
from gatepost.model.address import Address
from gatepost.model.ports import Admission
from gatepost.wire.smtp.client import MAX_RECIPIENTS, Transaction

Dialog = Callable[[Connection, Transaction], Awaitable[None]]

COOL_DOWN_S = 5.0  # an upstream that could not be reached is left alone for this long


class SmtpTransport:
    """Sends to one upstream."""

    def __init__(self, upstream: Upstream, around: Surroundings) -> None:
        self._upstream = upstream
        self._around = around
        self._idle: list[Connection] = []
        self._slots = asyncio.Semaphore(around.settings.connections_per_upstream)
        self._trouble: UpstreamTrouble | None = None
        self._trouble_until_s = 0.0

    async def deliver(self, parcel: Parcel) -> tuple[Outcome, ...]:
        """Hand the parcel over; one outcome for each recipient, in their order."""
        outcomes: list[Outcome] = []
        async with self._slots:
            while rest := parcel.recipients[len(outcomes) :]:
                outcomes += await self._deliver_some(parcel, rest)
        return tuple(outcomes)

    async def ask_recipient(self, recipient: Address) -> Admission:
        """Learn whether the upstream would take mail for a recipient, without sending any."""
        question = Transaction("", (str(recipient),), b"", needs_smtputf8=recipient.needs_smtputf8)
        async with self._slots:
            try:
                connection = self._take_kept() or await self._connect()
                trouble = await self._carry(connection, question, Connection.ask_recipients)
            except UpstreamTrouble:
                return Admission.TRY_LATER
        return Admission.TRY_LATER if trouble else explain_admission(question.answers[0])

    async def close_idle(self) -> None:
        """Close the connections that nobody has used for a while; to be called now and then."""
        oldest_s = self._around.clock.monotonic_s() - self._around.settings.keep_idle_s
        stale = [connection for connection in self._idle if connection.idle_since_s <= oldest_s]
        self._idle = [connection for connection in self._idle if connection.idle_since_s > oldest_s]
        await _quit_all(stale)

    async def close(self) -> None:
        """Say goodbye on every kept connection."""
        idle, self._idle = self._idle, []
        await _quit_all(idle)

    async def _deliver_some(self, parcel: Parcel, recipients: Sequence[Address]) -> list[Outcome]:
        """Send to as many recipients as one transaction takes; one outcome for each of those."""
        try:
            connection = self._take_kept() or await self._connect()
            capabilities = connection.client.capabilities
            obstacle = find_obstacle(parcel, self._upstream, capabilities)
            if obstacle is not None:
                await self._put_back(connection)
                return [obstacle] * len(recipients)
            some = recipients[: min(MAX_RECIPIENTS, capabilities.recipients_limit or MAX_RECIPIENTS)]
            transaction = _build_transaction(parcel, some)
            trouble = await self._carry(connection, transaction, Connection.hand_over)
        except UpstreamTrouble as no_connection:
            return [explain_trouble(no_connection.status, no_connection, self._upstream)] * len(recipients)
        unanswered = trouble or UpstreamTrouble("4.4.2", "the upstream gave no answer")
        return [
            explain_answer(answer, self._upstream)
            if answer is not None
            else explain_trouble(unanswered.status, unanswered, self._upstream)
            for answer in transaction.answers
        ]

    async def _carry(self, connection: Connection, transaction: Transaction, dialog: Dialog) -> UpstreamTrouble | None:
        """Hold one dialog; when a kept connection turns out to be dead, hold it again over a new one."""
        was_kept = connection.mails_count > 0
        trouble = await self._try(connection, transaction, dialog)
        is_dead = trouble is not None or connection.client.is_going_away
        if was_kept and is_dead and not transaction.content_was_sent:
            transaction.forget_answers()
            trouble = await self._try(await self._connect(), transaction, dialog)
        return trouble

    async def _try(self, connection: Connection, transaction: Transaction, dialog: Dialog) -> UpstreamTrouble | None:
        try:
            await dialog(connection, transaction)
        except UpstreamTrouble as trouble:
            await connection.abort()
            return trouble
        except BaseException:
            await connection.abort()
            raise
        await self._put_back(connection)
        return None

    def _take_kept(self) -> Connection | None:
        return self._idle.pop() if self._idle else None

    async def _connect(self) -> Connection:
        now_s = self._around.clock.monotonic_s()
        if self._trouble is not None and now_s < self._trouble_until_s:
            # A new one each time: an error that is raised again grows by a traceback.
            raise UpstreamTrouble(self._trouble.status, self._trouble.public, self._trouble.detail)
        try:
            connection = await open_connection(self._upstream, self._around)
        except UpstreamTrouble as trouble:
            self._trouble, self._trouble_until_s = trouble, self._around.clock.monotonic_s() + COOL_DOWN_S
            raise
        self._trouble = None
        return connection

    async def _put_back(self, connection: Connection) -> None:
        most = self._around.settings.mails_per_connection
        limit = connection.client.capabilities.mails_limit
        if connection.client.is_going_away:
            await connection.abort()
        elif connection.mails_count >= min(most, limit or most):
            await connection.quit()
        else:
            connection.idle_since_s = self._around.clock.monotonic_s()
            self._idle.append(connection)


def _build_transaction(parcel: Parcel, recipients: Sequence[Address]) -> Transaction:
    return Transaction(
        sender="" if parcel.mail_from is None else str(parcel.mail_from),
        recipients=tuple(str(recipient) for recipient in recipients),
        content=parcel.content,
        needs_smtputf8=needs_smtputf8(parcel),
        has_8bit=has_8bit(parcel),
    )


async def _quit_all(connections: Sequence[Connection]) -> None:
    await asyncio.gather(*(connection.quit() for connection in connections))
