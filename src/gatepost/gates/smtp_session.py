"""One SMTP connection: bytes between the socket and the machine, events between the machine and the way in.

Standards: RFC 5321 §4.5.3.2 (timeouts), RFC 3207 (STARTTLS).
Trust: the peer may send anything, at any speed, and may never read.
Memory: an idle session is this object, its machine and the loop's transport. A task exists only while an answer is
awaited; deadlines are numbers that the gate's sweep compares.
"""

import asyncio
import math
import socket
from collections.abc import Coroutine
from dataclasses import replace
from typing import cast

import structlog

from gatepost.gates import smtp_replies
from gatepost.gates.counters import name_outcome
from gatepost.gates.limits import Peer
from gatepost.gates.smtp_hall import SmtpDoor, SmtpHall
from gatepost.gates.sockets import NO_TRANSPORT, count_waiting_bytes, normalise_ip
from gatepost.gates.trouble import log_trouble
from gatepost.model.address import Address
from gatepost.model.envelope import Arrival, Envelope
from gatepost.model.ports import Admission
from gatepost.wire.smtp import answers
from gatepost.wire.smtp.events import Event, Hello, MailReceived, Phase, RcptTo, StartTls
from gatepost.wire.smtp.parameters import MailFrom
from gatepost.wire.smtp.replies import Reply
from gatepost.wire.smtp.server import SmtpServer

DATA_GRACE_S = 60.0  # before the minimal rate counts
CLOSE_GRACE_S = 5.0  # for the peer to read our last words
MAX_UNREAD_BYTES = 64 * 1024  # that a peer may send ahead while an answer is awaited
MAX_UNSENT_BYTES = 64 * 1024  # of replies that the peer does not read

_log = structlog.get_logger()


