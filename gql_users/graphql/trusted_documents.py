"""Documents that are named instead of sent: trusted ones from a manifest, and automatic persisted queries.

A trusted document is named `sha256:` and the SHA-256 of its text (GraphQL over HTTP, appendix on persisted documents).
Automatic persisted queries are what Apollo's clients do: they send a hash first, and the text with it once the hash is
not known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from graphql import GraphQLError

from gql_users.graphql.execution.documents import LONGEST_REMEMBERED, MOST_DOCUMENTS, Shelf
from gql_users.graphql.execution.engine import RequestRefused
from gql_users.graphql.requests import Asked, BadRequest

PREFIX = "sha256:"


class TrustedDocuments:
    """What may be asked. Without `only`, everything, and the manifest spares clients sending texts."""

    def __init__(self, manifest: Mapping[str, str], *, only: bool) -> None:
        self.only = only
        self._manifest = manifest
        self._persisted: Shelf[str] = Shelf(MOST_DOCUMENTS, MOST_DOCUMENTS * 64)

    def text(self, asked: Asked) -> str:
        """The document that is asked for.

        Raises BadRequest when none is, and RequestRefused when it is not known or not trusted.
        """
        persisted = asked.extensions.get("persistedQuery")
        if asked.document_id is not None:
            if asked.query is not None or persisted is not None:
                raise BadRequest(400, "A documentId stands for the query; send one of them.")
            text = self._manifest.get(asked.document_id.removeprefix(PREFIX).lower())
            return text if text is not None else _refuse("DOCUMENT_NOT_FOUND", "No trusted document has this id.")
        if persisted is not None:
            return self._by_hash(_hash_of(persisted), asked.query)
        if asked.query is None:
            raise BadRequest(400, "Send a query, or the documentId of a trusted document.")
        return self._allowed(asked.query)

    def found_good(self, asked: Asked, text: str) -> None:
        """Remember a text that came with its hash, which `text` compared, now that it turned out to be worth it."""
        persisted = asked.extensions.get("persistedQuery")
        if asked.query is not None and persisted is not None and len(text) <= LONGEST_REMEMBERED:
            self._persisted.put(_hash_of(persisted), text)

    def _by_hash(self, hash_: str, text: str | None) -> str:
        if text is None:
            known = self._manifest.get(hash_) or self._persisted.find(hash_)
            return known or _refuse("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
        if _hash(text) != hash_:
            _refuse("PERSISTED_QUERY_HASH_MISMATCH", "The query is not the one of this hash.")
        return self._allowed(text)

    def _allowed(self, text: str) -> str:
        if self.only and _hash(text) not in self._manifest:
            _refuse("DOCUMENT_NOT_TRUSTED", "Only trusted documents are answered.")
        return text


def read_manifest(path: Path) -> dict[str, str]:
    """The trusted documents of a file, by the SHA-256 of their text.

    A JSON object of texts by hash, with or without `sha256:` before it, as GraphQL Code Generator and Relay write them;
    or Apollo's `{"operations": [{"id": …, "body": …}]}`. Raises ValueError for anything else, and for a text under a
    hash that is not its own.
    """
    try:
        parsed = json.loads(path.read_bytes())
    except OSError as error:
        raise ValueError(f"GQL_USERS_TRUSTED_DOCUMENTS: {path} cannot be read") from error
    except ValueError as error:
        raise ValueError(f"GQL_USERS_TRUSTED_DOCUMENTS: {path} is not JSON") from error
    texts = _texts_of(parsed)
    wrong = next((name for name, text in texts.items() if _hash(text) != name), None)
    if wrong is not None:
        raise ValueError(f"GQL_USERS_TRUSTED_DOCUMENTS: {wrong} is not the SHA-256 of its document")
    return texts


def _texts_of(parsed: Any) -> dict[str, str]:
    try:
        if "operations" in parsed:
            parsed = {each["id"]: each["body"] for each in parsed["operations"]}
        texts = {name.removeprefix(PREFIX).lower(): text for name, text in parsed.items()}
    except (AttributeError, KeyError, TypeError):
        texts = {"": None}
    if not all(isinstance(text, str) for text in texts.values()):
        raise ValueError("GQL_USERS_TRUSTED_DOCUMENTS: the file is no manifest of documents")
    return texts


def _hash_of(persisted: Any) -> str:
    if not isinstance(persisted, dict) or persisted.get("version") != 1:
        raise BadRequest(400, "persistedQuery is of a version that is not known.")
    hash_ = persisted.get("sha256Hash")
    if not isinstance(hash_, str):
        raise BadRequest(400, "persistedQuery needs a sha256Hash.")
    return hash_.lower()


def _hash(text: str) -> str:
    # A lone surrogate has no UTF-8; no parser will take it, so that any hash will do.
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def _refuse(code: str, message: str) -> str:
    raise RequestRefused(GraphQLError(message, extensions={"code": code}))
