"""Why a deed was refused, as clients see it: one interface, a type per kind."""

from __future__ import annotations

import strawberry

from gql_users.errors import ErrorCode

strawberry.enum(ErrorCode, description="What went wrong, for programs to branch on. More may be added.")


@strawberry.interface(description="Why a deed was refused. Select `code message path` here to meet every kind.")
class MutationError:
    """A refusal."""

    code: ErrorCode = strawberry.field(description="For programs.")
    message: str = strawberry.field(description="For people, in English.")
    path: list[str] | None = strawberry.field(
        description='The part of the input to blame, such as `["input", "email"]`.'
    )


@strawberry.type(description="A value breaks a rule.")
class ValidationError(MutationError):
    """INVALID, WEAK_PASSWORD."""


@strawberry.type(description="There is no such thing, or none that you may see.")
class NotFoundError(MutationError):
    """NOT_FOUND."""


@strawberry.type(description="You may not do this.")
class ForbiddenError(MutationError):
    """FORBIDDEN."""


@strawberry.type(description="The deed collides with what is already there.")
class ConflictError(MutationError):
    """EMAIL_TAKEN, USERNAME_TAKEN, VERSION_MISMATCH, LAST_ADMIN."""

    current_version: int | None = strawberry.field(
        description="With VERSION_MISMATCH: the version to read again and build on.", default=None
    )


@strawberry.type(description="The proof of identity does not hold.")
class AuthenticationError(MutationError):
    """INVALID_CREDENTIALS, EMAIL_UNVERIFIED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REUSED."""


@strawberry.type(description="Too many tries failed; the next one has to wait.")
class RateLimitedError(MutationError):
    """RATE_LIMITED."""

    retry_after_seconds: int = strawberry.field(description="How long to wait before the next try.")


KINDS = (ValidationError, NotFoundError, ForbiddenError, ConflictError, AuthenticationError, RateLimitedError)
