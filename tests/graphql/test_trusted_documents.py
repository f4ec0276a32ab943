"""Facts about documents that are named instead of sent."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from gql_users import create_app
from gql_users.settings import MisconfiguredError
from tests.conftest import MakeSettings
from tests.door import Door
from tests.serving import serving

TRUSTED = "query Version { serviceInfo { version } }"
OTHER = "{ serviceInfo { version } }"
MUTATION = 'mutation Out { logout(input: {refreshToken: "nonsense"}) { errors { code } } }'


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def persisted(text: str, version: int = 1) -> dict[str, Any]:
    """What Apollo's clients send instead of a text, or beside it."""
    return {"persistedQuery": {"version": version, "sha256Hash": hash_of(text)}}


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    file = tmp_path / "documents.json"
    file.write_text(json.dumps({f"sha256:{hash_of(text)}": text for text in (TRUSTED, MUTATION)}))
    return file


@pytest.fixture
def at(make_settings: MakeSettings, manifest: Path) -> Any:
    """The door of a service that trusts the manifest."""

    @asynccontextmanager
    async def opened(**settings: Any) -> AsyncIterator[Door]:
        app = create_app(make_settings(trusted_documents=manifest, **settings))
        async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
            yield Door(http)

    return opened


async def post(door: Door, **body: Any) -> Any:
    return (await door.http.post("/graphql", json=body)).json()


def code_of(body: Any) -> str:
    """The only reason why nothing was executed."""
    assert "data" not in body
    (error,) = body["errors"]
    code: str = error["extensions"]["code"]
    return code


async def test_a_trusted_document_is_named_by_its_hash(at: Any) -> None:
    async with at() as door:
        by_post = await post(door, documentId=f"sha256:{hash_of(TRUSTED)}")
        by_get = (await door.http.get("/graphql", params={"documentId": f"sha256:{hash_of(TRUSTED)}"})).json()
        sent = await post(door, query=OTHER)

    assert by_post == by_get == sent
    assert by_post["data"]["serviceInfo"]["version"]


async def test_a_name_that_nobody_has_is_not_found(at: Any) -> None:
    async with at() as door:
        for name in (f"sha256:{hash_of(OTHER)}", "nonsense", "sha256:"):
            assert code_of(await post(door, documentId=name)) == "DOCUMENT_NOT_FOUND"


async def test_where_only_trusted_documents_are_executed_all_others_are_refused(at: Any) -> None:
    async with at(documents="trusted-only") as door:
        assert code_of(await post(door, query=OTHER)) == "DOCUMENT_NOT_TRUSTED"
        assert code_of(await post(door, query=TRUSTED + " ")) == "DOCUMENT_NOT_TRUSTED"
        assert code_of(await post(door, query=OTHER, extensions=persisted(OTHER))) == "DOCUMENT_NOT_TRUSTED"
        assert code_of(await post(door, extensions=persisted(OTHER))) == "PERSISTED_QUERY_NOT_FOUND"
        assert (await post(door, query="{ \ud800 }".encode("utf-8", "replace").decode()))["errors"]

        for asked in (
            {"query": TRUSTED},
            {"documentId": f"sha256:{hash_of(TRUSTED)}"},
            {"extensions": persisted(TRUSTED)},
            {"query": TRUSTED, "extensions": persisted(TRUSTED)},
        ):
            assert (await post(door, **asked))["data"]["serviceInfo"]["version"]


async def test_a_trusted_deed_is_not_done_by_get(at: Any) -> None:
    async with at(documents="trusted-only") as door:
        answer = await door.http.get("/graphql", params={"documentId": f"sha256:{hash_of(MUTATION)}"})

    assert answer.status_code == 405


