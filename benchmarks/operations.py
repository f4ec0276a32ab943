"""What is asked: documents with their variables, as clients send them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.seeding import PASSWORD

PERSON = "id databaseId email username name isActive createdAt updatedAt"
PAGE_INFO = "pageInfo { hasNextPage endCursor }"

PAGE = f"edges {{ node {{ {PERSON} }} }} {PAGE_INFO}"


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """A document that is asked with fresh values each time; `expected` stands near the end of each good answer."""

    name: str
    document: str
    expected: str
    variables: Mapping[str, Any]

    @property
    def body(self) -> str:
        """The request's body. In its variables names with a dollar stand for fresh values (see wrk/drive.lua)."""
        return json.dumps({"query": self.document, "operationName": self.name, "variables": self.variables})

    @property
    def is_for_admins(self) -> bool:
        """Is it asked with an access token?"""
        return self.name not in {"ServiceInfo", "Refresh", "Login"}

    @property
    def is_from_anywhere(self) -> bool:
        """Does each request come from another network?"""
        return self.name == "Login"


SERVICE_INFO = Operation(
    "ServiceInfo",
    "query ServiceInfo { serviceInfo { version registration accessTokenLifetimeSeconds } }",
    '"accessTokenLifetimeSeconds":',
    {},
)
ME = Operation("Me", f"query Me {{ me {{ {PERSON} }} }}", '"updatedAt":', {})
USER = Operation(
    "User",
    f"query User($id: ID!) {{ user(by: {{id: $id}}) {{ {PERSON} }} }}",
    '"updatedAt":',
    {"id": "$user"},
)
NODE = Operation(
    "Node",
    f"query Node($id: ID!) {{ node(id: $id) {{ ... on User {{ {PERSON} }} }} }}",
    '"updatedAt":',
    {"id": "$user"},
)
USERS_50 = Operation(
    "Users",
    f"query Users($first: Int!) {{ users(first: $first) {{ {PAGE} }} }}",
    '"hasNextPage":true',
    {"first": 50},
)
USERS_100 = Operation("Users", USERS_50.document, USERS_50.expected, {"first": 100})
USERS_50_CURSORS = Operation(
    "Users",
    USERS_50.document.replace("edges { ", "edges { cursor "),
    USERS_50.expected,
    {"first": 50},
)
FILTERED = Operation(
    "Filtered",
    "query Filtered($first: Int!, $beginning: String!) { users(first: $first, filter: "
    f"{{isActive: true, name: {{startsWith: $beginning}}}}) {{ {PAGE} }} }}",
    '"hasNextPage":',
    {"first": 50, "beginning": "Ad"},
)
PATCH_USER = Operation(
    "PatchUser",
    f"mutation PatchUser($input: PatchUserInput!) {{ patchUser(input: $input) {{ user {{ {PERSON} version }} "
    "errors { code } } }",
    '"version":',
    {"input": {"id": "$user", "name": "Somebody $number"}},
)
REFRESH = Operation(
    "Refresh",
    "mutation Refresh($input: RefreshInput!) { refresh(input: $input) { tokens { accessToken accessTokenExpiresAt "
    "refreshToken refreshTokenExpiresAt } errors { code } } }",
    '"refreshToken":',
    {"input": {"refreshToken": "$token"}},
)
LOGIN = Operation(
    "Login",
    "mutation Login($input: LoginInput!) { login(input: $input) { tokens { accessToken refreshToken } "
    "errors { code } } }",
    '"accessToken":',
    {"input": {"email": "user$account@example.com", "password": PASSWORD}},
)
