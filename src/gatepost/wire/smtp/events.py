"""What a server session tells its caller, the phases it goes through, and the table that joins them.

Standards: RFC 5321 §4.1.4 (order of commands), RFC 3030 §2 (BDAT), RFC 3207 §4 (STARTTLS).
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from gatepost.model.address import Address
from gatepost.wire.smtp.parameters import MailFrom
from gatepost.wire.smtp.replies import Reply


@dataclass(frozen=True, slots=True)
class Hello:
    """EHLO or HELO, with the name that the client gives itself."""

    name: str
    is_extended: bool


@dataclass(frozen=True, slots=True)
class RcptTo:
    """One recipient."""

    address: Address


@dataclass(frozen=True, slots=True)
class StartTls:
    """The client asks for TLS; after accept() the caller makes the handshake, then calls tls_started()."""


@dataclass(frozen=True, slots=True)
class MailReceived:
    """A whole mail with the envelope that was accepted; any reply ends the transaction."""

    mail_from: Address | None
    recipients: tuple[Address, ...]
    raw: bytes
    needs_smtputf8: bool
    protocol: str  # the word after `with` in Received (RFC 3848, RFC 6531 §4.3)


Event = Hello | MailFrom | RcptTo | StartTls | MailReceived


@dataclass(frozen=True, slots=True)
class Refusal:
    """A mail, or one recipient of it, that was refused by what the dialog says; nobody has judged its content.

    `mail_from` None is the null sender; `recipients` is empty where none was told yet.
    """

    mail_from: Address | None
    recipients: tuple[Address, ...]
    reply: Reply


class Phase(enum.Enum):
    """Where a session stands."""

    CONNECTED = enum.auto()  # no EHLO or HELO yet, or forgotten by TLS
    READY = enum.auto()
    SENDER_KNOWN = enum.auto()
    RECIPIENT_KNOWN = enum.auto()
    DATA = enum.auto()
    CHUNKING = enum.auto()  # the first BDAT was taken, the last was not
    HANDSHAKE = enum.auto()  # the next bytes belong to TLS
    CLOSED = enum.auto()

    __hash__ = object.__hash__  # members are single objects; Enum's own hash runs in Python


class Step(enum.Enum):
    """What a client may ask for that moves a session."""

    HELLO = enum.auto()
    STARTTLS = enum.auto()
    MAIL = enum.auto()
    RCPT = enum.auto()
    DATA = enum.auto()
    CHUNK = enum.auto()
    END = enum.auto()  # the content is complete

    __hash__ = object.__hash__  # members are single objects; Enum's own hash runs in Python


# Not the client's command moves a session along this table but our positive reply to it.
# A pair that is missing here is a command out of order.
TRANSITIONS: Mapping[tuple[Phase, Step], Phase] = {
    (Phase.CONNECTED, Step.HELLO): Phase.READY,
    (Phase.READY, Step.HELLO): Phase.READY,
    (Phase.SENDER_KNOWN, Step.HELLO): Phase.READY,
    (Phase.RECIPIENT_KNOWN, Step.HELLO): Phase.READY,
    (Phase.CHUNKING, Step.HELLO): Phase.READY,
    (Phase.READY, Step.STARTTLS): Phase.HANDSHAKE,
    (Phase.READY, Step.MAIL): Phase.SENDER_KNOWN,
    (Phase.SENDER_KNOWN, Step.RCPT): Phase.RECIPIENT_KNOWN,
    (Phase.RECIPIENT_KNOWN, Step.RCPT): Phase.RECIPIENT_KNOWN,
    (Phase.RECIPIENT_KNOWN, Step.DATA): Phase.DATA,
    (Phase.RECIPIENT_KNOWN, Step.CHUNK): Phase.CHUNKING,
    (Phase.CHUNKING, Step.CHUNK): Phase.CHUNKING,
    (Phase.DATA, Step.END): Phase.READY,
    (Phase.RECIPIENT_KNOWN, Step.END): Phase.READY,  # the first chunk was the last
    (Phase.CHUNKING, Step.END): Phase.READY,
}
