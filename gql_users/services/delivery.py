"""Delivery: letters leave the outbox, each at least once, and not twice unless something dies in between."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage

from gql_users import models, text
from gql_users.clock import Clock
from gql_users.errors import Invalid, Unavailable
from gql_users.mail.kinds import LetterKind
from gql_users.mail.letters import Letter, Letters
from gql_users.mail.senders import Sender, SendFailedError
from gql_users.models import User
from gql_users.repositories.letters import Backlog
from gql_users.repositories.unit_of_work import UnitOfWork, UnitsOfWork, repeated_on_collision
from gql_users.services.letters import longest_wait
from gql_users.services.one_time import OneTime, Purpose
from gql_users.services.outbox import Outbox, facts
from gql_users.services.quiet_registration import QuietRegistration

log = logging.getLogger("gql_users.delivery")

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
    outbox: Outbox
    one_time: OneTime
    letters: Letters
    sender: Sender | None
    public_url: str
    registrations: QuietRegistration

    async def take_due(self, most: int) -> Sequence[models.Letter]:
        """Take letters that are due, but no more than `most`; each is then to be delivered. Raises Unavailable.

        Any number of workers may do so: nobody else gets what one has taken, unless it dies.
        """
        return await self.outbox.take(most) if self.sender is not None else []

    async def deliver(self, row: models.Letter) -> None:
        """Send a letter that was taken, and write down what became of it. Raises Unavailable."""
        try:
            async with self.outbox.kept(row):
                is_sent = await self._hand_over(row)
        except SendFailedError as failure:
            await self.outbox.failed(row, failure)
        else:
            await (self.outbox.sent(row) if is_sent else self.outbox.dropped(row))

    async def backlog(self) -> Backlog:
        """What waits, and what was given up."""
        async with self.unit_of_work.reading() as work:
            return await work.letters.backlog()

    async def _hand_over(self, row: models.Letter) -> bool:
        """Send a letter, if it is to be sent at all. Raises SendFailedError, and Unavailable before it is sent."""
        if self.clock.now() - row.created_at > longest_wait(row.kind, knows_user=row.user_id is not None):
            log.warning("a letter was withdrawn: it waited for too long", extra=facts(row))
            return False
        with _told(row, "could not be written"):
            letter = await self.registrations.decide(row)
            message = await self._message(letter) if letter is not None else None
        if message is None or self.sender is None:
            return False
        with _told(row, "could not be handed over"):
            await self.sender.send(message)
        return True

    @repeated_on_collision
    async def _message(self, row: models.Letter) -> EmailMessage | None:
        """The letter as it is sent, or nothing: who it is for is looked up, and secrets are made, only now."""
        async with self.unit_of_work() as work:
            key = text.email_key(row.address) or ""
            user = await self._owner(work, row, key)
            kind = _what_is_wanted(LetterKind(row.kind), user)
            reader = await work.users.find_by_email(key)
            # Whoever withdraws what letters promise waits for this lock, and finds the secret that is made below.
            if await work.letters.find_for_change(row) is None or _is_in_vain(kind, user, reader):
                return None
            if user is None or kind not in _PURPOSES:
                return self._composed(row, kind, user, row.address)
            if kind is LetterKind.CHANGE_EMAIL and reader is not None and reader.id != user.id:
                told = self._composed(row, LetterKind.ALREADY_REGISTERED, reader, reader.email)
                return told if reader.is_active else None
            # To the address as its owner wrote it: one that only folds to the same may be somebody else's mailbox.
            address = row.address if kind is LetterKind.CHANGE_EMAIL else user.email
            purpose, page = _PURPOSES[kind]
            minted = await self.one_time.mint(work, purpose, user, address, key)
            link = f"{self.public_url}/account/{page}?token={minted.token}"
            minutes = int(purpose.lifetime.total_seconds() // 60)
            return self._composed(row, kind, user, address, link=link, code=minted.code, minutes=minutes)

    async def _owner(self, work: UnitOfWork, row: models.Letter, key: str) -> User | None:
        """Whose letter it is. Users are locked before letters, and letters before tokens, by everybody who does so."""
        user_id = row.user_id
        if user_id is None:
            reader = await work.users.find_by_email(key)
            user_id = reader.id if reader is not None else 0
        return await work.users.find_for_change(user_id)

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
                # Mail programs show one of two letters with the same id; of two links only the later one is good.
                letter_id=str(row.id) if link is None else f"{row.id}_{row.attempts}",
                link=link,
                code=code,
                valid_minutes=minutes,
            )
        )


def _what_is_wanted(kind: LetterKind, user: User | None) -> LetterKind:
    """Whoever has no password yet needs one more than a verified address, and choosing it verifies that as well."""
    if kind is not LetterKind.VERIFY_EMAIL or user is None or user.email_verified_at is not None:
        return kind
    return LetterKind.RESET_PASSWORD if user.password_hash is None else kind


def _is_in_vain(kind: LetterKind, user: User | None, reader: User | None) -> bool:
    """Is there nobody to write to, or nothing to say any more?"""
    if kind is LetterKind.ADMIN_GRANTED:
        return user is None or not user.is_admin
    if kind not in _PURPOSES and kind is not LetterKind.ALREADY_REGISTERED:
        return False
    if user is None or not user.is_active:
        return True
    if kind is LetterKind.VERIFY_EMAIL and user.email_verified_at is not None:
        return True
    # The address became somebody else's, or nobody's, meanwhile.
    return kind in {LetterKind.VERIFY_EMAIL, LetterKind.RESET_PASSWORD} and not _is_same(user, reader)


def _is_same(user: User, reader: User | None) -> bool:
    return reader is not None and reader.id == user.id


@contextmanager
def _told(row: models.Letter, trouble: str) -> Iterator[None]:
    """Whatever goes wrong with one letter is a failure to send it, and stops no other."""
    try:
        yield
    except (SendFailedError, Unavailable):
        raise
    except Invalid as error:
        raise SendFailedError(temporary=False, trouble="not an address") from error
    except Exception as error:
        log.exception("a letter %s", trouble, extra=facts(row))
        raise SendFailedError(temporary=True, trouble=trouble) from error