async def test_a_persisted_query_is_sent_once_and_named_from_then_on(door: Door) -> None:
    first = await post(door, extensions=persisted(OTHER))
    sent = await post(door, query=OTHER, extensions=persisted(OTHER))
    named = await post(door, extensions=persisted(OTHER))
    by_get = await door.http.get("/graphql", params={"extensions": json.dumps(persisted(OTHER))})

    assert code_of(first) == "PERSISTED_QUERY_NOT_FOUND"
    assert first["errors"][0]["message"] == "PersistedQueryNotFound"
    assert sent == named == by_get.json()
    assert sent["data"]["serviceInfo"]["version"]


async def test_a_query_under_a_hash_that_is_not_its_own_is_refused_and_not_kept(door: Door) -> None:
    mismatch = await post(door, query=OTHER, extensions=persisted(TRUSTED))

    assert code_of(mismatch) == "PERSISTED_QUERY_HASH_MISMATCH"
    assert code_of(await post(door, extensions=persisted(TRUSTED))) == "PERSISTED_QUERY_NOT_FOUND"


async def test_nobody_puts_another_document_under_somebodys_hash(at: Any) -> None:
    asked = {"documentId": f"sha256:{hash_of(MUTATION)}", "extensions": persisted(OTHER)}
    async with at() as door:
        for more in ({}, {"query": "x"}, {"query": OTHER}, {"query": MUTATION}):
            answer = await door.http.post("/graphql", json={**asked, **more})
            assert (answer.status_code, code_of(answer.json())) == (400, "BAD_USER_INPUT")

        assert code_of(await post(door, extensions=persisted(OTHER))) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize("document", ["{ nonsense }", "{", "{ " + "me { id } " * 30 + "}"])
async def test_a_manifest_of_another_schema_keeps_the_service_from_starting(
    make_settings: MakeSettings, manifest: Path, document: str
) -> None:
    manifest.write_text(json.dumps({hash_of(document): document}))

    with pytest.raises(MisconfiguredError, match="cannot be executed"):
        create_app(make_settings(trusted_documents=manifest))


async def test_what_is_not_valid_is_not_kept(door: Door) -> None:
    for text in ("{ nonsense }", "{"):
        await post(door, query=text, extensions=persisted(text))

        assert code_of(await post(door, extensions=persisted(text))) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize(
    "extension",
    [1, "x", [], {}, {"version": 2, "sha256Hash": "0"}, {"version": 1}, {"version": 1, "sha256Hash": 3}],
    ids=str,
)
async def test_an_extension_that_is_none_is_refused(door: Door, extension: Any) -> None:
    answer = await door.http.post("/graphql", json={"extensions": {"persistedQuery": extension}})

    assert (answer.status_code, code_of(answer.json())) == (400, "BAD_USER_INPUT")


@pytest.mark.parametrize("prefix", ["", "sha256:"])
async def test_a_manifest_may_be_apollos(make_settings: MakeSettings, manifest: Path, prefix: str, at: Any) -> None:
    operations = [{"id": prefix + hash_of(TRUSTED), "name": "Version", "type": "query", "body": TRUSTED}]
    manifest.write_text(
        json.dumps({"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations})
    )

    async with at(documents="trusted-only") as door:
        assert "data" in await post(door, extensions=persisted(TRUSTED))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        "3",
        '{"a": 1}',
        '{"operations": 3}',
        '{"operations": [{}]}',
        json.dumps({hash_of(OTHER): TRUSTED}),
    ],
)
async def test_a_manifest_that_cannot_be_trusted_keeps_the_service_from_starting(
    make_settings: MakeSettings, manifest: Path, content: str
) -> None:
    manifest.write_text(content)

    with pytest.raises(MisconfiguredError, match="GQL_USERS_TRUSTED_DOCUMENTS"):
        create_app(make_settings(trusted_documents=manifest))


async def test_a_manifest_that_is_not_there_keeps_the_service_from_starting(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    with pytest.raises(MisconfiguredError, match="GQL_USERS_TRUSTED_DOCUMENTS"):
        create_app(make_settings(trusted_documents=tmp_path / "nowhere.json"))
    with pytest.raises(ValueError, match="GQL_USERS_TRUSTED_DOCUMENTS"):
        make_settings(documents="trusted-only")
