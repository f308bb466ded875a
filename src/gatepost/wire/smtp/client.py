r"""The client side of SMTP and LMTP, without I/O.

Standards: RFC 5321 (SMTP), RFC 2033 (LMTP), RFC 2920 (PIPELINING), RFC 1870 (SIZE), RFC 6152 (8BITMIME),
    RFC 6531 (SMTPUTF8), RFC 3207 (STARTTLS), RFC 9422 (LIMITS).
Trust: every byte comes from the server.
Fails: PeerProtocolError when the server breaks the protocol; the connection must then be closed.

A dialog is a generator that reads as the conversation does: it yields what to send, and is sent the next reply.
Whoever has the connection turns the crank; see `SmtpClient`.
"""

import enum
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from gatepost.model.errors import OurProtocolError, PeerProtocolError
from gatepost.wire.smtp.capabilities import Capabilities, parse_capabilities
from gatepost.wire.smtp.client_replies import FIRST_FAILURE_CODE, ReplyReader, ServerReply

MAX_RECIPIENTS = 100  # of one transaction: RFC 5321 §4.5.3.1.8 promises no more, and the pipeline stays short

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_READY = 220
_GO_AHEAD = 354
_GOING_AWAY = 421


class Dialect(enum.Enum):
    """Which of the two protocols is spoken."""

    SMTP = "EHLO"
    LMTP = "LHLO"


class Step(enum.Enum):
    """What the awaited reply answers; each has its own deadline, and its place in a report."""

    GREETING = "the greeting"
    HELLO = "EHLO"
    START_TLS = "STARTTLS"
    MAIL = "MAIL FROM"
    RECIPIENT = "RCPT TO"
    DATA = "DATA"
    CONTENT = "the end of data"
    RESET = "RSET"
    QUIT = "QUIT"


@dataclass(frozen=True, slots=True)
class Ask:
    """Send `data` (it may be empty: sent before), then wait for one reply."""

    data: bytes
    step: Step


