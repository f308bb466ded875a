"""Keeps what the gates accept: one entry and the raw bytes, appended to the worker's journal."""

from gatepost.model.envelope import Arrival
from gatepost.model.splice import Splice
from gatepost.model.verdict import Verdict
from gatepost.store.entries import MailEntry, encode_entry
from gatepost.store.frames import Kind, build_frame
from gatepost.store.journal import Journal


class JournalVault:
    """The Vault of a worker (model/ports.py)."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def keep(self, arrival: Arrival, verdict: Verdict, splices: tuple[Splice, ...]) -> None:
        """Return when the mail is durable; raise StorageTrouble when the disk did not take it."""
        entry = _build_entry(arrival, verdict, splices)
        await self._journal.append(build_frame(Kind.MAIL, encode_entry(entry), arrival.raw))

    def note_refused(self, arrival: Arrival, verdict: Verdict) -> None:
        """Write down the verdict on a mail that the peer keeps."""
        entry = _build_entry(arrival, verdict, ())
        self._journal.append_in_passing(build_frame(Kind.REFUSED, encode_entry(entry)))


def _build_entry(arrival: Arrival, verdict: Verdict, splices: tuple[Splice, ...]) -> MailEntry:
    return MailEntry(arrival.mail_id, arrival.received_at, len(arrival.raw), arrival.envelope, verdict, splices)
