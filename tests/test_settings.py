"""Facts about the settings: what holds when nothing is said, what production refuses, and what no error repeats."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gql_users import Settings
from tests.databases import SECRET

CANARY = "canary-0451"


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither variables nor a .env file of the machine take part."""
    for name in [name for name in os.environ if name.upper().startswith("GQL_USERS_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def production(**otherwise: Any) -> Settings:
    return Settings(**{"env": "production", "secret": SECRET, **otherwise})


def refusal_of(**settings: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        Settings(**settings)
    return str(refused.value)


def test_nothing_needs_to_be_set_to_begin() -> None:
    settings = Settings()

    assert settings.env == "development"
    assert settings.database == "sqlite+aiosqlite:///data/gql_users.db"
    assert settings.public_url == "http://localhost:8000"
    assert (settings.registration, settings.cors_origins, settings.trusted_hosts) == ("open", (), ("*",))
    assert (settings.password_min_length, settings.pool_size, settings.max_body_bytes) == (8, 10, 64 * 1024)


def test_lifetimes_are_those_of_the_security_rules() -> None:
    settings = Settings()

    assert settings.access_token_lifetime == timedelta(minutes=15)
    assert settings.session_idle_lifetime == timedelta(days=14)
    assert settings.session_absolute_lifetime == timedelta(days=90)


def test_settings_come_from_variables_and_from_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("GQL_USERS_POOL_SIZE=3\nGQL_USERS_REGISTRATION=closed\nOTHER=1\n")
    monkeypatch.setenv("GQL_USERS_POOL_SIZE", "4")

    settings = Settings()

    assert (settings.pool_size, settings.registration) == (4, "closed")


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GQL_USERS_CORS_ORIGINS", "https://a.example, https://b.example/,")
    monkeypatch.setenv("GQL_USERS_TRUSTED_HOSTS", "users.example,*.users.example")

    settings = Settings()

    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert settings.trusted_hosts == ("users.example", "*.users.example")


def test_lifetimes_are_written_in_seconds_or_as_durations() -> None:
    for written in ("300", "PT5M"):
        assert Settings(access_token_lifetime=written).access_token_lifetime == timedelta(minutes=5)


def test_the_driver_is_chosen_for_plain_urls() -> None:
    for written, used in (
        ("postgres://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("postgresql://u@h/d?ssl=require", "postgresql+asyncpg://u@h/d?ssl=require"),
        ("postgresql+asyncpg://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("sqlite:///users.db", "sqlite+aiosqlite:///users.db"),
        ("sqlite+aiosqlite:////srv/users.db", "sqlite+aiosqlite:////srv/users.db"),
    ):
        assert Settings(database_url=written).database == used


def test_other_databases_are_refused() -> None:
    for url in ("", "users.db", "mysql://u@h/d", "postgresql+psycopg://u@h/d", "sqlite", "http://h"):
        assert "must begin with postgresql+asyncpg:// or sqlite+aiosqlite:///" in refusal_of(database_url=url)


@pytest.mark.parametrize("secret", [None, "", "x" * 31])
def test_production_refuses_a_missing_or_short_secret(secret: str | None) -> None:
    refusal = refusal_of(env="production", secret=secret)

    assert "32 bytes" in refusal
    assert "secret" in refusal.lower()


SMTP_URL = "smtp+starttls://user:pa55@mail.example.com:587"
REACHED = {"public_url": "https://users.example.com", "mail_from": "Example <accounts@example.com>"}


@pytest.mark.parametrize(
    "otherwise",
    [
        {},
        {"public_url": REACHED["public_url"]},
        {"mail_from": REACHED["mail_from"]},
        {**REACHED, "mail_from": "no-reply@localhost"},
        {**REACHED, "public_url": "https://localhost/users"},
    ],
    ids=str,
)
def test_production_sends_no_letters_whose_links_and_sender_are_on_localhost(otherwise: dict[str, str]) -> None:
    refusal = refusal_of(env="production", secret=SECRET, smtp_url=SMTP_URL, **otherwise)

    assert "GQL_USERS_PUBLIC_URL and GQL_USERS_MAIL_FROM must be set in production" in refusal
    assert "pa55" not in refusal


def test_localhost_is_refused_only_in_production_and_only_beside_a_mail_server() -> None:
    assert production().smtp_url is None
    assert production(smtp_url=SMTP_URL, **REACHED).smtp_url is not None
    assert Settings(smtp_url=SMTP_URL).smtp_url is not None


def test_a_secret_is_counted_in_bytes() -> None:
    assert production(secret="ü" * 16).installation_secret() == ("ü" * 16).encode()


def test_a_database_that_forgets_is_refused_everywhere() -> None:
    for url in (
        "sqlite://",
        "sqlite+aiosqlite:///",
        "sqlite:///:memory:",
        "sqlite:///?cache=shared",
        "sqlite:///file::memory:?uri=true",
        "sqlite:///file:users?mode=memory&uri=true",
    ):
        for env in ("development", "production"):
            assert "in-memory database" in refusal_of(env=env, secret=SECRET, database_url=url), url


def test_a_database_that_remembers_is_taken_everywhere() -> None:
    for url in ("sqlite+aiosqlite:///users.db", "sqlite+aiosqlite:////srv/memory.db", "postgresql+asyncpg://u@h/d"):
        assert production(database_url=url).database == Settings(database_url=url).database == url


def test_the_explorer_is_for_development_unless_told_otherwise() -> None:
    assert (Settings().shows_explorer, production().shows_explorer) == (True, False)
    assert (Settings(explorer=False).shows_explorer, production(explorer=True).shows_explorer) == (False, True)


def test_rest_is_open_in_development_and_for_admins_in_production() -> None:
    assert (Settings().rest_is_for, production().rest_is_for) == ("open", "admin")
    for access in ("open", "authenticated", "admin"):
        assert Settings(rest_access=access).rest_is_for == production(rest_access=access).rest_is_for == access


@pytest.mark.parametrize("origins", ["*", "https://a.example,*", " * "])
def test_wildcard_origins_are_refused_everywhere(origins: str) -> None:
    for env in ("development", "production"):
        assert "name the origins" in refusal_of(env=env, secret=SECRET, cors_origins=origins)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("access_token_lifetime", "PT16M"),
        ("access_token_lifetime", "0"),
        ("session_idle_lifetime", "-1"),
        ("password_min_length", "7"),
        ("argon2_memory_kib", "1024"),
        ("argon2_iterations", "1"),
        ("argon2_parallelism", "0"),
        ("pool_size", "0"),
        ("max_body_bytes", "0"),
        ("public_url", "users.example"),
    ],
)
def test_careless_values_are_refused(setting: str, value: str) -> None:
    assert setting in refusal_of(**{setting: value})


# Any text is a folder or file, the name of a host or of a product; and what letters need is read by who sends them.
ANY_TEXT = {
    "data_dir",
    "trusted_documents",
    "trusted_hosts",
    "templates_dir",
    "product_name",
    "mail_from",
    "smtp_url",
    "default_locale",
}


@pytest.mark.parametrize("setting", sorted(set(Settings.model_fields) - ANY_TEXT))
def test_no_error_repeats_the_value_of_a_setting(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"GQL_USERS_{setting.upper()}", f"{CANARY},*")

    with pytest.raises(ValidationError) as refused:
        Settings()

    assert CANARY not in str(refused.value) + repr(refused.value)


def test_settings_that_are_shown_hide_what_is_secret() -> None:
    settings = Settings(secret=SECRET, database_url=f"postgresql://somebody:{CANARY}@host/users")

    shown = f"{settings!r} {settings!s} {settings.model_dump_json()}"

    assert SECRET not in shown
    assert CANARY not in shown


def test_settings_do_not_change() -> None:
    settings = Settings()

    with pytest.raises(ValidationError):
        settings.env = "production"  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize(
    "url", ["http://", "https://a b", "https://a.example/?x=1", "https://a.example/#app", "a.example"]
)
def test_links_need_an_address_that_paths_can_follow(url: str) -> None:
    with pytest.raises(ValidationError):
        Settings(public_url=url, _env_file=None)


def test_spaces_and_slashes_around_an_address_are_no_part_of_it() -> None:
    assert Settings(public_url=" https://a.example/users/ ", _env_file=None).public_url == "https://a.example/users"
