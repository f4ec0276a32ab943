"""Events, signing keys, attempts, and sessions by time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_20_2"
down_revision = "2026_11_20_1"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("user_id", BIG_ID),
        sa.Column("actor_id", BIG_ID),
        sa.Column("ip_address", sa.String(45)),
        sa.Column("user_agent", sa.String(400)),
        sa.Column("details", sa.JSON()),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    for column in ("user_id", "actor_id", "kind"):
        op.create_index(f"ix_events_{column}_id", "events", [column, "id"])
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.String(43), nullable=False),
        sa.Column("algorithm", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("public_jwk", sa.JSON(), nullable=False),
        sa.Column("sealed_private_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("activated_at", MOMENT),
        sa.Column("retired_at", MOMENT),
        sa.PrimaryKeyConstraint("kid", name="pk_signing_keys"),
    )
    current = sa.text("state IN ('next', 'active')")
    op.create_index(
        "uq_signing_keys_current",
        "signing_keys",
        ["state"],
        unique=True,
        postgresql_where=current,
        sqlite_where=current,
    )
    op.create_table(
        "attempts",
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("network", sa.String(32), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("reserved_at", MOMENT, nullable=False),
        sa.Column("failed_at", MOMENT),
        sa.PrimaryKeyConstraint("account", "network", name="pk_attempts"),
    )
    for column in ("network", "reserved_at"):
        op.create_index(f"ix_attempts_{column}", "attempts", [column])
    op.drop_index("ix_sessions_user_id", "sessions")
    op.create_index("ix_sessions_user_id_id", "sessions", ["user_id", "id"])
    for column in ("expires_at", "revoked_at", "refreshed_at"):
        op.create_index(f"ix_sessions_{column}", "sessions", [column])


def downgrade() -> None:
    for column in ("user_id_id", "expires_at", "revoked_at", "refreshed_at"):
        op.drop_index(f"ix_sessions_{column}", "sessions")
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.drop_table("attempts")
    op.drop_table("signing_keys")
    op.drop_table("events")
