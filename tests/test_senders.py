"""Facts about how letters leave: what a mail server gets, and what its answers mean."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd import smtp
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from gql_users.mail import senders
from gql_users.mail.kinds import LetterKind
from gql_users.mail.letters import Letter, Letters
from gql_users.mail.senders import ConsoleSender, MemorySender, SendFailedError, SMTPSender, sender_for
from tests.mail_server import Stall
from tests.mail_server import mail_server as slow_server

LINK = "https://users.example.com/account/verify-email?token=123456.abc"


class Postbox:
    """What a mail server got; `answers` are its answers to commands, where they are not yes."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.envelopes: list[Envelope] = []
        self.encrypted: list[bool] = []
        self.introduced: list[str | None] = []

    async def handle_RCPT(  # noqa: N802 - the server's names
        self, _server: Any, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return self.answers.get("rcpt", "250 OK")

    async def handle_MAIL(  # noqa: N802 - the server's names
        self, _server: Any, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.answers.get("mail", "250 OK")

    async def handle_DATA(self, _server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        if "data" in self.answers:
            return self.answers["data"]
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None)
        self.introduced.append(session.host_name)
        return "250 OK"

    async def handle_QUIT(self, server: Any, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 - as above
        if "quit" in self.answers:
            server.transport.abort()
        return "221 Bye"


@dataclass
class Tried:
    """Takes every password, and remembers it."""

    passwords: list[bytes] = field(default_factory=list)

    def __call__(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.passwords.append(data.password)
        return AuthResult(success=True)


@asynccontextmanager
async def mail_server(postbox: Postbox, *, smtps: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[str]:
    """A mail server on the loopback; its host and port."""
    loop = asyncio.get_running_loop()

    def protocol() -> smtp.SMTP:
        return smtp.SMTP(postbox, hostname="mail.example", loop=loop, **options)

    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=smtps)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for the loopback that signs itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file


@pytest.fixture
def of_server(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    """What a client has that knows the server's certificate."""
    return ssl.create_default_context(cafile=str(certificate))


@pytest.fixture
def letter() -> EmailMessage:
    return written()


def written(to: str = "ada@example.com") -> EmailMessage:
    letters = Letters(product_name="Lending Library", sender="Library <no-reply@library.example>")
    return letters.compose(
        Letter(
            kind=LetterKind.VERIFY_EMAIL,
            to=to,
            name="Ada",
            locale="en",
            letter_id="0190",
            link=LINK,
            code="402917",
            valid_minutes=60,
        )
    )


def lines(part: Any) -> list[str]:
    return str(part.get_content()).splitlines()


async def failure_of(sender: SMTPSender, letter: EmailMessage) -> SendFailedError:
    with pytest.raises(SendFailedError) as caught:
        await sender.send(letter)
    return caught.value


async def test_a_mail_server_gets_the_letter_as_it_was_written(letter: EmailMessage) -> None:
    postbox = Postbox()
    async with mail_server(postbox) as address:
        await SMTPSender(f"smtp://{address}").send(letter)

    (envelope,) = postbox.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("no-reply@library.example", ["ada@example.com"])
    assert isinstance(envelope.content, bytes)
    got = message_from_bytes(envelope.content, policy=SMTP)
    assert isinstance(got, EmailMessage)
    assert got["Message-ID"] == "<0190@library.example>"
    assert [lines(part) for part in got.iter_parts()] == [lines(part) for part in letter.iter_parts()]
    assert postbox.encrypted == [False]
    assert postbox.introduced == ["library.example"]


async def test_starttls_is_used_where_it_is_offered(
    letter: EmailMessage, of_server: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    postbox = Postbox()
    async with mail_server(postbox, tls_context=of_server) as address:
        await SMTPSender(f"smtp://{address}", tls_context=trusting).send(letter)
        await SMTPSender(f"smtp+starttls://{address}", tls_context=trusting).send(letter)

    assert postbox.encrypted == [True, True]


async def test_smtps_begins_encrypted(
    letter: EmailMessage, of_server: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    postbox = Postbox()
    async with mail_server(postbox, smtps=of_server) as address:
        await SMTPSender(f"smtps://{address}", tls_context=trusting).send(letter)

    assert len(postbox.envelopes) == 1


async def test_nothing_goes_to_a_server_without_the_encryption_that_was_asked_for(letter: EmailMessage) -> None:
    postbox = Postbox()
    async with mail_server(postbox) as address:
        failure = await failure_of(SMTPSender(f"smtp+starttls://{address}"), letter)

    assert failure.temporary
    assert postbox.envelopes == []


@pytest.mark.parametrize("scheme", ["smtp", "smtp+starttls", "smtps"])
async def test_nothing_goes_to_a_server_whose_certificate_nobody_vouches_for(
    letter: EmailMessage, of_server: ssl.SSLContext, scheme: str
) -> None:
    postbox = Postbox()
    tls: dict[str, Any] = {"smtps": of_server} if scheme == "smtps" else {"tls_context": of_server}
    async with mail_server(postbox, **tls) as address:
        failure = await failure_of(SMTPSender(f"{scheme}://{address}"), letter)

    assert failure.temporary
    assert postbox.envelopes == []


async def test_name_and_password_of_the_url_may_have_any_character(
    letter: EmailMessage, of_server: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    postbox, tried = Postbox(), []

    def authenticator(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        tried.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss/w:rd", handled=False)

    server = mail_server(postbox, tls_context=of_server, authenticator=authenticator, auth_required=True)
    async with server as address:
        await SMTPSender(f"smtp://us%40er:p%40ss%2Fw%3Ard@{address}", tls_context=trusting).send(letter)
        failure = await failure_of(SMTPSender(f"smtp://us%40er:other@{address}", tls_context=trusting), letter)

    assert tried[0] == (b"us@er", b"p@ss/w:rd")
    assert len(postbox.envelopes) == 1
    assert failure.temporary
    assert failure.trouble == "the mail server answered 535"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_on_this_machine_a_password_needs_no_encryption(letter: EmailMessage, host: str) -> None:
    postbox, tried = Postbox(), Tried()
    async with mail_server(postbox, authenticator=tried, auth_require_tls=False) as address:
        await SMTPSender(f"smtp://somebody:pa55@{address.replace('127.0.0.1', host)}").send(letter)

    assert tried.passwords == [b"pa55"]
    assert len(postbox.envelopes) == 1


async def test_elsewhere_a_password_goes_to_no_server_without_encryption(letter: EmailMessage) -> None:
    postbox, tried = Postbox(), Tried()
    async with mail_server(postbox, authenticator=tried, auth_require_tls=False) as address:
        # Another way to write the loopback's address, which might as well be another machine's name.
        elsewhere = SMTPSender(f"smtp://somebody:pa55@{address.replace('127.0.0.1', '127.1')}")
        failure = await failure_of(elsewhere, letter)

    assert (tried.passwords, postbox.envelopes) == ([], [])
    assert failure.temporary
    assert failure.trouble == "the mail server offers no encryption, and gets no password without"


async def test_a_server_that_has_the_letter_may_take_longer_to_say_so_than_all_its_other_answers_together(
    letter: EmailMessage,
) -> None:
    async with slow_server() as server:
        server.stall = Stall.AFTER_TAKING
        sending = asyncio.create_task(SMTPSender(server.url, commands_seconds=1).send(letter))
        await server.until(lambda: len(server.stalled) == 1)

        await asyncio.wait({sending}, timeout=1.5)
        assert not sending.done()
        server.go_on()
        await sending

    assert len(server.delivered) == 1
    assert senders.ANSWER_SECONDS >= 600


@pytest.mark.parametrize(
    ("answers", "temporary"),
    [
        ({"rcpt": "550 5.1.1 No such user"}, False),
        ({"rcpt": "450 4.2.1 Try later"}, True),
        ({"rcpt": "552 5.2.2 Mailbox full"}, False),
        ({"rcpt": "550 No such user here"}, False),
        ({"rcpt": "554 No such user here"}, True),
        ({"rcpt": "554 5.7.1 Relay access denied"}, True),
        ({"rcpt": "550 5.4.5 Daily sending quota exceeded"}, True),
        ({"rcpt": "554 Client host blocked"}, True),
        ({"rcpt": "550 5.1.8 Sender's domain does not exist"}, True),
        ({"data": "550 5.1.1 No such user"}, False),
        ({"data": "554 5.7.1 Looks like spam"}, True),
        ({"data": "550 Not from you"}, True),
        ({"data": "451 4.3.0 Disk full"}, True),
        ({"mail": "550 5.7.1 Not from you"}, True),
    ],
    ids=str,
)
async def test_only_what_is_said_of_the_recipient_is_final(
    letter: EmailMessage, answers: dict[str, str], temporary: bool
) -> None:
    async with mail_server(Postbox(**answers)) as address:
        failure = await failure_of(SMTPSender(f"smtp://{address}"), letter)

    assert failure.temporary is temporary
    assert "ada" not in failure.trouble
    assert next(iter(answers.values()))[:3] in failure.trouble


async def test_a_server_that_is_away_is_tried_again(letter: EmailMessage) -> None:
    async with mail_server(Postbox()) as address:
        pass

    failure = await failure_of(SMTPSender(f"smtp://{address}"), letter)

    assert failure.temporary


async def test_a_server_that_says_nothing_is_not_waited_for(letter: EmailMessage) -> None:
    over = asyncio.Event()

    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()

    failure = await failure_of(SMTPSender(f"smtp://{host}:{port}", commands_seconds=0.1), letter)

    over.set()
    server.close()
    assert failure.temporary


async def test_a_letter_that_was_taken_was_sent_even_when_the_server_says_no_goodbye(letter: EmailMessage) -> None:
    postbox = Postbox(quit="never")
    async with mail_server(postbox) as address:
        await SMTPSender(f"smtp://{address}").send(letter)

    assert len(postbox.envelopes) == 1


async def test_an_address_of_other_letters_needs_a_server_that_takes_them() -> None:
    able, unable, letter = Postbox(), Postbox(), written("дарья@почта.рф")
    async with mail_server(able, enable_SMTPUTF8=True) as address:
        await SMTPSender(f"smtp://{address}").send(letter)
    async with mail_server(unable) as address:
        failure = await failure_of(SMTPSender(f"smtp://{address}"), letter)

    assert able.envelopes[0].rcpt_tos == ["дарья@xn--80a1acny.xn--p1ai"]
    assert "SMTPUTF8" in able.envelopes[0].mail_options
    assert isinstance(able.envelopes[0].content, bytes)
    assert "\r\nTo: дарья@xn--80a1acny.xn--p1ai\r\n".encode() in able.envelopes[0].content
    assert not failure.temporary
    assert unable.envelopes == []


async def test_a_domain_of_other_letters_reaches_any_server() -> None:
    postbox = Postbox()
    async with mail_server(postbox) as address:
        await SMTPSender(f"smtp://{address}").send(written("ada@bücher.example"))

    assert postbox.envelopes[0].rcpt_tos == ["ada@xn--bcher-kva.example"]


async def test_the_console_shows_who_what_link_and_code(
    letter: EmailMessage, capsys: pytest.CaptureFixture[str]
) -> None:
    await ConsoleSender().send(letter)

    shown = capsys.readouterr()
    assert shown.out == ""
    assert [line.removeprefix("│ ") for line in shown.err.splitlines()[1:-1]] == [
        "To:      ada@example.com",
        "Subject: Confirm your e-mail address for Lending Library",
        LINK,
        "402917",
    ]


async def test_the_memory_keeps_letters_until_it_is_told_to_fail(letter: EmailMessage) -> None:
    memory = MemorySender()
    await memory.send(letter)
    memory.failing = SendFailedError(temporary=True)

    with pytest.raises(SendFailedError):
        await memory.send(letter)

    assert memory.sent == [letter]


async def test_without_a_mail_server_letters_go_to_the_console() -> None:
    assert isinstance(sender_for(None), ConsoleSender)
    assert isinstance(sender_for("smtp://mail.example"), SMTPSender)


@pytest.mark.parametrize(
    "url", ["http://u:pa55@host", "smtp://", "smtp://u:pa55/x@host", "smtp://u:p@host:pa55", "smtp://[pa55", "pa55"]
)
async def test_a_url_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match="a mail server is written") as caught:
        sender_for(url)

    assert "pa55" not in f"{caught.value}{caught.value.__cause__}"
