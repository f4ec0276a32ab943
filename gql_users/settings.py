"""Every setting, read once from `GQL_USERS_…` variables (or a `.env` file), checked before anything starts."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SHORTEST_SECRET = 32
A_LONG_TIME = timedelta(days=3650)

CommaSeparated = Annotated[tuple[str, ...], NoDecode]


class MisconfiguredError(Exception):
    """What was set cannot be worked with; the message says what to change, and tells no secret."""


@contextmanager
def misconfigured() -> Iterator[None]:
    """Turn what files and addresses given by settings are refused with, into what the command line says in one line."""
    try:
        yield
    except ValueError as error:
        raise MisconfiguredError(str(error)) from error


class Settings(BaseSettings):
    """All that an installation can decide. The description of each field is its documentation."""

    model_config = SettingsConfigDict(
        env_prefix="GQL_USERS_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    env: Literal["development", "production"] = Field(
        "development", description="How careful to be. `production` refuses to start with unsafe settings."
    )
    database_url: SecretStr | None = Field(
        None,
        description="Where the data is: `postgresql+asyncpg://user:password@host/name` or "
        "`sqlite+aiosqlite:///path`. Without it, an SQLite file in the data folder.",
    )
    database_direct_url: SecretStr | None = Field(
        None,
        description="PostgreSQL itself, where `GQL_USERS_DATABASE_URL` leads through a pooler that keeps no sessions, "
        "such as PgBouncer in transaction mode. Setting it is how the service knows.",
    )
    data_dir: Path = Field(
        Path("data"),
        description="Folder for what the service keeps itself: the SQLite file, development's secret.",
    )
    secret: SecretStr | None = Field(
        None,
        description="The installation's secret, at least 32 bytes, the same for every replica; refresh tokens and "
        "cursors are signed with keys derived from it, and the keys in the database are sealed with one. Development "
        "makes one and keeps it in the data folder.",
    )
    public_url: str = Field(
        "http://localhost:8000",
        description="Where people reach the service; also the issuer (`iss`) of its tokens.",
    )
    registration: Literal["open", "quiet", "closed"] = Field(
        "open",
        description="Whether anybody may register, or only admins create accounts. `quiet` is open, and says no word "
        "about addresses that are taken: a letter is the answer, and nobody signs in before they have verified theirs.",
    )
    sign_in_requires_verified_email: bool = Field(
        False, description="Whether people verify their address before they can sign in."
    )
    smtp_url: SecretStr | None = Field(
        None,
        description="The mail server: `smtp://user:password@host:587` (STARTTLS where it is offered), "
        "`smtp+starttls://` (never without), `smtps://host:465`. Without it, development prints letters, and "
        "production keeps them until there is one.",
    )
    mail_from: str = Field("gql_users <no-reply@localhost>", description="Whom letters come from.")
    product_name: str = Field("gql_users", description="What letters and pages call the product.")
    product_colour: str = Field(
        "#2456c7", pattern="^#[0-9a-fA-F]{6}$", description="The colour of buttons in letters and pages."
    )
    templates_dir: Path | None = Field(
        None,
        description="A folder with templates and texts that replace ours, file by file; `docs/letters.md` names them.",
    )
    default_locale: str = Field("en", description="The language of letters and pages when nobody says another one.")
    worker: bool = Field(
        True, description="Whether serving processes also deliver letters; otherwise `gql-users worker` does."
    )
    rest_contract: Literal["crud", "people", "accounts"] = Field(
        "crud", description="Which older service's contract `/users` speaks; `docs/rest.md` shows them."
    )
    rest_envelope: bool = Field(
        True,
        description="Whether `/api/v1` wraps every answer in `{success, data, error}`, or answers with the data alone.",
    )
    rest_access: Literal["open", "authenticated", "admin"] | None = Field(
        None,
        description="Who may use the REST `/users` routes, whose contracts know no login: everybody, anybody signed in "
        "as themselves, or admins. Without it: `open` in development, `admin` in production.",
    )
    explorer: bool | None = Field(
        None, description="Whether `/graphql` shows GraphiQL to browsers. Without it: only in development."
    )
    introspection: bool | None = Field(
        None,
        description="Whether `/graphql` describes its schema to who asks. Without it: in development, and where the "
        "explorer is on.",
    )
    documents: Literal["open", "trusted-only"] = Field(
        "open", description="Which documents `/graphql` executes: all, or only those of the manifest."
    )
    trusted_documents: Path | None = Field(
        None,
        description="A manifest of documents, which clients may then name by `documentId` instead of sending them; "
        "`docs/graphql.md` shows one.",
    )
    max_document_characters: int = Field(20_000, ge=100, description="Longest document, in characters.")
    max_document_tokens: int = Field(2_000, ge=50, description="Most lexical tokens of a document.")
    max_document_comments: int = Field(50, ge=0, description="Most comments in a document.")
    max_depth: int = Field(12, ge=6, description="How deep fields may stand in each other.")
    max_aliases: int = Field(30, ge=0, description="Most aliases of an operation, fragments unfolded.")
    max_fields: int = Field(500, ge=50, description="Most fields of a document, fragments unfolded.")
    max_query_root_fields: int = Field(20, ge=1, description="Most fields at the root of a query.")
    max_mutation_root_fields: int = Field(5, ge=1, description="Most deeds of a mutation.")
    max_cost: int = Field(
        5_000,
        ge=100,
        description="What an operation may cost: each object counts one, and all in a list as often as it can be long.",
    )
    operation_timeout: timedelta = Field(
        timedelta(seconds=10),
        gt=timedelta(0),
        le=timedelta(minutes=5),
        description="A query is given up after so long; a mutation begins no further deed.",
    )
    access_token_lifetime: timedelta = Field(
        timedelta(minutes=15),
        gt=timedelta(0),
        le=timedelta(minutes=15),
        description="How long an access token is good (seconds, or ISO 8601 such as `PT15M`).",
    )
    session_idle_lifetime: timedelta = Field(
        timedelta(days=14),
        gt=timedelta(0),
        le=A_LONG_TIME,
        description="A session ends when it is not refreshed for so long.",
    )
    session_absolute_lifetime: timedelta = Field(
        timedelta(days=90),
        gt=timedelta(0),
        le=A_LONG_TIME,
        description="A session ends after so long, refreshed or not.",
    )
    signing_algorithm: Literal["ES256", "RS256", "EdDSA"] = Field(
        "ES256",
        description="How access tokens are signed. After a change `gql-users keys rotate` publishes a key of the new "
        "kind, and the rotation after it signs with it.",
    )
    account_attempts: int = Field(
        10,
        ge=1,
        le=1_000,
        description="Wrong passwords for one account from one network before each next try has to wait.",
    )
    network_attempts: int = Field(
        100,
        ge=1,
        le=100_000,
        description="Wrong passwords from one network, whatever the account, before each next try has to wait.",
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=10,
        description="Reverse proxies in front of the service, each of which adds to `X-Forwarded-For`. With none, the "
        "client is whoever connects.",
    )
    events_retention: timedelta = Field(
        timedelta(days=365),
        gt=timedelta(0),
        le=A_LONG_TIME,
        description="How long the audit log remembers.",
    )
    password_min_length: int = Field(
        8,
        ge=8,
        le=64,
        description="Shortest password, in characters. Take 15 where a password is the only factor (NIST SP 800-63B).",
    )
    argon2_memory_kib: int = Field(
        19_456,
        ge=19_456,
        le=1_048_576,
        description="Memory that one password hash takes, in KiB (Argon2id m).",
    )
    argon2_iterations: int = Field(2, ge=2, le=10, description="Passes over that memory (Argon2id t).")
    argon2_parallelism: int = Field(1, ge=1, le=16, description="Lanes of one hash (Argon2id p).")
    cors_origins: CommaSeparated = Field(
        (),
        description="Origins of frontends that may call from a browser, comma-separated, such as `https://app.example`.",
    )
    trusted_hosts: CommaSeparated = Field(
        ("*",),
        description="Host names the service answers to, comma-separated; `*.example.com` for subdomains.",
    )
    pool_size: int = Field(10, ge=1, le=200, description="Database connections of one process. There is no overflow.")
    max_body_bytes: int = Field(65_536, ge=1_024, description="Largest request body accepted, in bytes.")
    metrics: bool = Field(
        False, description="Whether `/metrics` tells Prometheus how the process does. Keep it from the public."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")

    @field_validator("cors_origins", "trusted_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator(
        "operation_timeout",
        "access_token_lifetime",
        "session_idle_lifetime",
        "session_absolute_lifetime",
        "events_retention",
        mode="before",
    )
    @classmethod
    def _count_seconds(cls, value: object) -> object:
        return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value

    @field_validator("cors_origins")
    @classmethod
    def _name_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "*" in value:
            raise ValueError("name the origins; a wildcard would let every page on the web call the service")
        return tuple(origin.rstrip("/") for origin in value)

    @field_validator("public_url")
    @classmethod
    def _be_a_url(cls, value: str) -> str:
        value = value.strip()
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        parts = urlsplit(value)
        if not parts.hostname or parts.query or parts.fragment or any(each.isspace() for each in value):
            raise ValueError("must be an address that paths can follow, such as https://users.example.com")
        return value.rstrip("/")

    @field_validator("database_url", "database_direct_url")
    @classmethod
    def _choose_driver(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        kind, separator, rest = value.get_secret_value().partition("://")
        drivers = {
            "postgres": "postgresql+asyncpg",
            "postgresql": "postgresql+asyncpg",
            "sqlite": "sqlite+aiosqlite",
        }
        kind = drivers.get(kind, kind)
        if not separator or kind not in drivers.values():
            raise ValueError("must begin with postgresql+asyncpg:// or sqlite+aiosqlite:///")
        is_nowhere = rest.partition("?")[0] in {"", "/"} or ":memory:" in rest or "mode=memory" in rest
        if kind.startswith("sqlite") and is_nowhere:
            raise ValueError("an in-memory database lives in one connection only; name a file")
        try:
            urlsplit(value.get_secret_value()).port  # noqa: B018 - reading it is what checks it
        except ValueError:
            raise ValueError("the port must be a number") from None
        # What other clients of PostgreSQL call sslmode, this driver calls ssl.
        return SecretStr(f"{kind}://{rest}".replace("sslmode=", "ssl="))

    @field_validator("secret")
    @classmethod
    def _be_long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value().encode("utf-8", "surrogatepass")) < SHORTEST_SECRET:
            raise ValueError(f"must have at least {SHORTEST_SECRET} bytes")
        return value

    @model_validator(mode="after")
    def _be_safe_in_production(self) -> Self:
        if self.env == "production" and self.secret is None:
            raise ValueError("GQL_USERS_SECRET must be set in production (at least 32 bytes)")
        if self.env == "production" and self.smtp_url is not None:
            hosts = urlsplit(self.public_url).hostname, self.mail_from.rpartition("@")[2].strip(" <>")
            if "localhost" in hosts:
                raise ValueError(
                    "GQL_USERS_PUBLIC_URL and GQL_USERS_MAIL_FROM must be set in production beside GQL_USERS_SMTP_URL: "
                    "from elsewhere, localhost cannot be reached or answered"
                )
        return self

    @model_validator(mode="after")
    def _pool_postgresql(self) -> Self:
        if self.database_direct_url is not None:
            for url in (self.database, self.database_direct_url.get_secret_value()):
                if not url.startswith("postgresql"):
                    raise ValueError(
                        "GQL_USERS_DATABASE_DIRECT_URL is for PostgreSQL, and beside GQL_USERS_DATABASE_URL"
                    )
        return self

    @model_validator(mode="after")
    def _have_something_to_trust(self) -> Self:
        if self.documents == "trusted-only" and self.trusted_documents is None:
            raise ValueError("GQL_USERS_TRUSTED_DOCUMENTS must be set where only trusted documents are executed")
        return self

    @property
    def database(self) -> str:
        """The database's URL, driver included."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.data_dir / 'gql_users.db'}"

    @property
    def direct_database(self) -> str:
        """The URL of the database itself, past any pooler."""
        direct = self.database_direct_url
        return direct.get_secret_value() if direct is not None else self.database

    @property
    def is_pooled(self) -> bool:
        """Does a pooler between the service and PostgreSQL give each transaction another session?"""
        return self.database_direct_url is not None

    @property
    def is_quiet(self) -> bool:
        """Does registration say nothing about addresses?"""
        return self.registration == "quiet"

    @property
    def needs_verified_email(self) -> bool:
        """Do people verify their address before they can sign in?"""
        # Where registration is quiet, signing in right afterwards would say what its answer did not.
        return self.sign_in_requires_verified_email or self.is_quiet

    @property
    def shows_explorer(self) -> bool:
        """Is GraphiQL on?"""
        return self.explorer if self.explorer is not None else self.env == "development"

    @property
    def answers_introspection(self) -> bool:
        """Does the endpoint describe its schema?"""
        return (
            self.introspection if self.introspection is not None else self.env == "development" or self.shows_explorer
        )

    @property
    def rest_is_for(self) -> Literal["open", "authenticated", "admin"]:
        """Who may use the REST `/users` routes?"""
        return self.rest_access or ("open" if self.env == "development" else "admin")

    def installation_secret(self) -> bytes:
        """The installation's secret; development makes one on first use and keeps it, readable by its owner alone."""
        if self.secret is not None:
            return self.secret.get_secret_value().encode("utf-8", "surrogatepass")
        return _kept_secret(self.data_dir)


def _kept_secret(folder: Path) -> bytes:
    """The secret in the data folder, made whole before it gets its name: of two first starts, one wins for both."""
    file = folder / "secret"
    if not file.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f".secret-{secrets.token_hex(8)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    secret = file.read_bytes().strip()
    if len(secret) < SHORTEST_SECRET:
        raise MisconfiguredError(
            f"{file} must have at least {SHORTEST_SECRET} bytes; remove it to have another one made"
        )
    return secret
