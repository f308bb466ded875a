"""A worker reads the book while the keeper writes: never waiting, never failing, and quick."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from doubles import FakeClock
from gatepost.model.ports import ContactAnswer, ContactQuestion, ContactRow
from gatepost.net.clock import SystemClock
from gatepost.store.contact_book import (
    DEADLINE_S,
    MAX_SLOW_ANSWERS,
    REST_S,
    SECRET_NAME,
    SLOW_S,
    SqliteContactBook,
    load_secret,
)
from gatepost.store.database import DATABASE_NAME, open_database

ROW = ContactRow(5, 44, 20_000, delivered=9, by_dkim=8, by_spf=7, by_seal=6, by_network=5, held=4, written=3, name=33)
INSERT = "INSERT INTO contacts VALUES (?, 33, 44, 20000, 20001, 9, 8, 7, 6, 5, 4, 3, 2)"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    open_database(tmp_path).dispose()
    write(tmp_path, INSERT, 5)
    write(tmp_path, "INSERT INTO sent_mails VALUES (?, 20000)", 7)
    return tmp_path


def write(state: Path, statement: str, *values: int) -> None:
    with closing(sqlite3.connect(state / DATABASE_NAME)) as connection:
        connection.execute(statement, values)
        connection.commit()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def book(state: Path, clock: FakeClock) -> Iterator[SqliteContactBook]:
    opened = SqliteContactBook(state, clock)
    yield opened
    opened.close()


def ask(book: SqliteContactBook, *keys: int, names: tuple[int, ...] = (), sent: tuple[int, ...] = ()) -> ContactAnswer:
    answer = book.ask(ContactQuestion(keys, names, sent))
    assert answer is not None
    return answer


def test_what_stands_there_is_told(book: SqliteContactBook) -> None:
    assert ask(book, 4, 5, 6, names=(33, 34), sent=(6, 7)) == ContactAnswer(
        {5: ROW}, {33: [ROW], 34: []}, frozenset({7})
    )
    assert ask(book) == ContactAnswer({}, {}, frozenset())


def test_of_many_namesakes_a_few_are_told_those_known_best_first(state: Path, book: SqliteContactBook) -> None:
    for key in range(10, 20):
        write(state, INSERT.replace("3, 2)", "3, 1)"), key)
    told = ask(book, names=(33,)).named[33]
    assert len(told) == 4
    assert told[0].key == 5


def test_a_name_that_thousands_use_is_no_slow_question(state: Path, book: SqliteContactBook) -> None:
    """A service that writes in a person's name from an address of its own for each thread."""
    with closing(sqlite3.connect(state / DATABASE_NAME)) as connection:
        connection.executemany(INSERT, ((key,) for key in range(10, 5000)))
        connection.commit()
        query = "EXPLAIN QUERY PLAN SELECT key FROM contacts WHERE name = 33 ORDER BY rank DESC LIMIT 4"
        assert not any("TEMP B-TREE" in row[-1] for row in connection.execute(query))
    assert len(ask(book, names=(33,)).named[33]) == 4


def test_what_the_keeper_writes_is_seen_with_the_next_question(state: Path, book: SqliteContactBook) -> None:
    assert ask(book, 6).rows == {}
    write(state, INSERT, 6)
    assert list(ask(book, 6).rows) == [6]


