"""The keeper's books: takes up what the journals hold, says what is due, writes down what became of it.

The journal files are the truth; the records are a view of them, and the positions read so far stand in the same
transactions, so that after any crash reading goes on where the records end. One keeper holds the lock.

One bad file or entry costs itself only: the others are taken up all the same. A file in which something cannot be
understood gets a second name in the folder `aside`, so that freeing it does not destroy what was accepted.

Fails: BooksAreHeld when another process keeps the books, StorageTrouble when disk or database do not do their work.
"""

import fcntl
import functools
import os
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import msgspec
import structlog
from sqlalchemy.exc import DatabaseError

from gatepost.model.cleaning import Form
from gatepost.model.errors import StorageTrouble
from gatepost.model.ports import Clock
from gatepost.model.verdict import IN_THE_DIALOG
from gatepost.store.contacts import ContactChanges
from gatepost.store.database import open_database
from gatepost.store.dmarc_rows import build_dmarc_rows
from gatepost.store.entries import SETTLED, Event, MailEntry, State, StoredMail, decode_mail, encode_entry
from gatepost.store.files import append_durably, flush_folder
from gatepost.store.frames import Frame, Kind, build_frame
from gatepost.store.held import HELD_FOLDER, clear_leftovers, copy_to_held, decode_events, find_events_path
from gatepost.store.journal import SUFFIX
from gatepost.store.reader import FrameFile, is_written_to, read_frame_at
from gatepost.store.records import Records
from gatepost.store.rows import EPOCH, DueDelivery, Place, build_delivery_rows, build_mail_row, find_first_state
from gatepost.store.settings import StoreSettings

JOURNAL_FOLDER = "journal"
ASIDE_FOLDER = "aside"
LOCK_NAME = "keeper.lock"
P = ParamSpec("P")
T = TypeVar("T")
Entered = tuple[MailEntry, Frame]
REFUSALS_KEPT = 100_000  # of those that were refused in the dialog: strangers can make as many as they like
FRESH_BYTES = 32 * 2**20  # mails kept in memory between taking up and delivering them

log = structlog.get_logger()


class BooksAreHeld(StorageTrouble):
    """Another process keeps the books of this state folder."""


def _tell_trouble(method: Callable[P, T]) -> Callable[P, T]:
    """Make every failure of the disk or the database a StorageTrouble: the cause may pass, the work is done again."""

    @functools.wraps(method)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(*args, **kwargs)
        except (OSError, DatabaseError) as error:
            raise StorageTrouble("the books could not be written", f"{type(error).__name__}: {error}") from error

    return guarded


