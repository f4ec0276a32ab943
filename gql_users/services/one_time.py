"""One-time tokens: minted when a letter is sent, shown by whoever read it, used once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from gql_users import text
from gql_users.access import Actor, Client
from gql_users.clock import Clock
from gql_users.errors import Invalid, TokenInvalid
from gql_users.events import id_at
from gql_users.models import OneTimeToken, User
from gql_users.repositories.unit_of_work import UnitOfWork, UnitsOfWork, repeated_on_collision
from gql_users.security.one_time import CODE_TRIES, Minted, OneTimeSecrets
from gql_users.security.throttle import Limit
from gql_users.services.throttle import Throttle

NOT_GOOD = "This link or code is not good any more. Ask for another letter."

# A new letter brings new tries. All letters together have twenty wrong codes, and then one in 72 minutes, whoever types
# them: four whole letters are more than anybody mistypes, and a year of guesses at an account finds a code in a
# hundred and forty. Links are never limited, so a stranger's wrong codes keep nobody from their letter.
WRONG_CODES = Limit.a_day(20)


class Purpose(Enum):
    """What a token is good for, and how long."""

    RESET_PASSWORD = "reset", timedelta(hours=1)
    VERIFY_EMAIL = "verify", timedelta(hours=24)
    CHANGE_EMAIL = "change", timedelta(hours=1)

    def __init__(self, label: str, lifetime: timedelta) -> None:
        self.label = label
        self.lifetime = lifetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the reader of a letter shows: the token of its link, or its code with the address it was sent to."""

    token: str | None = None
    email: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class OneTime:
    """How one-time tokens come and go."""

    unit_of_work: UnitsOfWork
    clock: Clock
    secrets: OneTimeSecrets
    throttle: Throttle

    async def mint(self, work: UnitOfWork, purpose: Purpose, user: User, address: str, address_key: str) -> Minted:
        """A new secret for a letter to this address, in somebody's unit of work. It retires the one before it."""
        now = self.clock.now()
        minted = self.secrets.mint(_bound_to(purpose, address_key))
        token = OneTimeToken(
            id=id_at(now),
            user_id=user.id,
            purpose=purpose.label,
            address=address,
            address_key=address_key,
            token_hash=minted.token_hash,
            code_hash=minted.code_hash,
            tries_left=CODE_TRIES,
            created_at=now,
            expires_at=now + purpose.lifetime,
        )
        await work.one_time_tokens.put(token)
        return minted

    async def find(self, purpose: Purpose, shown: Shown, client: Client) -> OneTimeToken:
        """The token that is shown, still unused.

        Raises TokenInvalid, RateLimited after too many wrong codes, alike for every address, and Invalid for what is
        neither a token nor an address with a code.
        """
        if shown.token is not None and shown.email is None and shown.code is None:
            return await self._find_by_token(purpose, shown.token)
        if shown.token is None and shown.email is not None and shown.code is not None:
            return await self._find_by_code(purpose, shown.email, shown.code, client)
        raise Invalid("Give the token of the link, or the address and the code.", field="token")

    async def use(self, work: UnitOfWork, token: OneTimeToken) -> None:
        """Use a token up, in the unit of what it is used for. Raises TokenInvalid when somebody was faster."""
        if not await work.one_time_tokens.use(token.id, now=self.clock.now()):
            raise TokenInvalid(NOT_GOOD)

    async def _find_by_token(self, purpose: Purpose, token: str) -> OneTimeToken:
        async with self.unit_of_work.reading() as work:
            found = await work.one_time_tokens.find(self.secrets.token_hash(token), purpose.label, now=self.clock.now())
        if found is None:
            raise TokenInvalid(NOT_GOOD)
        return found

    async def _find_by_code(self, purpose: Purpose, email: str, code: str, client: Client) -> OneTimeToken:
        key = text.email_key(email)
        account, by = f"code {_bound_to(purpose, key or text.any_key(email))}", Actor(client=client)
        proving = self.throttle.proving(account, by, failure=TokenInvalid, told_as=None, anywhere=WRONG_CODES)
        async with proving as reserved:
            found = await self._tried(purpose, key) if key is not None else None
            if found is None or not self.secrets.is_code(code, _bound_to(purpose, found.address_key), found.code_hash):
                raise TokenInvalid(NOT_GOOD)
            async with self.unit_of_work() as work:
                # What it is shown for may be refused for another reason, and a right code shown again is no guess.
                await work.one_time_tokens.give_try_back(found.id)
                await self.throttle.succeeded(work, reserved)
        return found

    @repeated_on_collision
    async def _tried(self, purpose: Purpose, address_key: str) -> OneTimeToken | None:
        """In a unit of its own: the refusal of a wrong code must not give the try back."""
        async with self.unit_of_work() as work:
            return await work.one_time_tokens.try_code(address_key, purpose.label, now=self.clock.now())


def _bound_to(purpose: Purpose, address_key: str) -> str:
    return f"{purpose.label} {address_key}"
