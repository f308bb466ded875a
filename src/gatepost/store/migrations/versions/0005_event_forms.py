"""Which form of a mail was released or delivered at each step of its history."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add a column; of what happened before nobody knows it."""
    op.add_column("events", sa.Column("form", sa.String(16), nullable=True))