class Ledger:
    """The books of one state folder. Everything here is synchronous; one thread uses it."""

    @_tell_trouble
    def __init__(self, state: Path, clock: Clock, settings: StoreSettings) -> None:
        self._state = state
        self._clock = clock
        self._settings = settings
        for name in (JOURNAL_FOLDER, HELD_FOLDER):
            (state / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _lock_books(state / LOCK_NAME)
        try:
            self.records = Records(open_database(state))
            self._positions = self.records.load_positions()
        except BaseException:
            os.close(self._lock)
            raise
        self._files: dict[str, FrameFile] = {}
        self._finished: dict[str, float] = {}  # journal files nobody writes to any more, and since when
        self._fresh: OrderedDict[str, StoredMail] = OrderedDict()
        self._fresh_bytes = 0
        self._is_recovering = False
        self.damaged_bytes = 0
        self.unreadable: dict[str, str] = {}  # files that the disk does not give back, and why

    def close(self) -> None:
        """Close the books and give up the lock."""
        self.records.close()
        os.close(self._lock)

    @_tell_trouble
    def recover(self) -> int:
        """Take up everything that the files hold and the records do not; give the number of mails. Once, at start."""
        self._is_recovering = True
        clear_leftovers(self._state, JOURNAL_FOLDER)
        pattern = f"{HELD_FOLDER}/*/*{SUFFIX}"
        held = sorted(str(path.relative_to(self._state)) for path in self._state.glob(pattern))
        leftovers = [name for name in held if name not in self._positions]
        count = sum(self._read_or_leave(name, self._recover_file) for name in [*held, *self._list_journals()])
        self._is_recovering = False
        with self.records.writing() as writing:
            settled = writing.find_settled_files([name for name in leftovers if name not in self.unreadable])
            writing.forget_files(settled)
        self._destroy_files(settled)  # a crash came between the records and the files
        return count

    def _recover_file(self, name: str) -> int:
        count = 0
        while (taken := self._take_up_file(name)) is not None:
            count += taken
        self._replay_events(name)
        return count

    @_tell_trouble
    def take_up(self) -> int:
        """Enter what the journals have gained since the last time, about a chunk a file; give the number of mails."""
        names = self._list_journals()
        for gone in [name for name in self.unreadable if name not in names and name.startswith(JOURNAL_FOLDER)]:
            del self.unreadable[gone]
        return sum(self._read_or_leave(name, self._take_up_file) for name in names)

    def _read_or_leave(self, name: str, read: Callable[[str], int | None]) -> int:
        """Read a file; leave one that the disk does not give back for the next time, and go on with the others."""
        try:
            count = read(name) or 0
        except OSError as error:
            if name not in self.unreadable:
                log.error("journal_unreadable", file=name, says=str(error))  # noqa: TRY400 - the file says it all
            self.unreadable[name] = error.strerror or str(error)
            return 0
        self.unreadable.pop(name, None)
        return count

    @_tell_trouble
    def load_due(self, limit: int) -> list[DueDelivery]:
        """Give queued deliveries whose time has come, the longest waiting first."""
        return self.records.load_due(self._clock.now(), limit)

    def find_next_attempt_at(self) -> datetime | None:
        """Give the moment when the next queued delivery is due."""
        return self.records.find_next_attempt_at()

    def load_mail(self, mail_id: str, place: Place) -> StoredMail | None:
        """Read an accepted mail back; None when its bytes cannot be read any more."""
        if fresh := self._drop_fresh(mail_id):
            return fresh
        try:
            frame = read_frame_at(self._state / place.file, place.offset, place.length)
        except OSError:
            return None
        entry = _decode_mail_or_none(frame) if isinstance(frame, Frame) else None
        # Another mail in its place must never go to this one's recipients.
        return StoredMail(entry, frame.raw) if isinstance(frame, Frame) and entry and entry.mail_id == mail_id else None

    @_tell_trouble
    def settle(self, events: Sequence[Event]) -> None:
        """Make events durable beside their mails, then show them in the records; destroy what is settled for good."""
        places = self.records.load_known({event.mail_id for event in events})
        # A mail that a person has cancelled can be forgotten while its delivery is still under way.
        events = [event for event in events if event.mail_id in places]
        by_file: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            self._drop_fresh(event.mail_id)
            if place := places[event.mail_id]:
                by_file[place.file].append(event)
        done = self._find_done(by_file)
        sizes = {name: self._append_events(name, told) for name, told in by_file.items() if name not in done}
        releases = self._count_releases(events)
        with self.records.writing() as writing:
            writing.add_events(events)
            writing.change_contacts(releases)
            for name, size in sizes.items():
                mails_read, _ = self._positions.get(name, (0, 0))
                self._positions[name] = (mails_read, size)
                writing.set_position(name, mails_read_bytes=mails_read, events_read_bytes=size)
            writing.forget_files(done)
        self._destroy_files(done)

    @_tell_trouble
    def tidy(self) -> None:
        """Free journal files nobody writes to; what still waits in an old one moves to a file of its own."""
        now_s = self._clock.monotonic_s()
        old: dict[str, list[tuple[str, Place]]] = {}
        for name, closed_s in sorted(self._finished.items()):
            open_mails = self.records.find_open_mails(name)
            if not open_mails:
                self._free_journal(name)
            elif now_s - closed_s >= self._settings.move_after_s:
                old[name] = open_mails
        for name, open_mails in old.items():  # afterwards: moving needs room, which freeing may have made
            if self._move_to_held(name, open_mails):
                self._free_journal(name)
            else:
                self._finished[name] = now_s

    @_tell_trouble
    def expire(self) -> int:
        """Destroy what quarantine has kept long enough, forget old history; give the number of destroyed mails."""
        now = self._clock.now()
        days = self._settings.quarantine_days
        rows = self.records.find_quarantined_before(now - timedelta(days=days))
        says = f"kept in quarantine for {days} days"
        if rows:
            self.settle([Event(mail_id, number, now, State.EXPIRED, says) for mail_id, number in rows])
        with self.records.writing() as writing:
            writing.forget_history(now - timedelta(days=self._settings.history_days))
            writing.forget_refusals(REFUSALS_KEPT)
            writing.forget_dmarc_rows(now - timedelta(days=self._settings.dmarc_rows_days))
            days = self._settings.contacts_days
            before_day = (now - EPOCH).days - (days or -1)  # 0 days: nothing stays
            writing.forget_contacts(before_day, self._settings.contacts_max)
        return len(rows)

    def _free_journal(self, name: str) -> None:
        with self.records.writing() as writing:
            writing.forget_files([name])
        self._destroy_files([name])
        del self._finished[name]

    def _list_journals(self) -> list[str]:
        names = (path.name for path in (self._state / JOURNAL_FOLDER).iterdir())
        return [f"{JOURNAL_FOLDER}/{name}" for name in sorted(names) if name.endswith(SUFFIX)]

    def _take_up_file(self, name: str) -> int | None:
        """Enter the next chunk of a file; give the number of new mails, None when there was nothing to read."""
        if name in self._finished:
            return None
        if name not in self._files:
            self._files[name] = FrameFile(self._state / name, self._positions.get(name, (0, 0))[0])
        file = self._files[name]
        is_finished = not is_written_to(file.path)  # asked before reading: what was written before is then all there is
        before, damaged = file.position, file.damaged_bytes
        frames = list(file.read_frames(is_finished=is_finished))
        if file.position > before:
            try:
                if file.damaged_bytes > damaged:
                    self._put_aside(name, f"{file.damaged_bytes - damaged} bytes are damaged")
                count = self._enter(name, file.position, frames)
            except BaseException:
                file.position, file.damaged_bytes = self._positions.get(name, (before, 0))[0], damaged
                raise  # what was not entered is read again
            self.damaged_bytes += file.damaged_bytes - damaged
            return count
        if is_finished:
            self._files.pop(name)
            if name.startswith(JOURNAL_FOLDER):
                self._finished[name] = self._clock.monotonic_s()
        return None

    def _enter(self, name: str, position: int, frames: list[Frame]) -> int:
        """Enter the mails of these frames together; if one of them makes that impossible, all others without it."""
        entries: list[Entered] = []
        for frame in frames:
            if entry := _decode_mail_or_none(frame):
                entries.append((entry, frame))
            elif frame.kind is not Kind.EVENT:
                self._put_aside(name, f"the mail at {frame.start} is not understood")
        try:
            return self._enter_together(name, position, entries)
        except (StorageTrouble, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever an entry can be wrong about, it must not stop all mail
            log.warning("entries_refused", file=name, error=type(error).__name__)
        count = sum(self._enter_alone(name, entry, frame) for entry, frame in entries)
        return count + self._enter_together(name, position, [])

    def _enter_alone(self, name: str, entry: MailEntry, frame: Frame) -> int:
        try:
            return self._enter_together(name, frame.end, [(entry, frame)])
        except (StorageTrouble, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - it is told, and the mail is put aside
            self._put_aside(name, f"the mail {entry.mail_id} cannot be entered: {type(error).__name__}")
            return 0

    def _enter_together(self, name: str, position: int, entries: Sequence[Entered]) -> int:
        events_read = self._positions.get(name, (0, 0))[1]
        with self.records.writing() as writing:
            # While recovering, a mail may be met a second time: its file was copied but not yet freed.
            ids = [entry.mail_id for entry, _ in entries]
            known = writing.find_known(ids) if self._is_recovering or len(ids) == 1 else frozenset()
            new = [(entry, frame) for entry, frame in entries if entry.mail_id not in known]
            mails: list[dict[str, Any]] = []
            deliveries: list[dict[str, Any]] = []
            dmarc_rows: list[dict[str, Any]] = []
            contacts = ContactChanges()
            for entry, frame in new:
                was_accepted = frame.kind is Kind.MAIL
                place = Place(name, frame.start, frame.end - frame.start) if was_accepted else None
                mails.append(build_mail_row(entry, place))
                deliveries += build_delivery_rows(entry, was_accepted=was_accepted)
                dmarc_rows += build_dmarc_rows(entry) if self._settings.dmarc_rows_days else ()
                if self._settings.contacts_days:
                    contacts.add_mail(entry)
            writing.add_mails(mails, deliveries)
            writing.add_dmarc_rows(dmarc_rows)
            writing.change_contacts(contacts)
            writing.set_position(name, mails_read_bytes=position, events_read_bytes=events_read)
        self._positions[name] = (position, events_read)
        for entry, frame in new:
            self._remember(entry, frame)
            if not self._is_recovering:
                _tell_mail(entry)
        return len(new)

    def _put_aside(self, name: str, why: str) -> None:
        """Give a file a second name, which only a person removes; told loudly, for mail may be lost to its reader."""
        aside = self._state / ASIDE_FOLDER / Path(name).name
        log.error("journal_put_aside", file=name, kept_as=str(aside), says=why)
        aside.parent.mkdir(mode=0o700, exist_ok=True)
        if not aside.exists():
            aside.hardlink_to(self._state / name)
            flush_folder(aside.parent)

    def _remember(self, entry: MailEntry, frame: Frame) -> None:
        has_room = self._fresh_bytes + len(frame.raw) <= FRESH_BYTES
        is_due = any(find_first_state(decision) is State.QUEUED for decision in entry.verdict.decisions)
        if frame.kind is Kind.MAIL and has_room and is_due:
            self._fresh[entry.mail_id] = StoredMail(entry, frame.raw)
            self._fresh_bytes += len(frame.raw)

    def _drop_fresh(self, mail_id: str) -> StoredMail | None:
        fresh = self._fresh.pop(mail_id, None)
        if fresh is not None:
            self._fresh_bytes -= len(fresh.raw)
        return fresh

    def _replay_events(self, name: str) -> None:
        mails_read, events_read = self._positions.get(name, (0, 0))
        file = FrameFile(find_events_path(self._state / name), events_read)
        while frames := list(file.read_frames(is_finished=True)):
            events = [event for event, _ in decode_events(frames)]
            releases = self._count_releases(events, file=name)
            with self.records.writing() as writing:
                # Not those of a mail that has moved to a file of its own: they are told there, with what came later.
                known = writing.find_known((event.mail_id for event in events), file=name)
                writing.add_events([event for event in events if event.mail_id in known])
                writing.change_contacts(releases)
                writing.set_position(name, mails_read_bytes=mails_read, events_read_bytes=file.position)
            self._positions[name] = (mails_read, file.position)

    def _count_releases(self, events: Sequence[Event], *, file: str = "") -> ContactChanges:
        """Give what it says about senders that a person let their mail out of quarantine; of all mail or one file's."""
        changes = ContactChanges()
        mail_ids = {event.mail_id for event in events if _lets_out(event)}
        if not mail_ids or not self._settings.contacts_days:
            return changes
        states, places = self.records.load_states(mail_ids), self.records.load_places(mail_ids)
        for event in events:
            whose = event.mail_id, event.recipient_number
            place = places.get(event.mail_id)
            is_release = _lets_out(event) and states.get(whose) is State.QUARANTINED
            if is_release and place and place.file == (file or place.file):
                mail = self.load_mail(event.mail_id, place)
                if mail is not None:
                    changes.add_release(mail.entry, event.recipient_number)
            states[whose] = event.state
        return changes

    def _find_done(self, by_file: Mapping[str, Sequence[Event]]) -> list[str]:
        """Give the files of one mail for which nothing is left to wait for: destroying them says so."""
        held = {told[0].mail_id: name for name, told in by_file.items() if name.startswith(HELD_FOLDER)}
        waiting = self.records.load_open_numbers(held) if held else {}
        return [
            name
            for mail_id, name in held.items()
            if waiting[mail_id] <= {event.recipient_number for event in by_file[name] if event.state in SETTLED}
        ]

    def _append_events(self, name: str, events: Sequence[Event]) -> int:
        frames = [build_frame(Kind.EVENT, encode_entry(event)) for event in events]
        return append_durably(find_events_path(self._state / name), b"".join(b"".join(frame) for frame in frames))

    def _move_to_held(self, name: str, open_mails: list[tuple[str, Place]]) -> bool:
        """Say whether they could be moved; a journal with a mail that the disk does not give back stays as it is."""
        moved = copy_to_held(self._state, name, open_mails)
        with self.records.writing() as writing:
            writing.move_mails(moved)
        for mail in moved:
            self._positions[mail.place.file] = (mail.place.length, mail.events_bytes)
        return len(moved) == len(open_mails)

    def _destroy_files(self, names: Iterable[str]) -> None:
        for name in names:
            path = self._state / name
            path.unlink(missing_ok=True)
            find_events_path(path).unlink(missing_ok=True)
            self._positions.pop(name, None)
            self._files.pop(name, None)


def _lets_out(event: Event) -> bool:
    """Say whether a person let a mail go as it came: that says something about its sender."""
    return event.is_released and event.form is not Form.CLEANED


def _lock_books(path: Path) -> int:
    lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise BooksAreHeld(f"{path.parent}: another gatepost process keeps the books of this state folder") from None
    return lock


def _tell_mail(entry: MailEntry) -> None:
    """Write the one line that the log has for each mail; addresses and verdict, nothing of what stands in it."""
    envelope, verdict = entry.envelope, entry.verdict
    is_judged = all(decision.rule != IN_THE_DIALOG for decision in verdict.decisions)
    log.info(
        "mail" if is_judged else "refused_in_dialog",
        id=entry.mail_id,
        client_ip=envelope.client_ip,
        mail_from=str(envelope.mail_from or ""),
        recipients=len(envelope.recipients),
        size_bytes=entry.size_bytes,
        action=verdict.action.value if verdict.decisions else "",
        score=round(verdict.screening.score, 3),
    )


def _decode_mail_or_none(frame: Frame) -> MailEntry | None:
    if frame.kind is Kind.EVENT:
        return None
    try:
        return decode_mail(frame.meta)
    except msgspec.MsgspecError:  # written by a newer gatepost, or damaged with a matching checksum
        return None
