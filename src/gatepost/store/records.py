"""The records: what became of which mail, as SQL. Written by the keeper alone, in short transactions.

Fails: StorageTrouble when the database cannot do its work now; another exception when it can, but not with such values.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, ProgrammingError

from gatepost.model.cleaning import Form
from gatepost.model.errors import StorageTrouble
from gatepost.model.verdict import IN_THE_DIALOG
from gatepost.store.contacts import ContactChanges, forget_contacts, write_changes
from gatepost.store.dmarc_rows import DmarcRow, read_dmarc_row
from gatepost.store.entries import Event, State
from gatepost.store.rows import DeliveryRow, DueDelivery, EventRow, HeldMail, Place, from_ms, to_ms
from gatepost.store.tables import DELIVERIES, DMARC_ROWS, EVENTS, FILES, MAILS

OPEN_STATES = (State.QUEUED.value, State.QUARANTINED.value)
MAX_DMARC_ROWS = 10_000  # in one report: a file that its reader still can open
MAX_NAMES_AT_ONCE = 1000  # in one question: SQLite has a limit

_UPDATE_DELIVERY = (
    update(DELIVERIES)
    .where(
        DELIVERIES.c.mail_id == bindparam("key_mail_id"),
        DELIVERIES.c.recipient_number == bindparam("key_number"),
        # What is settled stays settled, however often its event is read. (IN does not go with many rows at once.)
        or_(DELIVERIES.c.state == State.QUEUED.value, DELIVERIES.c.state == State.QUARANTINED.value),
    )
    .values(
        state=bindparam("new_state"),
        queued_ms=func.coalesce(bindparam("new_queued_ms"), DELIVERIES.c.queued_ms),
        attempts=bindparam("new_attempts"),
        next_attempt_ms=bindparam("new_next_attempt_ms"),
        updated_ms=func.coalesce(bindparam("new_updated_ms"), DELIVERIES.c.updated_ms),
        last_status=bindparam("new_last_status"),
        last_says=bindparam("new_last_says"),
        form=func.coalesce(bindparam("new_form"), DELIVERIES.c.form),
    )
)

# Made once: SQLAlchemy recognises a statement it has compiled before by walking it, which costs more than running it.
_IS_OPEN = exists().where(DELIVERIES.c.mail_id == MAILS.c.mail_id, DELIVERIES.c.state.in_(OPEN_STATES))
_CLEAR_FILE = update(MAILS).where(MAILS.c.file == bindparam("key_file")).values(file=None)
_DELETE_POSITION = delete(FILES).where(FILES.c.file == bindparam("key_file"))
_INSERT_MAIL = insert(MAILS)
_INSERT_DELIVERY = insert(DELIVERIES)
_INSERT_EVENT = insert(EVENTS)
# Not where the row is there already: the history of its mail may have been forgotten before it.
_INSERT_DMARC_ROW = insert(DMARC_ROWS).from_select(
    list(DMARC_ROWS.c),
    select(*(bindparam(column.name, type_=column.type) for column in DMARC_ROWS.c)).where(
        ~exists().where(DMARC_ROWS.c.mail_id == bindparam("mail_id"))
    ),
)
_UPDATE_POSITION = (
    update(FILES)
    .where(FILES.c.file == bindparam("key_file"))
    .values(mails_read_bytes=bindparam("new_mails"), events_read_bytes=bindparam("new_events"))
)
_MOVE_MAIL = (
    update(MAILS)
    .where(MAILS.c.mail_id == bindparam("key_mail_id"))
    .values(file=bindparam("key_file"), offset=bindparam("new_offset"), length=bindparam("new_mails"))
)
_INSERT_POSITION = insert(FILES).values(
    file=bindparam("key_file"), mails_read_bytes=bindparam("new_mails"), events_read_bytes=bindparam("new_events")
)
_SELECT_DUE = (
    select(
        DELIVERIES.c.mail_id, DELIVERIES.c.recipient_number, DELIVERIES.c.attempts,
        DELIVERIES.c.queued_ms, DELIVERIES.c.form, MAILS.c.file, MAILS.c.offset, MAILS.c.length,
    )
    .join(MAILS, MAILS.c.mail_id == DELIVERIES.c.mail_id)
    .where(DELIVERIES.c.state == State.QUEUED.value, DELIVERIES.c.next_attempt_ms <= bindparam("now_ms"))
    .order_by(DELIVERIES.c.next_attempt_ms)
    .limit(bindparam("at_most"))
)  # fmt: skip
_SELECT_NEXT_ATTEMPT = select(func.min(DELIVERIES.c.next_attempt_ms)).where(DELIVERIES.c.state == State.QUEUED.value)


class Writing:
    """One transaction of the records."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find_known(self, mail_ids: Iterable[str], *, file: str | None = None) -> set[str]:
        """Give those of the mails that the records hold already, all or only those that lie in one file."""
        query = select(MAILS.c.mail_id)
        if file is not None:
            query = query.where(MAILS.c.file == file)
        known: set[str] = set()
        for some in _split(set(mail_ids)):
            known.update(self._connection.execute(query.where(MAILS.c.mail_id.in_(some))).scalars())
        return known

    def add_mails(self, mails: list[dict[str, Any]], deliveries: list[dict[str, Any]]) -> None:
        """Insert new mails with their deliveries (rows.py)."""
        if mails:
            self._connection.execute(_INSERT_MAIL, mails)
        if deliveries:
            self._connection.execute(_INSERT_DELIVERY, deliveries)

    def add_dmarc_rows(self, rows: list[dict[str, Any]]) -> None:
        """Insert what mails add to DMARC reports (dmarc_rows.py), each mail once."""
        if rows:
            self._connection.execute(_INSERT_DMARC_ROW, rows)

    def change_contacts(self, changes: ContactChanges) -> None:
        """Write down who writes to whom."""
        write_changes(self._connection, changes)

    def add_events(self, events: Sequence[Event]) -> None:
        """Move deliveries on, and write the events into the history of their mails, which must be known."""
        if events:
            self._connection.execute(_UPDATE_DELIVERY, [_build_update(event) for event in events])
            self._connection.execute(_INSERT_EVENT, [_build_event(event) for event in events])

    def set_position(self, file: str, *, mails_read_bytes: int, events_read_bytes: int) -> None:
        """Remember how far a file has been read."""
        values = {"key_file": file, "new_mails": mails_read_bytes, "new_events": events_read_bytes}
        if self._connection.execute(_UPDATE_POSITION, values).rowcount == 0:
            self._connection.execute(_INSERT_POSITION, values)

    def move_mails(self, moved: Sequence[HeldMail]) -> None:
        """Remember that mails lie in files of their own now."""
        if moved:
            rows = [_build_move(mail) for mail in moved]
            self._connection.execute(_MOVE_MAIL, rows)
            self._connection.execute(_INSERT_POSITION, rows)

    def find_settled_files(self, files: Sequence[str]) -> list[str]:
        """Give those of the files in which nothing waits any more."""
        open_files: set[str | None] = set()
        for some in _split(files):
            waiting = select(MAILS.c.file).where(MAILS.c.file.in_(some), _IS_OPEN)
            open_files.update(self._connection.execute(waiting).scalars())
        return [file for file in files if file not in open_files]

    def forget_files(self, files: Sequence[str]) -> None:
        """Forget files that are to be deleted; their mails are no longer kept."""
        if files:
            rows = [{"key_file": file} for file in files]
            self._connection.execute(_CLEAR_FILE, rows)
            self._connection.execute(_DELETE_POSITION, rows)

    def forget_history(self, before: datetime) -> int:
        """Forget mails received before a moment of which nothing is open; give their number."""
        gone = self._connection.execute(delete(MAILS).where(MAILS.c.received_ms < to_ms(before), ~_IS_OPEN))
        return gone.rowcount

    def forget_refusals(self, most: int) -> int:
        """Forget what was refused in the dialog, all but the newest; give the number of what is forgotten."""
        old = (
            select(DELIVERIES.c.mail_id)
            .where(DELIVERIES.c.state == State.REFUSED.value, DELIVERIES.c.rule == IN_THE_DIALOG)
            .order_by(DELIVERIES.c.updated_ms.desc())
            .offset(most)
        )
        return self._connection.execute(delete(MAILS).where(MAILS.c.mail_id.in_(old))).rowcount

    def forget_dmarc_rows(self, before: datetime) -> int:
        """Forget what mails received before a moment add to DMARC reports; give their number."""
        return self._connection.execute(delete(DMARC_ROWS).where(DMARC_ROWS.c.received_ms < to_ms(before))).rowcount

    def forget_contacts(self, before_day: int, max_count: int) -> None:
        """Forget correspondents of whom nothing was heard since a day (from 1970), and those above a number."""
        forget_contacts(self._connection, before_day, max_count)


