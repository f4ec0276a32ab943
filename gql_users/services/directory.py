"""The directory: people found by number, address or name, one by one or page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gql_users import text
from gql_users.access import Actor, can_list, can_see, require
from gql_users.criteria import Order, TextIs, UserFilter, require_reasonable, shape
from gql_users.errors import BadUserInput
from gql_users.models import User
from gql_users.paging import Cursors, Page, PageRequest
from gql_users.repositories.reading_users import SHOWN, UserReader
from gql_users.repositories.user_orders import position

MOST_IDS = 100
NOBODY = 0
"""The number that no user has."""
PORTION = 1_000


@dataclass(frozen=True, slots=True)
class Directory:
    """How people are found. `columns` names what of them is wanted, where that is not everything; the id always is."""

    users: UserReader
    cursors: Cursors

    async def me(self, actor: Actor, columns: frozenset[str] = SHOWN) -> User | None:
        """The actor's own account; None for strangers. Raises Unauthenticated for one whose token was refused."""
        require(actor.token_refused is None, actor)
        return await self.find(actor, actor.user_id, columns) if actor.user_id is not None else None

    def find(self, actor: Actor, user_id: int, columns: frozenset[str] = SHOWN) -> Awaitable[User | None]:
        """The user of this number, if the actor may see it. Raises Unauthenticated."""
        require(not actor.is_anonymous, actor)
        return self.users.find(user_id if can_see(actor, user_id) else NOBODY, columns)

    async def find_many(
        self, actor: Actor, ids: Sequence[int | None], columns: frozenset[str] = SHOWN
    ) -> list[User | None]:
        """The users of these numbers, in their order; None for what does not exist or may not be seen.

        Raises Unauthenticated, and BadUserInput for more than 100.
        """
        require(not actor.is_anonymous, actor)
        if len(ids) > MOST_IDS:
            raise BadUserInput(f"Ask for at most {MOST_IDS} at once.")
        visible = {each for each in ids if each is not None and can_see(actor, each)}
        found = await self.users.find_many(visible, columns)
        return [found.get(each) if each is not None else None for each in ids]

    async def find_by_email(self, actor: Actor, email: str, columns: frozenset[str] = SHOWN) -> User | None:
        """The user of this address, however it is spelled, if the actor may see it. Raises Unauthenticated."""
        require(not actor.is_anonymous, actor)
        user = await self.users.find_by_email(text.email_key(email) or "", columns)
        return user if user is not None and can_see(actor, user.id) else None

    async def find_by_username(self, actor: Actor, username: str, columns: frozenset[str] = SHOWN) -> User | None:
        """The user of this username, however it is spelled, if the actor may see it. Raises Unauthenticated."""
        require(not actor.is_anonymous, actor)
        user = await self.users.find_by_username(text.username_key(username) or "", columns)
        return user if user is not None and can_see(actor, user.id) else None

    async def page(
        self,
        actor: Actor,
        request: PageRequest,
        wanted: UserFilter,
        order: Order,
        search: str | None,
        columns: frozenset[str] = SHOWN,
    ) -> Page[User]:
        """A page of the users that match. Raises Unauthenticated, Forbidden and BadUserInput."""
        require(can_list(actor), actor)
        scope = _scope(order, wanted, bool(search))
        part = request.slice(self.cursors, scope)
        users, has_next, has_previous = await self.users.page(_searching(wanted, search), order, part, columns)
        seal, stands = self.cursors.sealer(scope), position(order)
        return Page(users, lambda user: seal(stands(user)), has_next, has_previous)

    async def count(self, actor: Actor, wanted: UserFilter, search: str | None) -> int:
        """How many users match. Raises Unauthenticated, Forbidden and BadUserInput."""
        require(can_list(actor), actor)
        require_reasonable(wanted)
        return await self.users.count(_searching(wanted, search))

    async def everybody(self, actor: Actor) -> AsyncIterator[User]:
        """All users by number, read in portions: whoever is there at its turn. Raises Unauthenticated and Forbidden."""
        require(can_list(actor), actor)
        last = 0
        while True:
            portion = await self.users.after(last, PORTION)
            for user in portion:
                yield user
            if len(portion) < PORTION:
                return
            last = portion[-1].id

    async def skip_to(self, actor: Actor, skip: int, limit: int) -> Sequence[User]:
        """`limit` users after the first `skip`, by number. Raises Unauthenticated and Forbidden."""
        require(can_list(actor), actor)
        return await self.users.skip_to(skip, limit)


@lru_cache(64)
def _scope(order: Order, wanted: UserFilter, is_searched: bool) -> str:
    """The list that cursors belong to. Raises BadUserInput for filters that are beyond any use."""
    require_reasonable(wanted)
    return f"users {order.field.value} {order.descending} {shape(wanted)} {is_searched}"


def _searching(wanted: UserFilter, search: str | None) -> UserFilter:
    """The filter, narrowed to those whose name, username or address contains the text."""
    if search is None or not search.strip():
        return wanted
    anywhere = TextIs(contains=search.strip())
    named = UserFilter(some=(UserFilter(name=anywhere), UserFilter(username=anywhere), UserFilter(email=anywhere)))
    return UserFilter(every=(wanted, named))