def test_an_open_transaction_of_the_keeper_is_not_waited_for(state: Path, book: SqliteContactBook) -> None:
    with closing(sqlite3.connect(state / DATABASE_NAME)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("DELETE FROM contacts")
        assert list(ask(book, 5).rows) == [5]
        connection.rollback()


def test_a_reader_keeps_no_transaction_open(state: Path, book: SqliteContactBook) -> None:
    """Else the keeper could never shorten its write-ahead log."""
    ask(book, 5, names=(33,), sent=(6, 7))
    write(state, INSERT, 6)
    with closing(sqlite3.connect(state / DATABASE_NAME)) as connection:
        (busy, left, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert (busy, left) == (0, 0)


def test_a_locked_database_is_unknown_at_once_and_asked_again_after_a_rest(
    state: Path, book: SqliteContactBook, clock: FakeClock
) -> None:
    with closing(sqlite3.connect(state / DATABASE_NAME)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("BEGIN EXCLUSIVE")
        started_s = time.monotonic()
        assert book.ask(ContactQuestion((5,), (), ())) is None
        assert time.monotonic() - started_s < 2  # SQLite itself waits for 5
        connection.rollback()
    assert book.ask(ContactQuestion((5,), (), ())) is None  # it still rests
    clock.advance(REST_S)
    assert list(ask(book, 5).rows) == [5]


def test_before_the_first_start_of_a_keeper_everything_is_unknown(tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "new").mkdir()
    book = SqliteContactBook(tmp_path / "new", clock)
    assert book.ask(ContactQuestion((5,), (), ())) is None
    assert list((tmp_path / "new").iterdir()) == []
    open_database(tmp_path / "new").dispose()
    clock.advance(REST_S)
    assert ask(book, 5).rows == {}
    book.close()


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(b"junk" * 999), lambda path: path.unlink()])
def test_a_database_that_is_spoiled_or_gone_is_unknown(
    state: Path, clock: FakeClock, spoil: Callable[[Path], object]
) -> None:
    spoil(state / DATABASE_NAME)
    book = SqliteContactBook(state, clock)
    assert book.ask(ContactQuestion((5,), (33,), (7,))) is None
    book.close()


def test_a_database_that_was_replaced_is_read_after_a_moment(
    state: Path, book: SqliteContactBook, clock: FakeClock
) -> None:
    assert list(ask(book, 5).rows) == [5]
    for path in state.glob(f"{DATABASE_NAME}*"):
        path.unlink()
    open_database(state).dispose()
    clock.advance(REST_S)
    assert ask(book, 5).rows == {}


@dataclass
class RunningClock(FakeClock):
    """A clock that goes on by a step with each look."""

    step_s: float = DEADLINE_S

    def monotonic_s(self) -> float:
        self.elapsed_s += self.step_s
        return self.elapsed_s


def test_a_question_that_takes_too_long_is_broken_off(state: Path) -> None:
    book = SqliteContactBook(state, RunningClock(step_s=2 * DEADLINE_S))
    assert book.ask(ContactQuestion(tuple(range(1000)), (), ())) is None
    book.close()


def test_after_answers_that_kept_everybody_waiting_nothing_is_asked_for_a_while(state: Path) -> None:
    clock = RunningClock(step_s=2 * SLOW_S)
    book = SqliteContactBook(state, clock)
    for _ in range(MAX_SLOW_ANSWERS):
        assert list(ask(book, 5).rows) == [5]
    assert book.ask(ContactQuestion((5,), (), ())) is None
    clock.advance(REST_S)
    assert list(ask(book, 5).rows) == [5]
    book.close()


def test_an_answer_that_was_slow_once_in_a_while_is_forgiven(state: Path) -> None:
    clock = RunningClock()
    book = SqliteContactBook(state, clock)
    for number in range(4 * MAX_SLOW_ANSWERS):
        clock.step_s = 2 * SLOW_S if number % MAX_SLOW_ANSWERS else 0
        assert list(ask(book, 5).rows) == [5]
    book.close()


def test_a_reader_can_write_nothing(book: SqliteContactBook) -> None:
    ask(book, 5)
    assert book._connection is not None  # noqa: SLF001
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        book._connection.execute("DELETE FROM contacts")  # noqa: SLF001


def test_a_question_takes_microseconds_among_a_hundred_thousand(tmp_path: Path) -> None:
    open_database(tmp_path).dispose()
    with closing(sqlite3.connect(tmp_path / DATABASE_NAME)) as connection:
        rows = ((key * 92233720368547, key) for key in range(1, 100_001))
        connection.executemany("INSERT INTO contacts VALUES (?, ?, 44, 20000, 20001, 9, 8, 7, 6, 5, 4, 3, 2)", rows)
        connection.commit()
    book = SqliteContactBook(tmp_path, SystemClock())
    questions = [
        ContactQuestion(tuple((number * 7919 + step) % 99_999 * 92233720368547 for step in range(4)), (number,), (1, 2))
        for number in range(1000)
    ]
    book.ask(questions[0])
    started_s = time.process_time()
    for question in questions:
        book.ask(question)
    assert (time.process_time() - started_s) / len(questions) < 0.0005  # usually 0.00003
    book.close()


def test_the_secret_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    secret = load_secret(tmp_path)
    assert load_secret(tmp_path) == secret
    assert len(set(secret)) > 8
    assert (tmp_path / SECRET_NAME).stat().st_mode & 0o077 == 0


def test_a_secret_that_was_cut_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / SECRET_NAME).write_bytes(b"x")
    assert len(load_secret(tmp_path)) == 32


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file for somebody else")
def test_the_secret_that_root_makes_belongs_to_the_owner_of_the_folder(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, 54321)
    load_secret(tmp_path)
    status = (tmp_path / SECRET_NAME).stat()
    assert (status.st_uid, status.st_gid) == (12345, 54321)
