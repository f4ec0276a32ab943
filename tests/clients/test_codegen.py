"""GraphQL Code Generator makes types of the schema which strict TypeScript accepts, and which find mistakes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.clients.node import a_client, copied, needs_packages, run
from tests.door import PASSWORD, Door, Person

pytestmark = needs_packages


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the types."""
    folder = copied("typed", tmp_path_factory.mktemp("codegen"))
    code, written = asyncio.run(run("graphql-codegen", "--config", "codegen.ts", folder=folder))
    assert code == 0, written
    return folder


async def test_strict_typescript_accepts_what_is_right_and_finds_each_mistake(generated: Path) -> None:
    code, written = await run("tsc", "--project", ".", "--noEmit", folder=generated)

    assert (code, written) == (0, "")


async def test_a_scalar_without_a_type_of_its_own_is_told(tmp_path: Path) -> None:
    folder = copied("typed", tmp_path)
    config = folder / "codegen.ts"
    config.write_text(config.read_text().replace('DateTime: "string",', ""))

    code, written = await run("graphql-codegen", "--config", "codegen.ts", folder=folder)

    assert code == 1
    assert "Unknown scalar type DateTime" in written


async def test_what_is_typed_is_what_comes(generated: Path, door: Door, an_admin: Person) -> None:
    await run("tsc", "--project", ".", folder=generated)

    async with a_client(generated / "deeds.mjs", API=f"{door.http.base_url}/graphql") as frontend:
        await frontend.call("signIn", an_admin.email, PASSWORD)
        (ada,) = await frontend.call("everybody", 20)
        answers = [await frontend.call("rename", an_admin.id, None, version) for version in (99, an_admin.version + 1)]

    assert (ada["databaseId"], ada["username"]) == (an_admin.database_id, "ada")
    assert isinstance(ada["createdAt"], str)
    assert isinstance(ada["events"]["nodes"][0]["details"], dict | None)
    assert answers == [f"somebody was faster: version {an_admin.version + 1}", "done"]
