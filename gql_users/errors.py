"""What can go wrong, in the language of the service: the one list of codes.

    Refusal                      somebody asked for what cannot be had; says a code, a message and, often, which field
    ├── InputRefused
    │   ├── Invalid              INVALID              a field breaks a rule
    │   └── WeakPassword         WEAK_PASSWORD        a password is too easy to guess
    ├── Conflict
    │   ├── EmailTaken           EMAIL_TAKEN
    │   ├── UsernameTaken        USERNAME_TAKEN
    │   ├── VersionMismatch      VERSION_MISMATCH     somebody else changed it first
    │   └── LastAdmin            LAST_ADMIN           nobody would be left to look after the others
    ├── NotFound                 NOT_FOUND            also what somebody may not see
    ├── Forbidden                FORBIDDEN
    ├── NotAuthentic
    │   ├── InvalidCredentials   INVALID_CREDENTIALS
    │   ├── EmailUnverified      EMAIL_UNVERIFIED     right, but the address has to be verified before
    │   ├── TokenInvalid         TOKEN_INVALID
    │   ├── TokenExpired         TOKEN_EXPIRED
    │   └── TokenReused          TOKEN_REUSED         a refresh token was used twice: its session is over
    ├── Unauthenticated          UNAUTHENTICATED      the deed needs somebody signed in
    ├── RateLimited              RATE_LIMITED         too many tries in vain: wait
    ├── BadUserInput             BAD_USER_INPUT       a question that makes no sense
    ├── Unavailable              UNAVAILABLE          the database is away or there is too much to do: try again
    │   └── TookTooLong          UNAVAILABLE          an operation was given up, or the rest of it
    └── SeveralRefusals          all that is wrong with one input, at once

A refusal knows nothing of HTTP or GraphQL: each door has one short table from code to its own words.
Anything that is not a Refusal is a surprise, and doors mask it as INTERNAL_SERVER_ERROR.
Messages never repeat what was sent in: they end up in logs and on other people's screens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import ClassVar, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class ErrorCode(StrEnum):
    """Every code a client can meet in a payload; stable, for programs to branch on."""

    INVALID = "INVALID"
    WEAK_PASSWORD = "WEAK_PASSWORD"  # noqa: S105 - the name of a code
    EMAIL_TAKEN = "EMAIL_TAKEN"
    USERNAME_TAKEN = "USERNAME_TAKEN"
    VERSION_MISMATCH = "VERSION_MISMATCH"
    LAST_ADMIN = "LAST_ADMIN"
    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    INVALID_CREDENTIALS = "INVALID_CREDENTIALS"
    EMAIL_UNVERIFIED = "EMAIL_UNVERIFIED"
    TOKEN_INVALID = "TOKEN_INVALID"  # noqa: S105 - the name of a code
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105 - the name of a code
    TOKEN_REUSED = "TOKEN_REUSED"  # noqa: S105 - the name of a code
    RATE_LIMITED = "RATE_LIMITED"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    UNAVAILABLE = "UNAVAILABLE"


class Refusal(Exception):  # noqa: N818 - being refused is an outcome, not a fault
    """Somebody asked for what cannot be had.

    `field` names the part of the input that is to blame, in snake_case, outermost first; None when it is the whole.
    """

    code: ClassVar[ErrorCode]
    message: str = "That cannot be done."

    def __init__(self, message: str | None = None, *, field: Sequence[str] | str | None = None) -> None:
        self.message = message or type(self).message
        self.field = (field,) if isinstance(field, str) else tuple(field) if field is not None else None
        super().__init__(self.message)

    def each(self) -> Iterator[Refusal]:
        """The single refusals in this one: itself, unless there were several."""
        yield self


class SeveralRefusals(Refusal):
    """Everything that is wrong with one input, so that a person hears it all at once."""

    code = ErrorCode.INVALID
    message = "Several fields need attention."

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__()
        self.refusals = tuple(refusals)

    def each(self) -> Iterator[Refusal]:
        """The single refusals, in the order of the input's fields."""
        yield from self.refusals


class InputRefused(Refusal):
    """A field's value breaks a rule."""


class Invalid(InputRefused):
    """A field's value breaks a rule of its own."""

    code = ErrorCode.INVALID
    message = "The value is not valid."


