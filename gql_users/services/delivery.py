"""Delivery: letters leave the outbox, each at least once, and not twice unless a worker dies in between."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage

from gql_users import models, text
from gql_users.clock import Clock
from gql_users.errors import Invalid, Unavailable
from gql_users.mail.kinds import LetterKind
from gql_users.mail.letters import Letter, Letters
from gql_users.mail.senders import Sender, SendFailedError
from gql_users.models import User
from gql_users.repositories.letters import Backlog
from gql_users.repositories.unit_of_work import UnitsOfWork, repeated_on_collision
from gql_users.services.one_time import OneTime, Purpose
from gql_users.services.quiet_registration import QuietRegistration

log = logging.getLogger("gql_users.delivery")

# Longer than any sender tries, or another worker would send it as well.
TAKEN_FOR = timedelta(minutes=2)
AT_ONCE = 10

# From seconds to hours: some mail servers are away over a weekend.
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=2)
MOST_ATTEMPTS = 40

_PURPOSES = {
    LetterKind.VERIFY_EMAIL: (Purpose.VERIFY_EMAIL, "verify-email"),
    LetterKind.RESET_PASSWORD: (Purpose.RESET_PASSWORD, "reset-password"),
    LetterKind.CHANGE_EMAIL: (Purpose.CHANGE_EMAIL, "change-email"),
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """How letters are sent. Without a sender they wait."""

    unit_of_work: UnitsOfWork
    clock: Clock
    one_time: OneTime
    letters: Letters
    sender: Sender | None
    public_url: str
    registrations: QuietRegistration

    async def deliver_due(self) -> int:
        """Send some of what is due, beside any number of other workers. How many were taken. Raises Unavailable."""
        if self.sender is None:
            return 0
        claimed = await self._claim()
        ends = await asyncio.gather(*(self._deliver(self.sender, row) for row in claimed), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        return len(claimed)

    async def deliver_all_due(self) -> None:
        """Send all that is due. Raises Unavailable."""
        while await self.deliver_due():
            pass

    async def backlog(self) -> Backlog:
        """What waits, and what was given up."""
        async with self.unit_of_work.reading() as work:
            return await work.letters.backlog()

    @repeated_on_collision
    async def _claim(self) -> list[models.Letter]:
        now = self.clock.now()
        async with self.unit_of_work() as work:
            return [*await work.letters.claim(now=now, until=now + TAKEN_FOR, most=AT_ONCE)]

    async def _deliver(self, sender: Sender, row: models.Letter) -> None:
        try:
            letter = await self.registrations.decide(row)
            message = await self._message(letter) if letter is not None else None
        except Unavailable:
            raise
        except Invalid:
            await self._failed(row, SendFailedError(temporary=False, trouble="not an address"))
            return
        except Exception:
            log.exception("a letter could not be written", extra={"letter": str(row.id), "kind": row.kind})
            await self._failed(row, SendFailedError(temporary=True, trouble="could not be written"))
            return
        if message is None:
            async with self.unit_of_work() as work:
                await work.letters.drop(row.id)
            return
        try:
            await sender.send(message)
        except SendFailedError as failure:
            await self._failed(row, failure)
            return
        except Exception:
            log.exception("a letter could not be handed over", extra={"letter": str(row.id), "kind": row.kind})
            await self._failed(row, SendFailedError(temporary=True, trouble="could not be handed over"))
            return
        await self._sent(row)

    async def _sent(self, row: models.Letter) -> None:
        """Say that a letter is gone, as long as it takes: one that is not marked goes out again."""
        for pause in (0.1, 0.5, 1, 2, 4, 8, 16, 30):
            try:
                return await self._mark_sent(row)
            except Unavailable:
                await asyncio.sleep(pause)
        return await self._mark_sent(row)

    @repeated_on_collision
    async def _mark_sent(self, row: models.Letter) -> None:
        async with self.unit_of_work() as work:
            await work.letters.mark_sent(row.id, now=self.clock.now())

    @repeated_on_collision
    async def _failed(self, row: models.Letter, failure: SendFailedError) -> None:
        now, facts = self.clock.now(), {"letter": str(row.id), "kind": row.kind, "attempts": row.attempts}
        async with self.unit_of_work() as work:
            if failure.temporary and row.attempts < MOST_ATTEMPTS:
                pause = min(FIRST_PAUSE * (1 << min(row.attempts - 1, 20)), LONGEST_PAUSE)
                await work.letters.put_off(row.id, due_at=now + pause, trouble=failure.trouble)
                log.warning("a letter could not be sent yet: %s", failure.trouble, extra=facts)
            else:
                await work.letters.give_up(row.id, now=now, trouble=failure.trouble)
                # Whether to try other means is for people to say, so it must be seen.
                log.error("a letter was given up: %s", failure.trouble, extra=facts)

    @repeated_on_collision
    async def _message(self, row: models.Letter) -> EmailMessage | None:
        """The letter as it is sent, or nothing: who it is for is looked up, and secrets are made, only now."""
        kind = LetterKind(row.kind)
        async with self.unit_of_work() as work:
            key = text.email_key(row.address) or ""
            reader = await work.users.find_by_email(key)
            user = await work.users.find(row.user_id) if row.user_id is not None else reader
            if kind is LetterKind.ALREADY_REGISTERED and (user is None or not user.is_active):
                return None
            if kind not in _PURPOSES:
                return self._composed(row, kind, user, row.address)
            # Whoever withdraws what letters promise waits for this lock, and finds the secret that is made below.
            if user is None or not user.is_active or not await work.letters.lock(row.id):
                return None
            if kind is LetterKind.VERIFY_EMAIL and (user.email_verified_at is not None or user is not reader):
                return None
            if kind is LetterKind.CHANGE_EMAIL and reader is not None and reader is not user:
                told = self._composed(row, LetterKind.ALREADY_REGISTERED, reader, reader.email)
                return told if reader.is_active else None
            # To the address as its owner wrote it: one that only folds to the same may be somebody else's mailbox.
            address = row.address if kind is LetterKind.CHANGE_EMAIL else user.email
            purpose, page = _PURPOSES[kind]
            minted = await self.one_time.mint(work, purpose, user, address, key)
            link = f"{self.public_url}/account/{page}?token={minted.token}"
            minutes = int(purpose.lifetime.total_seconds() // 60)
            return self._composed(row, kind, user, address, link=link, code=minted.code, minutes=minutes)

    def _composed(
        self,
        row: models.Letter,
        kind: LetterKind,
        user: User | None,
        address: str,
        *,
        link: str | None = None,
        code: str | None = None,
        minutes: int | None = None,
    ) -> EmailMessage:
        return self.letters.compose(
            Letter(
                kind=kind,
                to=address,
                name=user.name if user is not None else "",
                locale=(user.locale if user is not None else None) or row.locale,
                letter_id=str(row.id),
                link=link,
                code=code,
                valid_minutes=minutes,
            )
        )
