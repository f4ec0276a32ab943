"""The outbox: one worker at a time has a letter in hand, and writes down what became of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from gql_users.clock import Clock
from gql_users.errors import Unavailable
from gql_users.mail.senders import SendFailedError
from gql_users.models import Letter
from gql_users.repositories.unit_of_work import UnitsOfWork, repeated_on_collision
from gql_users.services.letters import REGISTRATION

log = logging.getLogger("gql_users.delivery")

# What a dead worker had in hand comes due again after so long. One that lives renews it in good time, however slow the
# mail server is.
TAKEN_FOR = timedelta(minutes=2)
RENEWED_EVERY_S = 30.0

# From seconds to hours: some mail servers are away over a weekend.
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=2)
MOST_ATTEMPTS = 40

_PAUSES_S = (0.1, 5.0)


@dataclass(frozen=True, slots=True)
class Outbox:
    """How letters are taken, kept and put away. Who has lost one to another worker changes nothing about it."""

    unit_of_work: UnitsOfWork
    clock: Clock
    _in_hand: set[UUID] = field(default_factory=set)

    @repeated_on_collision
    async def take(self, most: int) -> Sequence[Letter]:
        """Take letters that are due, the longest due first. Nobody else gets them for a while. Raises Unavailable."""
        now = self.clock.now()
        async with self.unit_of_work() as work:
            until = now + TAKEN_FOR
            return await work.letters.claim(now=now, until=until, most=most, except_for=self._in_hand)

    @asynccontextmanager
    async def kept(self, letter: Letter) -> AsyncIterator[None]:
        """Nobody else gets the letter while the block runs, which may take many minutes.

        This process does not, even if the letter comes due meanwhile: a clock may leap, and the database be away.
        """
        self._in_hand.add(letter.id)
        renewing = asyncio.create_task(self._renew(letter))
        try:
            yield
        finally:
            self._in_hand.discard(letter.id)
            renewing.cancel()
            await asyncio.wait({renewing})

    async def sent(self, letter: Letter) -> None:
        """The letter is gone. Says so again and again while it is ours: if nobody knows, it goes out once more.

        Raises Unavailable when the database was away for longer than that.
        """
        pause_s, longest_s = _PAUSES_S
        while True:
            try:
                return await self._mark_sent(letter)
            except Unavailable:
                if self.clock.now() >= letter.due_at:
                    raise
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, longest_s)

    @repeated_on_collision
    async def dropped(self, letter: Letter) -> None:
        """There was nobody to send the letter to, or nothing to say any more. Raises Unavailable."""
        async with self.unit_of_work() as work:
            await work.letters.drop(letter)

    @repeated_on_collision
    async def failed(self, letter: Letter, failure: SendFailedError) -> None:
        """The letter could not be sent: it comes due again later, or is given up. Raises Unavailable."""
        now = self.clock.now()
        async with self.unit_of_work() as work:
            if failure.temporary and letter.attempts < MOST_ATTEMPTS:
                pause = min(FIRST_PAUSE * (1 << min(letter.attempts - 1, 20)), LONGEST_PAUSE)
                await work.letters.put_off(letter, due_at=now + pause, trouble=failure.trouble)
                log.warning("a letter could not be sent yet: %s", failure.trouble, extra=facts(letter))
            elif await work.letters.give_up(letter, now=now, trouble=failure.trouble):
                # Whether to try other means is for people to say, so it must be seen.
                log.error("a letter was given up: %s", failure.trouble, extra=facts(letter))

    @repeated_on_collision
    async def put_back(self) -> int:
        """Letters that were given up are due once more, each with the attempts it has left, or with one. How many.

        Registrations are not: they hold nothing any more. Raises Unavailable.
        """
        async with self.unit_of_work() as work:
            return await work.letters.put_back(except_for=REGISTRATION, now=self.clock.now())

    @repeated_on_collision
    async def _mark_sent(self, letter: Letter) -> None:
        async with self.unit_of_work() as work:
            await work.letters.mark_sent(letter, now=self.clock.now())

    async def _renew(self, letter: Letter) -> None:
        while True:
            await asyncio.sleep(RENEWED_EVERY_S)
            until = self.clock.now() + TAKEN_FOR
            try:
                async with self.unit_of_work() as work:
                    is_ours = await work.letters.renew(letter, until=until)
            except Exception:
                # Whatever it was, it may be over next time; without that, somebody else sends the letter as well.
                log.warning("a letter in hand could not be kept for longer", extra=facts(letter), exc_info=True)
                continue
            if not is_ours:
                return
            letter.due_at = until


def facts(letter: Letter) -> dict[str, Any]:
    """What the log says about a letter."""
    return {"letter": str(letter.id), "kind": letter.kind, "attempts": letter.attempts}
