"""The proof of each mail, and what is to be told to the owners of domains with a DMARC record."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add a column and a table."""
    op.add_column("mails", sa.Column("proof", sa.Text, nullable=True))
    op.create_table(
        "dmarc_rows",
        sa.Column("mail_id", sa.String(32), primary_key=True),
        sa.Column("received_ms", sa.BigInteger, nullable=False),
        sa.Column("policy_domain", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("source_ip", sa.String(45), nullable=False),
        sa.Column("header_from", sa.Text, nullable=False),
        sa.Column("envelope_from", sa.Text, nullable=False),
        sa.Column("envelope_to", sa.Text, nullable=False),
        sa.Column("disposition", sa.String(16), nullable=False),
        sa.Column("dkim_is_aligned", sa.Boolean, nullable=False),
        sa.Column("spf_is_aligned", sa.Boolean, nullable=False),
        sa.Column("overrides", sa.Text, nullable=False),
        sa.Column("auth", sa.Text, nullable=False),
    )
    op.create_index("dmarc_rows_by_domain", "dmarc_rows", ["policy_domain", "received_ms"])
    op.create_index("dmarc_rows_by_received", "dmarc_rows", ["received_ms"])
