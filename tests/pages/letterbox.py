"""What arrives in people's letterboxes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gql_users.mail.senders import MemorySender
from gql_users.services import Services
from tests.postbox import deliver_all

_LINK = re.compile(r"https?://\S+/account/(\S+)\?token=(\S+)")


@dataclass(frozen=True)
class Link:
    """A link in a letter: as it is, which page it opens, and its token."""

    url: str
    page: str
    token: str

    @property
    def path(self) -> str:
        """Where it leads, inside the service."""
        return f"/account/{self.page}"


@dataclass(frozen=True)
class Letterbox:
    """All letters of a service, delivered when somebody looks."""

    services: Services
    sender: MemorySender

    async def link(self, page: str) -> Link:
        """The newest link to this page."""
        await deliver_all(self.services.delivery)
        bodies = [letter.get_body(("plain",)) for letter in self.sender.sent]
        found = [_LINK.search(body.get_content()) for body in bodies if body is not None]
        return [Link(*each.group(0, 1, 2)) for each in found if each and each[1] == page][-1]
