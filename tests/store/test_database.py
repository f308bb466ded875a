"""The database opens at the newest schema, keeps a copy from before, and says in one sentence what is wrong."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from gatepost.model.errors import StorageTrouble
from gatepost.store.database import DATABASE_NAME, MIGRATIONS, open_database

NEXT_STEP = """
import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("mails", sa.Column("colour", sa.Text, nullable=True))
    op.create_index("mails_by_colour", "mails", ["colour"])
"""


@pytest.fixture
def next_migrations(tmp_path: Path) -> Path:
    """The migrations of a gatepost to come."""
    folder = tmp_path / "migrations 100%"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "0006_colour.py").write_text(NEXT_STEP)
    return folder


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    folder.mkdir()
    return folder


def ask(path: Path, question: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(question).fetchall()
        connection.commit()
        return rows


def add_file(path: Path) -> None:
    ask(path, "INSERT INTO files VALUES ('journal/a', 1, 2)")


@contextmanager
def ending_at_statement(number: int) -> Iterator[list[str]]:
    """Let a crash come before the SQL statement of this number."""
    seen: list[str] = []

    def count(_1: object, _2: object, statement: str, *_: object) -> None:
        seen.append(statement)
        if len(seen) == number:
            raise KeyboardInterrupt

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", count)


def test_the_database_waits_for_the_disk_and_is_for_the_owner_alone(state: Path) -> None:
    engine = open_database(state)
    with engine.connect() as connection:
        pragmas = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in
                   ("journal_mode", "synchronous", "foreign_keys", "secure_delete")}  # fmt: skip
        modes = {path.name: path.stat().st_mode & 0o777 for path in state.iterdir()}
    engine.dispose()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 2}
    assert modes == dict.fromkeys([DATABASE_NAME, f"{DATABASE_NAME}-wal", f"{DATABASE_NAME}-shm"], 0o600)


def test_a_database_from_before_a_migration_is_copied_with_what_was_last_written(
    state: Path, next_migrations: Path
) -> None:
    path = state / DATABASE_NAME
    open_database(state).dispose()
    with closing(sqlite3.connect(path)) as still_open:  # so that SQLite keeps what follows in its write-ahead log
        still_open.execute("PRAGMA journal_mode=WAL")
        still_open.execute("INSERT INTO files VALUES ('journal/a', 1, 2)")
        still_open.commit()
        open_database(state, next_migrations).dispose()
    copy = state / "records.before-0006.sqlite"
    assert ask(copy, "SELECT * FROM files") == [("journal/a", 1, 2)]
    assert ask(copy, "SELECT version_num FROM alembic_version") == [("0005",)]
    assert copy.stat().st_mode & 0o077 == 0
    assert ask(path, "SELECT * FROM files") == [("journal/a", 1, 2)]
    assert ask(path, "SELECT version_num FROM alembic_version") == [("0006",)]
    assert ask(path, "SELECT colour FROM mails") == []


def test_the_records_of_the_first_gatepost_are_kept_with_all_that_is_in_them(tmp_path: Path, state: Path) -> None:
    first = tmp_path / "first"
    shutil.copytree(MIGRATIONS, first, ignore=shutil.ignore_patterns("__pycache__", "000[2-9]*"))
    open_database(state, first).dispose()
    path = state / DATABASE_NAME
    ask(path, "INSERT INTO mails VALUES ('a', 1, 'me@a.test', '192.0.2.1', 'h', 'f', 's', 9, 0.5, 1, '[]', NULL, 0, 0)")
    ask(path, "INSERT INTO events VALUES (7, 'a', 0, 2, 'delivered', '2.0.0', 'done', '')")
    open_database(state).dispose()
    assert ask(path, "SELECT mail_id, mail_from, findings, proof FROM mails") == [("a", "me@a.test", "[]", None)]
    assert ask(path, "SELECT number, mail_id, says FROM events") == [(7, "a", "done")]
    assert ask(path, "SELECT count(*) FROM dmarc_rows") == [(0,)]
    assert ask(state / "records.before-0005.sqlite", "SELECT version_num FROM alembic_version") == [("0001",)]


def test_a_database_that_is_new_or_up_to_date_is_not_copied(state: Path) -> None:
    for _ in range(2):
        open_database(state).dispose()
    assert list(state.glob("*.before-*")) == []


@pytest.mark.parametrize("is_new", [True, False])
def test_a_crash_in_a_migration_leaves_all_of_it_or_nothing(
    tmp_path: Path, next_migrations: Path, *, is_new: bool
) -> None:
    """After one in the first start the gate could never be started again."""
    for number in range(1, 40):
        state = tmp_path / f"state{number}"
        state.mkdir()
        if not is_new:
            open_database(state).dispose()
            add_file(state / DATABASE_NAME)
        try:
            with ending_at_statement(number):
                open_database(state, next_migrations).dispose()
        except KeyboardInterrupt:
            open_database(state, next_migrations).dispose()
        else:
            assert number > 5  # it did come to the end, after all those crashes
            return
        assert ask(state / DATABASE_NAME, "SELECT version_num FROM alembic_version") == [("0006",)]
        assert len(ask(state / DATABASE_NAME, "SELECT * FROM files")) == (0 if is_new else 1)
    pytest.fail("the migration never came to its end")


def test_a_file_that_is_no_database_is_told_with_the_remedy(state: Path) -> None:
    path = state / DATABASE_NAME
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(StorageTrouble) as caught:
        open_database(state)
    assert caught.value.public == (
        f"{path}: the records cannot be opened or migrated (file is not a database); "
        "move the file away and start again: it is rebuilt from the journals"
    )
    assert path.read_bytes() == b"not a database" * 1000


def test_a_database_cut_in_the_middle_is_told(state: Path) -> None:
    open_database(state).dispose()
    path = state / DATABASE_NAME
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(StorageTrouble, match="records cannot be opened or migrated"):
        open_database(state)


def test_a_folder_in_place_of_the_file_is_told(state: Path) -> None:
    (state / DATABASE_NAME).mkdir()
    with pytest.raises(StorageTrouble, match="Is a directory"):
        open_database(state)


def test_records_of_a_newer_gatepost_are_left_as_they_are(state: Path, next_migrations: Path) -> None:
    open_database(state, next_migrations).dispose()
    with pytest.raises(StorageTrouble, match="a newer gatepost has made these records"):
        open_database(state)
    assert ask(state / DATABASE_NAME, "SELECT version_num FROM alembic_version") == [("0006",)]
