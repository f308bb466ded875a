"""What the frames of a journal say: the entry of an accepted mail, and the events of its later life.

Stored as msgpack of the dataclasses below; a field added later needs a default, so that old journals stay readable.
"""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec

from gatepost.model.cleaning import NO_CLEANING, Cleaning, Form
from gatepost.model.envelope import Envelope
from gatepost.model.splice import Splice
from gatepost.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class MailEntry:
    """One mail as it was accepted (or refused): everything but the raw bytes."""

    mail_id: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{32}\Z")]  # it names a file
    received_at: datetime
    size_bytes: int
    envelope: Envelope
    verdict: Verdict
    splices: tuple[Splice, ...] = ()
    cleaning: Cleaning = NO_CLEANING  # makes the form that goes to those whose decision is CLEAN


class State(enum.StrEnum):
    """Where a mail stands for one recipient."""

    QUEUED = "queued"
    QUARANTINED = "quarantined"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    CANCELLED = "cancelled"  # taken out of the queue by a named person
    DELETED = "deleted"  # destroyed in quarantine by a named person
    EXPIRED = "expired"  # quarantine kept it as long as the settings say
    REFUSED = "refused"  # never accepted: the sender was told


SETTLED = frozenset({State.DELIVERED, State.BOUNCED, State.CANCELLED, State.DELETED, State.EXPIRED, State.REFUSED})


class Label(enum.StrEnum):
    """What a person said of a held mail: released it, or reported it."""

    HONEST = "honest"
    UNWANTED = "unwanted"


@dataclass(frozen=True, slots=True)
class StoredMail:
    """An accepted mail read back."""

    entry: MailEntry
    raw: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """One step in the life of a mail for one recipient (`recipient_number` counts from 0 in the envelope)."""

    mail_id: str
    recipient_number: int
    at: datetime
    state: State  # the state after this event
    says: str
    by: str = ""  # the person, "" for gatepost itself
    status: str = ""  # enhanced status code of the next hop
    attempts: int = 0  # made so far
    next_attempt_at: datetime | None = None
    form: Form | None = None  # the form that was chosen or delivered, None: as before

    @property
    def was_delivered(self) -> bool:
        """Say whether the next hop took the mail; after its cleaned form the mail as it came is held."""
        return self.state is State.DELIVERED or (self.state is State.QUARANTINED and self.form is Form.CLEANED)

    @property
    def is_released(self) -> bool:
        """Say whether a person put the mail into the queue: the time for retries starts anew."""
        return self.state is State.QUEUED and bool(self.by)

    @property
    def is_report(self) -> bool:
        """Say whether a person said that a held mail is unwanted: it is not held any longer for that."""
        return self.state is State.QUARANTINED and bool(self.by)


_ENCODER = msgspec.msgpack.Encoder()
_MAIL_DECODER = msgspec.msgpack.Decoder(MailEntry)
_EVENT_DECODER = msgspec.msgpack.Decoder(Event)


def encode_entry(entry: MailEntry | Event) -> bytes:
    """Give the meta of a frame; what no encoding can hold of a stranger's text (lone surrogates) becomes "?"."""
    try:
        return _ENCODER.encode(entry)
    except UnicodeEncodeError:
        return _ENCODER.encode(_mend(msgspec.to_builtins(entry, builtin_types=(bytes, datetime))))


def _mend(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _mend(each) for key, each in value.items()}
    return [_mend(each) for each in value] if isinstance(value, list | tuple) else value


def decode_mail(meta: bytes) -> MailEntry:
    """Read the meta of a MAIL or REFUSED frame; raises msgspec.DecodeError when it is something else."""
    return _MAIL_DECODER.decode(meta)


def decode_event(meta: bytes) -> Event:
    """Read the meta of an EVENT frame; raises msgspec.DecodeError when it is something else."""
    return _EVENT_DECODER.decode(meta)
