"""Places in the list of everybody: its start, its middle and its end, for every ordering."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from gql_users.criteria import Order
from gql_users.models import User
from gql_users.paging import Position, Slice
from gql_users.repositories.user_orders import position
from proofs.orderings import COLUMN

PAGE = 50


async def places(engine: AsyncEngine, order: Order) -> Mapping[str, Slice]:
    """The pages to look at, by name; the second one is the one that all others are compared with."""
    near, middle, far = await _positions(engine, order)
    return {
        "first": Slice(PAGE),
        "second": Slice(PAGE, after=near),
        "middle": Slice(PAGE, after=middle),
        "end": Slice(PAGE, after=far),
        "last": Slice(PAGE, backward=True),
        "before the end": Slice(PAGE, backward=True, before=far),
        "before the middle": Slice(PAGE, backward=True, before=middle),
        "before the second": Slice(PAGE, backward=True, before=near),
    }


async def _positions(engine: AsyncEngine, order: Order) -> tuple[Position, ...]:
    """Where the users stand who close the first page, the first half, and all but the last page."""
    column = getattr(User, COLUMN[order.field])
    ordering = (
        (column.desc().nulls_last(), User.id.desc()) if order.descending else (column.nulls_first(), User.id.asc())
    )
    placed = select(User.id, func.row_number().over(order_by=ordering).label("place")).subquery()
    async with AsyncSession(engine) as session:
        everybody = await session.scalar(select(func.count()).select_from(User)) or 0
        wanted = (PAGE, everybody // 2, everybody - PAGE)
        statement = select(User).join(placed, placed.c.id == User.id).where(placed.c.place.in_(wanted))
        found = (await session.scalars(statement.order_by(placed.c.place))).all()
    return tuple(position(order)(user) for user in found)
