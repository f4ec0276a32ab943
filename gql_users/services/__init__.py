"""The use cases: every rule of the product, wired by hand in one function."""

from __future__ import annotations

from dataclasses import dataclass

from gql_users.clock import Clock
from gql_users.mail.letters import Letters
from gql_users.mail.senders import Sender, sender_for
from gql_users.paging import Cursors
from gql_users.repositories.database import connect
from gql_users.repositories.driver import drive
from gql_users.repositories.feed import Feed
from gql_users.repositories.migrations import Migrations
from gql_users.repositories.reading_events import EventReader
from gql_users.repositories.reading_sessions import SessionReader
from gql_users.repositories.reading_users import UserReader
from gql_users.repositories.unit_of_work import UnitsOfWork
from gql_users.security.keys import derive
from gql_users.security.one_time import OneTimeSecrets
from gql_users.security.passwords import Passwords
from gql_users.security.signing import Algorithm, Vault
from gql_users.security.throttle import Limit, Names
from gql_users.security.tokens import Tokens
from gql_users.services.administration import Administration
from gql_users.services.authentication import Authentication
from gql_users.services.changes import Changes
from gql_users.services.delivery import Delivery
from gql_users.services.directory import Directory
from gql_users.services.forgetting import Forgetting
from gql_users.services.history import History
from gql_users.services.one_time import OneTime
from gql_users.services.operation import Operation
from gql_users.services.outbox import Outbox
from gql_users.services.passwords import PasswordChanges
from gql_users.services.profiles import Profiles
from gql_users.services.quiet_registration import QuietRegistration
from gql_users.services.recognition import Recognition
from gql_users.services.recovery import Recovery
from gql_users.services.registration import Openness, Registration
from gql_users.services.session_list import SessionList
from gql_users.services.sessions import Sessions
from gql_users.services.signing_keys import SigningKeys
from gql_users.services.spacing import Spacing
from gql_users.services.throttle import Throttle
from gql_users.services.verification import Verification
from gql_users.settings import Settings, misconfigured


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the doors can ask for."""

    registration: Registration
    authentication: Authentication
    recognition: Recognition
    sessions: Sessions
    session_list: SessionList
    passwords: PasswordChanges
    recovery: Recovery
    verification: Verification
    delivery: Delivery
    profiles: Profiles
    directory: Directory
    administration: Administration
    history: History
    changes: Changes
    signing_keys: SigningKeys
    forgetting: Forgetting
    operation: Operation


def wire(settings: Settings, clock: Clock, sender: Sender | None = None) -> Services:
    """The services of one installation. Nothing connects until it is used; `operation.close` lets everything go."""
    secret = settings.installation_secret()
    driver, patient, listening = drive(settings), connect(settings, patiently=True), connect(settings, directly=True)
    units = UnitsOfWork(driver)
    hasher = Passwords(
        memory_kib=settings.argon2_memory_kib,
        iterations=settings.argon2_iterations,
        parallelism=settings.argon2_parallelism,
        shortest=settings.password_min_length,
    )
    cursors = Cursors(derive(secret, "cursors"))
    reading = SessionReader(driver)
    directory = Directory(UserReader(driver), cursors)
    changes = Changes(directory, clock, Feed(listening))
    names = Names(derive(secret, "attempts"))
    spacing = Spacing(units, clock, names)
    throttle = Throttle(
        unit_of_work=units,
        clock=clock,
        names=names,
        per_account=Limit(settings.account_attempts),
        per_network=Limit(settings.network_attempts),
    )
    signing_keys = SigningKeys(
        units, clock, Vault(derive(secret, "signing keys")), Algorithm(settings.signing_algorithm)
    )
    tokens = Tokens(secret, settings.public_url)
    sessions = Sessions(
        unit_of_work=units,
        clock=clock,
        tokens=tokens,
        keys=signing_keys,
        access_lifetime=settings.access_token_lifetime,
        idle_lifetime=settings.session_idle_lifetime,
        absolute_lifetime=settings.session_absolute_lifetime,
    )
    one_time = OneTime(units, clock, OneTimeSecrets(derive(secret, "one-time tokens")), throttle)
    with misconfigured():
        letters = Letters(
            product_name=settings.product_name,
            colour=settings.product_colour,
            sender=settings.mail_from,
            templates_dir=settings.templates_dir,
            default_locale=settings.default_locale,
        )
        sender = sender or _sender(settings)
    needs_verified = settings.needs_verified_email
    openness = Openness(settings.registration)
    quietly = QuietRegistration(units, clock, hasher, spacing, is_closed=openness is Openness.CLOSED)
    return Services(
        registration=Registration(units, clock, hasher, sessions, throttle, spacing, quietly, openness, needs_verified),
        authentication=Authentication(units, clock, hasher, sessions, throttle, needs_verified, settings.is_quiet),
        recognition=Recognition(
            unit_of_work=units,
            reading=reading,
            clock=clock,
            tokens=tokens,
            keys=signing_keys,
            idle_lifetime=settings.session_idle_lifetime,
        ),
        sessions=sessions,
        session_list=SessionList(units, reading, clock, cursors, settings.session_idle_lifetime),
        passwords=PasswordChanges(units, clock, hasher, throttle),
        recovery=Recovery(units, clock, hasher, one_time, throttle, spacing),
        verification=Verification(units, clock, hasher, one_time, throttle, spacing),
        delivery=Delivery(units, clock, Outbox(units, clock), one_time, letters, sender, settings.public_url, quietly),
        profiles=Profiles(units, clock, hasher, needs_verified),
        directory=directory,
        administration=Administration(units, clock, hasher, throttle, needs_verified),
        history=History(EventReader(driver), cursors),
        changes=changes,
        signing_keys=signing_keys,
        forgetting=Forgetting(units, clock, settings.events_retention, settings.session_idle_lifetime, needs_verified),
        operation=Operation(
            Migrations(patient),
            hasher,
            driver.connect,
            (changes.close, driver.close, patient.dispose, listening.dispose),
        ),
    )


def _sender(settings: Settings) -> Sender | None:
    """Where letters go. Production prints no secrets: without a mail server they wait for one."""
    if settings.smtp_url is not None:
        return sender_for(settings.smtp_url.get_secret_value())
    return sender_for(None) if settings.env == "development" else None
