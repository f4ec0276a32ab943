"""The guard that never leaves an installation without anybody to look after it."""

from __future__ import annotations

from gql_users.access import Actor
from gql_users.errors import Forbidden, LastAdmin
from gql_users.repositories.unit_of_work import UnitOfWork


async def keep_an_admin(work: UnitOfWork, actor: Actor, *, losing: int) -> None:
    """Refuse to take the last active admin away: LastAdmin. Ask before anything else of the unit of work is locked.

    The admins are locked until the unit of work ends, so two of them cannot remove each other at the same moment; the
    one who comes second is no admin any more, and is told so: Forbidden.
    """
    admins = await work.users.lock_active_admins()
    acts_as_admin = actor.is_admin and actor.user_id is not None
    if acts_as_admin and actor.user_id not in admins:
        raise Forbidden
    if losing in admins and len(admins) == 1:
        raise LastAdmin
