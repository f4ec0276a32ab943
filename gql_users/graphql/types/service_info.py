"""What a frontend needs to know of an installation to draw its forms."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(description="Who may make an account.")
class Registration(Enum):
    """How accounts come about."""

    OPEN = strawberry.enum_value("open", description="Anybody.")
    QUIET = strawberry.enum_value(
        "quiet", description="Anybody, without a username yet; whether an address is taken is said in a letter."
    )
    CLOSED = strawberry.enum_value("closed", description="Only admins, for others.")


@strawberry.type(description="What a password must be.")
class PasswordRules:
    """The rules a form can check before it is sent."""

    min_length: int = strawberry.field(description="Fewest characters (Unicode code points).")
    max_length: int = strawberry.field(description="Most characters.")


@strawberry.type(description="How much one request can ask for.")
class Limits:
    """Figures a client plans with."""

    page_size: int = strawberry.field(description="Entries of a page when nothing is said.")
    max_page_size: int = strawberry.field(description="Most entries of a page.")
    max_body_bytes: int = strawberry.field(description="Most bytes of a request body.")


@strawberry.type(description="What a frontend needs to know of this installation. For anyone.")
class ServiceInfo:
    """The installation, as far as everybody may know it."""

    version: str = strawberry.field(description="The version of the service.")
    registration: Registration = strawberry.field(description="Who may make an account.")
    sign_in_requires_verified_email: bool = strawberry.field(
        description="Whether people verify their address before they can sign in."
    )
    password_rules: PasswordRules = strawberry.field(description="What a password must be.")
    limits: Limits = strawberry.field(description="How much one request can ask for.")
    access_token_lifetime_seconds: int = strawberry.field(description="How long an access token is good.")
