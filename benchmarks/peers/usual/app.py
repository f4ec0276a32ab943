"""Strawberry behind FastAPI's router, with the ORM of SQLAlchemy, as their documentations put them together."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated, Any, NewType

import strawberry
from fastapi import Depends, FastAPI
from sqlalchemy import BigInteger, DateTime, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from strawberry.fastapi import GraphQLRouter
from strawberry.schema.config import StrawberryConfig

engine = create_async_engine(os.environ["GQL_USERS_DATABASE_URL"], pool_size=10, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)

BigInt = NewType("BigInt", int)
BIG_INT = strawberry.scalar(name="BigInt", serialize=int, parse_value=int)


class Base(DeclarativeBase):
    """The root of the tables."""


class UserRow(Base):
    """The table of users, as far as it is answered."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    email: Mapped[str]
    username: Mapped[str | None]
    name: Mapped[str]
    deactivated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    tie_breaker: Mapped[int] = mapped_column(BigInteger)


@strawberry.type
class User:
    """A user, as clients see one."""

    id: strawberry.ID
    database_id: BigInt
    email: str
    username: str | None
    name: str
    is_active: bool
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: UserRow) -> User:
        """The row, as clients see it."""
        return cls(
            id=strawberry.ID(opaque(f"User:{row.id}")),
            database_id=BigInt(row.id),
            email=row.email,
            username=row.username,
            name=row.name,
            is_active=row.deactivated_at is None,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


@strawberry.type
class Edge:
    """A user with a cursor."""

    node: User
    cursor: str


@strawberry.type
class PageInfo:
    """Where a page ends."""

    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Connection:
    """A page."""

    edges: list[Edge]
    page_info: PageInfo


@strawberry.type
class ServiceInfo:
    """What needs no database."""

    version: str
    registration: str
    access_token_lifetime_seconds: int


@strawberry.input(one_of=True)
class UserBy:
    """What to know a user by."""

    id: strawberry.Maybe[strawberry.ID]


@strawberry.type
class Query:
    """The questions."""

    @strawberry.field
    async def service_info(self) -> ServiceInfo:
        """What needs no database."""
        return ServiceInfo(version="0.1.0", registration="OPEN", access_token_lifetime_seconds=900)

    @strawberry.field
    async def user(self, info: strawberry.Info, by: UserBy) -> User | None:
        """One user by its id."""
        session: AsyncSession = info.context["session"]
        number = int(plain(by.id.value).removeprefix("User:")) if by.id is not None else 0
        row = await session.get(UserRow, number)
        return User.of(row) if row is not None else None

    @strawberry.field
    async def users(self, info: strawberry.Info, first: int = 20, after: str | None = None) -> Connection:
        """A page, the newest first."""
        session: AsyncSession = info.context["session"]
        newest_first = UserRow.created_at.desc(), UserRow.tie_breaker.desc()
        statement = select(UserRow).order_by(*newest_first).limit(first + 1)
        if after is not None:
            moment, number = plain(after).split()
            position = datetime.fromisoformat(moment), int(number)
            statement = statement.where(tuple_(UserRow.created_at, UserRow.tie_breaker) < position)
        rows = (await session.scalars(statement)).all()
        return page(rows, first)


def page(rows: Sequence[UserRow], first: int) -> Connection:
    """The page of these rows, of which one more than wanted was read."""
    edges = [Edge(node=User.of(row), cursor=opaque(f"{row.created_at.isoformat()} {row.id}")) for row in rows[:first]]
    end_cursor = edges[-1].cursor if edges else None
    return Connection(edges=edges, page_info=PageInfo(has_next_page=len(rows) > first, end_cursor=end_cursor))


def opaque(text: str) -> str:
    """The text as an id or a cursor."""
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def plain(text: str) -> str:
    """What an id or a cursor was made of."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


async def session_of_request() -> AsyncIterator[AsyncSession]:
    """A session for the length of a request."""
    async with sessions() as session:
        yield session


async def context(session: Annotated[AsyncSession, Depends(session_of_request)]) -> dict[str, Any]:
    """What resolvers can reach."""
    return {"session": session}


schema = strawberry.Schema(query=Query, config=StrawberryConfig(scalar_map={BigInt: BIG_INT}))
app = FastAPI()
app.include_router(GraphQLRouter(schema, context_getter=context), prefix="/graphql")
