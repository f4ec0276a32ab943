"""What became of an account, as those who follow it see it."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import strawberry

from gql_users.events import UserChangeKind
from gql_users.graphql.ids import global_id
from gql_users.graphql.types.event import Event
from gql_users.graphql.types.user import User
from gql_users.services.following import Change

_MEANINGS = {
    UserChangeKind.CREATED: "There is an account more, made by its owner or by an admin.",
    UserChangeKind.UPDATED: "The account says something else, or has another password; `event` tells which.",
    UserChangeKind.EMAIL_VERIFIED: "The address was shown to be theirs.",
    UserChangeKind.EMAIL_CHANGED: "Its owner moved to another address. One that an admin puts in is an UPDATED.",
    UserChangeKind.DEACTIVATED: "The account was closed.",
    UserChangeKind.REACTIVATED: "The account was opened again.",
    UserChangeKind.DELETED: "The account is gone.",
    UserChangeKind.ADMIN_CHANGED: "Admin rights were granted or withdrawn.",
}

strawberry.enum(UserChangeKind, description="What became of an account. More kinds may be added.")
for _value in vars(UserChangeKind)["__strawberry_definition__"].values:
    _value.description = _MEANINGS[_value.value]


@strawberry.type(description="Something that became of an account, told as it happens.")
class UserChange:
    """A change of an account."""

    kind: UserChangeKind = strawberry.field(description="What became of it.")
    occurred_at: datetime = strawberry.field(description="When.")
    user_id: strawberry.ID = strawberry.field(description="Whose account it is; still told when it is gone.")
    user: User | None = strawberry.field(description="The account as it is now; null once it is gone.")
    event: Event = strawberry.field(description="The entry of the audit log that tells of it, with who did it.")

    @classmethod
    def of(cls, change: Change) -> Self:
        """The change, as a client sees it."""
        return cls(
            kind=change.kind,
            occurred_at=change.event.occurred_at,
            user_id=strawberry.ID(global_id("User", change.event.user_id)),
            user=User.of_found(change.user),
            event=Event.of(change.event),
        )
