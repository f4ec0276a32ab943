"""Indexes by which letters that are done with are found, and forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_20_5"
down_revision = "2026_11_20_3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("sent_at", "given_up_at"):
        done = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_letters_{column}", "letters", [column], postgresql_where=done, sqlite_where=done)


def downgrade() -> None:
    for column in ("given_up_at", "sent_at"):
        op.drop_index(f"ix_letters_{column}", "letters")
