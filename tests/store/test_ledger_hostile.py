"""One bad entry, file or moment costs itself only; nothing accepted is destroyed because it was not understood."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from doubles import FakeClock
from gatepost.model.errors import StorageTrouble
from gatepost.model.verdict import Action
from gatepost.store.database import DATABASE_NAME
from gatepost.store.entries import Event, MailEntry, State, encode_entry
from gatepost.store.files import append_durably
from gatepost.store.frames import Kind, build_frame
from gatepost.store.held import find_events_path
from gatepost.store.ledger import ASIDE_FOLDER, BooksAreHeld, Ledger
from gatepost.store.rows import Place
from gatepost.store.settings import StoreSettings
from store_builders import RECEIVED_AT, build_arrival, build_verdict

SETTINGS = StoreSettings(move_after_s=0)
BEFORE, HOSTILE, AFTER = "1" * 32, "2" * 32, "3" * 32


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ledger(tmp_path: Path, clock: FakeClock) -> Iterator[Ledger]:
    opened = Ledger(tmp_path, clock, SETTINGS)
    yield opened
    opened.close()


def build_entry(mail_id: str, action: Action = Action.DELIVER, recipients: Sequence[str] = ()) -> MailEntry:
    arrival = build_arrival(mail_id, *recipients)
    actions = (action,) * len(arrival.envelope.recipients)
    return MailEntry(mail_id, RECEIVED_AT, 9, arrival.envelope, build_verdict(arrival, *actions))


def with_screening(entry: MailEntry, **changes: object) -> MailEntry:
    screening = replace(entry.verdict.screening, **changes)  # type: ignore[arg-type]
    return replace(entry, verdict=replace(entry.verdict, screening=screening))


def write_journal(state: Path, name: str, *entries: MailEntry | bytes, raw: bytes = b"A: b\r\n\r\nc\r\n") -> Path:
    """Write a journal that nobody holds any more; bytes are the meta of a mail of which nothing else is known."""
    path = state / "journal" / f"{name}.journal"
    metas = [entry if isinstance(entry, bytes) else encode_entry(entry) for entry in entries]
    path.write_bytes(b"".join(b"".join(build_frame(Kind.MAIL, meta, raw)) for meta in metas))
    return path


def due_ids(ledger: Ledger) -> list[str]:
    return sorted(turn.mail_id for turn in ledger.load_due(1000))


def take_up_all(ledger: Ledger) -> None:
    ledger.take_up()
    ledger.take_up()


def settle(ledger: Ledger, mail_id: str, state: State, number: int = 0, says: str = "done") -> None:
    ledger.settle([Event(mail_id, number, RECEIVED_AT, state, says, next_attempt_at=RECEIVED_AT)])


def count_open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def lose_records(state: Path) -> None:
    for path in state.glob(f"{DATABASE_NAME}*"):
        path.unlink()


# ---- entries ------------------------------------------------------------------------------------------------------

OF_THREE = build_entry("0" * 32, recipients=["a@example.org", "b@example.org", "c@example.org"])
ODD_ENTRIES: dict[str, Callable[[MailEntry], MailEntry]] = {
    "more decisions than recipients": lambda one: replace(
        one, verdict=replace(one.verdict, decisions=one.verdict.decisions * 3)
    ),
    "fewer decisions than recipients": lambda one: replace(one, envelope=OF_THREE.envelope),
    "no decision at all": lambda one: replace(one, verdict=replace(one.verdict, decisions=())),
    "a date before all calendars": lambda one: replace(one, received_at=datetime.min.replace(tzinfo=UTC)),
    "a date after all calendars": lambda one: replace(one, received_at=datetime.max.replace(tzinfo=UTC)),
    "lone surrogates": lambda one: with_screening(one, subject="\ud800", header_from="\udfff"),
    "NUL and control characters": lambda one: replace(one, envelope=replace(one.envelope, helo="a\0b\r\n\x1b[31m")),
    "a score that is no number": lambda one: with_screening(one, score=float("nan")),
    "a score without end": lambda one: with_screening(one, score=float("inf")),
    "a size beyond all integers": lambda one: replace(one, size_bytes=2**64 - 1),
    "the name of another mail": lambda one: replace(one, mail_id=BEFORE),
    "an endless name": lambda one: replace(one, mail_id="a" * 100_000),
    "a name that is a path": lambda one: replace(one, mail_id="../../../../../../../../../tmp/a"),
    "a megabyte of subject": lambda one: with_screening(one, subject="s" * 2**20),
}  # fmt: skip


@pytest.mark.parametrize("make_odd", ODD_ENTRIES.values(), ids=ODD_ENTRIES.keys())
@pytest.mark.parametrize("take_up", [Ledger.take_up, Ledger.recover])
def test_an_odd_entry_does_not_keep_the_others_from_being_delivered(
    tmp_path: Path, clock: FakeClock, make_odd: Callable[[MailEntry], MailEntry], take_up: Callable[[Ledger], int]
) -> None:
    ledger = Ledger(tmp_path, clock, SETTINGS)
    write_journal(tmp_path, "0", build_entry(BEFORE), make_odd(build_entry(HOSTILE)), build_entry(AFTER))
    take_up(ledger)
    assert {BEFORE, AFTER} <= set(due_ids(ledger))
    for mail_id in (BEFORE, AFTER):
        settle(ledger, mail_id, State.DELIVERED)
    ledger.close()
    again = Ledger(tmp_path, clock, SETTINGS)
    again.recover()
    assert not {BEFORE, AFTER} & set(due_ids(again))
    again.tidy()
    again.close()


@pytest.mark.parametrize("meta", [b"", b"\x80", b"not msgpack", msgspec.msgpack.encode({"mail_id": HOSTILE})])
def test_a_mail_that_is_not_understood_outlives_its_journal(tmp_path: Path, ledger: Ledger, meta: bytes) -> None:
    """After a step back to an older gatepost it would have been passed over, and destroyed with its journal."""
    write_journal(tmp_path, "0", build_entry(BEFORE), meta, build_entry(AFTER), raw=b"precious")
    take_up_all(ledger)
    for mail_id in (BEFORE, AFTER):
        settle(ledger, mail_id, State.DELIVERED)
    ledger.tidy()
    assert list((tmp_path / "journal").iterdir()) == []
    (aside,) = (tmp_path / ASIDE_FOLDER).iterdir()
    assert meta + b"precious" in aside.read_bytes()
    assert aside.parent.stat().st_mode & 0o077 == 0


def test_what_was_put_aside_can_be_put_back(tmp_path: Path, ledger: Ledger) -> None:
    path = write_journal(tmp_path, "0", build_entry(BEFORE), b"\x80", build_entry(AFTER))
    take_up_all(ledger)
    settle(ledger, BEFORE, State.DELIVERED)
    settle(ledger, AFTER, State.DELIVERED)
    ledger.tidy()
    (tmp_path / ASIDE_FOLDER / path.name).unlink()
    write_journal(tmp_path, "0", build_entry(BEFORE), build_entry(HOSTILE), build_entry(AFTER))  # now it is understood
    take_up_all(ledger)
    assert due_ids(ledger) == [HOSTILE]
    assert list((tmp_path / ASIDE_FOLDER).iterdir()) == []


def test_damaged_bytes_outlive_their_journal(tmp_path: Path, ledger: Ledger) -> None:
    path = write_journal(tmp_path, "0", build_entry(BEFORE), build_entry(HOSTILE), build_entry(AFTER))
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    path.write_bytes(whole)
    take_up_all(ledger)
    assert due_ids(ledger) == [BEFORE, AFTER]
    assert ledger.damaged_bytes == len(whole) // 3
    for mail_id in (BEFORE, AFTER):
        settle(ledger, mail_id, State.DELIVERED)
    ledger.tidy()
    assert not path.exists()
    assert (tmp_path / ASIDE_FOLDER / path.name).read_bytes() == whole


# ---- files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("take_up", [Ledger.take_up, Ledger.recover])
def test_a_file_that_the_disk_does_not_give_back_does_not_stop_the_others(
    tmp_path: Path, ledger: Ledger, take_up: Callable[[Ledger], int]
) -> None:
    """A folder stands for a bad sector: it opens, and cannot be read."""
    bad = tmp_path / "journal" / "1.journal"
    bad.mkdir()
    write_journal(tmp_path, "0", build_entry(BEFORE))
    write_journal(tmp_path, "2", build_entry(AFTER))
    assert take_up(ledger) == 2
    assert ledger.unreadable == {"journal/1.journal": "Is a directory"}
    bad.rmdir()
    ledger.take_up()
    assert ledger.unreadable == {}


def test_a_held_file_that_cannot_be_read_is_not_taken_for_settled(tmp_path: Path, clock: FakeClock) -> None:
    bad = tmp_path / "held" / "11" / f"{BEFORE}.journal"
    bad.mkdir(parents=True)
    ledger = Ledger(tmp_path, clock, SETTINGS)
    ledger.recover()
    assert bad.exists()
    ledger.close()


def test_another_mail_in_its_place_is_not_delivered_to_its_recipients(tmp_path: Path, ledger: Ledger) -> None:
    write_journal(tmp_path, "0", build_entry(BEFORE), build_entry(AFTER))
    ledger.take_up()
    places = {turn.mail_id: turn.place for turn in ledger.load_due(10)}
    for _ in range(2):  # the first time from memory
        ledger.load_mail(BEFORE, places[BEFORE])
    assert ledger.load_mail(BEFORE, places[BEFORE]) is not None
    assert ledger.load_mail(BEFORE, places[AFTER]) is None
    assert ledger.load_mail(BEFORE, Place("journal/none.journal", 0, 9)) is None


def test_a_journal_with_a_mail_that_cannot_be_read_back_stays_whole(tmp_path: Path, ledger: Ledger) -> None:
    path = write_journal(tmp_path, "0", build_entry(BEFORE), build_entry(AFTER))
    take_up_all(ledger)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    ledger.tidy()
    assert path.exists()
    assert list((tmp_path / "held").glob("*/*")) == []
    path.write_bytes(whole)
    ledger.tidy()
    assert not path.exists()
    assert len(list((tmp_path / "held").glob("*/*.journal"))) == 2


def test_journals_are_freed_even_when_there_is_no_room_to_move_others(tmp_path: Path, ledger: Ledger) -> None:
    """A full disk would never have become less full."""
    waiting = write_journal(tmp_path, "0", build_entry(BEFORE))
    done = write_journal(tmp_path, "1", build_entry(AFTER))
    take_up_all(ledger)
    settle(ledger, AFTER, State.DELIVERED)
    (tmp_path / "held").rmdir()
    (tmp_path / "held").write_text("in the way")
    with pytest.raises(StorageTrouble):
        ledger.tidy()
    assert (waiting.exists(), done.exists()) == (True, False)


def test_half_copies_and_orphans_of_a_crash_are_removed_at_the_start(tmp_path: Path, ledger: Ledger) -> None:
    """They would have kept a mail that a person had destroyed."""
    folder = tmp_path / "held" / "11"
    folder.mkdir()
    for name in (f"{BEFORE}.journal.new", f"{BEFORE}.events"):
        (folder / name).write_bytes(b"somebody's mail")
    ledger.recover()
    assert list(folder.iterdir()) == []


def test_old_events_of_a_mail_that_has_moved_do_not_come_back(tmp_path: Path, clock: FakeClock) -> None:
    """A crash before the journal was freed, then the records were lost: what the held file tells came later."""
    ledger = Ledger(tmp_path, clock, SETTINGS)
    path = write_journal(tmp_path, "0", build_entry(BEFORE))
    take_up_all(ledger)
    settle(ledger, BEFORE, State.QUEUED, says="busy")
    journal, events = path.read_bytes(), find_events_path(path).read_bytes()
    ledger.tidy()
    settle(ledger, BEFORE, State.QUARANTINED, says="given up")
    ledger.close()
    path.write_bytes(journal)
    find_events_path(path).write_bytes(events)
    lose_records(tmp_path)
    rebuilt = Ledger(tmp_path, clock, SETTINGS)
    rebuilt.recover()
    (row,) = rebuilt.records.load_deliveries()
    assert (row.state, row.last_says) == (State.QUARANTINED, "given up")
    rebuilt.tidy()
    assert not path.exists()
    rebuilt.close()


def test_an_event_that_was_written_twice_counts_once(tmp_path: Path, clock: FakeClock) -> None:
    """The records could not be written the first time, so the work was done again."""
    ledger = Ledger(tmp_path, clock, SETTINGS)
    path = write_journal(tmp_path, "0", build_entry(BEFORE, recipients=["a@example.org", "b@example.org"]))
    take_up_all(ledger)
    event = Event(BEFORE, 0, RECEIVED_AT, State.DELIVERED, "done")
    append_durably(find_events_path(path), b"".join(build_frame(Kind.EVENT, encode_entry(event))))
    ledger.settle([event])
    ledger.close()
    for records_are_lost in (False, True):
        if records_are_lost:
            lose_records(tmp_path)
        again = Ledger(tmp_path, clock, SETTINGS)
        again.recover()
        assert [(turn.mail_id, turn.recipient_number) for turn in again.load_due(10)] == [(BEFORE, 1)]
        again.close()


# ---- moments ------------------------------------------------------------------------------------------------------


def test_an_event_of_a_mail_that_was_forgotten_meanwhile_does_not_jam_the_books(
    tmp_path: Path, ledger: Ledger, clock: FakeClock
) -> None:
    """Cancelled and forgotten while its delivery was under way, it would have stopped every later event."""
    write_journal(tmp_path, "0", build_entry(BEFORE), build_entry(AFTER))
    ledger.take_up()
    settle(ledger, BEFORE, State.CANCELLED)
    clock.advance(91 * 86400)
    ledger.expire()
    assert ledger.records.load_known([BEFORE]) == {}
    done = [Event(mail_id, 0, clock.now(), State.DELIVERED, "done") for mail_id in (BEFORE, AFTER)]
    ledger.settle(done)
    assert due_ids(ledger) == []
    assert [event.state for event in ledger.records.load_events(AFTER)] == ["delivered"]


def test_books_that_could_not_be_opened_can_be_opened_later(tmp_path: Path, clock: FakeClock) -> None:
    """The lock stayed, so that every later attempt blamed another process that was not there."""
    (tmp_path / DATABASE_NAME).write_bytes(b"not a database" * 1000)
    for _ in range(2):
        with pytest.raises(StorageTrouble, match="file is not a database"):
            Ledger(tmp_path, clock, SETTINGS)
    lose_records(tmp_path)
    Ledger(tmp_path, clock, SETTINGS).close()


def test_books_held_by_another_are_told_apart_from_broken_ones(
    tmp_path: Path, ledger: Ledger, clock: FakeClock
) -> None:
    with pytest.raises(BooksAreHeld):
        Ledger(tmp_path, clock, SETTINGS)
    assert ledger.take_up() == 0


def test_a_state_folder_that_cannot_be_made_is_trouble(tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageTrouble):
        Ledger(tmp_path / "file" / "state", clock, SETTINGS)


# ---- bounds -------------------------------------------------------------------------------------------------------


def test_settling_leaves_no_file_open_and_none_behind(tmp_path: Path, ledger: Ledger) -> None:
    names = [f"{number:032x}" for number in range(150)]
    write_journal(tmp_path, "0", *(build_entry(name) for name in names))
    take_up_all(ledger)
    settle(ledger, names[0], State.QUEUED)
    before = count_open_files()
    for name in names[:50]:
        settle(ledger, name, State.QUEUED)
    ledger.tidy()  # now each lies in a file of its own
    for start in range(0, 150, 15):
        ledger.settle([Event(name, 0, RECEIVED_AT, State.DELIVERED, "done") for name in names[start : start + 15]])
    assert count_open_files() == before
    assert [path for path in tmp_path.rglob("*.*") if path.suffix in (".journal", ".events", ".new")] == []


def test_quarantined_mail_does_not_take_the_room_of_mail_that_is_due(tmp_path: Path, ledger: Ledger) -> None:
    """It is not asked for soon; what is due is to be had without reading the disk again."""
    large = b"x" * 2**20
    held = [build_entry(f"{number:032x}", Action.QUARANTINE) for number in range(40)]
    write_journal(tmp_path, "0", *held, raw=large)
    last = write_journal(tmp_path, "1", build_entry(BEFORE), build_entry(AFTER))
    while ledger.take_up():
        pass
    places = {turn.mail_id: turn.place for turn in ledger.load_due(10)}
    last.unlink()
    assert ledger.load_mail(BEFORE, places[BEFORE]) is not None
    settle(ledger, AFTER, State.CANCELLED)
    assert ledger.load_mail(AFTER, places[AFTER]) is None  # and what is settled is let go
