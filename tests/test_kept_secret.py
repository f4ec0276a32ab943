"""Facts about the secret that development makes for itself."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from gql_users import Settings
from tests.databases import SECRET


def development(folder: Path) -> Settings:
    return Settings(data_dir=folder, _env_file=None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder that does not exist yet."""
    return tmp_path / "deep" / "data"


@pytest.fixture
def _careless_umask() -> object:
    """A machine on which new files are everybody's."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_development_makes_a_secret_once_and_keeps_it(folder: Path) -> None:
    first = development(folder).installation_secret()

    assert development(folder).installation_secret() == first
    assert len(first) >= 32
    assert development(folder.with_name("elsewhere")).installation_secret() != first


@pytest.mark.usefixtures("_careless_umask")
def test_only_its_owner_can_read_it(folder: Path) -> None:
    development(folder).installation_secret()

    (kept,) = folder.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_of_first_starts_at_once_all_agree_on_one(tmp_path: Path) -> None:
    together = Barrier(8)

    def start(folder: Path) -> bytes:
        together.wait()
        return development(folder).installation_secret()

    with ThreadPoolExecutor(8) as starts:
        for number in range(25):
            folder = tmp_path / f"data-{number}"
            secrets = set(starts.map(start, [folder] * 8))
            assert len(secrets) == 1
            assert [file.name for file in folder.iterdir()] == ["secret"]


def test_a_secret_that_is_given_is_not_kept(folder: Path) -> None:
    settings = Settings(data_dir=folder, secret=SECRET, _env_file=None)

    assert settings.installation_secret() == SECRET.encode()
    assert not folder.exists()


def test_a_kept_secret_that_was_cut_short_is_refused_by_its_name(folder: Path) -> None:
    development(folder).installation_secret()
    (kept,) = folder.iterdir()
    kept.write_bytes(kept.read_bytes()[:31])

    with pytest.raises(Exception, match=r"secret must have at least 32 bytes"):
        development(folder).installation_secret()
