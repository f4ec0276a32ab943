"""How letters leave: by SMTP, onto the console of a developer, into the memory of a test."""

from __future__ import annotations

import asyncio
import re
import ssl
import sys
from contextlib import suppress
from email import policy
from email.message import EmailMessage
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException

from gql_users.mail.refusals import meaning_of

# For all that comes before the letter itself.
COMMANDS_SECONDS = 30.0
# RFC 5321, 4.5.3.2.6: a server that has the letter may take so long to say so, and who does not wait sends it twice.
ANSWER_SECONDS = 600.0
GOODBYE_SECONDS = 2.0

_WORTH_A_LINE = re.compile(r"https?://\S+|\b\d{6}\b")


class SendFailedError(Exception):
    """A letter was not taken. A temporary failure is worth another try; `trouble` names no address and no secret."""

    def __init__(self, temporary: bool, trouble: str = "not sent") -> None:
        super().__init__(trouble)
        self.temporary = temporary
        self.trouble = trouble


class Sender(Protocol):
    """Takes letters away."""

    async def send(self, message: EmailMessage) -> None:
        """Hand the letter on. Raises SendFailedError."""
        ...

    async def close(self) -> None:
        """Let go of what is held."""
        ...


class SMTPSender:
    """Hands letters to a mail server, each over a connection of its own.

    `smtp://user:password@host:587` encrypts where the server offers it, `smtp+starttls://` insists on it, and
    `smtps://` begins with it; the server's certificate is checked. A password goes out encrypted, or stays on this
    machine. Raises ValueError, without the URL, for others.
    """

    def __init__(
        self,
        url: str,
        *,
        commands_seconds: float = COMMANDS_SECONDS,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        try:
            parts = urlsplit(url)
            self._host, self._port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        except (ValueError, KeyError):
            # From None: what could not be read may be half of a password.
            raise ValueError(_EXAMPLE) from None
        if not self._host:
            raise ValueError(_EXAMPLE)
        self._username = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password or "")
        self._encrypted = parts.scheme == "smtps"
        # None is: where it is offered.
        self._starttls = {"smtp": None, "smtp+starttls": True, "smtps": False}[parts.scheme]
        self._commands_seconds = commands_seconds
        # Reading the machine's certificates takes a while, so it happens once.
        self._tls_context = tls_context or ssl.create_default_context()

    async def send(self, message: EmailMessage) -> None:
        """Hand the letter to the mail server. Raises SendFailedError."""
        sender, recipient = (message[name].addresses[0] for name in ("From", "To"))
        # Asking for the machine's own name can take seconds; who letters come from is a name as good.
        client = self._client(introducing=sender.domain)
        try:
            async with asyncio.timeout(self._commands_seconds):
                await client.connect()
                await self._log_in(client)
                content = await _address(client, message, sender.addr_spec, recipient.addr_spec)
            await client.data(content, timeout=ANSWER_SECONDS)
            await _say_goodbye(client)
        except (OSError, SMTPException) as error:
            raise SendFailedError(*meaning_of(error)) from error
        finally:
            client.close()

    async def close(self) -> None:
        """Nothing is held between letters."""

    async def _log_in(self, client: SMTP) -> None:
        if self._username is None:
            return
        if client.get_transport_info("sslcontext") is None and not _is_this_machine(self._host):
            raise SendFailedError(True, "the mail server offers no encryption, and gets no password without")
        await client.login(self._username, self._password)

    def _client(self, introducing: str) -> SMTP:
        return SMTP(
            hostname=self._host,
            port=self._port,
            local_hostname=introducing,
            timeout=self._commands_seconds,
            use_tls=self._encrypted,
            start_tls=self._starttls,
            tls_context=self._tls_context,
        )


class ConsoleSender:
    """Shows who would have got a letter, and its link and code, on standard error: for development."""

    async def send(self, message: EmailMessage) -> None:
        """Write the letter's gist."""
        body = message.get_body(("plain",))
        words = _WORTH_A_LINE.findall(body.get_content()) if body else []
        lines = [f"To:      {message['To']}", f"Subject: {message['Subject']}", *dict.fromkeys(words)]
        framed = "".join(f"│ {line}\n" for line in lines)
        sys.stderr.write(f"┌── a letter, not sent: no mail server is set\n{framed}└──\n")
        sys.stderr.flush()

    async def close(self) -> None:
        """Nothing is held."""


class MemorySender:
    """Keeps letters, for tests; with `failing` set, it refuses them instead."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.failing: SendFailedError | None = None

    async def send(self, message: EmailMessage) -> None:
        """Keep the letter. Raises `failing`."""
        if self.failing:
            raise self.failing
        self.sent.append(message)

    async def close(self) -> None:
        """What was kept stays."""


def sender_for(url: str | None) -> Sender:
    """The sender for the setting: without a mail server it is the console. Raises ValueError."""
    return SMTPSender(url) if url else ConsoleSender()


_EXAMPLE = "a mail server is written smtp://, smtp+starttls:// or smtps://, user:password@ where needed, and host:port"
_PORTS = {"smtp": 587, "smtp+starttls": 587, "smtps": 465}


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _address(client: SMTP, message: EmailMessage, sender: str, recipient: str) -> bytes:
    """Tell the server from whom and to whom a letter is. The letter as this server takes it. Raises SendFailedError."""
    utf8 = not (sender + recipient).isascii()
    if utf8:
        await client.ehlo()
        if not client.supports_extension("SMTPUTF8"):
            raise SendFailedError(False, "the mail server does not take such addresses (SMTPUTF8)")
    await client.mail(sender, options=["SMTPUTF8", "BODY=8BITMIME"] if utf8 else [], encoding="utf-8")
    await client.rcpt(recipient, encoding="utf-8")
    return message.as_bytes(policy=policy.SMTPUTF8 if utf8 else policy.SMTP)


async def _say_goodbye(client: SMTP) -> None:
    # The letter was taken: whatever happens now, sending it again would send it twice.
    with suppress(OSError, SMTPException):
        async with asyncio.timeout(GOODBYE_SECONDS):
            await client.quit()
