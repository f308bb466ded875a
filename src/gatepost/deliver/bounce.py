"""The notice to a sender that a mail could not be delivered, and the rule who may get one.

Standards: RFC 3464 (delivery status), RFC 6522 (multipart/report), RFC 6533 §3 (internationalised addresses),
    RFC 3834 §2 (no answers to automatic mail), RFC 5321 §4.5.5 (null sender), §6.1.
Trust: the mail, its addresses and the next hop's words come from strangers; what of them is quoted is cleaned, and of
    the mail only the header goes back: a notice must not carry anybody's payload.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from gatepost.deliver.bounce_texts import SUBJECT, compose_text
from gatepost.model.address import Address, Domain
from gatepost.model.envelope import Envelope
from gatepost.model.proof import Proof
from gatepost.wire.smtp.client import has_bare_line_end

MAX_RETURNED_HEADER_BYTES = 32 * 1024
MAX_DIAGNOSTIC_LENGTH = 500
MAX_LINE_BYTES = 998  # RFC 5322 §2.1.1

_CRLF = b"\r\n"
_AUTOMATIC_SENDERS = frozenset({"mailer-daemon", "double-bounce"})
_AUTO_SUBMITTED = re.compile(rb"^auto-submitted[ \t]*:(?![ \t]*no\b)", re.IGNORECASE | re.MULTILINE)
_BULK = re.compile(rb"^precedence[ \t]*:\s*(?:bulk|list|junk)\b", re.IGNORECASE | re.MULTILINE)
_REPORT = re.compile(rb"^content-type[ \t]*:\s*multipart/report", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient that did not get the mail: an enhanced status code, and the reason as an outcome tells it."""

    recipient: Address
    status: str
    says: str


def find_bounce_obstacle(envelope: Envelope, proof: Proof, raw: bytes, *, sender_is_local: bool) -> str | None:
    """Say why nobody may be told about this mail, None when its sender may.

    `sender_is_local`: the sender is in one of our domains and wrote from one of our networks.
    """
    if envelope.mail_from is None:
        return "the mail is itself a notice (null sender)"
    if envelope.mail_from.local_part.lower() in _AUTOMATIC_SENDERS:
        return "the sender is a program that sends notices"
    header = raw.partition(b"\r\n\r\n")[0]
    if _AUTO_SUBMITTED.search(header) or _REPORT.search(header):
        return "the mail was sent by a program (Auto-Submitted, or a report)"
    if _BULK.search(header):
        return "the mail comes from a mailing list or was sent in bulk"
    if not (proof.sender_is_proven or sender_is_local):
        return "the sender is not proven, so a notice could reach a stranger"
    return None


def build_bounce(  # noqa: PLR0913, PLR0917 - a notice says these six things
    raw: bytes, sender: Address, failures: tuple[Failure, ...], hostname: Domain, mail_id: str, now: datetime
) -> bytes:
    """Make the notice; its envelope sender is the null sender. `mail_id` names the notice, `raw` is the lost mail."""
    boundary = f"=_gatepost_{mail_id}"
    encoded_subject = base64.b64encode(SUBJECT.encode()).decode()
    head = (
        f"From: Mail Delivery System <MAILER-DAEMON@{hostname}>",
        f"To: {sender}",
        f"Subject: =?utf-8?B?{encoded_subject}?=",
        f"Date: {format_datetime(now)}",
        f"Message-ID: <{mail_id}@{hostname}>",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status;\r\n boundary="{boundary}"',
    )
    parts = (_build_explanation(failures, hostname), _build_status(failures, hostname, now), _build_returned(raw))
    delimiter = f"--{boundary}\r\n".encode()
    body = b"".join(delimiter + part + _CRLF for part in parts)
    return _lines(*head, "") + body + f"--{boundary}--\r\n".encode()


def _lines(*lines: str) -> bytes:
    return b"".join(line.encode() + _CRLF for line in lines)


def _build_explanation(failures: tuple[Failure, ...], hostname: Domain) -> bytes:
    reasons = [(str(failure.recipient), failure.status, clean_diagnostic(failure.says)) for failure in failures]
    text = compose_text(reasons, hostname.name).replace("\n", "\r\n")
    return _lines(
        "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", ""
    ) + binascii.b2a_qp(text.encode())


def _build_status(failures: tuple[Failure, ...], hostname: Domain, now: datetime) -> bytes:
    lines = ["Content-Type: message/delivery-status", "", f"Reporting-MTA: dns; {hostname}"]
    for failure in failures:
        lines += [
            "",
            f"Final-Recipient: {_type_address(failure.recipient)}",
            "Action: failed",
            f"Status: {failure.status}",
            f"Diagnostic-Code: smtp; {clean_diagnostic(failure.says)}",
            f"Last-Attempt-Date: {format_datetime(now)}",
        ]
    return _lines(*lines)


def _type_address(address: Address) -> str:
    r"""Write an address for a report in ASCII (RFC 6533 §3, utf-8-addr-xtext).

    >>> _type_address(Address.parse("用户@example.org"))
    'utf-8; \\x{7528}\\x{6237}@example.org'
    """
    if not address.needs_smtputf8:
        return f"rfc822; {address}"
    text = "".join(c if c.isascii() and c not in "\\+=" else f"\\x{{{ord(c):X}}}" for c in str(address))
    return f"utf-8; {text}"


def clean_diagnostic(says: str) -> str:
    """Give the next hop's own words in printable ASCII, if it said any; where it stands is nobody's business.

    >>> clean_diagnostic("10.0.0.5:25 said: 550 5.1.1 no such user (in reply to RCPT TO)")
    '550 5.1.1 no such user (in reply to RCPT TO)'
    >>> clean_diagnostic("10.0.0.5:25 cannot be reached: Connection refused")
    'the mail could not be handed over'
    """
    _, said, reply = says.partition(" said: ")
    if not said:
        return "the mail could not be handed over"
    return re.sub(r"[^\x20-\x7e]+", "?", reply)[:MAX_DIAGNOSTIC_LENGTH]


def _build_returned(raw: bytes) -> bytes:
    header = raw.partition(b"\r\n\r\n")[0]
    if len(header) > MAX_RETURNED_HEADER_BYTES:
        header = header[:MAX_RETURNED_HEADER_BYTES].rpartition(_CRLF)[0]
    is_plain = header.isascii() and not has_bare_line_end(header) and b"\0" not in header
    if is_plain and all(len(line) <= MAX_LINE_BYTES for line in header.split(_CRLF)):
        return _lines("Content-Type: text/rfc822-headers", "") + header + _CRLF
    encoded = base64.encodebytes(header).replace(b"\n", _CRLF)
    return _lines("Content-Type: text/rfc822-headers", "Content-Transfer-Encoding: base64", "") + encoded
