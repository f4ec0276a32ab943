"""Facts about what the service is built on: nothing older than what is safe, and nothing but what was pinned."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
LOCKS = {file.stem: file.read_text() for file in REQUIREMENTS}

# Older ones have holes that are known.
AT_LEAST = {
    "starlette": (1, 3, 1),
    "pyjwt": (2, 13),
    "h11": (0, 16),
    "strawberry-graphql": (0, 323, 2),
}

PINNED = re.compile(r"(?P<name>[a-z0-9][a-z0-9-]*)(\[[a-z,-]+\])?==(?P<version>[0-9][0-9a-z.+]*)( ;.*)?")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text))


def entries(lock: str) -> list[list[str]]:
    """The requirements of a lock file, each as its line and what is indented below it."""
    lines = [
        line.removesuffix(" \\") for line in lock.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    starts = [number for number, line in enumerate(lines) if not line.startswith(" ")]
    return [lines[start:end] for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]


@pytest.mark.parametrize(("package", "least"), AT_LEAST.items(), ids=AT_LEAST)
def test_what_is_installed_is_not_older_than_what_is_safe(package: str, least: tuple[int, ...]) -> None:
    assert numbers(version(package)) >= least


@pytest.mark.parametrize(("package", "least"), AT_LEAST.items(), ids=AT_LEAST)
def test_what_is_pinned_is_not_older_than_what_is_safe(package: str, least: tuple[int, ...]) -> None:
    pinned = {found["name"]: found["version"] for found in map(PINNED.fullmatch, map(first, SERVICE)) if found}

    assert numbers(pinned[package]) >= least


def first(entry: list[str]) -> str:
    return entry[0]


SERVICE = entries(LOCKS["service"])


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_one_version_with_its_hashes(name: str) -> None:
    for requirement, *hashes in entries(LOCKS[name]):
        assert PINNED.fullmatch(requirement), requirement
        assert hashes, requirement
        assert all(HASH.fullmatch(each.strip()) for each in hashes), requirement


@pytest.mark.parametrize("name", LOCKS)
def test_no_requirement_says_where_it_comes_from(name: str) -> None:
    assert "://" not in LOCKS[name]
    assert " @ " not in LOCKS[name]
    assert [line for line in LOCKS[name].splitlines() if line.startswith("-")] == []


def test_the_declared_dependencies_say_no_less() -> None:
    declared = (REQUIREMENTS[0].parent.parent / "pyproject.toml").read_text()

    for package, least in AT_LEAST.items():
        found = re.search(rf'^    "{package}>=([0-9.]+)', declared, re.MULTILINE)
        assert found, package
        assert numbers(found[1]) >= least


def test_there_is_no_second_copy_of_a_package_in_a_lock() -> None:
    for lock in LOCKS.values():
        names = [requirement.partition("==")[0] for requirement, *_ in entries(lock)]
        markers = [requirement for requirement, *_ in entries(lock) if " ;" in requirement]
        assert len(names) - len(set(names)) <= len(markers)


@pytest.mark.parametrize("folder", ["explorer", "tests/clients", "benchmarks/peers/mercurius"])
def test_every_package_of_node_is_one_version_with_its_hash_from_whatever_registry(folder: str) -> None:
    asked = json.loads((ROOT / folder / "package.json").read_text())
    packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]

    versions = [*asked.get("dependencies", {}).values(), *asked.get("devDependencies", {}).values()]
    assert [version for version in versions if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    assert [at for at, package in packages.items() if at and "integrity" not in package] == []
    assert [at for at, package in packages.items() if "resolved" in package] == []
