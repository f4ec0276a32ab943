"""What is this installation like?"""

from __future__ import annotations

from gql_users.graphql.context import Info
from gql_users.graphql.types.service_info import Limits, PasswordRules, Registration, ServiceInfo
from gql_users.paging import LARGEST_PAGE, PAGE_SIZE
from gql_users.version import __version__


async def describe_service(info: Info) -> ServiceInfo:
    """What a frontend needs to draw its forms."""
    settings, passwords = info.context.settings, info.context.services.passwords
    return ServiceInfo(
        version=__version__,
        registration=Registration(settings.registration),
        sign_in_requires_verified_email=settings.needs_verified_email,
        password_rules=PasswordRules(min_length=passwords.shortest, max_length=passwords.longest),
        limits=Limits(page_size=PAGE_SIZE, max_page_size=LARGEST_PAGE, max_body_bytes=settings.max_body_bytes),
        access_token_lifetime_seconds=int(settings.access_token_lifetime.total_seconds()),
    )
