"""The server's side of SMTP as a machine without I/O: bytes in, events and replies out.

Standards: RFC 5321 (SMTP), RFC 1870 (SIZE), RFC 2920 (PIPELINING), RFC 6152 (8BITMIME), RFC 6531 (SMTPUTF8),
RFC 3030 (CHUNKING), RFC 2034 (ENHANCEDSTATUSCODES), RFC 3207 (STARTTLS), RFC 9422 (LIMITS), RFC 3848 (protocol words).
Trust: every byte comes from the peer.
Fails: never for what the peer sends; OurProtocolError when our side answers what was not asked.

Use: receive(bytes), then next_event() until it gives None, then bytes_to_send(). An event needs policy and stays
pending until accept() or reply(); what needs no policy the machine answers by itself.
"""

from collections.abc import Callable, Mapping
from typing import ClassVar

from gatepost.model.address import Address
from gatepost.model.errors import OurProtocolError
from gatepost.wire.smtp import answers
from gatepost.wire.smtp.data import ChunkedContent, Content, DottedContent
from gatepost.wire.smtp.events import (
    TRANSITIONS,
    Event,
    Hello,
    MailReceived,
    Phase,
    RcptTo,
    Refusal,
    StartTls,
    Step,
)
from gatepost.wire.smtp.inbox import Inbox, LineFault
from gatepost.wire.smtp.parameters import (
    MailFrom,
    Refused,
    parse_chunk_argument,
    parse_helo_name,
    parse_mail_argument,
    parse_rcpt_argument,
)
from gatepost.wire.smtp.profile import ServerProfile, build_ehlo_reply, build_greeting, build_helo_reply
from gatepost.wire.smtp.replies import Reply

_FIRST_PERMANENT_CODE = 500
_DEAF_PHASES = frozenset({Phase.HANDSHAKE, Phase.CLOSED})


