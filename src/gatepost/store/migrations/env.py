"""Runs the migrations on the connection that the records hand over."""

from alembic import context

from gatepost.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, transaction_per_migration=True
)
with context.begin_transaction():
    context.run_migrations()
