"""The keeper's books: takes up what the journals hold, says what is due, writes down what became of it.

The journal files are the truth; the records are a view of them, and the positions read so far stand in the same
transactions, so that after any crash reading goes on where the records end. One keeper holds the lock.

Fails: StorageTrouble when the books are held by another process.
"""

import fcntl
import functools
import os
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import msgspec
from sqlalchemy.exc import DatabaseError

from gatepost.model.errors import StorageTrouble
from gatepost.model.ports import Clock
from gatepost.store.database import open_database
from gatepost.store.entries import Event, MailEntry, State, decode_event, decode_mail, encode_entry
from gatepost.store.frames import Frame, Kind, build_frame
from gatepost.store.journal import SUFFIX, flush_folder
from gatepost.store.reader import EVENTS_SUFFIX, FrameFile, is_written_to, read_frame_at
from gatepost.store.records import Records
from gatepost.store.rows import DueDelivery, Place, build_delivery_rows, build_mail_row
from gatepost.store.settings import StoreSettings

JOURNAL_FOLDER = "journal"
HELD_FOLDER = "held"
LOCK_NAME = "keeper.lock"
P = ParamSpec("P")
T = TypeVar("T")
FRESH_BYTES = 32 * 2**20  # mails kept in memory between taking up and delivering them