class SmtpServer:
    """One session."""

    __slots__ = (
        "_abandon_reply",
        "_chunk_is_last",
        "_chunk_refusal",
        "_chunks",
        "_inbox",
        "_mail",
        "_mail_count",
        "_outbox",
        "_pending",
        "_pending_step",
        "_profile",
        "_reader",
        "_recipients",
        "_refusals",
        "command_count",
        "error_count",
        "farewell",
        "helo",
        "is_extended",
        "phase",
        "tls_is_active",
    )

    def __init__(self, profile: ServerProfile, *, tls_is_active: bool = False) -> None:
        self._profile = profile
        self._inbox = Inbox()
        self._outbox: list[bytes] = []
        self._pending: Event | None = None
        self._pending_step = Step.HELLO
        self._reader: DottedContent | ChunkedContent | None = None  # while content is read
        self._abandon_reply: Reply | None = None
        self._chunks: ChunkedContent | None = None  # from the first BDAT of a mail to its last
        self._chunk_is_last = False
        self._chunk_refusal: Reply | None = None
        self._mail: MailFrom | None = None
        self._recipients: list[Address] = []
        self._refusals: list[Refusal] = []
        self._mail_count = 0
        self.phase = Phase.CONNECTED
        self.helo = ""
        self.is_extended = False
        self.tls_is_active = tls_is_active
        self.command_count = 0
        self.error_count = 0
        self.farewell: Reply | None = None  # the reply that ended the session

    # ---- for the caller -------------------------------------------------------------------------------------

    def greet(self) -> None:
        """Put the greeting out; the first thing to do on a connection."""
        self._send(build_greeting(self._profile))

    def receive(self, data: bytes) -> None:
        """Take bytes from the peer; what comes after the end of the session is dropped."""
        if self.phase in _DEAF_PHASES:
            self.close(answers.INJECTION)  # before TLS is up; a closed session stays as it is
        else:
            self._inbox.receive(data)

    def next_event(self) -> Event | None:
        """Go on as far as possible; give the pending event, or None when more bytes are needed."""
        while self._pending is None and self.phase not in _DEAF_PHASES:
            if not (self._read_command() if self._reader is None else self._read_content()):
                break
        return self._pending

    def bytes_to_send(self) -> bytes:
        """Give what the peer must get now, each byte once."""
        outbox = self._outbox
        if not outbox:
            return b""
        self._outbox = []
        return outbox[0] if len(outbox) == 1 else b"".join(outbox)

    def take_refusals(self) -> list[Refusal]:
        """Give the mails and recipients that were refused in the dialog since the last time."""
        refusals = self._refusals
        if refusals:
            self._refusals = []
        return refusals

    def accept(self) -> None:
        """Answer the pending event with its usual positive reply."""
        event = self._pending
        match event:
            case Hello(is_extended=True):
                self.reply(build_ehlo_reply(self._profile, tls_is_active=self.tls_is_active))
            case Hello():
                self.reply(build_helo_reply(self._profile))
            case MailFrom():
                self.reply(answers.MAIL_OK)
            case RcptTo():
                self.reply(answers.RCPT_OK)
            case StartTls():
                self.reply(answers.START_TLS)
            case MailReceived() | None:
                self.reply(answers.ACCEPTED)

    def reply(self, reply: Reply) -> None:
        """Answer the pending event; only a positive reply moves the session."""
        event, self._pending = self._pending, None
        if event is None:
            raise OurProtocolError(f"cannot reply {reply.code} to nothing")
        if isinstance(event, StartTls) and self._inbox and not reply.is_refusal:
            self.close(answers.INJECTION)
            return
        if reply.is_refusal:
            if isinstance(event, MailFrom):
                self._note_refusal(event, (), reply)
            elif isinstance(event, RcptTo):
                self._note_refusal(self._mail, (event.address,), reply)
            self._refuse(reply)
        else:
            self._send(reply)
            self._move(self._pending_step)
            self._remember(event)
        if isinstance(event, MailReceived):
            self._end_mail()

    def close(self, reply: Reply) -> None:
        """End the session with a last reply, whatever it was doing."""
        if self.phase is not Phase.CLOSED:
            self._send(reply)
            self._forget_all()
            self.farewell = reply
            self.phase = Phase.CLOSED

    def tls_started(self) -> None:
        """Start anew on the encrypted channel: nothing said before counts (RFC 3207 §4.2)."""
        if self.phase is not Phase.HANDSHAKE or self._inbox:
            raise OurProtocolError("TLS was started without an accepted STARTTLS, or with bytes unread")
        self._forget_all()
        self.helo = ""
        self.is_extended = False
        self.tls_is_active = True
        self.phase = Phase.CONNECTED

    def abandon_content(self, reply: Reply) -> None:
        """Let go of the mail that is being read, read it to its end, and then answer with `reply`."""
        if self._reader is not None:
            self._abandon_reply = reply
            self._reader.content.abandon()

    @property
    def is_closed(self) -> bool:
        """Say whether the session is over: send what is to be sent, then close the connection."""
        return self.phase is Phase.CLOSED

    @property
    def is_between_mails(self) -> bool:
        """Say whether the session could end now without losing a mail that was begun."""
        return self._mail is None and self._pending is None

    @property
    def is_reading_content(self) -> bool:
        """Say whether the next bytes belong to a mail."""
        return self._reader is not None

    @property
    def content_seen_bytes(self) -> int:
        """Say how much of the content at hand has come."""
        return 0 if self._reader is None else self._reader.content.seen_bytes

    @property
    def unread_bytes(self) -> int:
        """Say how much has come that was not looked at yet."""
        return len(self._inbox)

    @property
    def held_bytes(self) -> int:
        """Say how much memory the peer's bytes take."""
        reader = self._reader or self._chunks  # between two chunks nothing is read, but the first ones are kept
        return len(self._inbox) + (0 if reader is None else reader.content.kept_bytes)

    # ---- commands -------------------------------------------------------------------------------------------

    def _read_command(self) -> bool:
        """Take one line and obey it; False when it is not complete."""
        line = self._inbox.take_line()
        if line is None:
            return False
        self.command_count += 1
        if self.command_count > self._profile.max_commands:
            self.close(answers.TOO_MANY_COMMANDS)
        elif isinstance(line, LineFault):
            self._refuse(answers.LINE_FAULTS[line])
        else:
            self._obey(line)
        return True

    def _obey(self, line: bytes) -> None:
        verb, _, argument = line.partition(b" ")
        handler = self._HANDLERS.get(verb) or self._HANDLERS.get(verb.upper())
        if handler is None:
            self._refuse(answers.UNKNOWN_COMMAND)
            return
        try:
            handler(self, argument.decode().strip(" \t"))
        except UnicodeDecodeError:
            self._refuse(answers.NOT_UTF8)
        except Refused as refused:
            self._refuse(refused.reply)

    def _find_disorder(self, step: Step) -> Reply | None:
        if (self.phase, step) in TRANSITIONS:
            return None
        return answers.OUT_OF_ORDER.get((self.phase, step), answers.BAD_SEQUENCE)

    def _check_order(self, step: Step) -> None:
        disorder = self._find_disorder(step)
        if disorder:
            raise Refused(disorder)

    def _ask(self, step: Step, event: Event) -> None:
        self._pending_step = step
        self._pending = event

    def _on_ehlo(self, argument: str) -> None:
        self._ask(Step.HELLO, Hello(parse_helo_name(argument), is_extended=True))

    def _on_helo(self, argument: str) -> None:
        self._ask(Step.HELLO, Hello(parse_helo_name(argument), is_extended=False))

    def _on_starttls(self, argument: str) -> None:
        _expect_nothing(argument)
        if not self._profile.tls_is_offered:
            raise Refused(answers.NOT_OFFERED)
        if self.tls_is_active:
            raise Refused(answers.TLS_IS_ACTIVE)
        self._check_order(Step.STARTTLS)
        self._ask(Step.STARTTLS, StartTls())

    def _on_mail(self, argument: str) -> None:
        self._check_order(Step.MAIL)
        mail = parse_mail_argument(argument)
        if mail.size_bytes is not None and mail.size_bytes > self._profile.max_size_bytes:
            self._note_refusal(mail, (), answers.TOO_LARGE)
            raise Refused(answers.TOO_LARGE)
        if self._mail_count >= self._profile.max_mails:
            self.close(answers.TOO_MANY_MAILS)
            return
        self._ask(Step.MAIL, mail)

    def _on_rcpt(self, argument: str) -> None:
        self._check_order(Step.RCPT)
        smtputf8_is_on = self._mail is not None and self._mail.needs_smtputf8
        address = parse_rcpt_argument(argument, self._profile.host_name, smtputf8_is_on=smtputf8_is_on)
        if len(self._recipients) >= self._profile.max_recipients:
            raise Refused(answers.TOO_MANY_RECIPIENTS)
        self._ask(Step.RCPT, RcptTo(address))

    def _on_data(self, argument: str) -> None:
        _expect_nothing(argument)
        self._check_order(Step.DATA)
        self._send(answers.SEND_DATA)
        self._move(Step.DATA)
        self._reader = DottedContent(Content(self._profile.max_size_bytes))

    def _on_bdat(self, argument: str) -> None:
        """Read the chunk in any case: it follows whether we want it or not (RFC 3030 §2)."""
        try:
            chunk = parse_chunk_argument(argument)
        except Refused as refused:  # where the chunk ends is unknown, so nothing after it can be trusted
            self.close(refused.reply)
            return
        if chunk.size_bytes > self._profile.max_seen_bytes:
            self.close(answers.TOO_MUCH_DATA)
            return
        self._chunk_is_last = chunk.is_last
        self._chunk_refusal = self._find_disorder(Step.CHUNK)
        reader = self._chunks or ChunkedContent(Content(self._profile.max_size_bytes))
        if self._chunk_refusal:
            reader = ChunkedContent(Content(0))
            reader.content.abandon()
        else:
            self._chunks = reader
        reader.announce(chunk.size_bytes)
        self._reader = reader

    def _on_rset(self, argument: str) -> None:
        _expect_nothing(argument)
        self._end_mail()
        self._send(answers.OK)

    def _on_noop(self, _argument: str) -> None:
        self._send(answers.OK)

    def _on_help(self, _argument: str) -> None:
        self._send(answers.HELP)

    def _on_vrfy(self, _argument: str) -> None:
        self._send(answers.WILL_NOT_VERIFY)

    def _on_unoffered(self, _argument: str) -> None:
        raise Refused(answers.NOT_OFFERED)

    def _on_quit(self, argument: str) -> None:
        _expect_nothing(argument)
        self.close(answers.BYE)

    _HANDLERS: ClassVar[Mapping[bytes, Callable[["SmtpServer", str], None]]] = {
        b"EHLO": _on_ehlo,
        b"HELO": _on_helo,
        b"MAIL": _on_mail,
        b"RCPT": _on_rcpt,
        b"DATA": _on_data,
        b"BDAT": _on_bdat,
        b"RSET": _on_rset,
        b"NOOP": _on_noop,
        b"QUIT": _on_quit,
        b"HELP": _on_help,
        b"VRFY": _on_vrfy,
        b"STARTTLS": _on_starttls,
        b"EXPN": _on_unoffered,
        b"AUTH": _on_unoffered,
    }

    # ---- content --------------------------------------------------------------------------------------------

    def _read_content(self) -> bool:
        """Take content up to its end; False when that has not come."""
        reader = self._reader
        if reader is None:
            return False
        inbox = self._inbox
        end = reader.feed(inbox.data, inbox.start)
        inbox.use_up(end)
        if reader.content.seen_bytes > self._profile.max_seen_bytes:
            self.close(answers.TOO_MUCH_DATA)
        elif end is None:
            return inbox.join_late()
        else:
            self._reader = None
            self._end_content(reader)
        return True

    def _end_content(self, reader: DottedContent | ChunkedContent) -> None:
        if isinstance(reader, ChunkedContent):
            if self._chunk_refusal:
                self._refuse(self._chunk_refusal)
                return
            if self._chunk_is_last:
                reader.finish()
        fault = self._find_content_fault(reader.content)
        if fault:
            self._note_refusal(self._mail, tuple(self._recipients), fault)
            self._end_mail()
            self._refuse(fault)
        elif isinstance(reader, DottedContent) or self._chunk_is_last:
            self._ask(Step.END, self._build_mail(reader.content))
        else:
            self._send(answers.CHUNK_OK)
            self._move(Step.CHUNK)

    def _find_content_fault(self, content: Content) -> Reply | None:
        if not content.fault:
            return None
        for fault, reply in answers.CONTENT_FAULTS.items():
            if fault in content.fault:
                return reply
        return self._abandon_reply

    def _build_mail(self, content: Content) -> MailReceived:
        mail = self._mail
        if mail is None:
            raise OurProtocolError("content was read without a sender")
        protocol = self._name_protocol(smtputf8_is_on=mail.needs_smtputf8)
        return MailReceived(mail.address, tuple(self._recipients), content.take_kept(), mail.needs_smtputf8, protocol)

    def _name_protocol(self, *, smtputf8_is_on: bool) -> str:
        if not self.is_extended:
            return "SMTP"
        return ("UTF8SMTP" if smtputf8_is_on else "ESMTP") + ("S" if self.tls_is_active else "")

    # ---- moves ----------------------------------------------------------------------------------------------

    def _send(self, reply: Reply) -> None:
        self._outbox.append(reply.wire)

    def _refuse(self, reply: Reply) -> None:
        """Answer no; too many permanent errors end the session."""
        self._send(reply)
        if reply.code >= _FIRST_PERMANENT_CODE:
            self.error_count += 1
            if self.error_count > self._profile.max_errors:
                self.close(answers.TOO_MANY_ERRORS)

    def _note_refusal(self, mail: MailFrom | None, recipients: tuple[Address, ...], reply: Reply) -> None:
        """Keep who was refused; a mail that came whole is known to whoever refused it."""
        if mail is not None:
            self._refusals.append(Refusal(mail.address, recipients, reply))

    def _move(self, step: Step) -> None:
        self.phase = TRANSITIONS[self.phase, step]

    def _remember(self, event: Event) -> None:
        """Keep what our positive reply has made true."""
        match event:
            case Hello():
                self._end_mail()
                self.helo = event.name
                self.is_extended = event.is_extended
            case MailFrom():
                self._mail = event
                self._mail_count += 1
            case RcptTo():
                self._recipients.append(event.address)
            case StartTls() | MailReceived():
                pass

    def _end_mail(self) -> None:
        """Forget the transaction, whatever became of it."""
        self._mail = None
        self._recipients = []
        self._chunks = None
        self._abandon_reply = None
        if self.phase not in {Phase.CONNECTED, Phase.CLOSED}:
            self.phase = Phase.READY

    def _forget_all(self) -> None:
        self._end_mail()
        self._reader = None
        self._pending = None
        self._inbox.clear()


def _expect_nothing(argument: str) -> None:
    if argument:
        raise Refused(answers.NO_ARGUMENT)
