"""Users and their sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_20_1"
down_revision = None
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TRIGRAMS = ("email_key", "username_key", "name_key")


def sorted_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    before_all_time = "'-infinity'::timestamp with time zone" if on_postgresql else "'0001-01-01 00:00:00.000000'"
    op.create_table(
        "users",
        sa.Column("id", BIG_ID, sa.Identity(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sorted_text(320), nullable=False),
        sa.Column("email_verified_at", MOMENT),
        sa.Column("username", sa.String(64)),
        sa.Column("username_key", sorted_text(128)),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_key", sorted_text(200), nullable=False),
        sa.Column("first_name", sa.String(100)),
        sa.Column("last_name", sa.String(100)),
        sa.Column("age", sa.Integer()),
        sa.Column("password_hash", sa.String(512)),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("deactivated_at", MOMENT),
        sa.Column("last_login_at", MOMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column(
            "username_or_first",
            sorted_text(128),
            sa.Computed("coalesce(username_key, '')", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "last_login_or_first",
            MOMENT,
            sa.Computed(f"coalesce(last_login_at, {before_all_time})", persisted=True),
            nullable=False,
        ),
        sa.Column("tie_breaker", BIG_ID, sa.Computed("id", persisted=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email_key", name="uq_users_email_key"),
        sa.UniqueConstraint("username_key", name="uq_users_username_key"),
        sqlite_autoincrement=True,
    )
    for key in ("created_at", "updated_at", "name_key", "username_or_first", "last_login_or_first"):
        op.create_index(f"ix_users_{key}_id", "users", [key, "tie_breaker"])
    for name, condition, on_sqlite in (
        ("ix_users_admins", "is_admin", "is_admin = 1"),
        ("ix_users_deactivated", "deactivated_at IS NOT NULL", "deactivated_at IS NOT NULL"),
    ):
        op.create_index(
            name,
            "users",
            ["created_at", "tie_breaker"],
            postgresql_where=sa.text(condition),
            sqlite_where=sa.text(on_sqlite),
        )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("refreshed_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.Column("ip_address", sa.String(45)),
        sa.Column("user_agent", sa.String(400)),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id_users", ondelete="CASCADE"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    if on_postgresql and offers_trigrams():
        for column in TRIGRAMS:
            op.execute(f"CREATE INDEX ix_users_{column}_trigrams ON users USING gin ({column} gin_trgm_ops)")


def downgrade() -> None:
    op.drop_table("sessions")
    op.drop_table("users")


def offers_trigrams() -> bool:
    """Can this database look inside text by index? Where the extension is missing or not ours to add, it cannot."""
    connection = op.get_bind()
    there = connection.scalar(sa.text("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'"))
    on_offer = connection.scalar(
        sa.text(
            "SELECT count(*) FROM pg_available_extension_versions WHERE name = 'pg_trgm'"
            " AND (trusted AND has_database_privilege(current_database(), 'CREATE')"
            " OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))"
        )
    )
    if not there and on_offer:
        op.execute("CREATE EXTENSION pg_trgm")
    return bool(there or on_offer)
