"""Who writes to whom, and what our people have sent: as numbers that nobody can read back."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add two tables."""
    counts = ("delivered", "by_dkim", "by_spf", "by_seal", "by_network", "held", "written", "rank")
    op.create_table(
        "contacts",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
        sa.Column("name", sa.BigInteger, nullable=True),
        sa.Column("organisation", sa.BigInteger, nullable=True),
        sa.Column("first_day", sa.Integer, nullable=False),
        sa.Column("last_day", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in counts),
    )
    op.create_index("contacts_by_name", "contacts", ["name", "rank"], sqlite_where=sa.text("name IS NOT NULL"))
    op.create_index("contacts_by_rank", "contacts", ["rank", "last_day"])
    op.create_table(
        "sent_mails",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
        sa.Column("day", sa.Integer, nullable=False),
    )
    op.create_index("sent_mails_by_day", "sent_mails", ["day"])
