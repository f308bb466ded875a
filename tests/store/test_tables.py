"""The tables that the code speaks of are those that the migrations make."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from gatepost.store.database import open_database
from gatepost.store.tables import METADATA


def test_the_migrations_make_what_the_tables_say(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_deleting_a_mail_deletes_all_that_is_about_it(tmp_path: Path) -> None:
    """Autogenerate does not compare this part of a foreign key in SQLite."""
    engine = open_database(tmp_path)
    for table in ("deliveries", "events"):
        (key,) = inspect(engine).get_foreign_keys(table)
        assert (key["referred_table"], key["options"]) == ("mails", {"ondelete": "CASCADE"})
    assert inspect(engine).get_foreign_keys("dmarc_rows") == []  # unsent reports stay
    engine.dispose()
