"""An answer that is there from its first byte to its last, as most are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]


@dataclass(slots=True)
class Whole:
    """A status, headers in lower case but for the length, and the content; also an ASGI application that answers so."""

    status: int
    headers: Headers
    content: bytes

    @classmethod
    def of(cls, response: Response) -> Whole:
        """The same answer as one of the framework's."""
        headers = tuple(each for each in response.raw_headers if each[0] != b"content-length")
        return cls(response.status_code, headers, bytes(response.body))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it (ASGI)."""
        headers = [*self.headers, (b"content-length", b"%d" % len(self.content))]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.content})