class SmtpSession(asyncio.Protocol):
    """One connection."""

    __slots__ = (
        "_after_handshake",
        "_client_ip",
        "_command_count",
        "_content_since_s",
        "_door",
        "_error_count",
        "_hall",
        "_handshake",
        "_has_said_goodbye",
        "_held_bytes",
        "_is_busy",
        "_is_greeted",
        "_is_over_limit",
        "_machine",
        "_peer",
        "_peer_has_finished",
        "_raw_bytes",
        "_reading_is_paused",
        "_session_end_s",
        "_tls_version",
        "_transport",
        "_writing_is_paused",
        "deadline_s",
    )

    def __init__(self, hall: SmtpHall, door: SmtpDoor) -> None:
        self._hall = hall
        self._door = door
        self._transport: asyncio.Transport = NO_TRANSPORT
        self._machine = SmtpServer(hall.choose_profile(), tls_is_active=door.starts_with_tls)
        self._peer: Peer | None = None  # while the session is in the register
        self._client_ip = ""
        self._tls_version = ""
        self._handshake: asyncio.Task[None] | None = None  # while there is no transport yet
        self._after_handshake: bytearray | None = None  # what came encrypted before the handshake was told to us
        self._command_count = 0  # as counted for the peer
        self._error_count = 0
        self._held_bytes = 0  # as counted in the hall
        self._raw_bytes = 0  # of the mail that is being judged and kept
        self._content_since_s = 0.0
        self._session_end_s = math.inf
        self._has_said_goodbye = False
        self._is_greeted = False
        self._is_over_limit = False
        self._is_busy = False  # an answer is awaited
        self._peer_has_finished = False
        self._reading_is_paused = False
        self._writing_is_paused = False
        self.deadline_s = math.inf

    # ---- called by the event loop ---------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the peer in, or send it away with a reason."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's transports are of no class of asyncio
        if self._door.starts_with_tls:
            self._start_encrypted()
            return
        refusal = self.enter(normalise_ip(transport.get_extra_info("peername")))
        if refusal:
            self._transport.write(refusal.wire)
            self._transport.close()
        else:
            self._transport.set_write_buffer_limits(high=MAX_UNSENT_BYTES)
            self._greet_soon()

    def data_received(self, data: bytes) -> None:
        """Take what the peer sent."""
        if self._after_handshake is not None:
            self._after_handshake += data
            return
        self._hall.parts.counters.add("bytes_received_total", len(data))
        if self._is_greeted:
            self._machine.receive(data)
        else:
            self._hall.parts.counters.add("sessions_refused_total")
            self._machine.close(smtp_replies.TOO_EARLY)
        self._advance()

    def eof_received(self) -> bool:
        """The peer sends no more; it may still want the answer that is awaited."""
        self._peer_has_finished = True
        return self._is_busy and not self._machine.tls_is_active

    def pause_writing(self) -> None:
        """The peer does not read: do nothing more for it until it does."""
        self._writing_is_paused = True

    def resume_writing(self) -> None:
        """The peer reads again."""
        self._writing_is_paused = False
        self._advance()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - why it was lost does not matter
        """Forget the peer; a mail that is being kept is kept."""
        self._machine.close(smtp_replies.PEER_LEFT)
        self._leave()

    # ---- called by the gate ---------------------------------------------------------------------------------

    def cut_off(self, reply: Reply) -> bool:
        """End with a last reply; if the peer was told goodbye before, wait for it no longer."""
        if self._machine.is_closed or self._transport.is_closing():
            self.abort()
            return False
        self._machine.close(reply)
        self._advance()
        return True

    def wind_down(self) -> None:
        """End now, or after the mail at hand."""
        self._advance()

    def abort(self) -> None:
        """End at once."""
        if self._handshake is not None:
            self._handshake.cancel()
        self._transport.abort()
        self._machine.close(smtp_replies.PEER_LEFT)
        self._leave()  # connection_lost does not come when a handshake was under way

    def begin_encrypted(self, connection: socket.socket) -> None:
        """Make the handshake on a new connection; the peer has entered already."""
        self._handshake = self._hall.parts.tasks.create_task(self._guard(self._shake_hands_first(connection)))

    # ---- coming and going -----------------------------------------------------------------------------------

    def enter(self, client_ip: str) -> Reply | None:
        """Take the peer into the register, or give the reason why not."""
        hall = self._hall
        hall.parts.counters.add("connections_total")
        self._client_ip = client_ip
        peer = hall.parts.limits.find_peer(client_ip)
        refusal = hall.find_reason_to_refuse() or (None if peer.open_connection() else smtp_replies.PEER_TOO_MANY)
        if refusal:
            hall.parts.counters.add("sessions_refused_total")
            return refusal
        self._peer = peer
        hall.enter(self)
        now_s = hall.parts.clock.monotonic_s()
        self._session_end_s = now_s + hall.settings.session_limit_s
        self.deadline_s = min(now_s + hall.settings.idle_timeout_s, self._session_end_s)
        return None

    def _leave(self) -> None:
        if self._peer is not None:
            self._peer.close_connection()
            self._peer = None
            self._hall.leave(self)
        self._count_memory()

    def _greet_soon(self) -> None:
        """Greet, unless the peer talks already; what it said then comes to data_received."""
        delay_ms = self._hall.settings.greet_delay_ms
        if count_waiting_bytes(self._transport):
            return
        if delay_ms:
            asyncio.get_running_loop().call_later(delay_ms / 1000, self._greet)
        else:
            self._greet()

    def _greet(self) -> None:
        if not (self._machine.is_closed or self._transport.is_closing()):
            self._is_greeted = True
            self._machine.greet()
            self._advance()

    def _say_goodbye(self) -> None:
        """Let the peer read our last words: closing with bytes unread would reset the connection and lose them."""
        if self._has_said_goodbye or self._transport.is_closing():
            return
        self._has_said_goodbye = True
        self.deadline_s = self._hall.parts.clock.monotonic_s() + CLOSE_GRACE_S
        if self._machine.farewell is answers.BYE or self._peer_has_finished or not self._transport.can_write_eof():
            self._transport.close()
        else:
            self._transport.write_eof()

    # ---- the dialog -----------------------------------------------------------------------------------------

    def _advance(self) -> None:
        """Go on as far as possible without waiting."""
        if self._transport.is_closing():
            self._count_memory()
            return
        machine = self._machine
        while not (self._is_busy or self._writing_is_paused):
            event = machine.next_event()
            if event is None:
                break
            self._decide(event)
            self._flush()
        if self._hall.is_closing and not self._is_busy and machine.is_between_mails:
            machine.close(smtp_replies.SHUTTING_DOWN)
        self._flush()
        self._settle()

    def _flush(self) -> None:
        data = self._machine.bytes_to_send()
        if data:
            self._transport.write(data)

    def _decide(self, event: Event) -> None:
        match event:
            case MailFrom():
                self._answer_mail_from(event)
            case RcptTo():
                self._answer_rcpt_to(event)
            case MailReceived():
                self._raw_bytes = len(event.raw)
                self._wait_for(self._take(event))
            case StartTls():
                self._answer_start_tls()
            case Hello():
                self._machine.accept()

    def _answer_mail_from(self, event: MailFrom) -> None:
        if self._hall.settings.require_tls and not self._machine.tls_is_active:
            self._machine.reply(smtp_replies.NEEDS_TLS)
        elif not self._hall.has_room_for(event.size_bytes or 0):
            self._machine.reply(smtp_replies.NO_MEMORY)
        else:
            self._machine.accept()

    def _wait_for(self, answer: Coroutine[None, None, None]) -> None:
        self._is_busy = True
        self._hall.parts.tasks.create_task(self._guard(answer))

    async def _guard(self, answer: Coroutine[None, None, None]) -> None:
        """Keep a fault of this session to itself: the task group would end all others with it."""
        try:
            await answer
        except Exception as error:  # noqa: BLE001 - that is the point
            log_trouble("session_failed", error)
            self.abort()

    def _answer(self, reply: Reply) -> None:
        """Give the awaited answer, if the peer is still there, and go on."""
        self._is_busy = False
        if not self._machine.is_closed:
            self._machine.reply(reply)
        self._advance()

    def _answer_rcpt_to(self, event: RcptTo) -> None:
        """Answer at once what is known here: a task for each recipient would cost more than the answer."""
        try:
            admission = self._hall.parts.reception.find_admission(event.address)
        except Exception as error:  # noqa: BLE001 - whatever fails inside, the sender may try again
            log_trouble("recipient_not_answered", error)
            admission = Admission.TRY_LATER
        if admission is None:
            self._wait_for(self._admit(event))
        else:
            self._machine.reply(self._choose_admission_reply(admission))

    async def _admit(self, event: RcptTo) -> None:
        try:
            admission = await self._hall.parts.reception.admit_recipient(event.address)
        except Exception as error:  # noqa: BLE001 - whatever fails inside, the sender may try again
            log_trouble("recipient_not_answered", error)
            admission = Admission.TRY_LATER
        self._answer(self._choose_admission_reply(admission))

    def _choose_admission_reply(self, admission: Admission) -> Reply:
        if admission is not Admission.ACCEPTED:
            self._hall.parts.counters.add("recipients_refused_total")
        return smtp_replies.ADMISSION_REPLIES[admission]

    async def _take(self, mail: MailReceived) -> None:
        reception, mail_id = self._hall.parts.reception, ""
        try:
            mail_id = reception.make_mail_id()
            verdict = await reception.receive(self._build_arrival(mail, mail_id))
            counters = name_outcome(verdict)
            reply = smtp_replies.build_verdict_reply(verdict, mail_id)
        except Exception as error:  # noqa: BLE001 - whatever fails inside, the sender still holds the mail
            log_trouble("mail_not_taken", error, mail_id=mail_id)
            counters, reply = ("mails_deferred_total",), smtp_replies.choose_trouble_reply(error)
        self._raw_bytes = 0
        for counter in counters:
            self._hall.parts.counters.add(counter)
        self._answer(reply)

    def _build_arrival(self, mail: MailReceived, mail_id: str) -> Arrival:
        envelope = self._build_envelope(mail.mail_from, mail.recipients)
        envelope = replace(envelope, protocol=mail.protocol, needs_smtputf8=mail.needs_smtputf8)
        return Arrival(mail_id, self._hall.parts.clock.now(), envelope, mail.raw)

    def _build_envelope(self, mail_from: Address | None, recipients: tuple[Address, ...]) -> Envelope:
        return Envelope(
            mail_from=mail_from,
            recipients=recipients,
            client_ip=self._client_ip,
            helo=self._machine.helo,
            protocol="",
            tls_version=self._tls_version,
            door=self._door.name,
        )

    # ---- TLS ------------------------------------------------------------------------------------------------

    def _answer_start_tls(self) -> None:
        if self._hall.parts.get_tls() is None:
            self._machine.reply(smtp_replies.TLS_NOT_AVAILABLE)
            return
        self._machine.accept()
        self._flush()
        if not self._machine.is_closed:
            self._begin_handshake()

    def _begin_handshake(self) -> None:
        self._transport.pause_reading()  # what comes now must not be read as plain text
        self._wait_for(self._shake_hands())

    async def _shake_hands(self) -> None:
        """Encrypt the connection that we have."""
        self._after_handshake = bytearray()  # from here on data_received gets only what was decrypted
        loop, timeout_s = asyncio.get_running_loop(), self._hall.settings.tls_timeout_s
        try:
            context = self._hall.parts.get_tls()
            if context is None or self._writing_is_paused:
                raise ConnectionError("there is no certificate, or the peer did not read the replies before")
            transport = await loop.start_tls(
                self._transport, self, context, server_side=True, ssl_handshake_timeout=timeout_s
            )
            if transport is None:
                raise ConnectionError("the peer left during the handshake")
        except OSError as error:
            self._note_failed_handshake(error)
            return
        self._transport = transport
        self._start_encrypted()

    async def _shake_hands_first(self, connection: socket.socket) -> None:
        """Make an encrypted connection; the loop calls connection_made when it stands."""
        loop, timeout_s = asyncio.get_running_loop(), self._hall.settings.tls_timeout_s
        context = self._hall.parts.get_tls()
        if context is None:
            connection.close()
            self._note_failed_handshake(ConnectionError("there is no certificate"))
            return
        try:
            await loop.connect_accepted_socket(lambda: self, connection, ssl=context, ssl_handshake_timeout=timeout_s)
        except OSError as error:
            self._note_failed_handshake(error)

    def _note_failed_handshake(self, error: OSError) -> None:
        self._handshake = None
        self._hall.parts.counters.add("tls_failures_total")
        _log.debug("tls_failed", client_ip=self._client_ip, error=str(error))
        self.abort()

    def _start_encrypted(self) -> None:
        self._handshake = None
        if self._machine.is_closed:
            self.abort()  # it was told to end while the handshake was under way
            return
        self._hall.parts.counters.add("tls_handshakes_total")
        self._transport.set_write_buffer_limits(high=MAX_UNSENT_BYTES)
        self._tls_version = self._transport.get_extra_info("ssl_object").version() or ""
        early, self._after_handshake = self._after_handshake, None
        self._is_busy = False
        if self._machine.phase is Phase.HANDSHAKE:
            self._machine.tls_started()
        if early:
            self.data_received(bytes(early))
        elif not self._is_greeted:
            self._greet()
        else:
            self._advance()

    # ---- after every step -----------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Bring limits, memory, flow and deadline up to date with what the step has changed."""
        made_progress = self._count_commands()
        self._note_refusals()
        if self._is_over_limit and not self._is_busy:
            self._machine.close(smtp_replies.PEER_TOO_FAST)
            self._flush()
        self._count_memory()
        if self._machine.is_closed:
            self._pace()
            self._say_goodbye()
        elif self._peer_has_finished and not self._is_busy:
            self._transport.close()
        else:
            self._pace()
            self._set_deadline(made_progress=made_progress)

    def _count_commands(self) -> bool:
        machine, counters = self._machine, self._hall.parts.counters
        new_errors = machine.error_count - self._error_count
        if new_errors:
            self._error_count = machine.error_count
            counters.add("protocol_errors_total", new_errors)
        new_commands = machine.command_count - self._command_count
        if not new_commands:
            return False
        self._command_count = machine.command_count
        counters.add("commands_total", new_commands)
        if self._peer is not None and not self._peer.spend_commands(new_commands):
            self._is_over_limit = True
        return True

    def _note_refusals(self) -> None:
        for refusal in self._machine.take_refusals():
            if self._peer is not None:
                envelope = self._build_envelope(refusal.mail_from, refusal.recipients)
                self._hall.refusals.note(envelope, refusal.reply, self._peer)

    def _count_memory(self) -> None:
        held_bytes = self._machine.held_bytes + self._raw_bytes
        if held_bytes != self._held_bytes:
            self._hall.hold(held_bytes - self._held_bytes)
            self._held_bytes = held_bytes
        if self._machine.is_reading_content and not self._hall.has_room_for(0):
            self._machine.abandon_content(smtp_replies.NO_MEMORY)

    def _pace(self) -> None:
        """Stop reading from a peer that sends far ahead or does not read."""
        is_ahead = self._is_busy and self._machine.unread_bytes > MAX_UNREAD_BYTES
        should_pause = not self._machine.is_closed and (is_ahead or self._writing_is_paused)
        if should_pause and not self._reading_is_paused:
            self._transport.pause_reading()
        elif self._reading_is_paused and not should_pause:
            self._transport.resume_reading()
        self._reading_is_paused = should_pause

    def _set_deadline(self, *, made_progress: bool) -> None:
        """Set the moment at which the sweep ends the session, unless the peer goes on before."""
        settings, machine = self._hall.settings, self._machine
        now_s = self._hall.parts.clock.monotonic_s()
        if self._is_busy:
            self.deadline_s = math.inf  # the peer waits for us
            self._content_since_s = 0.0
        elif machine.is_reading_content:
            self._content_since_s = self._content_since_s or now_s
            self.deadline_s = min(now_s + settings.idle_timeout_s, self._session_end_s, self._find_content_end_s())
        elif made_progress or math.isinf(self.deadline_s):
            self._content_since_s = 0.0
            self.deadline_s = min(now_s + settings.idle_timeout_s, self._session_end_s)

    def _find_content_end_s(self) -> float:
        settings = self._hall.settings
        earned_s = self._machine.content_seen_bytes / max(settings.min_rate_bytes_per_s, 1)
        allowed_s = min(settings.mail_limit_s, DATA_GRACE_S + earned_s)
        return self._content_since_s + (allowed_s if settings.min_rate_bytes_per_s else settings.mail_limit_s)
