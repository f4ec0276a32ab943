"""The whole API on one page."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from functools import cache
from typing import Any

import strawberry
from graphql import (
    GraphQLSchema,
    Undefined,
    build_schema,
    get_named_type,
    lexicographic_sort_schema,
    print_schema,
)
from strawberry.schema.config import StrawberryConfig

from gql_users.graphql import mutations, queries, subscriptions
from gql_users.graphql.connections import Connection
from gql_users.graphql.mutations.change_password import ChangePasswordPayload
from gql_users.graphql.mutations.confirm_email_change import ConfirmEmailChangePayload
from gql_users.graphql.mutations.create_user import CreateUserPayload
from gql_users.graphql.mutations.deactivate_user import DeactivateUserPayload
from gql_users.graphql.mutations.delete_user import DeleteUserPayload
from gql_users.graphql.mutations.login import LoginPayload
from gql_users.graphql.mutations.logout import LogoutPayload
from gql_users.graphql.mutations.patch_user import PatchUserPayload
from gql_users.graphql.mutations.reactivate_user import ReactivateUserPayload
from gql_users.graphql.mutations.refresh import RefreshPayload
from gql_users.graphql.mutations.register import RegisterPayload
from gql_users.graphql.mutations.request_email_change import RequestEmailChangePayload
from gql_users.graphql.mutations.request_email_verification import RequestEmailVerificationPayload
from gql_users.graphql.mutations.request_password_reset import RequestPasswordResetPayload
from gql_users.graphql.mutations.reset_password import ResetPasswordPayload
from gql_users.graphql.mutations.revoke_session import RevokeSessionPayload
from gql_users.graphql.mutations.set_user_admin import SetUserAdminPayload
from gql_users.graphql.mutations.unlock_user import UnlockUserPayload
from gql_users.graphql.mutations.update_user import UpdateUserPayload
from gql_users.graphql.mutations.verify_email import VerifyEmailPayload
from gql_users.graphql.types.event import Event
from gql_users.graphql.types.mutation_error import KINDS
from gql_users.graphql.types.node import Node
from gql_users.graphql.types.scalars import SCALARS
from gql_users.graphql.types.service_info import ServiceInfo
from gql_users.graphql.types.session import Session
from gql_users.graphql.types.user import User
from gql_users.graphql.types.user_change import UserChange


def field(resolver: Callable[..., Any], description: str) -> Any:
    """A field of the API: the function that answers it, and what people read about it."""
    return strawberry.field(resolver=resolver, description=description)


@strawberry.type(description="What can be asked. The last words of each description say who is answered.")
class Query:
    """The questions."""

    me: User | None = field(queries.find_me, "The caller's own account; null for strangers. For oneself.")
    user: User | None = field(
        queries.find_user, "One account; null when unknown or not to be seen. For oneself and admins."
    )
    users: Connection[User] | None = field(
        queries.find_users, "Everybody, page by page, 20 at a time unless told otherwise. For admins."
    )
    node: Node | None = field(
        queries.find_node, "Whatever has this id; null when unknown or not to be seen. For oneself and admins."
    )
    nodes: list[Node | None] = field(
        queries.find_nodes, "Whatever has these ids, at most 100, in their order. For oneself and admins."
    )
    events: Connection[Event] | None = field(
        queries.find_events, "What has happened, the newest first: the audit log. For admins."
    )
    service_info: ServiceInfo = field(queries.describe_service, "What a frontend needs to draw its forms. For anyone.")


@strawberry.type(
    description="What can be done. Each answers refusals in its payload's `errors`; its last words say who may do it."
)
class Mutation:
    """The deeds."""

    register: RegisterPayload | None = field(
        mutations.register,
        "Make an account of one's own, and sign in, unless registration is closed. For anyone.",
    )
    login: LoginPayload | None = field(mutations.login, "Sign in. Every failure looks the same. For anyone.")
    refresh: RefreshPayload | None = field(
        mutations.refresh, "Stay signed in: exchange a refresh token for the next pair. For anyone."
    )
    logout: LogoutPayload | None = field(mutations.logout, "Sign out here, elsewhere or everywhere. For anyone.")
    revoke_session: RevokeSessionPayload | None = field(
        mutations.revoke_session, "Sign out one session from afar. For oneself and admins."
    )
    create_user: CreateUserPayload | None = field(
        mutations.create_user, "Make an account for somebody else. For admins."
    )
    update_user: UpdateUserPayload | None = field(
        mutations.update_user, "Replace a whole profile. For oneself and admins."
    )
    patch_user: PatchUserPayload | None = field(
        mutations.patch_user, "Change parts of a profile: absent stays, null empties. For oneself and admins."
    )
    deactivate_user: DeactivateUserPayload | None = field(
        mutations.deactivate_user, "Close an account and end its sessions. For oneself and admins."
    )
    reactivate_user: ReactivateUserPayload | None = field(
        mutations.reactivate_user, "Open a closed account again. For admins."
    )
    delete_user: DeleteUserPayload | None = field(mutations.delete_user, "Remove an account for good. For admins.")
    set_user_admin: SetUserAdminPayload | None = field(
        mutations.set_user_admin, "Grant or withdraw admin rights. For admins."
    )
    unlock_user: UnlockUserPayload | None = field(
        mutations.unlock_user, "Let an account that was tried too often be tried again at once. For admins."
    )
    change_password: ChangePasswordPayload | None = field(
        mutations.change_password, "Take another password; every other session ends. For oneself."
    )
    request_password_reset: RequestPasswordResetPayload | None = field(
        mutations.request_password_reset,
        "Have a letter sent to who forgot their password. Answers alike for every address. For anyone.",
    )
    reset_password: ResetPasswordPayload | None = field(
        mutations.reset_password, "Take another password; every session ends. For whoever has the letter."
    )
    request_email_verification: RequestEmailVerificationPayload | None = field(
        mutations.request_email_verification,
        "Have the letter that verifies an address sent again. Answers alike for every address. For anyone.",
    )
    verify_email: VerifyEmailPayload | None = field(
        mutations.verify_email, "Show that an address is one's own. For whoever has the letter."
    )
    request_email_change: RequestEmailChangePayload | None = field(
        mutations.request_email_change, "Have a letter sent to the address one moves to. For oneself."
    )
    confirm_email_change: ConfirmEmailChangePayload | None = field(
        mutations.confirm_email_change, "Arrive at another address. For whoever has the letter."
    )


@strawberry.type(description="What can be followed, over a WebSocket or server-sent events.")
class Subscription:
    """The streams."""

    user_changed: AsyncGenerator[UserChange, None] = strawberry.subscription(
        resolver=subscriptions.follow_user_changes,
        description="What becomes of accounts, as it happens. For oneself and admins.",
    )


@cache
def build() -> strawberry.Schema:
    """The schema, the same for all applications of a process."""
    schema = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[*KINDS, User, Session, Event],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    _tidy(schema._schema)
    return schema


def _tidy(schema: GraphQLSchema) -> None:
    """Let what is optional be simply optional, and an input say what its type says.

    Strawberry tells clients of a default null wherever Python has None, and leaves arguments without a word.
    """
    for kind in schema.type_map.values():
        for part in getattr(kind, "fields", {}).values():
            for value in [part, *getattr(part, "args", {}).values()]:
                if getattr(value, "default_value", Undefined) is None:
                    value.default_value = Undefined
                if value.description is None:
                    value.description = get_named_type(value.type).description


def printed() -> str:
    """The schema in the schema definition language, sorted: what `schema.graphql` holds."""
    # Sorted as text: Strawberry's own sorting replaces its enums by plain ones, which cannot print their defaults.
    schema = build_schema(build().as_str())
    return print_schema(lexicographic_sort_schema(schema)) + "\n"
