"""The use cases: every rule of the product, wired by hand in one function."""

from __future__ import annotations

from dataclasses import dataclass

from gql_users.clock import Clock
from gql_users.paging import Cursors
from gql_users.repositories.database import connect
from gql_users.repositories.migrations import Migrations
from gql_users.repositories.unit_of_work import UnitsOfWork
from gql_users.security.keys import derive
from gql_users.security.passwords import Passwords
from gql_users.security.tokens import Tokens
from gql_users.services.administration import Administration
from gql_users.services.authentication import Authentication
from gql_users.services.directory import Directory
from gql_users.services.operation import Operation
from gql_users.services.passwords import PasswordChanges
from gql_users.services.profiles import Profiles
from gql_users.services.registration import Registration
from gql_users.services.sessions import Sessions
from gql_users.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the doors can ask for."""

    registration: Registration
    authentication: Authentication
    sessions: Sessions
    passwords: PasswordChanges
    profiles: Profiles
    directory: Directory
    administration: Administration
    operation: Operation


def wire(settings: Settings, clock: Clock) -> Services:
    """The services of one installation. Nothing connects until it is used; `operation.close` lets everything go."""
    secret = settings.installation_secret()
    engine, patient = connect(settings), connect(settings, patiently=True)
    units = UnitsOfWork(engine)
    hasher = Passwords(
        memory_kib=settings.argon2_memory_kib,
        iterations=settings.argon2_iterations,
        parallelism=settings.argon2_parallelism,
        shortest=settings.password_min_length,
    )
    sessions = Sessions(
        unit_of_work=units,
        clock=clock,
        tokens=Tokens(secret, settings.public_url),
        access_lifetime=settings.access_token_lifetime,
        idle_lifetime=settings.session_idle_lifetime,
        absolute_lifetime=settings.session_absolute_lifetime,
    )
    return Services(
        registration=Registration(units, clock, hasher, sessions, is_open=settings.registration == "open"),
        authentication=Authentication(units, clock, hasher, sessions),
        sessions=sessions,
        passwords=PasswordChanges(units, clock, hasher),
        profiles=Profiles(units, clock, hasher),
        directory=Directory(units, Cursors(derive(secret, "cursors"))),
        administration=Administration(units, clock, hasher),
        operation=Operation(Migrations(patient), hasher, (engine.dispose, patient.dispose)),
    )
