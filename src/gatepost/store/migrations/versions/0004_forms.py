"""In which form a mail goes to each recipient: as it came, or cleaned."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add a column; what is there goes as it came."""
    op.add_column("deliveries", sa.Column("form", sa.String(16), nullable=False, server_default="original"))