class Records:
    """Questions to the records, and the transactions that change them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """Open one transaction: all of it or nothing."""
        with _telling_trouble(), self._engine.begin() as connection:
            yield Writing(connection)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _telling_trouble(), self._engine.connect() as connection:
            yield connection

    def load_positions(self) -> dict[str, tuple[int, int]]:
        """Give for each file how many bytes of mails and of events have been read."""
        with self._reading() as connection:
            return {
                row.file: (row.mails_read_bytes, row.events_read_bytes) for row in connection.execute(select(FILES))
            }

    def load_due(self, now: datetime, limit: int) -> list[DueDelivery]:
        """Give queued deliveries whose time has come, the longest waiting first."""
        values = {"now_ms": to_ms(now), "at_most": limit}
        with self._reading() as connection:
            return [
                DueDelivery(mail_id, number, attempts, from_ms(queued_ms), Place(file, offset, length), Form(form))
                for mail_id, number, attempts, queued_ms, form, file, offset, length in connection.execute(
                    _SELECT_DUE, values
                )
            ]

    def find_next_attempt_at(self) -> datetime | None:
        """Give the moment when the next queued delivery is due."""
        with self._reading() as connection:
            ms = connection.execute(_SELECT_NEXT_ATTEMPT).scalar()
        return None if ms is None else from_ms(ms)

    def load_deliveries(
        self, *states: State, mail_id: str = "", about: str = "", limit: int = 10_000
    ) -> list[DeliveryRow]:
        """Give deliveries in any of the states (all when none is named), newest first, of one mail or of all.

        `about` is a part of an address: of the recipient, of either sender, or of the client; in capitals or not.
        """
        query = select(DELIVERIES, MAILS).join(MAILS, MAILS.c.mail_id == DELIVERIES.c.mail_id)
        if states:
            query = query.where(DELIVERIES.c.state.in_([state.value for state in states]))
        if mail_id:
            query = query.where(DELIVERIES.c.mail_id == mail_id)
        if about:
            addresses = (DELIVERIES.c.recipient, MAILS.c.mail_from, MAILS.c.header_from, MAILS.c.client_ip)
            query = query.where(or_(*(one.icontains(about, autoescape=True) for one in addresses)))
        query = query.order_by(MAILS.c.received_ms.desc(), DELIVERIES.c.recipient_number).limit(limit)
        with self._reading() as connection:
            return [_read_delivery(row) for row in connection.execute(query).mappings()]

    def find_mail_ids(self, prefix: str, limit: int = 2) -> list[str]:
        """Give mails whose name begins with `prefix`."""
        query = select(MAILS.c.mail_id).where(MAILS.c.mail_id.startswith(prefix, autoescape=True)).limit(limit)
        with self._reading() as connection:
            return list(connection.execute(query).scalars())

    def load_known(self, mail_ids: Iterable[str]) -> dict[str, Place | None]:
        """Give for each mail that the records hold where its raw bytes lie, None when they are no longer kept."""
        query = select(MAILS.c.mail_id, MAILS.c.file, MAILS.c.offset, MAILS.c.length).where(
            MAILS.c.mail_id.in_(list(mail_ids))
        )
        with self._reading() as connection:
            return {
                mail_id: None if file is None else Place(file, offset, length)
                for mail_id, file, offset, length in connection.execute(query)
            }

    def load_places(self, mail_ids: Iterable[str]) -> dict[str, Place]:
        """Give where the raw bytes of mails lie; those no longer kept are left out."""
        return {mail_id: place for mail_id, place in self.load_known(mail_ids).items() if place is not None}

    def load_open_numbers(self, mail_ids: Iterable[str]) -> dict[str, set[int]]:
        """Give for each mail the recipients for whom it still waits."""
        query = select(DELIVERIES.c.mail_id, DELIVERIES.c.recipient_number).where(
            DELIVERIES.c.mail_id.in_(list(mail_ids)), DELIVERIES.c.state.in_(OPEN_STATES)
        )
        found: dict[str, set[int]] = {mail_id: set() for mail_id in mail_ids}
        with self._reading() as connection:
            for mail_id, number in connection.execute(query):
                found[mail_id].add(number)
        return found

    def load_states(self, mail_ids: Iterable[str]) -> dict[tuple[str, int], State]:
        """Give for each recipient of these mails where the mail stands."""
        query = select(DELIVERIES.c.mail_id, DELIVERIES.c.recipient_number, DELIVERIES.c.state).where(
            DELIVERIES.c.mail_id.in_(list(mail_ids))
        )
        with self._reading() as connection:
            return {(mail_id, number): State(state) for mail_id, number, state in connection.execute(query)}

    def load_events(self, mail_id: str) -> list[EventRow]:
        """Give the history of one mail, oldest first."""
        query = select(EVENTS).where(EVENTS.c.mail_id == mail_id).order_by(EVENTS.c.number)
        with self._reading() as connection:
            return [
                EventRow(
                    row.recipient_number, from_ms(row.at_ms), row.state, row.status, row.says, row.by,
                    None if row.form is None else Form(row.form),
                )
                for row in connection.execute(query)
            ]  # fmt: skip

    def load_findings(self, mail_id: str) -> str:
        """Give the findings of one mail as JSON."""
        with self._reading() as connection:
            return str(connection.execute(select(MAILS.c.findings).where(MAILS.c.mail_id == mail_id)).scalar() or "[]")

    def load_proof(self, mail_id: str) -> str:
        """Give the proof of one mail's origin as JSON, "" where nobody asked."""
        with self._reading() as connection:
            return str(connection.execute(select(MAILS.c.proof).where(MAILS.c.mail_id == mail_id)).scalar() or "")

    def list_policy_domains(self, since: datetime, until: datetime) -> list[str]:
        """Give the domains whose DMARC records applied to mails received from `since` on and before `until`."""
        query = select(DMARC_ROWS.c.policy_domain).distinct().where(*_are_between(since, until))
        with self._reading() as connection:
            return list(connection.execute(query.order_by(DMARC_ROWS.c.policy_domain)).scalars())

    def load_dmarc_rows(
        self, policy_domain: str, since: datetime, until: datetime, limit: int = MAX_DMARC_ROWS
    ) -> list[DmarcRow]:
        """Give what a report tells about mails received from `since` on and before `until`, the most frequent first.

        Mails that are alike are one row with their count; a sender who makes every mail differ ends at the limit.
        """
        count = func.count().label("count")
        columns = [column for column in DMARC_ROWS.c if column.name not in {"mail_id", "received_ms"}]
        query = (
            select(count, *columns)
            .where(DMARC_ROWS.c.policy_domain == policy_domain, *_are_between(since, until))
            .group_by(*columns)
            .order_by(count.desc(), func.min(DMARC_ROWS.c.mail_id))
            .limit(limit)
        )
        with self._reading() as connection:
            return [read_dmarc_row(row, row["count"]) for row in connection.execute(query).mappings()]

    def find_open_mails(self, file: str) -> list[tuple[str, Place]]:
        """Give the mails in a file that still wait for something."""
        query = select(MAILS.c.mail_id, MAILS.c.offset, MAILS.c.length).where(MAILS.c.file == file, _IS_OPEN)
        with self._reading() as connection:
            return [(mail_id, Place(file, offset, length)) for mail_id, offset, length in connection.execute(query)]

    def find_quarantined_before(self, moment: datetime, limit: int = 1000) -> list[tuple[str, int]]:
        """Give (mail, recipient number) of what has been in quarantine since before a moment."""
        query = (
            select(DELIVERIES.c.mail_id, DELIVERIES.c.recipient_number)
            .where(DELIVERIES.c.state == State.QUARANTINED.value, DELIVERIES.c.updated_ms < to_ms(moment))
            .limit(limit)
        )
        with self._reading() as connection:
            return [(mail_id, number) for mail_id, number in connection.execute(query)]

    def count_states(self) -> dict[str, int]:
        """Give how many deliveries are in each open state."""
        query = (
            select(DELIVERIES.c.state, func.count())
            .where(DELIVERIES.c.state.in_(OPEN_STATES))
            .group_by(DELIVERIES.c.state)
        )
        with self._reading() as connection:
            found = {state: count for state, count in connection.execute(query)}  # noqa: C416 - rows are not tuples to mypy
        return {state: found.get(state, 0) for state in OPEN_STATES}


