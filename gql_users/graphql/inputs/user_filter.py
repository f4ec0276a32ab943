"""How clients narrow and order a list of users."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum

import strawberry

from gql_users.criteria import Order, OrderField, TextIs, TimeIs, UserFilter


@strawberry.input(name="StringFilter", description="What a text must be, ignoring case. All that is given must hold.")
class StringFilterInput:
    """Conditions on a text."""

    eq: str | None = strawberry.field(description="Exactly this.", default=None)
    in_: list[str] | None = strawberry.field(name="in", description="One of these, at most 100.", default=None)
    contains: str | None = strawberry.field(description="This, anywhere inside.", default=None)
    starts_with: str | None = strawberry.field(description="This, at the beginning.", default=None)

    def criteria(self) -> TextIs:
        """The same, in the language of the service."""
        among = tuple(self.in_) if self.in_ is not None else None
        return TextIs(eq=self.eq, among=among, contains=self.contains, starts_with=self.starts_with)


@strawberry.input(name="DateTimeFilter", description="When something must have been. All that is given must hold.")
class DateTimeFilterInput:
    """Conditions on a moment."""

    gte: datetime | None = strawberry.field(description="Then or later.", default=None)
    lt: datetime | None = strawberry.field(description="Before then.", default=None)

    def criteria(self) -> TimeIs:
        """The same, in the language of the service."""
        return TimeIs(gte=self.gte, lt=self.lt)


@strawberry.input(
    name="UserFilter",
    description="Which users are wanted. All that is given must hold; null is no condition.",
)
class UserFilterInput:
    """Conditions on users."""

    email: StringFilterInput | None = strawberry.field(description="Their address.", default=None)
    username: StringFilterInput | None = strawberry.field(description="Their username.", default=None)
    name: StringFilterInput | None = strawberry.field(description="Their name.", default=None)
    is_active: bool | None = strawberry.field(description="Whether they may sign in.", default=None)
    is_admin: bool | None = strawberry.field(description="Whether they look after the others.", default=None)
    email_verified: bool | None = strawberry.field(description="Whether their address is verified.", default=None)
    created_at: DateTimeFilterInput | None = strawberry.field(description="When they came.", default=None)
    updated_at: DateTimeFilterInput | None = strawberry.field(description="When they last changed.", default=None)
    last_login_at: DateTimeFilterInput | None = strawberry.field(
        description="When they last signed in; those who never did match no condition on it.", default=None
    )
    and_: list[UserFilterInput] | None = strawberry.field(name="and", description="All of these.", default=None)
    or_: list[UserFilterInput] | None = strawberry.field(
        name="or", description="At least one of these; of none, nobody.", default=None
    )
    not_: UserFilterInput | None = strawberry.field(name="not", description="Not this.", default=None)

    def criteria(self) -> UserFilter:
        """The same, in the language of the service."""
        return UserFilter(
            email=self.email.criteria() if self.email else None,
            username=self.username.criteria() if self.username else None,
            name=self.name.criteria() if self.name else None,
            is_active=self.is_active,
            is_admin=self.is_admin,
            email_verified=self.email_verified,
            created_at=self.created_at.criteria() if self.created_at else None,
            updated_at=self.updated_at.criteria() if self.updated_at else None,
            last_login_at=self.last_login_at.criteria() if self.last_login_at else None,
            every=_criteria_of(self.and_),
            some=_criteria_of(self.or_),
            none=self.not_.criteria() if self.not_ else None,
        )


@strawberry.enum(description="What users can be ordered by. Ties are broken by id.")
class UserOrderField(Enum):
    """The orderings."""

    ID = strawberry.enum_value("id", description="The number of the account.")
    CREATED_AT = strawberry.enum_value("created_at", description="When they came.")
    UPDATED_AT = strawberry.enum_value("updated_at", description="When they last changed.")
    NAME = strawberry.enum_value("name", description="The name, ignoring case.")
    EMAIL = strawberry.enum_value("email", description="The address, ignoring case.")
    USERNAME = strawberry.enum_value(
        "username",
        description="The username, ignoring case; those without one come first when ascending.",
    )
    LAST_LOGIN_AT = strawberry.enum_value(
        "last_login_at",
        description="The last sign-in; those who never did come first when ascending.",
    )


@strawberry.enum(description="Which way an ordering goes.")
class OrderDirection(Enum):
    """The two directions."""

    ASC = strawberry.enum_value("asc", description="Smallest, earliest or first in the alphabet first.")
    DESC = strawberry.enum_value("desc", description="Largest, latest or last in the alphabet first.")


@strawberry.input(name="UserOrder", description="An ordering of users; the newest first when nothing is said.")
class UserOrderInput:
    """How to order users."""

    field: UserOrderField = strawberry.field(description="By what.", default=UserOrderField.CREATED_AT)
    direction: OrderDirection = strawberry.field(description="Which way.", default=OrderDirection.DESC)

    def criteria(self) -> Order:
        """The same, in the language of the service."""
        return Order(OrderField(self.field.value), descending=self.direction is OrderDirection.DESC)


def _criteria_of(filters: Sequence[UserFilterInput] | None) -> tuple[UserFilter, ...] | None:
    return tuple(each.criteria() for each in filters) if filters is not None else None
