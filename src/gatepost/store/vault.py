"""Keeps what the gates accept: one entry and the raw bytes, appended to the worker's journal.

Fails: StorageTrouble when the disk does not take it; OurFault for a verdict that does not fit its mail: nobody may be
told that a mail is kept for a recipient about whom nothing was decided.
"""

from dataclasses import replace

from gatepost.model.cleaning import NO_CLEANING, Cleaning
from gatepost.model.envelope import Arrival
from gatepost.model.errors import OurFault
from gatepost.model.splice import Splice
from gatepost.model.verdict import PartSummary, Screening, Verdict
from gatepost.store.entries import MailEntry, encode_entry
from gatepost.store.frames import Kind, build_frame
from gatepost.store.journal import Journal

MAX_TEXT_CHARS = 500  # of what lists show: a mail may bring megabytes of subject and of names for its parts


class JournalVault:
    """The Vault of a worker (model/ports.py)."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def keep(
        self, arrival: Arrival, verdict: Verdict, splices: tuple[Splice, ...], cleaning: Cleaning = NO_CLEANING
    ) -> None:
        """Return when the mail is durable; raise StorageTrouble when the disk did not take it."""
        if tuple(decision.recipient for decision in verdict.decisions) != arrival.envelope.recipients:
            raise OurFault(
                "local error in processing", "the decisions are not those for the recipients, in their order"
            )
        entry = replace(build_entry(arrival, verdict, splices), cleaning=cleaning)
        await self._journal.append(build_frame(Kind.MAIL, encode_entry(entry), arrival.raw))

    def note_refused(self, arrival: Arrival, verdict: Verdict) -> None:
        """Write down the verdict on a mail that the peer keeps."""
        entry = build_entry(arrival, verdict, ())
        self._journal.append_in_passing(build_frame(Kind.REFUSED, encode_entry(entry)))


def build_entry(arrival: Arrival, verdict: Verdict, splices: tuple[Splice, ...]) -> MailEntry:
    """Give what is kept of one mail beside its bytes."""
    kept = replace(verdict, screening=_shorten(verdict.screening))
    return MailEntry(arrival.mail_id, arrival.received_at, len(arrival.raw), arrival.envelope, kept, splices)


def _shorten(screening: Screening) -> Screening:
    return replace(
        screening,
        subject=screening.subject[:MAX_TEXT_CHARS],
        header_from=screening.header_from[:MAX_TEXT_CHARS],
        parts=tuple(map(_shorten_part, screening.parts)),
    )


def _shorten_part(part: PartSummary) -> PartSummary:
    return replace(part, filename=part.filename[:MAX_TEXT_CHARS], content_type=part.content_type[:MAX_TEXT_CHARS])
