"""A mail server on the loopback that takes letters, refuses them, keeps its client waiting, and goes away."""

from __future__ import annotations

import asyncio
import re
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import Enum
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

LONGEST_WAIT_S = 30.0
_TOKEN = re.compile(r"\?token=([\w-]+)")


class Stall(Enum):
    """When the server falls silent in the middle of a letter: before it has taken it, or before it says so."""

    BEFORE_TAKING = "before"
    AFTER_TAKING = "after"


@dataclass(frozen=True, slots=True)
class Delivered:
    """A letter as it came: for whom the envelope says it is, and what is inside."""

    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def message_id(self) -> str:
        """What mail programs know it by."""
        return str(self.message["Message-ID"])

    @property
    def letter_id(self) -> str:
        """The same whenever the same letter is sent, with whatever secret."""
        return self.message_id.strip("<>").partition("@")[0].partition("_")[0]

    @property
    def content(self) -> str:
        """What people read, in every form there is."""
        return "\n".join(part.get_content() for part in self.message.iter_parts())

    @property
    def token(self) -> str:
        """The token of its link."""
        found = _TOKEN.search(self.content)
        assert found is not None, self.content
        return found[1]


class MailServer:
    """A mail server whose behaviour is set while it runs. Its port stays its own while it is away."""

    def __init__(self) -> None:
        self.delivered: list[Delivered] = []
        self.refusal: Callable[[str], str | None] = lambda _address: None
        self.refused = 0
        self.stall: Stall | None = None
        self.stalled: list[Delivered] = []
        self._changed = asyncio.Event()
        self._go_on = asyncio.Event()
        self._port = 0
        self._place = self._bound()
        self._port = self._place.getsockname()[1]
        self._listening: asyncio.Server | None = None
        self._transports: set[asyncio.BaseTransport] = set()

    @property
    def url(self) -> str:
        """What GQL_USERS_SMTP_URL says."""
        return f"smtp://127.0.0.1:{self._port}"

    @property
    def times(self) -> Counter[str]:
        """How often each letter was taken, by its id."""
        return Counter(each.letter_id for each in self.delivered)

    def to(self, address: str) -> list[Delivered]:
        """The letters whose envelope names this address."""
        return [each for each in self.delivered if address in each.recipients]

    async def until(self, condition: Callable[[], bool], seconds: float = LONGEST_WAIT_S) -> None:
        """Wait until something is so; it is looked at again whenever a letter comes."""
        async with asyncio.timeout(seconds):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def come(self) -> None:
        """Listen."""

        def protocol() -> SMTP:
            return _Protocol(self, self._transports)

        self._listening = await asyncio.get_running_loop().create_server(protocol, sock=self._place)

    async def go_away(self) -> None:
        """Break off whatever is under way, and refuse connections from now on."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None
            self._place = self._bound()
        for transport in [*self._transports]:
            transport.close()

    def go_on(self) -> None:
        """Answer whoever still waits, and stall no more."""
        self.stall = None
        self._go_on.set()
        self._go_on = asyncio.Event()

    async def close(self) -> None:
        """Go away for good."""
        await self.go_away()
        self._place.close()

    async def handle_RCPT(  # noqa: N802 - the server's names
        self, _server: Any, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or not."""
        if (refusal := self.refusal(address)) is not None:
            self.refused += 1
            self._changed.set()
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Take a letter. A client that is gone meanwhile cancels this."""
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.SMTPUTF8)
        letter = Delivered(tuple(map(str, envelope.rcpt_tos)), message)
        if self.stall is Stall.BEFORE_TAKING:
            await self._hold(letter)
        self.delivered.append(letter)
        self._changed.set()
        if self.stall is Stall.AFTER_TAKING:
            await self._hold(letter)
        return "250 OK"

    async def _hold(self, letter: Delivered) -> None:
        self.stalled.append(letter)
        self._changed.set()
        await self._go_on.wait()

    def _bound(self) -> socket.socket:
        """A socket that nobody can connect to before it listens."""
        place = socket.socket()
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind(("127.0.0.1", self._port))
        return place


class _Protocol(SMTP):
    """One conversation, which the server can break off."""

    def __init__(self, server: MailServer, transports: set[asyncio.BaseTransport]) -> None:
        super().__init__(server, hostname="mail.example", loop=asyncio.get_running_loop(), enable_SMTPUTF8=True)
        self._transports = transports
        self._own: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember it."""
        self._own = transport
        self._transports.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget it."""
        if self._own is not None:
            self._transports.discard(self._own)
        super().connection_lost(error)


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """A mail server that is there, for as long as the block runs."""
    server = MailServer()
    await server.come()
    try:
        yield server
    finally:
        await server.close()
