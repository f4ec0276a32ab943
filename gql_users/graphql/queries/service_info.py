"""What is this installation like?"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from gql_users.graphql.context import Info
from gql_users.graphql.types.service_info import Limits, PasswordRules, Registration, ServiceInfo
from gql_users.paging import LARGEST_PAGE, PAGE_SIZE
from gql_users.version import __version__


async def describe_service(info: Info) -> ServiceInfo:
    """What a frontend needs to draw its forms."""
    settings, passwords = info.context.settings, info.context.services.passwords
    return _described(
        settings.registration,
        settings.needs_verified_email,
        passwords.shortest,
        passwords.longest,
        settings.max_body_bytes,
        settings.access_token_lifetime,
    )


@lru_cache(maxsize=16)
def _described(
    registration: str,
    needs_verified_email: bool,
    shortest_password: int,
    longest_password: int,
    max_body_bytes: int,
    access_token_lifetime: timedelta,
) -> ServiceInfo:
    return ServiceInfo(
        version=__version__,
        registration=Registration(registration),
        sign_in_requires_verified_email=needs_verified_email,
        password_rules=PasswordRules(min_length=shortest_password, max_length=longest_password),
        limits=Limits(page_size=PAGE_SIZE, max_page_size=LARGEST_PAGE, max_body_bytes=max_body_bytes),
        access_token_lifetime_seconds=int(access_token_lifetime.total_seconds()),
    )
