"""A mail ready to leave, and what may become of it for each recipient.

Standards: RFC 5321 §4.2 (reply classes), RFC 3463 (enhanced status codes).
"""

from dataclasses import dataclass
from typing import Protocol

from gatepost.model.address import Address
from gatepost.model.cleaning import Form


@dataclass(frozen=True, slots=True)
class Parcel:
    """One mail with its splices applied, for one or more recipients behind the same next hop."""

    mail_id: str
    mail_from: Address | None
    recipients: tuple[Address, ...]
    content: bytes
    needs_smtputf8: bool = False
    form: Form = Form.ORIGINAL


@dataclass(frozen=True, slots=True)
class Delivered:
    """The next hop has taken responsibility; `says` is what it answered."""

    says: str


@dataclass(frozen=True, slots=True)
class FailedForNow:
    """Try again later; `status` is an enhanced status code such as 4.4.1."""

    status: str
    says: str


@dataclass(frozen=True, slots=True)
class FailedForGood:
    """Trying again would fail the same way; `status` is an enhanced status code such as 5.1.1."""

    status: str
    says: str


Outcome = Delivered | FailedForNow | FailedForGood


class Transport(Protocol):
    """One way to the next hop (deliver/smtp.py, lmtp.py, maildir.py)."""

    async def deliver(self, parcel: Parcel) -> tuple[Outcome, ...]:
        """Hand the parcel over; one outcome for each recipient, in their order. Never raises for the peer's faults."""
        ...

    async def close(self) -> None:
        """Close kept connections."""
        ...