Result = TypeVar("Result")
Dialog = Generator[Ask, ServerReply, Result]


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply that decided, and what it answered."""

    step: Step
    reply: ServerReply

    def __str__(self) -> str:
        return f"{self.reply} (in reply to {self.step.value})"


@dataclass(slots=True)
class Transaction:
    """One mail on its way to one server: `answers` fills up as the server decides about each recipient."""

    sender: str  # "" is the null sender
    recipients: tuple[str, ...]
    content: bytes  # lines end in CRLF only
    needs_smtputf8: bool = False
    has_8bit: bool = False
    answers: list[Answer | None] = field(init=False)
    content_was_sent: bool = field(default=False, init=False)  # from here on a repetition may make a duplicate

    def __post_init__(self) -> None:
        if not 0 < len(self.recipients) <= MAX_RECIPIENTS:
            raise OurProtocolError(f"a transaction has 1 to {MAX_RECIPIENTS} recipients")
        if any(_CONTROL.search(path) for path in (self.sender, *self.recipients)):
            raise OurProtocolError("an address would break out of its command")
        self.forget_answers()

    def answer_rest(self, answer: Answer) -> None:
        """Let one answer stand for every recipient that has none."""
        self.answers = [known or answer for known in self.answers]

    def forget_answers(self) -> None:
        """Begin again with another connection."""
        self.answers = [None] * len(self.recipients)

    @property
    def undecided(self) -> list[int]:
        """Give the places of the recipients without an answer."""
        return [place for place, answer in enumerate(self.answers) if answer is None]


class SmtpClient:
    r"""One connection's side of the conversation.

    >>> client = SmtpClient(Dialect.SMTP, "gate.example")
    >>> dialog = client.open()
    >>> next(dialog)
    Ask(data=b'', step=<Step.GREETING: 'the greeting'>)
    >>> client.receive(b"220 mx.example ready\r\n")
    >>> dialog.send(client.next_reply())
    Ask(data=b'EHLO gate.example\r\n', step=<Step.HELLO: 'EHLO'>)
    """

    def __init__(self, dialect: Dialect, hostname: str) -> None:
        self._dialect = dialect
        self._hostname = hostname
        self._reader = ReplyReader()
        self.capabilities = Capabilities()
        self.is_going_away = False  # the server said 421: nothing more may be asked

    def receive(self, data: bytes) -> None:
        """Take what the server sent."""
        self._reader.receive(data)

    def next_reply(self) -> ServerReply | None:
        """Give the next whole reply, None while more bytes are needed; raise PeerProtocolError where none stands."""
        reply = self._reader.next_reply()
        if reply is not None and reply.code == _GOING_AWAY:
            self.is_going_away = True
        return reply

    def open(self) -> Dialog[Answer]:
        """Read the greeting and say who we are; the answer is the last one."""
        greeting = yield Ask(b"", Step.GREETING)
        if greeting.code >= FIRST_FAILURE_CODE:
            return Answer(Step.GREETING, greeting)
        if greeting.code != _READY:
            raise PeerProtocolError(f"the server greeted with {greeting.code}")
        return (yield from self.say_hello())

    def say_hello(self) -> Dialog[Answer]:
        """Say who we are, and learn what the server can do (RFC 5321 §4.1.1.1)."""
        reply = yield Ask(f"{self._dialect.value} {self._hostname}\r\n".encode("ascii"), Step.HELLO)
        if reply.is_permanent and self._dialect is Dialect.SMTP:
            self.capabilities = Capabilities()
            reply = yield Ask(f"HELO {self._hostname}\r\n".encode("ascii"), Step.HELLO)
        elif reply.is_success:
            self.capabilities = parse_capabilities(reply)
        self.refuse_surplus()
        return Answer(Step.HELLO, reply)

    def start_tls(self) -> Dialog[Answer]:
        """Ask for encryption; after success the caller encrypts the stream and says hello again.

        Everything learnt so far is forgotten (RFC 3207 §4.2), and bytes that came with the answer are refused: an
        attacker may have put them there.
        """
        reply = yield Ask(b"STARTTLS\r\n", Step.START_TLS)
        self.refuse_surplus()
        if reply.code == _READY:
            self.capabilities = Capabilities()
        elif reply.code < FIRST_FAILURE_CODE:
            raise PeerProtocolError(f"the server answered STARTTLS with {reply.code}")
        return Answer(Step.START_TLS, reply)

    def send_mail(self, transaction: Transaction) -> Dialog[None]:
        """Hand over one mail; `transaction.answers` is complete afterwards, unless the connection dies."""
        plan = [*self._plan_recipients(transaction), (Step.DATA, 0, b"DATA\r\n")]
        data = yield from self._carry_out(plan, transaction)
        accepted = transaction.undecided
        if self.is_going_away:
            return
        if data is None or data.code != _GO_AHEAD:
            yield from self._reset()
        elif accepted:
            yield from self._send_content(transaction, accepted)
        else:
            yield from self._send_nothing()
        self.refuse_surplus()

    def ask_recipients(self, transaction: Transaction) -> Dialog[None]:
        """Learn which recipients the server refuses, and send no mail; those it would take have no answer."""
        yield from self._carry_out(self._plan_recipients(transaction), transaction)
        if not self.is_going_away:
            yield from self._reset()

    def quit(self) -> Dialog[None]:
        """Say goodbye; whatever is answered, it is over."""
        yield Ask(b"QUIT\r\n", Step.QUIT)

    def refuse_surplus(self) -> None:
        """Raise PeerProtocolError when the server said more than it was asked: later answers would shift."""
        if not self._reader.is_empty:
            raise PeerProtocolError("the server sent more than it was asked for")

    def _plan_recipients(self, transaction: Transaction) -> list[tuple[Step, int, bytes]]:
        parameters = "".join(self._mail_parameters(transaction))
        mail = f"MAIL FROM:<{transaction.sender}>{parameters}\r\n"
        return [
            (Step.MAIL, 0, mail.encode()),
            *(
                (Step.RECIPIENT, place, f"RCPT TO:<{recipient}>\r\n".encode())
                for place, recipient in enumerate(transaction.recipients)
            ),
        ]

    def _mail_parameters(self, transaction: Transaction) -> Iterator[str]:
        if "SIZE" in self.capabilities:
            yield f" SIZE={len(transaction.content)}"
        if transaction.has_8bit and "8BITMIME" in self.capabilities:
            yield " BODY=8BITMIME"
        if transaction.needs_smtputf8 and "SMTPUTF8" in self.capabilities:
            yield " SMTPUTF8"

    def _carry_out(self, plan: list[tuple[Step, int, bytes]], transaction: Transaction) -> Dialog[ServerReply | None]:
        """Ask everything, all at once where the server offers PIPELINING; give the reply to DATA if it was asked."""
        is_pipelined = "PIPELINING" in self.capabilities
        reply = None
        unsent = b"".join(command for _, _, command in plan) if is_pipelined else b""
        for step, place, command in plan:
            if not is_pipelined and not transaction.undecided:
                return None
            reply = yield Ask(unsent if is_pipelined else command, step)
            unsent = b""
            _note_reply(reply, step, place, transaction)
            if self.is_going_away:
                transaction.answer_rest(Answer(step, reply))
                return None
        return reply

    def _send_content(self, transaction: Transaction, accepted: list[int]) -> Dialog[None]:
        transaction.content_was_sent = True
        data = stuff_dots(transaction.content)
        if self._dialect is Dialect.SMTP:
            reply = yield Ask(data, Step.CONTENT)
            transaction.answer_rest(_final_answer(reply))
            return
        for place in accepted:  # RFC 2033 §4.2: one reply for each recipient that was accepted
            reply = yield Ask(data, Step.CONTENT)
            data = b""
            transaction.answers[place] = _final_answer(reply)
            if self.is_going_away:
                transaction.answer_rest(_final_answer(reply))
                return

    def _send_nothing(self) -> Dialog[None]:
        """End a mail that the server let us begin though it refused every recipient (RFC 2920 §3.1)."""
        if self._dialect is Dialect.LMTP:
            raise PeerProtocolError("the server takes a mail for nobody")
        yield Ask(b".\r\n", Step.CONTENT)

    def _reset(self) -> Dialog[None]:
        reply = yield Ask(b"RSET\r\n", Step.RESET)
        if not reply.is_success:
            raise PeerProtocolError(f"the server answered RSET with {reply.code}")


def _note_reply(reply: ServerReply, step: Step, place: int, transaction: Transaction) -> None:
    if reply.code >= FIRST_FAILURE_CODE:
        answer = Answer(step, reply)
        if step is not Step.RECIPIENT:
            transaction.answer_rest(answer)
        elif transaction.answers[place] is None:
            transaction.answers[place] = answer
    elif reply.code != _GO_AHEAD if step is Step.DATA else not reply.is_success:
        raise PeerProtocolError(f"the server answered {step.value} with {reply.code}")


def _final_answer(reply: ServerReply) -> Answer:
    if not reply.is_success and reply.code < FIRST_FAILURE_CODE:
        raise PeerProtocolError(f"the server answered the end of data with {reply.code}")
    return Answer(Step.CONTENT, reply)


def stuff_dots(content: bytes) -> bytes:
    r"""Make a mail ready to follow DATA (RFC 5321 §4.5.2); its lines must end in CRLF only.

    >>> stuff_dots(b".hidden\r\n..\r\nend")
    b'..hidden\r\n...\r\nend\r\n.\r\n'
    """
    first = b"." if content.startswith(b".") else b""
    last = b".\r\n" if content.endswith(b"\r\n") or not content else b"\r\n.\r\n"
    return b"".join((first, content.replace(b"\r\n.", b"\r\n.."), last))


def has_bare_line_end(content: bytes) -> bool:
    r"""Say whether a CR or LF stands alone: a lenient server could see the end of data there (SMTP smuggling)."""
    pairs = content.count(b"\r\n")
    return content.count(b"\r") != pairs or content.count(b"\n") != pairs
