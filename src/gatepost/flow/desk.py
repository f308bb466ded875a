"""What a person may ask of kept mail: look, release, destroy, try again, take back. Who and why is recorded.

Fails: BadInput with one clear sentence when a mail is unknown or in another state.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from gatepost.flow.released import list_cleaned, tell_cleaned, tell_release
from gatepost.flow.take_out import ANY_HOST, CannotCleanError, find_cleaning
from gatepost.model.cleaning import Form, RemovedPart
from gatepost.model.contents import NO_CONTENTS, Contents
from gatepost.model.errors import BadInput
from gatepost.model.ports import Clock
from gatepost.model.verdict import Action
from gatepost.store.entries import Event, Label, State, StoredMail
from gatepost.store.ledger import Ledger
from gatepost.store.rows import DeliveryRow, EventRow

MIN_PREFIX = 6
HELD_BY_VERDICT = (Action.CLEAN.value, Action.QUARANTINE.value, Action.REJECT.value)

_RELEASED = {Form.ORIGINAL: "released", Form.CLEANED: "released without its suspect files"}

Teach = Callable[[StoredMail, Label, datetime], object]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class MailView:
    """One mail with all that is known of it; `findings` and `proof` are JSON.

    `raw` is None when the bytes are no longer kept (then `contents` and `removed` are empty, too), `proof` "" when
    nobody asked who sent the mail.
    """

    deliveries: tuple[DeliveryRow, ...]
    events: tuple[EventRow, ...]
    findings: str
    raw: bytes | None
    proof: str = ""
    contents: Contents = NO_CONTENTS  # what was found in its files
    removed: tuple[RemovedPart, ...] = ()  # what its cleaned form goes without, where anybody gets that


class Desk:
    """Serves the people at the terminal, over one ledger. `on_change` wakes the dispatcher."""

    def __init__(self, ledger: Ledger, clock: Clock, on_change: Callable[[], None], teach: Teach | None = None) -> None:
        self._ledger = ledger
        self._clock = clock
        self._on_change = on_change
        self._teach = teach

    def list_quarantine(self) -> list[DeliveryRow]:
        """Give what waits in quarantine, newest first."""
        return self._ledger.records.load_deliveries(State.QUARANTINED)

    def list_queue(self) -> list[DeliveryRow]:
        """Give what waits to be delivered, newest first."""
        return self._ledger.records.load_deliveries(State.QUEUED)

    def list_history(self, limit: int, about: str = "") -> list[DeliveryRow]:
        """Give the newest deliveries in whatever state, refused mail among them; `about` is a part of an address."""
        return self._ledger.records.load_deliveries(about=about, limit=limit)

    def show(self, mail_id: str) -> MailView:
        """Give one mail whole."""
        mail_id = self._find(mail_id)
        records = self._ledger.records
        place = records.load_places([mail_id]).get(mail_id)
        mail = self._ledger.load_mail(mail_id, place) if place else None
        rows = tuple(records.load_deliveries(mail_id=mail_id))
        return MailView(
            rows,
            tuple(records.load_events(mail_id)),
            records.load_findings(mail_id),
            mail.raw if mail else None,
            records.load_proof(mail_id),
            mail.entry.verdict.screening.contents if mail else NO_CONTENTS,
            _list_removed(mail, rows) if mail else (),
        )

    def recall(self, mail_id: str) -> StoredMail:
        """Give a kept mail as it was accepted: envelope, verdict and bytes."""
        mail_id = self._find(mail_id)
        place = self._ledger.records.load_places([mail_id]).get(mail_id)
        mail = self._ledger.load_mail(mail_id, place) if place else None
        if mail is None:
            raise BadInput(f"{mail_id}: its bytes are no longer kept")
        return mail

    def release(self, mail_id: str, by: str, reason: str, form: str = "") -> int:
        """Put a quarantined mail into the queue, as it came or cleaned; give the number of recipients it goes to.

        One that may go as it came is remembered as honest. `form` is a Form, or "" where there is but one to choose.
        Who has got the cleaned form does not get it again. The asker has looked whether what is left of a mail may go
        (flow/release.py): that takes longer than the keeper may stand still.
        """
        mail_id = self._find(mail_id)
        chosen = self._choose_form(mail_id, form)
        events = self._ledger.records.load_events(mail_id)
        done = list_cleaned(events) if chosen is Form.CLEANED else frozenset()
        rows = self._list_waiting(mail_id, State.QUARANTINED)
        if done.issuperset(row.recipient_number for row in rows):
            raise BadInput(f"{mail_id}: {tell_cleaned(events)}; say --again to send that once more, or --original")
        return self._release([row for row in rows if row.recipient_number not in done], by, reason, chosen)

    def release_again(self, mail_id: str, by: str, reason: str, form: str = "") -> int:
        """Do the same, also for those who have got the cleaned form."""
        mail_id = self._find(mail_id)
        chosen = self._choose_form(mail_id, form)
        return self._release(self._list_waiting(mail_id, State.QUARANTINED), by, reason, chosen)

    def _release(self, rows: Sequence[DeliveryRow], by: str, reason: str, form: Form) -> int:
        mail = self._load_judged(rows[0].mail_id)  # now: once it is delivered, its bytes are gone
        self._settle(rows, self._build_step(State.QUEUED, by, reason or _RELEASED[form], form))
        if form is Form.ORIGINAL:
            self._remember(mail, Label.HONEST)
        return len(rows)

    def _choose_form(self, mail_id: str, form: str) -> Form:
        rows = self._ledger.records.load_deliveries(State.QUARANTINED, mail_id=mail_id)
        if not form and any(row.form is Form.CLEANED for row in rows):
            raise BadInput(
                f"{mail_id}: there is a cleaned form of this mail; say --original to let it go as it came, or --cleaned"
            )
        try:
            chosen = Form(form or Form.ORIGINAL)
        except ValueError:
            raise BadInput(f"{form!r} is no form of a mail: say {' or '.join(Form)}") from None
        if chosen is Form.CLEANED and rows:
            self._check_cleanable(mail_id)
        return chosen

    def _check_cleanable(self, mail_id: str) -> None:
        try:
            find_cleaning(self.recall(mail_id), ANY_HOST)
        except CannotCleanError as error:
            raise BadInput(f"{mail_id}: there is no cleaned form of it: {error.says}") from error

    def report(self, mail_id: str, by: str, reason: str) -> int:
        """Say that a quarantined mail is unwanted, and remember it so; it stays in quarantine."""
        mail_id = self._find(mail_id)
        says = f"reported as unwanted: {reason}" if reason else "reported as unwanted"
        count = self._move(mail_id, State.QUARANTINED, self._build_step(State.QUARANTINED, by, says))
        self._remember(self._load_judged(mail_id), Label.UNWANTED)
        return count

    def delete(self, mail_id: str, by: str, reason: str) -> int:
        """Destroy a quarantined mail."""
        return self._move(mail_id, State.QUARANTINED, self._build_step(State.DELETED, by, reason or "deleted"))

    def retry(self, mail_id: str, by: str) -> int:
        """Try a queued mail again now."""
        return self._move(mail_id, State.QUEUED, self._build_step(State.QUEUED, by, "tried again on request"))

    def cancel(self, mail_id: str, by: str, reason: str) -> int:
        """Take a mail out of the queue: it is neither delivered nor bounced."""
        return self._move(mail_id, State.QUEUED, self._build_step(State.CANCELLED, by, reason or "cancelled"))

    def _find(self, prefix: str) -> str:
        found = self._ledger.records.find_mail_ids(prefix.lower()) if len(prefix) >= MIN_PREFIX else []
        if len(found) == 1:
            return found[0]
        if found:
            raise BadInput(f"{prefix}: more than one mail has a name that begins so; give more of it")
        raise BadInput(f"{prefix}: no such mail; give its name, or at least its first {MIN_PREFIX} characters")

    def _load_judged(self, mail_id: str) -> StoredMail | None:
        """Give a mail that is held for what was seen in it; None where it waits for another reason or is unreadable."""
        records = self._ledger.records
        rows = records.load_deliveries(State.QUARANTINED, mail_id=mail_id)
        place = records.load_places([mail_id]).get(mail_id)
        is_judged = any(row.action in HELD_BY_VERDICT for row in rows)
        return self._ledger.load_mail(mail_id, place) if is_judged and place else None

    def _remember(self, mail: StoredMail | None, label: Label) -> None:
        """Keep what was decided, to learn from; nothing that goes wrong here may undo the decision itself."""
        if mail is None or self._teach is None:
            return
        try:
            self._teach(mail, label, self._clock.now())
        except Exception as error:  # noqa: BLE001 - whatever the mail or the disk did
            log.warning("decision_not_kept", mail=mail.entry.mail_id, error=type(error).__name__)

    def _move(self, prefix: str, before: State, step: Event) -> int:
        """Take this step with a mail for all whom it waits for in a state; give their number."""
        rows = self._list_waiting(self._find(prefix), before)
        self._settle(rows, step)
        return len(rows)

    def _list_waiting(self, mail_id: str, state: State) -> Sequence[DeliveryRow]:
        """Give the deliveries of a mail that are in a state; where none is, say what became of it."""
        records = self._ledger.records
        if rows := records.load_deliveries(state, mail_id=mail_id):
            return rows
        told = tell_release(records.load_events(mail_id))
        raise BadInput(f"{mail_id}: this mail is not {state.value}; {told or 'ask `gatepost quarantine show`'}")

    def _settle(self, rows: Iterable[DeliveryRow], step: Event) -> None:
        whose = ((row.mail_id, row.recipient_number, row.attempts) for row in rows)
        steps = [replace(step, mail_id=name, recipient_number=one, attempts=count) for name, one, count in whose]
        self._ledger.settle(steps)
        self._on_change()

    def _build_step(self, after: State, by: str, says: str, form: Form | None = None) -> Event:
        now = self._clock.now()
        return Event("", 0, now, after, says, by, next_attempt_at=now if after is State.QUEUED else None, form=form)


def _list_removed(mail: StoredMail, rows: Iterable[DeliveryRow]) -> tuple[RemovedPart, ...]:
    if not mail.entry.cleaning.removed and all(row.form is Form.ORIGINAL for row in rows):
        return ()
    try:
        return find_cleaning(mail, ANY_HOST).removed
    except CannotCleanError:
        return ()
