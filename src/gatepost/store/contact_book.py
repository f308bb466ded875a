"""Reads the book of contacts in a worker: the records' database, opened to be read only.

In SQLite's WAL mode a reader never waits for the keeper's writing. What cannot be answered within a few milliseconds is
not answered: a statement that runs too long is interrupted, a lock is not waited for. After any trouble, and after some
answers in a row for which a slow disk kept the event loop waiting, nothing is asked for a second.

Fails: never; the answer is None.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gatepost.model.ports import Clock, ContactAnswer, ContactQuestion, ContactRow
from gatepost.store.database import DATABASE_NAME
from gatepost.store.files import write_files_durably

SECRET_NAME = "contacts.key"  # noqa: S105 - the name of a file
SECRET_BYTES = 32
DEADLINE_S = 0.005
SLOW_S = 0.05
MAX_SLOW_ANSWERS = 3  # in a row: once in a while a busy machine is as slow as a bad disk
REST_S = 1.0
MAX_NAMESAKES = 4
STEPS_BETWEEN_LOOKS = 1000  # instructions of SQLite's machine; a question takes some hundreds

_COLUMNS = "key, organisation, first_day, delivered, by_dkim, by_spf, by_seal, by_network, held, written, name"
_BY_NAME = f"SELECT {_COLUMNS} FROM contacts WHERE name = ? ORDER BY rank DESC LIMIT {MAX_NAMESAKES}"  # noqa: S608


class SqliteContactBook:
    """The ContactBook of a worker (model/ports.py); used by one thread, opened with the first question."""

    def __init__(self, state: Path, clock: Clock) -> None:
        self._path = state / DATABASE_NAME
        self._clock = clock
        self._connection: sqlite3.Connection | None = None
        self._file = (0, 0)
        self._looks_at_s = 0.0  # when it is time to see whether the database is still the same file
        self._rests_until_s = 0.0
        self._ends_s = 0.0
        self._slow_count = 0

    def ask(self, question: ContactQuestion) -> ContactAnswer | None:
        """Answer one question."""
        started_s = self._clock.monotonic_s()
        if started_s < self._rests_until_s:
            return None
        self._ends_s = started_s + DEADLINE_S
        try:
            answer = _answer(self._open(started_s), question)
        except (sqlite3.Error, OSError):
            self.close()
            answer = None
        ended_s = self._clock.monotonic_s()
        self._slow_count = self._slow_count + 1 if ended_s - started_s > SLOW_S else 0
        if answer is None or self._slow_count >= MAX_SLOW_ANSWERS:
            self._rests_until_s, self._slow_count = ended_s + REST_S, 0
        return answer

    def close(self) -> None:
        """Close the database; the next question opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self, now_s: float) -> sqlite3.Connection:
        if self._connection is not None and now_s < self._looks_at_s:
            return self._connection
        self._looks_at_s = now_s + REST_S
        status = self._path.stat()
        file = status.st_dev, status.st_ino
        if self._connection is None or file != self._file:
            self.close()
            uri = f"{self._path.absolute().as_uri()}?mode=ro"
            self._connection = sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None)
            self._connection.set_progress_handler(self._is_late, STEPS_BETWEEN_LOOKS)
            self._file = file
        return self._connection

    def _is_late(self) -> bool:
        return self._clock.monotonic_s() > self._ends_s


def _answer(connection: sqlite3.Connection, question: ContactQuestion) -> ContactAnswer:
    named = {name: _read(connection.execute(_BY_NAME, (name,))) for name in question.names}
    keys = f"SELECT {_COLUMNS} FROM contacts WHERE key IN ({_marks(question.keys)})"  # noqa: S608 - question marks only
    rows = {row.key: row for row in _read(connection.execute(keys, question.keys))}
    sent: frozenset[int] = frozenset()
    if question.sent:
        keys = f"SELECT key FROM sent_mails WHERE key IN ({_marks(question.sent)})"  # noqa: S608 - likewise
        sent = frozenset(key for (key,) in connection.execute(keys, question.sent))  # all: an open cursor keeps the WAL
    return ContactAnswer(rows, named, sent)


def _read(rows: Iterable[tuple[Any, ...]]) -> list[ContactRow]:
    return [ContactRow(*row) for row in rows]


def _marks(values: tuple[int, ...]) -> str:
    return ",".join("?" * len(values))


def load_secret(state: Path) -> bytes:
    """Give the secret of this installation's numbers, made the first time; raises OSError."""
    path = state / SECRET_NAME
    try:
        secret = path.read_bytes()
    except FileNotFoundError:
        secret = b""
    if len(secret) != SECRET_BYTES:
        secret = secrets.token_bytes(SECRET_BYTES)
        write_files_durably({path: secret})
        owner = state.stat()
        if os.geteuid() == 0 and owner.st_uid:  # root makes it before becoming the service user, who reads it later
            os.chown(path, owner.st_uid, owner.st_gid)
    return secret
