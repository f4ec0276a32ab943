"""Letters, one-time tokens, and the language somebody reads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_20_3"
down_revision = "2026_11_20_2"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("users", sa.Column("locale", sa.String(35)))
    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("user_id", BIG_ID),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("locale", sa.String(100)),
        sa.Column("details", sa.JSON()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("given_up_at", MOMENT),
        sa.Column("trouble", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
    )
    waiting = sa.text("sent_at IS NULL AND given_up_at IS NULL")
    op.create_index("ix_letters_waiting", "letters", ["due_at"], postgresql_where=waiting, sqlite_where=waiting)
    key = sa.String(320).with_variant(sa.String(320, collation="C"), "postgresql")
    op.create_table(
        "one_time_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("address_key", key, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_one_time_tokens"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_one_time_tokens_user_id_users", ondelete="CASCADE"),
        sa.UniqueConstraint("user_id", "purpose", name="uq_one_time_tokens_user_id"),
        sa.UniqueConstraint("token_hash", name="uq_one_time_tokens_token_hash"),
    )
    for column in ("address_key", "expires_at"):
        op.create_index(f"ix_one_time_tokens_{column}", "one_time_tokens", [column])


def downgrade() -> None:
    op.drop_table("one_time_tokens")
    op.drop_table("letters")
    op.drop_column("users", "locale")