class WeakPassword(InputRefused):
    """The password would be guessed too soon."""

    code = ErrorCode.WEAK_PASSWORD
    message = "The password is too easy to guess."


class Conflict(Refusal):
    """The deed collides with what is already there."""


class EmailTaken(Conflict):
    """Another account has this e-mail address."""

    code = ErrorCode.EMAIL_TAKEN
    message = "This e-mail address is already in use."


class UsernameTaken(Conflict):
    """Another account has this username."""

    code = ErrorCode.USERNAME_TAKEN
    message = "This username is already in use."


class VersionMismatch(Conflict):
    """The account was changed since the caller read it; `current_version` is what it is now."""

    code = ErrorCode.VERSION_MISMATCH
    message = "The account was changed in the meantime. Read it again and repeat the change."

    def __init__(self, current_version: int) -> None:
        super().__init__(field="expected_version")
        self.current_version = current_version


class LastAdmin(Conflict):
    """Without this account no active admin would be left."""

    code = ErrorCode.LAST_ADMIN
    message = "This is the last active admin. Make somebody else an admin first."


class NotFound(Refusal):
    """There is no such thing, or none that the actor may see."""

    code = ErrorCode.NOT_FOUND
    message = "There is no such user."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message, field="id")


class Forbidden(Refusal):
    """The actor may not do this to anybody."""

    code = ErrorCode.FORBIDDEN
    message = "You may not do this."


class NotAuthentic(Refusal):
    """The proof of identity does not hold."""


class InvalidCredentials(NotAuthentic):
    """The identifier and the password do not belong together, whatever the reason."""

    code = ErrorCode.INVALID_CREDENTIALS
    message = "The e-mail address, username or password is wrong."


class EmailUnverified(NotAuthentic):
    """The password is right, and the installation asks for a verified address before anybody signs in."""

    code = ErrorCode.EMAIL_UNVERIFIED
    message = "Verify your e-mail address first; the link is in the letter we sent you."


class TokenInvalid(NotAuthentic):
    """The token is not one of ours, is of another kind, or its session is over."""

    code = ErrorCode.TOKEN_INVALID
    message = "The token is not valid."


class TokenExpired(NotAuthentic):
    """The token was good once."""

    code = ErrorCode.TOKEN_EXPIRED
    message = "The token has expired."


class TokenReused(NotAuthentic):
    """A refresh token came back after it had been exchanged: somebody else may hold it, so its session was ended."""

    code = ErrorCode.TOKEN_REUSED
    message = "The refresh token was used before. The session has been ended; sign in again."


class Unauthenticated(Refusal):
    """The deed needs somebody signed in. `reason` says what was wrong with the token, if there was one."""

    code = ErrorCode.UNAUTHENTICATED
    message = "Sign in first."

    def __init__(self, reason: ErrorCode | None = None) -> None:
        super().__init__()
        self.reason = reason


class RateLimited(Refusal):
    """Too many tries failed; `retry_after_seconds` is when the next one may begin."""

    code = ErrorCode.RATE_LIMITED
    message = "Too many attempts. Wait a moment before the next one."

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


class BadUserInput(Refusal):
    """A question that makes no sense, such as a page of minus three."""

    code = ErrorCode.BAD_USER_INPUT
    message = "The request makes no sense."


class Unavailable(Refusal):
    """The service cannot answer now; `retry_after_seconds` is when to try again. Nothing was changed."""

    code = ErrorCode.UNAVAILABLE
    message = "The service cannot answer right now. Try again in a moment."
    retry_after_seconds: int = 1


class TookTooLong(Unavailable):
    """An operation was given up, or the rest of it."""

    message = "The operation took too long. Ask for less at once, or try again in a moment."


class Gathering:
    """Applies rules to the fields of one input and raises everything they refuse at once.

    A refused field gets a value that stands in for it until `settle` raises.
    """

    def __init__(self) -> None:
        self._refusals: list[Refusal] = []

    def __call__(self, instead: T, rule: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the rule makes of its arguments; a refusal is kept for later, and `instead` stands in."""
        try:
            return rule(*args, **kwargs)
        except Refusal as refusal:
            self._refusals.append(refusal)
            return instead

    def settle(self) -> None:
        """Raise what was refused: one refusal as it is, more of them together."""
        if len(self._refusals) == 1:
            raise self._refusals[0]
        if self._refusals:
            raise SeveralRefusals(self._refusals)
