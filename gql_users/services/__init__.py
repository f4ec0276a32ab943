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
from gql_users.security.signing import Algorithm, Vault
from gql_users.security.throttle import Limit
from gql_users.security.tokens import Tokens
from gql_users.services.administration import Administration
from gql_users.services.authentication import Authentication
from gql_users.services.directory import Directory
from gql_users.services.forgetting import Forgetting
from gql_users.services.history import History
from gql_users.services.operation import Operation
from gql_users.services.passwords import PasswordChanges
from gql_users.services.profiles import Profiles
from gql_users.services.registration import Registration
from gql_users.services.session_list import SessionList
from gql_users.services.sessions import Sessions
from gql_users.services.signing_keys import SigningKeys
from gql_users.services.throttle import Throttle
from gql_users.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the doors can ask for."""

    registration: Registration
    authentication: Authentication
    sessions: Sessions
    session_list: SessionList
    passwords: PasswordChanges
    profiles: Profiles
    directory: Directory
    administration: Administration
    history: History
    signing_keys: SigningKeys
    forgetting: Forgetting
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
    cursors = Cursors(derive(secret, "cursors"))
    throttle = Throttle(
        unit_of_work=units,
        clock=clock,
        key=derive(secret, "attempts"),
        per_account=Limit(settings.account_attempts),
        per_network=Limit(settings.network_attempts),
    )
    signing_keys = SigningKeys(
        units, clock, Vault(derive(secret, "signing keys")), Algorithm(settings.signing_algorithm)
    )
    sessions = Sessions(
        unit_of_work=units,
        clock=clock,
        tokens=Tokens(secret, settings.public_url),
        keys=signing_keys,
        access_lifetime=settings.access_token_lifetime,
        idle_lifetime=settings.session_idle_lifetime,
        absolute_lifetime=settings.session_absolute_lifetime,
    )
    return Services(
        registration=Registration(units, clock, hasher, sessions, throttle, is_open=settings.registration == "open"),
        authentication=Authentication(units, clock, hasher, sessions, throttle),
        sessions=sessions,
        session_list=SessionList(units, clock, cursors, settings.session_idle_lifetime),
        passwords=PasswordChanges(units, clock, hasher, throttle),
        profiles=Profiles(units, clock, hasher),
        directory=Directory(units, cursors),
        administration=Administration(units, clock, hasher, throttle),
        history=History(units, cursors),
        signing_keys=signing_keys,
        forgetting=Forgetting(units, clock, settings.events_retention, settings.session_idle_lifetime),
        operation=Operation(Migrations(patient), hasher, (engine.dispose, patient.dispose)),
    )