@dataclass(frozen=True, slots=True)
class StoredMail:
    """An accepted mail read back."""

    entry: MailEntry
    raw: bytes


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

    def __init__(self, state: Path, clock: Clock, settings: StoreSettings) -> None:
        self._state = state
        self._clock = clock
        self._settings = settings
        for name in (JOURNAL_FOLDER, HELD_FOLDER):
            (state / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _lock_books(state / LOCK_NAME)
        self.records = Records(open_database(state))
        self._positions = self.records.load_positions()
        self._files: dict[str, FrameFile] = {}
        self._finished: set[str] = set()
        self._fresh: OrderedDict[str, StoredMail] = OrderedDict()
        self._fresh_bytes = 0
        self._is_recovering = False
        self.damaged_bytes = 0

    def close(self) -> None:
        """Close the books and give up the lock."""
        self.records.close()
        os.close(self._lock)

    @_tell_trouble
    def recover(self) -> int:
        """Take up everything that the files hold and the records do not; give the number of mails. Once, at start."""
        self._is_recovering = True
        held = sorted(str(path.relative_to(self._state)) for path in (self._state / HELD_FOLDER).glob(f"*/*{SUFFIX}"))
        count = 0
        for name in [*held, *self._list_journals()]:
            while (taken := self._take_up_file(name)) is not None:
                count += taken
            self._replay_events(name)
        self._is_recovering = False
        return count

    @_tell_trouble
    def take_up(self) -> int:
        """Enter what the journals have gained since the last time, about a chunk a file; give the number of mails."""
        return sum(self._take_up_file(name) or 0 for name in self._list_journals())

    @_tell_trouble
    def load_due(self, limit: int) -> list[DueDelivery]:
        """Give queued deliveries whose time has come, the longest waiting first."""
        return self.records.load_due(self._clock.now(), limit)

    def load_mail(self, mail_id: str, place: Place) -> StoredMail | None:
        """Read an accepted mail back; None when its bytes cannot be read any more."""
        fresh = self._fresh.pop(mail_id, None)
        if fresh is not None:
            self._fresh_bytes -= len(fresh.raw)
            return fresh
        try:
            frame = read_frame_at(self._state / place.file, place.offset, place.length)
        except OSError:
            return None
        return StoredMail(decode_mail(frame.meta), frame.raw) if isinstance(frame, Frame) else None

    @_tell_trouble
    def settle(self, events: Sequence[Event]) -> None:
        """Make events durable beside their mails, then show them in the records."""
        places = self.records.load_places({event.mail_id for event in events})
        by_file: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            if event.mail_id in places:
                by_file[places[event.mail_id].file].append(event)
        sizes = {name: self._append_events(name, told) for name, told in by_file.items()}
        with self.records.writing() as writing:
            writing.add_events(events)
            for name, size in sizes.items():
                mails_read, _ = self._positions.get(name, (0, 0))
                self._positions[name] = (mails_read, size)
                writing.set_position(name, mails_read_bytes=mails_read, events_read_bytes=size)
        self._drop_settled(name for name in by_file if name.startswith(HELD_FOLDER))

    @_tell_trouble
    def tidy(self) -> None:
        """Free journal files nobody writes to: what is still open in them moves to a file of its own."""
        for name in sorted(self._finished):
            open_mails = self.records.find_open_mails(name)
            if open_mails:
                self._move_to_held(name, open_mails)
            self._drop_file(name)
            self._finished.discard(name)

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
        return len(rows)

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
        self.damaged_bytes += file.damaged_bytes - damaged
        if file.position > before:
            try:
                return self._enter(name, file, frames)
            except BaseException:
                file.position = before  # nothing was entered: the same frames are read again
                raise
        if is_finished:
            self._files.pop(name)
            if name.startswith(JOURNAL_FOLDER):
                self._finished.add(name)
        return None

    def _enter(self, name: str, file: FrameFile, frames: list[Frame]) -> int:
        entries = [(decoded, frame) for frame in frames if (decoded := _decode_mail_or_none(frame))]
        events_read = self._positions.get(name, (0, 0))[1]
        with self.records.writing() as writing:
            # While recovering, a mail may be met a second time: its file was copied but not yet freed.
            known = writing.find_known([entry.mail_id for entry, _ in entries]) if self._is_recovering else frozenset()
            new = [(entry, frame) for entry, frame in entries if entry.mail_id not in known]
            mails: list[dict[str, Any]] = []
            deliveries: list[dict[str, Any]] = []
            for entry, frame in new:
                was_accepted = frame.kind is Kind.MAIL
                place = Place(name, frame.start, frame.end - frame.start) if was_accepted else None
                mails.append(build_mail_row(entry, place))
                deliveries += build_delivery_rows(entry, was_accepted=was_accepted)
            writing.add_mails(mails, deliveries)
            writing.set_position(name, mails_read_bytes=file.position, events_read_bytes=events_read)
        self._positions[name] = (file.position, events_read)
        for entry, frame in new:
            self._remember(entry, frame)
        return len(new)

    def _remember(self, entry: MailEntry, frame: Frame) -> None:
        if frame.kind is Kind.MAIL and self._fresh_bytes + len(frame.raw) <= FRESH_BYTES:
            self._fresh[entry.mail_id] = StoredMail(entry, frame.raw)
            self._fresh_bytes += len(frame.raw)

    def _replay_events(self, name: str) -> None:
        mails_read, events_read = self._positions.get(name, (0, 0))
        file = FrameFile(_events_path(self._state / name), events_read)
        while frames := list(file.read_frames(is_finished=True)):
            events = [decoded for frame in frames if (decoded := _decode_event_or_none(frame))]
            with self.records.writing() as writing:
                known = writing.find_known([event.mail_id for event in events])
                writing.add_events([event for event in events if event.mail_id in known])
                writing.set_position(name, mails_read_bytes=mails_read, events_read_bytes=file.position)
            self._positions[name] = (mails_read, file.position)

    def _append_events(self, name: str, events: Sequence[Event]) -> int:
        frames = [build_frame(Kind.EVENT, encode_entry(event)) for event in events]
        return _append_durably(_events_path(self._state / name), b"".join(b"".join(frame) for frame in frames))

    def _move_to_held(self, name: str, open_mails: list[tuple[str, Place]]) -> None:
        """Give each open mail a file of its own, with its events so far; the journal file can then be freed."""
        told = self._read_events(name, {mail_id for mail_id, _ in open_mails})
        moved: list[tuple[str, Place, int]] = []
        for mail_id, place in open_mails:
            frame = read_frame_at(self._state / name, place.offset, place.length)
            if not isinstance(frame, Frame):
                continue  # damaged on disk: told in `damaged_bytes`, nothing left to move
            held = f"{HELD_FOLDER}/{mail_id[-2:]}/{mail_id}{SUFFIX}"
            (self._state / held).parent.mkdir(mode=0o700, exist_ok=True)
            events = b"".join(told[mail_id])
            _write_durably(_events_path(self._state / held), events)
            _write_durably(self._state / held, b"".join(build_frame(Kind.MAIL, frame.meta, frame.raw)))
            moved.append((mail_id, Place(held, 0, place.length), len(events)))
        flush_folder(self._state / HELD_FOLDER)
        with self.records.writing() as writing:
            for mail_id, place, events_bytes in moved:
                writing.move_mail(mail_id, place)
                writing.set_position(place.file, mails_read_bytes=place.length, events_read_bytes=events_bytes)
                self._positions[place.file] = (place.length, events_bytes)

    def _read_events(self, name: str, mail_ids: set[str]) -> dict[str, list[bytes]]:
        told: dict[str, list[bytes]] = {mail_id: [] for mail_id in mail_ids}
        file = FrameFile(_events_path(self._state / name), 0)
        while frames := list(file.read_frames(is_finished=True)):
            for frame in frames:
                event = _decode_event_or_none(frame)
                if event is not None and event.mail_id in told:
                    told[event.mail_id] += build_frame(Kind.EVENT, frame.meta)
        return told

    def _drop_settled(self, names: Iterable[str]) -> None:
        for name in names:
            if not self.records.find_open_mails(name):
                self._drop_file(name)

    def _drop_file(self, name: str) -> None:
        path = self._state / name
        path.unlink(missing_ok=True)
        _events_path(path).unlink(missing_ok=True)
        with self.records.writing() as writing:
            writing.forget_file(name)
        self._positions.pop(name, None)
        self._files.pop(name, None)


def _lock_books(path: Path) -> int:
    lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise StorageTrouble(f"{path.parent}: another gatepost process keeps the books of this state folder") from None
    return lock


def _events_path(path: Path) -> Path:
    return path.with_suffix(EVENTS_SUFFIX)


def _decode_mail_or_none(frame: Frame) -> MailEntry | None:
    if frame.kind is Kind.EVENT:
        return None
    try:
        return decode_mail(frame.meta)
    except msgspec.MsgspecError:  # written by a newer gatepost, or damaged with a matching checksum
        return None


def _decode_event_or_none(frame: Frame) -> Event | None:
    try:
        return decode_event(frame.meta)
    except msgspec.MsgspecError:
        return None


def _append_durably(path: Path, data: bytes) -> int:
    """Append and flush; give the new size. A failed write is taken back."""
    is_new = not path.exists()
    file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        before = os.fstat(file).st_size
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(file, view) :]
            os.fdatasync(file)
        except OSError:
            os.ftruncate(file, before)
            raise
    finally:
        os.close(file)
    if is_new:
        flush_folder(path.parent)
    return before + len(data)


def _write_durably(path: Path, data: bytes) -> None:
    unfinished = path.with_suffix(path.suffix + ".new")
    unfinished.unlink(missing_ok=True)
    _append_durably(unfinished, data)
    unfinished.rename(path)
    flush_folder(path.parent)
