"""Facts about how the code is laid out: no import goes up, every file says what it is, settings have one door."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "gql_users"
SOURCES = sorted(PACKAGE.rglob("*.py"))

BREAKS = {
    "Doors reach SQL only through services": (
        "graphql/queries/broken.py",
        "from gql_users.repositories.users import Users",
    ),
    "The floors: no import goes up": ("services/broken.py", "from gql_users.web.requests import client_of"),
    "SQLAlchemy only in repositories and models": ("services/broken.py", "import sqlalchemy"),
    "Web frameworks only in doors": ("services/broken.py", "import fastapi"),
    "Settings are read where things are put together": (
        "security/broken.py",
        "from gql_users.settings import Settings",
    ),
}


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of the package in this folder, by the contracts in its pyproject.toml."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    # The package of the folder, not the one that is installed.
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def name_of(source: Path) -> str:
    return str(source.relative_to(PACKAGE))


def lines_of(source: Path) -> list[str]:
    return source.read_text().splitlines()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and its contracts, to be broken."""
    shutil.copytree(PACKAGE, tmp_path / "gql_users", ignore=shutil.ignore_patterns("__pycache__", "assets"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_import_contracts_hold() -> None:
    checked = contracts(ROOT)

    assert checked.returncode == 0, checked.stdout
    assert " 0 broken" in checked.stdout


@pytest.mark.parametrize(("contract", "file", "line"), [(name, *how) for name, how in BREAKS.items()], ids=BREAKS)
def test_an_import_that_breaks_a_contract_is_reported(copy: Path, contract: str, file: str, line: str) -> None:
    (copy / "gql_users" / file).write_text(f'"""Breaks a contract."""\n\n{line}\n')

    checked = contracts(copy)

    assert checked.returncode == 1
    assert f"{contract} BROKEN" in checked.stdout
    assert "broken" in checked.stdout.partition("Broken contracts")[2]


def test_a_package_without_a_floor_is_reported(copy: Path) -> None:
    (copy / "gql_users" / "helpers.py").write_text('"""Belongs nowhere."""\n')

    checked = contracts(copy)

    assert checked.returncode == 1
    assert "helpers" in checked.stdout


def test_every_file_opens_with_a_sentence_that_says_what_it_is() -> None:
    opening = re.compile(r'"""(gql_users: |[A-Z`]).*[.?!](""")?')

    assert [name_of(source) for source in SOURCES if not opening.fullmatch(lines_of(source)[0])] == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    names = {part for source in SOURCES for part in source.relative_to(PACKAGE).with_suffix("").parts}

    assert names & {"utils", "util", "helpers", "helper", "common", "core", "manager", "misc", "base_service"} == set()


def test_no_file_reads_the_environment_by_itself() -> None:
    reads = re.compile(r"\b(environ|environb|getenv|getenvb)\b")

    assert [name_of(source) for source in SOURCES if reads.search(source.read_text())] == []


def test_no_file_is_longer_than_two_things() -> None:
    long = {name_of(source) for source in SOURCES if len(lines_of(source)) > 200}

    # These two are lists, one entry a paragraph.
    assert long <= {"settings.py", "errors.py"}


def test_every_deed_and_question_has_a_file_of_its_name() -> None:
    for folder in ("mutations", "queries", "subscriptions"):
        listed = (PACKAGE / "graphql" / folder / "__init__.py").read_text()
        for source in (PACKAGE / "graphql" / folder).glob("[a-z]*.py"):
            assert f"gql_users.graphql.{folder}.{source.stem} import " in listed
