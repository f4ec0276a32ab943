"""Who is asking, and what they may do: every permission on one page, as questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from gql_users.errors import ErrorCode, Forbidden, NotFound, Refusal, Unauthenticated


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request came from, as far as can be known."""

    ip_address: str | None = None
    user_agent: str | None = None
    languages: str | None = None
    """What its user reads, as `Accept-Language` says it (RFC 9110, 12.5.4)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking, and from where. Rights are what the database said at this request, never what a token claims."""

    user_id: int | None = None
    session_id: UUID | None = None
    is_admin: bool = False
    token_refused: ErrorCode | None = None
    """Why a token was not accepted, when one was shown: TOKEN_INVALID or TOKEN_EXPIRED."""
    client: Client = field(default_factory=Client)
    token_expires_at: datetime | None = field(default=None, compare=False)
    """Until when the token that was shown is good, for what goes on longer than a request."""

    @property
    def is_anonymous(self) -> bool:
        """Is it unknown who this is?"""
        return self.user_id is None and not self.is_admin


OPERATOR = Actor(is_admin=True)
"""Whoever runs the service: the command line, and a REST door that was opened by a setting."""


def is_self(actor: Actor, user_id: int) -> bool:
    """Is this the actor's own account?"""
    return actor.user_id is not None and actor.user_id == user_id


def can_see(actor: Actor, user_id: int) -> bool:
    """May the actor read this account?"""
    return is_self(actor, user_id) or actor.is_admin


def can_list(actor: Actor) -> bool:
    """May the actor page through everybody?"""
    return actor.is_admin


def can_create(actor: Actor) -> bool:
    """May the actor make accounts for others?"""
    return actor.is_admin


def can_change_profile(actor: Actor, user_id: int) -> bool:
    """May the actor change what this account says about its person?"""
    return is_self(actor, user_id) or actor.is_admin


def can_set_email(actor: Actor) -> bool:
    """May the actor put in an address without its owner confirming it?"""
    return actor.is_admin


def can_set_password(actor: Actor) -> bool:
    """May the actor give an account a password without knowing the present one?"""
    return actor.is_admin


def can_deactivate(actor: Actor, user_id: int) -> bool:
    """May the actor deactivate this account?"""
    return is_self(actor, user_id) or actor.is_admin


def can_reactivate(actor: Actor) -> bool:
    """May the actor open deactivated accounts again?"""
    return actor.is_admin


def can_delete(actor: Actor) -> bool:
    """May the actor remove accounts for good?"""
    return actor.is_admin


def can_set_admin(actor: Actor) -> bool:
    """May the actor grant and withdraw admin rights?"""
    return actor.is_admin


def can_see_events(actor: Actor) -> bool:
    """May the actor read what happened to everybody?"""
    return actor.is_admin


def can_follow(actor: Actor, user_id: int | None) -> bool:
    """May the actor be told at once what becomes of this account, or, for None, of everybody's?"""
    return actor.is_admin or (user_id is not None and is_self(actor, user_id))


def can_see_security(actor: Actor, user_id: int) -> bool:
    """May the actor see where this account is signed in, and what happened to it?"""
    return is_self(actor, user_id) or actor.is_admin


def can_see_origin(actor: Actor, doer_id: int | None, *, by_a_stranger: bool) -> bool:
    """May the actor see from where somebody did something? Members see strangers at their door, not admins at work."""
    return actor.is_admin or by_a_stranger or (doer_id is not None and is_self(actor, doer_id))


def can_revoke_sessions(actor: Actor, user_id: int) -> bool:
    """May the actor end sessions of this account?"""
    return is_self(actor, user_id) or actor.is_admin


def can_unlock(actor: Actor) -> bool:
    """May the actor let an account be tried again at once?"""
    return actor.is_admin


def can_manage_keys(actor: Actor) -> bool:
    """May the actor see and rotate the keys that sign tokens? Only who runs the service, at the command line."""
    return actor.is_admin and actor.user_id is None


def require(allowed: bool, actor: Actor, otherwise: type[Refusal] = Forbidden) -> None:
    """Refuse unless `allowed`: strangers are asked to sign in, others get `otherwise`.

    Deeds on somebody's account pass NotFound, so that a stranger's id and a missing one look the same.
    """
    if not allowed:
        raise Unauthenticated(actor.token_refused) if actor.is_anonymous else otherwise()


def require_own_or_admin(allowed: bool, actor: Actor) -> None:
    """Refuse unless `allowed`, as if the account did not exist."""
    require(allowed, actor, otherwise=NotFound)
