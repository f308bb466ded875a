"""What the SMTP dialog said about a mail, apart from the mail itself.

Standards: RFC 5321 §2.3.1 (envelope), RFC 3461 (DSN is not offered), RFC 6531 (SMTPUTF8).
"""

from dataclasses import dataclass
from datetime import datetime

from gatepost.model.address import Address


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends, to whom, from where, how; `mail_from` None is the null sender `<>`."""

    mail_from: Address | None
    recipients: tuple[Address, ...]
    client_ip: str  # "" when unknown (a file given to `scan`)
    helo: str  # as the client said it, "" when unknown
    protocol: str  # the word after `with` in Received: SMTP, ESMTP, ESMTPS, UTF8SMTPS ... (RFC 3848, RFC 6531 §4.3)
    tls_version: str = ""  # "TLSv1.3", "" for an unencrypted channel
    needs_smtputf8: bool = False
    door: str = ""  # which listener the mail came through, as the settings name it


@dataclass(frozen=True, slots=True)
class Arrival:
    """One mail at the gate, named once (sortable, unique over processes and machines)."""

    mail_id: str
    received_at: datetime
    envelope: Envelope
    raw: bytes
