"""The book says who writes to whom: filled by the journal alone, the same after any crash, bounded, and unreadable."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from doubles import FakeClock
from gatepost.model.facts import Facts, Imprint, Line, Way
from gatepost.model.verdict import Action, Verdict
from gatepost.store.contacts import KNOWN, PROVEN, STRANGER
from gatepost.store.database import DATABASE_NAME
from gatepost.store.entries import Event, State
from gatepost.store.journal import Journal
from gatepost.store.ledger import Ledger
from gatepost.store.settings import StoreSettings
from gatepost.store.vault import JournalVault
from store_builders import RECEIVED_AT, build_arrival, build_verdict

SETTINGS = StoreSettings(move_after_s=0, contacts_max=1000)
READER, PAIR, NAME, ORGANISATION = -11, 22, 33, 44
DAY = (RECEIVED_AT - RECEIVED_AT.replace(year=1970, month=1, day=1, hour=0, minute=0, second=0)).days
PROVEN_MAIL = Imprint((Line(0, READER, PAIR, NAME),), ORGANISATION, (Way.DKIM,))
UNPROVEN_MAIL = replace(PROVEN_MAIL, ways=())


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(at=RECEIVED_AT)


@pytest.fixture
def ledger(tmp_path: Path, clock: FakeClock) -> Iterator[Ledger]:
    opened = Ledger(tmp_path, clock, SETTINGS)
    yield opened
    opened.close()


def leave(verdict: Verdict, imprint: Imprint | None) -> Verdict:
    return replace(verdict, screening=replace(verdict.screening, facts=Facts(imprint=imprint)))


async def accept(
    state: Path,
    *mail_ids: str,
    imprint: Imprint | None = PROVEN_MAIL,
    action: Action = Action.DELIVER,
    days: int = 0,
    recipients: tuple[str, ...] = ("you@example.org",),
) -> None:
    journal = Journal(state / "journal", FakeClock(), SETTINGS, lambda: None)
    vault = JournalVault(journal)
    for mail_id in mail_ids:
        arrival = build_arrival(mail_id, *recipients)
        arrival = replace(arrival, received_at=arrival.received_at + timedelta(days=days))
        verdict = leave(build_verdict(arrival, *(action for _ in recipients)), imprint)
        if action in (Action.REJECT, Action.DEFER):
            vault.note_refused(arrival, verdict)
        else:
            await vault.keep(arrival, verdict, ())
    await journal.close()


def read_lines(ledger: Ledger) -> dict[int, dict[str, Any]]:
    with ledger.records._engine.connect() as connection:  # noqa: SLF001 - as another reader would
        rows = connection.execute(text("SELECT * FROM contacts ORDER BY key")).mappings()
        return {row["key"]: dict(row) for row in rows}


def read_sent(ledger: Ledger) -> list[tuple[int, int]]:
    with ledger.records._engine.connect() as connection:  # noqa: SLF001
        return [(key, day) for key, day in connection.execute(text("SELECT key, day FROM sent_mails ORDER BY key"))]


def line(key: int, rank: int, **values: int | None) -> dict[str, Any]:
    counts = dict.fromkeys(("delivered", "by_dkim", "by_spf", "by_seal", "by_network", "held", "written"), 0)
    days = {"first_day": DAY, "last_day": DAY}
    return {"key": key, "name": None, "organisation": None, **days, **counts, "rank": rank} | values


async def test_a_delivered_mail_begins_a_line_for_its_reader_and_one_for_the_pair(
    tmp_path: Path, ledger: Ledger
) -> None:
    await accept(tmp_path, "1" * 32)
    await accept(tmp_path, "2" * 32, "3" * 32, days=5)
    ledger.take_up()
    assert read_lines(ledger) == {
        READER: line(READER, KNOWN, delivered=3, last_day=DAY + 5),
        PAIR: line(PAIR, KNOWN, name=NAME, organisation=ORGANISATION, delivered=3, by_dkim=3, last_day=DAY + 5),
    }


async def test_an_unproven_mail_leaves_neither_name_nor_organisation_nor_proof(tmp_path: Path, ledger: Ledger) -> None:
    await accept(tmp_path, "1" * 32, "2" * 32, imprint=UNPROVEN_MAIL)
    ledger.take_up()
    assert read_lines(ledger)[PAIR] == line(PAIR, STRANGER, delivered=2)
    await accept(tmp_path, "3" * 32)
    ledger.take_up()
    assert read_lines(ledger)[PAIR]["by_dkim"] == 1
    assert read_lines(ledger)[PAIR]["rank"] == PROVEN


@pytest.mark.parametrize("action", [Action.FLAG, Action.QUARANTINE, Action.REJECT])
async def test_what_is_held_begins_no_line_but_adds_to_one(tmp_path: Path, ledger: Ledger, action: Action) -> None:
    await accept(tmp_path, "1" * 32, action=action)
    ledger.take_up()
    assert read_lines(ledger) == {}
    for mail_id, fate in (("2" * 32, Action.DELIVER), ("3" * 32, action)):
        await accept(tmp_path, mail_id, action=fate)
        ledger.take_up()
    assert read_lines(ledger)[PAIR]["held"] == 1
    assert read_lines(ledger)[READER] == line(READER, PROVEN, delivered=1)


async def test_a_forger_does_not_blacken_whom_he_names(tmp_path: Path, ledger: Ledger) -> None:
    await accept(tmp_path, "1" * 32)
    ledger.take_up()
    await accept(tmp_path, "2" * 32, imprint=UNPROVEN_MAIL, action=Action.QUARANTINE)
    ledger.take_up()
    assert read_lines(ledger)[PAIR]["held"] == 0


async def test_what_comes_again_is_not_counted_yet(tmp_path: Path, ledger: Ledger) -> None:
    await accept(tmp_path, "1" * 32)
    ledger.take_up()
    await accept(tmp_path, "2" * 32, action=Action.DEFER)
    ledger.take_up()
    assert read_lines(ledger)[PAIR]["held"] == 0


async def test_each_recipient_counts_by_the_decision_made_for_it(tmp_path: Path, ledger: Ledger) -> None:
    journal = Journal(tmp_path / "journal", FakeClock(), SETTINGS, lambda: None)
    arrival = build_arrival("1" * 32, "a@example.org", "b@example.org")
    verdict = build_verdict(arrival, Action.DELIVER, Action.QUARANTINE)
    imprint = Imprint((Line(0, 1, 2), Line(1, 3, 4), Line(7, 5, 6)), 9, (Way.SPF,))  # about 7 nobody decided
    await JournalVault(journal).keep(arrival, leave(verdict, imprint), ())
    await journal.close()
    ledger.take_up()
    assert list(read_lines(ledger)) == [1, 2]


async def test_shadow_mode_counts_what_would_have_been_done(tmp_path: Path, ledger: Ledger) -> None:
    journal = Journal(tmp_path / "journal", FakeClock(), SETTINGS, lambda: None)
    arrival = build_arrival("1" * 32)
    verdict = build_verdict(arrival)
    shadowed = tuple(replace(one, would_be=Action.QUARANTINE) for one in verdict.decisions)
    await JournalVault(journal).keep(arrival, leave(replace(verdict, decisions=shadowed), PROVEN_MAIL), ())
    await journal.close()
    ledger.take_up()
    assert read_lines(ledger) == {}


async def test_what_our_people_send_is_remembered(tmp_path: Path, ledger: Ledger) -> None:
    await accept(tmp_path, "1" * 32, imprint=Imprint((), 0, (Way.NETWORK,), written=(5, 6), sent=(7, 8)))
    ledger.take_up()
    assert read_lines(ledger) == {key: line(key, KNOWN, written=1) for key in (5, 6)}
    assert read_sent(ledger) == [(7, DAY), (8, DAY)]


async def test_what_we_did_not_let_pass_was_not_sent(tmp_path: Path, ledger: Ledger) -> None:
    ours = Imprint((), 0, (Way.NETWORK,), written=(5,), sent=(7,))
    await accept(tmp_path, "1" * 32, imprint=ours, action=Action.QUARANTINE)
    await accept(tmp_path, "2" * 32, imprint=ours, action=Action.REJECT)
    ledger.take_up()
    assert (read_lines(ledger), read_sent(ledger)) == ({}, [])


def release(ledger: Ledger, clock: FakeClock, mail_id: str, *, by: str = "anna") -> None:
    ledger.settle([Event(mail_id, 0, clock.now(), State.QUEUED, "released", by, next_attempt_at=clock.now())])


async def test_a_release_by_a_person_counts_once_as_delivered(tmp_path: Path, ledger: Ledger, clock: FakeClock) -> None:
    for mail_id, fate in (("1" * 32, Action.DELIVER), ("2" * 32, Action.QUARANTINE)):
        await accept(tmp_path, mail_id, action=fate)
        ledger.take_up()
    assert read_lines(ledger)[PAIR]["held"] == 1
    release(ledger, clock, "2" * 32)
    release(ledger, clock, "2" * 32)  # `queue retry` says the same
    assert (read_lines(ledger)[PAIR]["delivered"], read_lines(ledger)[PAIR]["held"]) == (2, 0)


async def test_a_mail_that_was_delivered_at_first_is_not_counted_again(
    tmp_path: Path, ledger: Ledger, clock: FakeClock
) -> None:
    await accept(tmp_path, "1" * 32)
    ledger.take_up()
    ledger.settle([Event("1" * 32, 0, clock.now(), State.QUARANTINED, "could not be delivered")])
    release(ledger, clock, "1" * 32)
    assert read_lines(ledger)[PAIR]["delivered"] == 1


async def test_nothing_is_counted_twice_after_a_restart(tmp_path: Path, ledger: Ledger, clock: FakeClock) -> None:
    await accept(tmp_path, "1" * 32, "2" * 32)
    await accept(tmp_path, "3" * 32, action=Action.QUARANTINE)
    ledger.take_up()
    release(ledger, clock, "3" * 32)
    before = read_lines(ledger)
    for _ in range(2):
        ledger.close()
        ledger.__init__(tmp_path, clock, SETTINGS)  # type: ignore[misc]  # so that the fixture can close it
        ledger.recover()
        ledger.take_up()
        ledger.tidy()
    assert read_lines(ledger) == before
    assert before[PAIR]["delivered"] == 3


@pytest.mark.parametrize("moves", [False, True])
async def test_the_book_is_rebuilt_from_the_files_as_the_records_are(
    tmp_path: Path, ledger: Ledger, clock: FakeClock, *, moves: bool
) -> None:
    await accept(tmp_path, "1" * 32)
    await accept(tmp_path, "3" * 32, action=Action.QUARANTINE)
    ledger.take_up()
    if moves:  # what is open lies in files of its own then, and so do its events
        ledger.take_up()
        ledger.tidy()
    release(ledger, clock, "3" * 32)
    before = read_lines(ledger)
    ledger.close()
    for path in tmp_path.glob(f"{DATABASE_NAME}*"):
        path.unlink()
    ledger.__init__(tmp_path, clock, SETTINGS)  # type: ignore[misc]
    ledger.recover()
    assert read_lines(ledger) == before
    assert before[PAIR]["delivered"] == 2


async def test_a_crash_between_the_file_and_the_records_loses_no_release(
    tmp_path: Path, ledger: Ledger, clock: FakeClock
) -> None:
    await accept(tmp_path, "1" * 32, action=Action.QUARANTINE)
    ledger.take_up()
    ledger.records.writing = None  # type: ignore[method-assign, assignment] # the transaction never comes about
    with pytest.raises(TypeError):
        release(ledger, clock, "1" * 32)
    ledger.close()
    ledger.__init__(tmp_path, clock, SETTINGS)  # type: ignore[misc]
    ledger.recover()
    assert read_lines(ledger)[PAIR]["delivered"] == 1


async def test_whom_nobody_hears_of_is_forgotten(tmp_path: Path, ledger: Ledger, clock: FakeClock) -> None:
    ours = Imprint((Line(0, READER, PAIR),), 0, (Way.NETWORK,), sent=(7,))
    await accept(tmp_path, "1" * 32, imprint=ours)
    ledger.take_up()
    clock.advance(400 * 86400)
    ledger.expire()
    assert set(read_lines(ledger)) == {READER, PAIR}
    clock.advance(86400)
    ledger.expire()
    assert (read_lines(ledger), read_sent(ledger)) == ({}, [])


async def test_a_flood_of_strangers_drives_out_strangers(tmp_path: Path, ledger: Ledger) -> None:
    await accept(tmp_path, "1" * 32, "2" * 32)
    lines = tuple(Line(0, READER, key) for key in range(100, 1200))
    await accept(tmp_path, "3" * 32, imprint=Imprint(lines, sent=tuple(range(2000))), days=1)
    ledger.take_up()
    ledger.expire()
    kept = read_lines(ledger)
    assert len(kept) == 1000
    assert {READER, PAIR} <= kept.keys()
    assert len(read_sent(ledger)) == 1000


async def test_made_up_readers_drive_out_nobody_who_is_known(tmp_path: Path, ledger: Ledger) -> None:
    """Where any address is taken, a flood may go to as many readers as mails."""
    await accept(tmp_path, "1" * 32, "2" * 32)
    lines = tuple(Line(0, 10_000 + key, key) for key in range(100, 1200))
    await accept(tmp_path, "3" * 32, imprint=Imprint(lines), days=1)
    ledger.take_up()
    ledger.expire()
    assert {READER, PAIR} <= read_lines(ledger).keys()


async def test_where_nothing_is_to_be_remembered_nothing_is(tmp_path: Path, ledger: Ledger, clock: FakeClock) -> None:
    await accept(tmp_path, "1" * 32)
    ledger.take_up()
    ledger.close()
    ledger.__init__(tmp_path, clock, StoreSettings(contacts_days=0))  # type: ignore[misc]
    await accept(tmp_path, "2" * 32)
    ledger.take_up()
    assert read_lines(ledger)[PAIR]["delivered"] == 1
    ledger.expire()
    assert read_lines(ledger) == {}


async def test_a_mail_without_imprint_leaves_nothing(tmp_path: Path, ledger: Ledger, clock: FakeClock) -> None:
    await accept(tmp_path, "1" * 32, imprint=None, action=Action.QUARANTINE)
    ledger.take_up()
    release(ledger, clock, "1" * 32)
    assert read_lines(ledger) == {}
