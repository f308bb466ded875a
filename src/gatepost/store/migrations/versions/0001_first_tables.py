"""The first tables: mails, deliveries, events, files."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _create_mails()
    _create_deliveries()
    op.create_table(
        "events",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("mail_id", sa.String(32), sa.ForeignKey("mails.mail_id", ondelete="CASCADE"), nullable=False),
        sa.Column("recipient_number", sa.Integer, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("says", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
    )
    op.create_index("events_by_mail", "events", ["mail_id"])
    op.create_table(
        "files",
        sa.Column("file", sa.Text, primary_key=True),
        sa.Column("mails_read_bytes", sa.BigInteger, nullable=False),
        sa.Column("events_read_bytes", sa.BigInteger, nullable=False),
    )


def _create_mails() -> None:
    op.create_table(
        "mails",
        sa.Column("mail_id", sa.String(32), primary_key=True),
        sa.Column("received_ms", sa.BigInteger, nullable=False),
        sa.Column("mail_from", sa.Text, nullable=False),
        sa.Column("client_ip", sa.String(45), nullable=False),
        sa.Column("helo", sa.Text, nullable=False),
        sa.Column("header_from", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("was_judged", sa.Boolean, nullable=False),
        sa.Column("findings", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=True),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.Column("length", sa.BigInteger, nullable=False),
    )
    op.create_index("mails_by_file", "mails", ["file"])
    op.create_index("mails_by_received", "mails", ["received_ms"])


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("mail_id", sa.String(32), sa.ForeignKey("mails.mail_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("recipient_number", sa.Integer, primary_key=True),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("would_be", sa.String(16), nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("reason_zh", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("queued_ms", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_ms", sa.BigInteger, nullable=True),
        sa.Column("updated_ms", sa.BigInteger, nullable=False),
        sa.Column("last_status", sa.String(16), nullable=False),
        sa.Column("last_says", sa.Text, nullable=False),
    )
    op.create_index("deliveries_by_state", "deliveries", ["state", "next_attempt_ms"])
