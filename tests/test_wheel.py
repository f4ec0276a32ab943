"""The wheel carries all that the service needs, and works away from the repository."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the wheel puts into an environment."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    ZipFile(wheel).extractall(folder / "installed")
    return folder / "installed"


def test_the_wheel_carries_package_migrations_and_explorer(unpacked: Path) -> None:
    assert (unpacked / "gql_users/py.typed").exists()
    assert list((unpacked / "gql_users/migrations/versions").glob("*.py"))
    assert (unpacked / "gql_users/graphql/explorer/assets/index.html").exists()


def test_the_wheel_carries_the_licences_of_all_that_the_explorer_is_made_of(unpacked: Path) -> None:
    (file,) = (unpacked / "gql_users/graphql/explorer/assets/files").glob("LICENSES-*.txt")
    packages = json.loads((ROOT / "explorer/package-lock.json").read_text())["packages"]

    licences = file.read_text(encoding="utf-8")

    shipped = {at.rpartition("node_modules/")[2] for at, package in packages.items() if at and not package.get("dev")}
    assert [name for name in shipped if f"\n{name} " not in licences] == []
    assert "SIL OPEN FONT LICENSE" in licences


def test_the_wheel_carries_what_letters_and_pages_are_made_of(unpacked: Path) -> None:
    for folder in ("mail", "pages"):
        made_of = {
            path.relative_to(ROOT)
            for path in (ROOT / "gql_users" / folder).rglob("*")
            if path.suffix in {".toml", ".html", ".txt"}
        }
        assert made_of
        assert [path for path in made_of if not (unpacked / path).exists()] == []


def test_the_wheel_leaves_tests_and_tools_behind(unpacked: Path) -> None:
    assert {path.name for path in unpacked.iterdir() if not path.name.endswith(".dist-info")} == {"gql_users"}


def test_the_wheel_migrates_away_from_the_repository(unpacked: Path, tmp_path: Path) -> None:
    # -I keeps the repository, to which the environment of the tests points, off the path.
    migrate = f"import sys; sys.path.insert(0, {str(unpacked)!r}); sys.argv[1:] = ['migrate']; import runpy; "
    command = [sys.executable, "-I", "-c", migrate + "runpy.run_module('gql_users')"]

    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("applied ")
    assert (tmp_path / "data" / "gql_users.db").exists()
