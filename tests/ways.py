"""The three ways from asking for a letter to doing what it lets its reader do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from tests.door import PASSWORD, Door, Person
from tests.postbox import Mail, Post

NEW_ADDRESS, NEW_PASSWORD = "moved@example.com", "another horse battery"

Codes = list[tuple[str, list[str] | None]]
GONE: Codes = [("TOKEN_INVALID", None)]


@dataclass(frozen=True)
class Way:
    """What somebody asks for and then does; `more` is what the deed takes beside the token or the code."""

    asking: str
    deed: str
    lifetime: timedelta
    more: Mapping[str, str] = field(default_factory=dict)

    async def ask(self, door: Door, person: Person) -> None:
        """Have the letter sent to this person."""
        if self.deed == "confirmEmailChange":
            moving = {"newEmail": self.address(person), "currentPassword": PASSWORD}
            await door.as_(person).done(self.asking, moving)
        else:
            await door.done(self.asking, {"email": person.email})

    def address(self, person: Person) -> str:
        """The address that the letter to this person goes to."""
        return f"{person.database_id}.{NEW_ADDRESS}" if self.deed == "confirmEmailChange" else person.email

    async def letter(self, door: Door, post: Post, person: Person) -> Mail:
        """The letter, asked for and read. What else was in the letterbox is thrown away."""
        await post.arrived()
        await self.ask(door, person)
        return await post.only()

    async def by_token(self, door: Door, token: str) -> Codes:
        """Why doing it by a token is refused, if it is."""
        return await door.codes(self.deed, {**self.more, "token": token})

    async def by_code(self, door: Door, email: str, code: str) -> Codes:
        """Why doing it by a code is refused, if it is."""
        return await door.codes(self.deed, {**self.more, "email": email, "code": code})


RESETTING = Way("requestPasswordReset", "resetPassword", timedelta(hours=1), {"newPassword": NEW_PASSWORD})
VERIFYING = Way("requestEmailVerification", "verifyEmail", timedelta(hours=24))
MOVING = Way("requestEmailChange", "confirmEmailChange", timedelta(hours=1))
WAYS = (RESETTING, VERIFYING, MOVING)

each_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.deed)
each_form = pytest.mark.parametrize("way", [RESETTING, VERIFYING], ids=lambda way: way.asking)


def another(code: str, by: int = 1) -> str:
    """A code that is not this one."""
    return f"{(int(code) + by) % 1_000_000:06}"


async def sign_in(door: Door, email: str, password: str = PASSWORD) -> Any:
    """The payload of a sign-in."""
    select = "user { email emailVerifiedAt } tokens { accessToken refreshToken }"
    return await door.do("login", {"email": email, "password": password}, select)
