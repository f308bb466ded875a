"""Rows as the corridors and the people at the terminal see them, and how entries and events become rows."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from gatepost.model.cleaning import Form
from gatepost.model.proof import UNPROVEN
from gatepost.model.verdict import Action, Decision
from gatepost.store.entries import MailEntry, State

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_SUBJECT = 500
_GOES_ON = frozenset({Action.DELIVER, Action.FLAG, Action.CLEAN})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail lies: a file below the state folder, and the place of its frame there."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class HeldMail:
    """A mail that has moved into a file of its own, and how long its events there are."""

    mail_id: str
    place: Place
    events_bytes: int


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """One recipient whose turn has come."""

    mail_id: str
    recipient_number: int
    attempts: int
    queued_at: datetime
    place: Place
    form: Form = Form.ORIGINAL


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """Where a mail stands for one recipient, with what a person needs to know about it."""

    mail_id: str
    recipient_number: int
    state: State
    recipient: str
    mail_from: str
    header_from: str
    subject: str
    received_at: datetime
    size_bytes: int
    score: float
    action: str
    would_be: str
    rule: str
    reason: str
    reason_zh: str
    attempts: int
    next_attempt_at: datetime | None
    last_status: str
    last_says: str
    form: Form = Form.ORIGINAL
    client_ip: str = ""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One step in the history of a mail."""

    recipient_number: int
    at: datetime
    state: str
    status: str
    says: str
    by: str
    form: Form | None = None  # that was chosen or delivered, None: as before

    @property
    def is_release(self) -> bool:
        """Say whether a person let the mail out of quarantine; who tries again what waits chooses no form."""
        return self.state == State.QUEUED and bool(self.by) and self.form is not None

    @property
    def is_cleaned_delivery(self) -> bool:
        """Say whether the next hop took the cleaned form."""
        return self.state == State.QUARANTINED and self.form is Form.CLEANED


def to_ms(at: datetime) -> int:
    """Give whole milliseconds since 1970."""
    return (at - EPOCH) // timedelta(milliseconds=1)


def from_ms(ms: int) -> datetime:
    """Give the moment, aware, UTC."""
    return EPOCH + timedelta(milliseconds=ms)


def build_mail_row(entry: MailEntry, place: Place | None) -> dict[str, Any]:
    """Give the row of one mail; `place` is None for a refused one."""
    envelope, screening = entry.envelope, entry.verdict.screening
    return {
        "mail_id": entry.mail_id,
        "received_ms": to_ms(entry.received_at),
        "mail_from": str(envelope.mail_from or ""),
        "client_ip": envelope.client_ip,
        "helo": envelope.helo,
        "header_from": screening.header_from[:MAX_SUBJECT],
        "subject": screening.subject[:MAX_SUBJECT],
        "size_bytes": entry.size_bytes,
        "score": screening.score,
        "was_judged": screening.was_judged,
        "findings": msgspec.json.encode(screening.findings).decode() if screening.findings else "[]",
        "proof": None if screening.proof == UNPROVEN else msgspec.json.encode(screening.proof).decode(),
        "file": place.file if place else None,
        "offset": place.offset if place else 0,
        "length": place.length if place else 0,
    }


def build_delivery_rows(entry: MailEntry, *, was_accepted: bool) -> list[dict[str, Any]]:
    """Give one row for each recipient, in the state that the verdict puts it in."""
    received_ms = to_ms(entry.received_at)
    rows = []
    for number, decision in enumerate(entry.verdict.decisions):
        state = find_first_state(decision) if was_accepted else State.REFUSED
        rows.append(
            {
                "mail_id": entry.mail_id,
                "recipient_number": number,
                "recipient": str(decision.recipient or ""),
                "action": decision.action.value,
                "would_be": decision.would_be.value if decision.would_be else "",
                "rule": decision.rule,
                "reason": decision.says,
                "reason_zh": decision.says_zh,
                "state": state.value,
                "queued_ms": received_ms,
                "attempts": 0,
                "next_attempt_ms": received_ms if state is State.QUEUED else None,
                "updated_ms": received_ms,
                "last_status": "",
                "last_says": "",
                "form": find_first_form(decision).value,
            }
        )
    return rows


def find_first_state(decision: Decision) -> State:
    """Give where an accepted mail stands at first for one recipient.

    One reply served all recipients: where this one alone would have been refused, the mail waits in quarantine.
    """
    return State.QUEUED if decision.action in _GOES_ON else State.QUARANTINED


def find_first_form(decision: Decision) -> Form:
    """Give the form in which a mail goes to one recipient as long as no person says otherwise."""
    return Form.CLEANED if decision.action is Action.CLEAN else Form.ORIGINAL
