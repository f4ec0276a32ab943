"""What the pages do, one deed each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from gql_users.access import Client
from gql_users.services import Services
from gql_users.services.one_time import Shown


@dataclass(frozen=True, slots=True)
class Deed:
    """What the button of a page does: by a token and, where it takes one, a new password."""

    page: str
    do: Callable[[Shown, str, Client], Awaitable[object]]
    takes_password: bool = False

    @property
    def section(self) -> str:
        """The section of its texts."""
        return self.page.replace("-", "_")


def deeds(services: Services) -> Sequence[Deed]:
    """All of them; letters link to their pages by name."""
    recovery, verification = services.recovery, services.verification
    return (
        Deed("verify-email", lambda shown, _, client: verification.verify(shown, client)),
        Deed("reset-password", recovery.reset, takes_password=True),
        Deed("change-email", lambda shown, _, client: verification.confirm_change(shown, client)),
    )
