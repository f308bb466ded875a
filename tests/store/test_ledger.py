"""The books follow the journals through any crash: what was accepted is open until it is settled, once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from doubles import FakeClock
from gatepost.model.errors import StorageTrouble
from gatepost.model.verdict import IN_THE_DIALOG, Action, Decision, Screening, Verdict
from gatepost.store.database import DATABASE_NAME
from gatepost.store.entries import Event, State
from gatepost.store.journal import Journal
from gatepost.store.ledger import Ledger
from gatepost.store.settings import StoreSettings
from gatepost.store.vault import JournalVault
from store_builders import RECEIVED_AT, build_arrival, build_proof, build_verdict

SETTINGS = StoreSettings(move_after_s=0)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ledger(tmp_path: Path, clock: FakeClock) -> Iterator[Ledger]:
    opened = Ledger(tmp_path, clock, SETTINGS)
    yield opened
    opened.close()


async def accept(
    state: Path, *mail_ids: str, action: Action = Action.DELIVER, raw: bytes = b"A: b\r\n\r\nc\r\n"
) -> None:
    journal = Journal(state / "journal", FakeClock(), SETTINGS, lambda: None)
    vault = JournalVault(journal)
    for mail_id in mail_ids:
        arrival = build_arrival(mail_id, raw=raw)
        await vault.keep(arrival, build_verdict(arrival, action), ())
    await journal.close()


def settle(ledger: Ledger, clock: FakeClock, mail_id: str, state: State) -> None:
    ledger.settle([Event(mail_id, 0, clock.now(), state, "done", by="anna", next_attempt_at=clock.now())])


def due_ids(ledger: Ledger) -> list[str]:
    return [turn.mail_id for turn in ledger.load_due(100)]


async def test_an_accepted_mail_is_due_and_reads_back(tmp_path: Path, ledger: Ledger) -> None:
    await accept(tmp_path, "1" * 32, raw=b"Subject: x\r\n\r\nbody\r\n")
    assert ledger.take_up() == 1
    (turn,) = ledger.load_due(10)
    for _ in range(2):  # once from memory, once from disk
        mail = ledger.load_mail(turn.mail_id, turn.place)
        assert mail is not None
        assert mail.raw == b"Subject: x\r\n\r\nbody\r\n"
        assert str(mail.entry.envelope.recipients[0]) == "you@example.org"


async def test_nothing_is_taken_up_twice(tmp_path: Path, ledger: Ledger) -> None:
    await accept(tmp_path, "1" * 32)
    assert [ledger.take_up(), ledger.take_up()] == [1, 0]


async def test_a_quarantined_mail_is_not_due(tmp_path: Path, ledger: Ledger) -> None:
    await accept(tmp_path, "1" * 32, action=Action.QUARANTINE)
    ledger.take_up()
    assert due_ids(ledger) == []
    assert [row.state for row in ledger.records.load_deliveries()] == [State.QUARANTINED]


async def test_a_settled_mail_stays_settled_after_a_restart(tmp_path: Path, ledger: Ledger, clock: FakeClock) -> None:
    await accept(tmp_path, "1" * 32, "2" * 32)
    ledger.take_up()
    settle(ledger, clock, "1" * 32, State.DELIVERED)
    ledger.close()
    again = Ledger(tmp_path, clock, SETTINGS)
    again.recover()
    assert due_ids(again) == ["2" * 32]
    again.close()
    ledger.__init__(tmp_path, clock, SETTINGS)  # type: ignore[misc]  # so that the fixture can close it


async def test_the_records_are_rebuilt_from_the_files_alone(tmp_path: Path, clock: FakeClock) -> None:
    ledger = Ledger(tmp_path, clock, SETTINGS)
    await accept(tmp_path, "1" * 32, "2" * 32, "3" * 32)
    await accept(tmp_path, "4" * 32, action=Action.QUARANTINE)
    ledger.take_up()
    settle(ledger, clock, "1" * 32, State.DELIVERED)
    ledger.take_up()
    ledger.tidy()  # what is open moves to files of its own
    settle(ledger, clock, "2" * 32, State.BOUNCED)
    ledger.close()
    for path in tmp_path.glob(f"{DATABASE_NAME}*"):
        path.unlink()
    rebuilt = Ledger(tmp_path, clock, SETTINGS)
    rebuilt.recover()
    assert due_ids(rebuilt) == ["3" * 32]
    assert [row.mail_id for row in rebuilt.records.load_deliveries(State.QUARANTINED)] == ["4" * 32]
    rebuilt.close()


async def test_a_released_mail_is_still_released_when_the_records_are_lost(tmp_path: Path, clock: FakeClock) -> None:
    ledger = Ledger(tmp_path, clock, SETTINGS)
    await accept(tmp_path, "4" * 32, action=Action.QUARANTINE)
    ledger.take_up()
    ledger.take_up()
    ledger.tidy()
    settle(ledger, clock, "4" * 32, State.QUEUED)
    ledger.close()
    (tmp_path / DATABASE_NAME).unlink()
    rebuilt = Ledger(tmp_path, clock, SETTINGS)
    rebuilt.recover()
    assert due_ids(rebuilt) == ["4" * 32]
    rebuilt.close()


async def test_a_finished_journal_is_freed_when_all_in_it_is_settled(
    tmp_path: Path, ledger: Ledger, clock: FakeClock
) -> None:
    await accept(tmp_path, "1" * 32)
    ledger.take_up()
    settle(ledger, clock, "1" * 32, State.DELIVERED)
    ledger.take_up()
    ledger.tidy()
    assert list((tmp_path / "journal").iterdir()) == []
    assert list((tmp_path / "held").glob("*/*")) == []
    assert ledger.records.load_places(["1" * 32]) == {}


async def test_an_open_mail_outlives_its_journal(tmp_path: Path, ledger: Ledger) -> None:
    await accept(tmp_path, "1" * 32, raw=b"A: b\r\n\r\nstill here\r\n")
    ledger.take_up()
    ledger.take_up()
    ledger.tidy()
    assert list((tmp_path / "journal").iterdir()) == []
    (turn,) = ledger.load_due(10)
    assert turn.place.file.startswith("held/")
    for _ in range(2):
        mail = ledger.load_mail(turn.mail_id, turn.place)
        assert mail is not None
        assert mail.raw.endswith(b"still here\r\n")


async def test_a_held_mail_is_destroyed_when_it_is_settled(tmp_path: Path, ledger: Ledger, clock: FakeClock) -> None:
    await accept(tmp_path, "1" * 32, action=Action.QUARANTINE)
    ledger.take_up()
    ledger.take_up()
    ledger.tidy()
    settle(ledger, clock, "1" * 32, State.DELETED)
    assert list((tmp_path / "held").glob("*/*")) == []


async def test_a_journal_that_is_being_written_is_never_freed(tmp_path: Path, ledger: Ledger, clock: FakeClock) -> None:
    journal = Journal(tmp_path / "journal", FakeClock(), SETTINGS, lambda: None)
    arrival = build_arrival("1" * 32)
    await JournalVault(journal).keep(arrival, build_verdict(arrival), ())
    ledger.take_up()
    settle(ledger, clock, "1" * 32, State.DELIVERED)
    ledger.take_up()
    ledger.tidy()
    later = build_arrival("2" * 32)
    await JournalVault(journal).keep(later, build_verdict(later), ())
    assert ledger.take_up() == 1
    await journal.close()


async def test_events_of_one_recipient_leave_the_others_alone(tmp_path: Path, ledger: Ledger, clock: FakeClock) -> None:
    journal = Journal(tmp_path / "journal", FakeClock(), SETTINGS, lambda: None)
    arrival = build_arrival("1" * 32, "a@example.org", "b@example.org", "c@example.org")
    verdict = build_verdict(arrival, Action.DELIVER, Action.REJECT, Action.DELIVER)
    await JournalVault(journal).keep(arrival, verdict, ())
    await journal.close()
    ledger.take_up()
    settle(ledger, clock, "1" * 32, State.DELIVERED)
    states = [row.state for row in ledger.records.load_deliveries(mail_id="1" * 32)]
    assert states == [State.DELIVERED, State.QUARANTINED, State.QUEUED]  # a refusal among acceptances waits


async def test_a_refused_mail_is_in_the_history_without_its_bytes(tmp_path: Path, ledger: Ledger) -> None:
    journal = Journal(tmp_path / "journal", FakeClock(), SETTINGS, lambda: None)
    arrival = build_arrival("1" * 32)
    JournalVault(journal).note_refused(arrival, build_verdict(arrival, Action.REJECT))
    await journal.close()
    ledger.take_up()
    (row,) = ledger.records.load_deliveries()
    assert (row.state, row.subject) == (State.REFUSED, "hi")
    assert ledger.records.load_places(["1" * 32]) == {}


async def test_what_was_refused_in_the_dialog_is_told_as_that(tmp_path: Path, ledger: Ledger) -> None:
    journal = Journal(tmp_path / "journal", FakeClock(), SETTINGS, lambda: None)
    arrival = build_arrival("1" * 32, raw=b"")
    decision = Decision(arrival.envelope.recipients[0], Action.REJECT, IN_THE_DIALOG, "No such recipient.", "没有。")
    JournalVault(journal).note_refused(arrival, Verdict(Screening(), (decision,)))
    await journal.close()
    with structlog.testing.capture_logs() as logs:
        ledger.take_up()
    assert [(log["event"], log["mail_from"]) for log in logs] == [("refused_in_dialog", "me@example.com")]
    assert [(row.state, row.reason) for row in ledger.records.load_deliveries()] == [
        (State.REFUSED, "No such recipient.")
    ]


async def test_quarantine_ends_after_its_days(tmp_path: Path, ledger: Ledger, clock: FakeClock) -> None:
    await accept(tmp_path, "1" * 32, action=Action.QUARANTINE)
    ledger.take_up()
    clock.advance(29 * 86400)
    assert ledger.expire() == 0
    clock.advance(2 * 86400)
    assert ledger.expire() == 1
    assert [row.state for row in ledger.records.load_deliveries()] == [State.EXPIRED]


async def test_history_is_forgotten_but_never_what_is_open(tmp_path: Path, ledger: Ledger, clock: FakeClock) -> None:
    await accept(tmp_path, "1" * 32, "2" * 32)
    ledger.take_up()
    settle(ledger, clock, "1" * 32, State.DELIVERED)
    clock.advance(91 * 86400)
    ledger.expire()
    assert [row.mail_id for row in ledger.records.load_deliveries()] == ["2" * 32]


async def test_trouble_with_the_database_loses_no_mail(tmp_path: Path, ledger: Ledger) -> None:
    await accept(tmp_path, "1" * 32)
    database = tmp_path / DATABASE_NAME
    ledger.records._engine.dispose()  # noqa: SLF001 - the test breaks the file below the records
    backup = database.read_bytes()
    for path in tmp_path.glob(f"{DATABASE_NAME}*"):
        path.unlink()
    database.write_bytes(b"not a database" * 1000)
    with pytest.raises(StorageTrouble):
        ledger.take_up()
    ledger.records._engine.dispose()  # noqa: SLF001
    database.write_bytes(backup)
    assert ledger.take_up() == 1


def test_two_keepers_cannot_hold_the_same_books(tmp_path: Path, ledger: Ledger, clock: FakeClock) -> None:
    with pytest.raises(StorageTrouble, match="another gatepost process"):
        Ledger(tmp_path, clock, SETTINGS)
    assert ledger.take_up() == 0


async def test_a_retry_is_due_when_its_time_has_come(tmp_path: Path, ledger: Ledger, clock: FakeClock) -> None:
    await accept(tmp_path, "1" * 32)
    ledger.take_up()
    (turn,) = ledger.load_due(10)
    later = replace(clock).at.replace(hour=5)
    ledger.settle(
        [
            Event(
                turn.mail_id,
                0,
                clock.now(),
                State.QUEUED,
                "451 busy",
                status="4.5.0",
                attempts=1,
                next_attempt_at=later,
            )
        ]
    )
    assert due_ids(ledger) == []
    clock.advance(2 * 3600)
    (turn,) = ledger.load_due(10)
    assert turn.attempts == 1


async def test_many_events_of_one_moment_are_all_written(tmp_path: Path, ledger: Ledger, clock: FakeClock) -> None:
    ids = [f"{number:032x}" for number in range(50)]
    await accept(tmp_path, *ids)
    ledger.take_up()
    ledger.settle([Event(mail_id, 0, clock.now(), State.DELIVERED, "done") for mail_id in ids])
    assert due_ids(ledger) == []
    assert len(ledger.records.load_events(ids[7])) == 1


async def test_a_recipient_served_from_a_held_file_stays_served_when_the_records_are_lost(
    tmp_path: Path, clock: FakeClock
) -> None:
    ledger = Ledger(tmp_path, clock, SETTINGS)
    journal = Journal(tmp_path / "journal", FakeClock(), SETTINGS, lambda: None)
    arrival = build_arrival("1" * 32, "a@example.org", "b@example.org")
    await JournalVault(journal).keep(arrival, build_verdict(arrival), ())
    await journal.close()
    ledger.take_up()
    ledger.take_up()
    ledger.tidy()
    ledger.settle([Event("1" * 32, 0, clock.now(), State.DELIVERED, "done")])
    ledger.close()
    (tmp_path / DATABASE_NAME).unlink()
    rebuilt = Ledger(tmp_path, clock, SETTINGS)
    rebuilt.recover()
    assert [turn.recipient_number for turn in rebuilt.load_due(10)] == [1]
    rebuilt.close()


async def test_a_file_that_a_crash_left_behind_is_destroyed_at_the_next_start(tmp_path: Path, clock: FakeClock) -> None:
    ledger = Ledger(tmp_path, clock, SETTINGS)
    await accept(tmp_path, "1" * 32)
    ledger.take_up()
    ledger.take_up()
    ledger.tidy()
    (path,) = (tmp_path / "held").glob("*/*.journal")
    content = path.read_bytes()
    settle(ledger, clock, "1" * 32, State.DELIVERED)
    path.write_bytes(content)
    ledger.close()
    again = Ledger(tmp_path, clock, SETTINGS)
    assert again.recover() == 0
    assert due_ids(again) == []
    assert not path.exists()
    again.close()


async def test_what_waits_only_for_a_moment_stays_in_its_journal(tmp_path: Path, clock: FakeClock) -> None:
    ledger = Ledger(tmp_path, clock, StoreSettings(move_after_s=300))
    await accept(tmp_path, "1" * 32)
    ledger.take_up()
    ledger.take_up()
    ledger.tidy()
    assert list((tmp_path / "held").glob("*/*.journal")) == []
    clock.advance(301)
    ledger.tidy()
    assert len(list((tmp_path / "held").glob("*/*.journal"))) == 1
    ledger.close()


async def accept_failing(state: Path, mail_id: str, action: Action) -> None:
    """Let a mail in, or refuse it, that fails the DMARC of example.com."""
    journal = Journal(state / "journal", FakeClock(), SETTINGS, lambda: None)
    vault = JournalVault(journal)
    arrival = build_arrival(mail_id)
    verdict = build_verdict(arrival, action)
    verdict = replace(verdict, screening=replace(verdict.screening, proof=build_proof()))
    if action is Action.REJECT:
        vault.note_refused(arrival, verdict)
    else:
        await vault.keep(arrival, verdict, ())
    await journal.close()


def count_by_disposition(ledger: Ledger) -> dict[str, int]:
    rows = ledger.records.load_dmarc_rows("example.com", RECEIVED_AT, RECEIVED_AT + timedelta(seconds=1))
    return {row.disposition.value: row.count for row in rows}


async def test_each_mail_is_told_once_to_the_owner_of_its_sender_s_domain(tmp_path: Path, clock: FakeClock) -> None:
    ledger = Ledger(tmp_path, clock, SETTINGS)
    await accept_failing(tmp_path, "1" * 32, Action.DELIVER)
    await accept_failing(tmp_path, "2" * 32, Action.REJECT)  # refused mail counts, too
    ledger.take_up()
    ledger.take_up()
    ledger.tidy()
    assert count_by_disposition(ledger) == {"none": 1, "reject": 1}
    assert '"a.test"' in ledger.records.load_proof("2" * 32)
    ledger.close()
    again = Ledger(tmp_path, clock, SETTINGS)
    again.recover()
    assert count_by_disposition(again) == {"none": 1, "reject": 1}
    again.close()


async def test_a_mail_forgotten_in_history_but_not_in_reports_is_taken_up_again(
    tmp_path: Path, clock: FakeClock
) -> None:
    """A file that a crash left behind holds such a mail; its row stands in nobody's way."""
    ledger = Ledger(tmp_path, clock, SETTINGS)
    await accept_failing(tmp_path, "1" * 32, Action.DELIVER)
    (journal,) = (tmp_path / "journal").glob("*.journal")
    left_behind = journal.read_bytes()
    ledger.take_up()
    ledger.take_up()
    settle(ledger, clock, "1" * 32, State.DELIVERED)
    ledger.tidy()
    with ledger.records.writing() as writing:
        assert writing.forget_history(RECEIVED_AT + timedelta(days=1)) == 1
    ledger.close()
    journal.write_bytes(left_behind)
    again = Ledger(tmp_path, clock, SETTINGS)
    assert again.recover() == 1
    assert count_by_disposition(again) == {"none": 1}
    assert not (tmp_path / "aside").exists()
    again.close()


async def test_what_is_to_be_reported_is_kept_for_its_days_and_no_longer(tmp_path: Path, clock: FakeClock) -> None:
    ledger = Ledger(tmp_path, clock, StoreSettings(history_days=1, dmarc_rows_days=2))
    await accept_failing(tmp_path, "2" * 32, Action.REJECT)
    ledger.take_up()
    clock.advance(1.5 * 86400)
    ledger.expire()
    assert (ledger.records.load_deliveries(), count_by_disposition(ledger)) == ([], {"reject": 1})
    clock.advance(86400)
    ledger.expire()
    assert count_by_disposition(ledger) == {}
    ledger.close()


async def test_nothing_is_recorded_for_reports_where_the_settings_say_so(tmp_path: Path, clock: FakeClock) -> None:
    ledger = Ledger(tmp_path, clock, StoreSettings(dmarc_rows_days=0))
    await accept_failing(tmp_path, "2" * 32, Action.REJECT)
    assert ledger.take_up() == 1
    assert count_by_disposition(ledger) == {}
    ledger.close()
