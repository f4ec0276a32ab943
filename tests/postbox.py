"""Letters, as the people find them who read them; and what of them stands in the tables."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select

from gql_users.mail.senders import MemorySender
from gql_users.models.base import Base
from gql_users.repositories.database import connect
from gql_users.services import Services
from gql_users.services.delivery import Delivery
from gql_users.settings import Settings
from gql_users.worker import AT_ONCE

VERIFY = "Confirm your e-mail address for gql_users"
RESET = "Choose a new password for gql_users"
MOVE = "Confirm your new e-mail address for gql_users"
ALREADY = "You already have an account at gql_users"
PASSWORD_CHANGED = "Your password for gql_users was changed"
EMAIL_CHANGED = "Your e-mail address for gql_users was changed"
ADMIN = "You are now an admin of gql_users"
REUSED = "A session of your account at gql_users was ended"

_LINK = re.compile(r"^https?://\S+$", re.MULTILINE)
_CODE = re.compile(r"^ +(\d{6})$", re.MULTILINE)


@dataclass(frozen=True)
class Mail:
    """One letter."""

    message: EmailMessage

    @property
    def to(self) -> str:
        """The address it went to."""
        return str(self.message["To"])

    @property
    def subject(self) -> str:
        """What it is about."""
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """What it says, in plain text."""
        return self._part("plain")

    @property
    def language(self) -> str:
        """Which language it says that it is in."""
        return str(re.findall(r'<html lang="([^"]+)"', self._part("html"))[0])

    @property
    def link(self) -> str:
        """Its only link."""
        (link,) = _LINK.findall(self.text)
        return str(link)

    @property
    def token(self) -> str:
        """The token in its link."""
        return parse_qs(urlsplit(self.link).query)["token"][0]

    @property
    def code(self) -> str:
        """Its only code."""
        (code,) = _CODE.findall(self.text)
        return str(code)

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None
        return str(part.get_content())


@dataclass(frozen=True)
class Post:
    """Everybody's letterbox: what is due is delivered when somebody looks."""

    services: Services
    sender: MemorySender

    async def arrived(self) -> list[Mail]:
        """The letters since somebody looked last, in the order of their addresses and subjects."""
        await deliver_all(self.services.delivery)
        found = [Mail(message) for message in self.sender.sent]
        self.sender.sent.clear()
        return sorted(found, key=lambda mail: (mail.to, mail.subject))

    async def only(self) -> Mail:
        """The one letter since."""
        (mail,) = await self.arrived()
        return mail

    async def names(self) -> list[tuple[str, str]]:
        """To whom, about what, the letters since are."""
        return [(mail.to, mail.subject) for mail in await self.arrived()]


async def deliver_some(delivery: Delivery) -> int:
    """Do once what a worker does. How many letters were taken."""
    taken = await delivery.take_due(AT_ONCE)
    await asyncio.gather(*(delivery.deliver(letter) for letter in taken))
    return len(taken)


async def deliver_all(delivery: Delivery) -> None:
    """Do what a worker does, until nothing is due."""
    while await deliver_some(delivery):
        pass


async def rows(settings: Settings, table: type[Base]) -> Sequence[Any]:
    """All rows of a table."""
    engine = connect(settings)
    try:
        async with engine.connect() as connection:
            return (await connection.execute(select(table.__table__))).all()
    finally:
        await engine.dispose()