@contextmanager
def _telling_trouble() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, DataError, ProgrammingError):  # the values are wrong, and will be the next time
        raise
    except DatabaseError as error:
        raise StorageTrouble("the records cannot be read or written", f"{type(error).__name__}: {error}") from error


def _are_between(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return DMARC_ROWS.c.received_ms >= to_ms(since), DMARC_ROWS.c.received_ms < to_ms(until)


def _split(names: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(names)
    while some := list(itertools.islice(rest, MAX_NAMES_AT_ONCE)):
        yield some


def _build_move(mail: HeldMail) -> dict[str, Any]:
    return {
        "key_mail_id": mail.mail_id,
        "key_file": mail.place.file,
        "new_offset": mail.place.offset,
        "new_mails": mail.place.length,
        "new_events": mail.events_bytes,
    }


def _build_update(event: Event) -> dict[str, Any]:
    return {
        "key_mail_id": event.mail_id,
        "key_number": event.recipient_number,
        "new_state": event.state.value,
        "new_queued_ms": to_ms(event.at) if event.is_released else None,
        "new_attempts": event.attempts,
        "new_next_attempt_ms": None if event.next_attempt_at is None else to_ms(event.next_attempt_at),
        "new_updated_ms": None if event.is_report else to_ms(event.at),
        "new_last_status": event.status,
        "new_last_says": event.says,
        "new_form": None if event.form is None else event.form.value,
    }


def _build_event(event: Event) -> dict[str, Any]:
    return {
        "mail_id": event.mail_id,
        "recipient_number": event.recipient_number,
        "at_ms": to_ms(event.at),
        "state": event.state.value,
        "status": event.status,
        "says": event.says,
        "by": event.by,
        "form": None if event.form is None else event.form.value,
    }


def _read_delivery(row: Any) -> DeliveryRow:
    next_ms = row["next_attempt_ms"]
    return DeliveryRow(
        mail_id=row["mail_id"],
        recipient_number=row["recipient_number"],
        state=State(row["state"]),
        recipient=row["recipient"],
        mail_from=row["mail_from"],
        header_from=row["header_from"],
        subject=row["subject"],
        received_at=from_ms(row["received_ms"]),
        size_bytes=row["size_bytes"],
        score=row["score"],
        action=row["action"],
        would_be=row["would_be"],
        rule=row["rule"],
        reason=row["reason"],
        reason_zh=row["reason_zh"],
        attempts=row["attempts"],
        next_attempt_at=None if next_ms is None else from_ms(next_ms),
        last_status=row["last_status"],
        last_says=row["last_says"],
        form=Form(row["form"]),
        client_ip=row["client_ip"],
    )
