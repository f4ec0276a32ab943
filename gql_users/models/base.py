"""What all tables share: names of constraints, moments in UTC, text that sorts alike on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, String, TypeDecorator
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.elements import ColumnElement


class Base(DeclarativeBase):
    """The root of all tables. Constraint names are fixed here, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Moment(TypeDecorator[datetime]):
    """A moment, aware and in UTC on both databases; SQLite keeps it as text that sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Python's moment as the driver wants it. A naive one is a mistake of ours, and raises."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The driver's moment, aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class BeforeAllTime(ColumnElement[datetime]):
    """A constant earlier than every moment: the place of NULL in an ordering by time."""

    # Nothing in it differs from one to the next. Unless that is said, a statement with it is compiled every time.
    _traverse_internals = []  # noqa: RUF012 - how SQLAlchemy is told
    inherit_cache = True
    type = Moment()


@compiles(BeforeAllTime, "postgresql")
def _on_postgresql(element: BeforeAllTime, compiler: Any, **options: Any) -> str:
    return "'-infinity'::timestamp with time zone"


@compiles(BeforeAllTime)
def _elsewhere(element: BeforeAllTime, compiler: Any, **options: Any) -> str:
    return "'0001-01-01 00:00:00.000000'"


# SQLite numbers rows by itself only in a column of exactly this type.
BigId = BigInteger().with_variant(Integer(), "sqlite")


def sorted_text(length: int) -> String:
    """Text that sorts by code point everywhere, so that both databases agree and prefixes are ranges of an index."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")
