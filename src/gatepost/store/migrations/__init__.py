"""Alembic migrations of the records, from the first table on; forward only."""
