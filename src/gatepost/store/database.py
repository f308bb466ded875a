"""Opens the records' database and brings its schema up to date.

Fails: StorageTrouble when the file cannot be opened or migrated; a copy from before the migration is kept beside it.
"""

import shutil
from pathlib import Path
from typing import Any

import alembic.command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DatabaseError

from gatepost.model.errors import StorageTrouble

DATABASE_NAME = "records.sqlite"
BUSY_TIMEOUT_MS = 10_000


def open_database(state: Path) -> Engine:
    """Open (or make) the database in the state folder, migrated to the newest schema."""
    path = state / DATABASE_NAME
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _prepare_connection)
    try:
        _migrate(engine, path)
    except DatabaseError as error:
        raise StorageTrouble(
            f"{path}: the records cannot be opened or migrated ({error.orig}); "
            "move the file away and start again: it is rebuilt from the journals"
        ) from error
    path.chmod(0o600)
    return engine


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


def _migrate(engine: Engine, path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    newest = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
        if present == newest:
            return
        if present is not None:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy2(path, path.with_suffix(f".before-{newest}.sqlite"))
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "head")
        connection.commit()
