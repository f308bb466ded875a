"""Opens the records' database and brings its schema up to date.

Fails: StorageTrouble when the file cannot be opened or migrated; a copy from before the migration is kept beside it.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import alembic.command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DatabaseError

from gatepost.model.errors import StorageTrouble

DATABASE_NAME = "records.sqlite"
BUSY_TIMEOUT_MS = 10_000
MIGRATIONS = Path(__file__).parent / "migrations"


def open_database(state: Path, migrations: Path = MIGRATIONS) -> Engine:
    """Open (or make) the database in the state folder, migrated to the newest schema."""
    path = state / DATABASE_NAME
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _prepare_connection)
    try:
        _make_private(path)  # first: what SQLite lays beside the file gets its mode
        _migrate(engine, path, migrations)
    except (DatabaseError, sqlite3.DatabaseError, OSError) as error:
        engine.dispose()
        reason = error.orig if isinstance(error, DatabaseError) else error
        raise StorageTrouble(
            f"{path}: the records cannot be opened or migrated ({reason}); "
            "move the file away and start again: it is rebuilt from the journals"
        ) from error
    except CommandError as error:
        engine.dispose()
        raise StorageTrouble(
            f"{path}: a newer gatepost has made these records; use that one, "
            "or move the file away and start again: it is rebuilt from the journals"
        ) from error
    return engine


def _make_private(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    path.chmod(0o600)


def _prepare_connection(connection: Any, _record: object) -> None:
    # FULL: a mail that waited in a file of its own is destroyed once the records say that it is settled.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
        "secure_delete=FAST",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _migrate(engine: Engine, path: Path, migrations: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    newest = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
        connection.rollback()
        if present == newest:
            return
        if present is not None:
            _copy_database(path, path.with_suffix(f".before-{newest}.sqlite"))
        # Said here, since neither driver nor Alembic does for such statements: a crash leaves all of it or nothing.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "head")
        connection.commit()


def _copy_database(path: Path, copy: Path) -> None:
    _make_private(copy)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
