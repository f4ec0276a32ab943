"""The rows of REST: every route and method, for each contract of `/users` and each of its doors."""

from __future__ import annotations

from typing import Any

from tests.door import PASSWORD, Person
from tests.permissions.cells import Cells, Rows, everybody

ACCESSES = ("open", "authenticated", "admin")

LISTED, ONE = "/users", "/users/{user_id}"

# What each contract offers, and what it answers when it is done. Each path is there with and without a final slash.
USERS: dict[str, dict[tuple[str, str], int]] = {
    "crud": {
        ("POST", LISTED): 201,
        ("GET", LISTED): 200,
        ("GET", ONE): 200,
        ("PUT", ONE): 200,
        ("PATCH", ONE): 200,
        ("DELETE", ONE): 204,
    },
    "people": {
        ("POST", LISTED): 201,
        ("GET", LISTED): 200,
        ("GET", ONE): 200,
        ("PATCH", ONE): 200,
        ("DELETE", ONE): 204,
    },
    "accounts": {
        ("POST", LISTED): 201,
        ("GET", LISTED): 200,
        ("GET", ONE): 200,
        ("PUT", ONE): 200,
        ("DELETE", ONE): 204,
    },
}

# What members may do with an account of their own, where the door is for anybody signed in.
OWN = {("GET", ONE), ("PUT", ONE), ("PATCH", ONE)}

ANYBODY = everybody(200)
SIGNED_IN = Cells(401, 200, 200, 401, 200)
ADMINS = Cells(401, 403, 403, 401, 200)

EVERYWHERE: Rows = {
    "GET /health": ANYBODY,
    "GET /healthcheck": ANYBODY,
    "GET /ready": ANYBODY,
    "GET /.well-known/jwks.json": ANYBODY,
    "GET /.well-known/openid-configuration": ANYBODY,
    "POST /api/v1/users": everybody(201),
    "POST /api/v1/auth/login": ANYBODY,
    "POST /api/v1/auth/refresh": ANYBODY,
    "POST /api/v1/auth/logout": ANYBODY,
    "POST /api/v1/auth/password-reset": everybody(202),
    "POST /api/v1/auth/email-verification": everybody(202),
    # Whoever has the letter may do what it says, and nobody has one here.
    "POST /api/v1/auth/password-reset/confirm": everybody(401),
    "POST /api/v1/auth/email-verification/confirm": everybody(401),
    "POST /api/v1/auth/email-change/confirm": everybody(401),
    "POST /api/v1/users/me/email": Cells(401, 202, 202, 401, 202),
    "GET /api/v1/users/me": SIGNED_IN,
    "PATCH /api/v1/users/me": SIGNED_IN,
    "POST /api/v1/users/me/password": SIGNED_IN,
    "POST /api/v1/users/me/deactivate": SIGNED_IN,
    "GET /api/v1/admin/users": ADMINS,
    "GET /api/v1/admin/users/{user_id}": ADMINS,
    "POST /api/v1/admin/users/{user_id}/deactivate": ADMINS,
    "POST /api/v1/admin/users/{user_id}/reactivate": ADMINS,
    "GET /docs": ANYBODY,
    "GET /docs/start.js": ANYBODY,
    "GET /docs/{name}": ANYBODY,
    "GET /openapi.json": ANYBODY,
    # What may be asked there is said field by field.
    "ANY /graphql": ANYBODY,
    "ANY /graphql/assets": everybody(404),
    # Pages that letters link to; what one of them does, its letter allows.
    "ANY /account": everybody(404),
}

WITH_PASSWORD = frozenset({"POST /api/v1/auth/login", "POST /api/v1/users/me/password", "POST /api/v1/users/me/email"})


def users_rows(contract: str, access: str) -> Rows:
    """The rows of `/users` in this contract, behind this door."""
    return {
        f"{method} {path}{slash}": _cells(access, (method, path), done)
        for (method, path), done in USERS[contract].items()
        for slash in ("", "/")
    }


def _cells(access: str, deed: tuple[str, str], done: int) -> Cells:
    if access == "open":
        return everybody(done)
    if access == "authenticated" and deed in OWN:
        return Cells(401, done, 404, 401, done)
    return Cells(401, 403, 403, 401, done)


def body(contract: str, route: str, person: Person, new_email: str) -> Any:
    """What is sent along this route, about this person."""
    method, path = route.removesuffix("/").split()
    token, new = {"refresh_token": person.refresh_token}, {"email": new_email, "password": PASSWORD}
    bodies: dict[tuple[str, str], Any] = {
        ("crud", f"POST {LISTED}"): {"name": "New", "email": new_email},
        ("crud", f"PUT {ONE}"): {"name": "Another", "email": person.email, "is_active": True},
        ("crud", f"PATCH {ONE}"): {"name": "Another"},
        ("people", f"POST {LISTED}"): {"first_name": "New", "last_name": "One", "age": 30, "email": new_email},
        ("people", f"PATCH {ONE}"): {"age": 31},
        ("accounts", f"POST {LISTED}"): {"first_name": "New", "last_name": "One", **new},
        ("accounts", f"PUT {ONE}"): {"first_name": "Another"},
        ("", "POST /api/v1/users"): {"username": new_email.partition("@")[0], **new},
        ("", "POST /api/v1/auth/login"): {"email": person.email, "password": PASSWORD},
        ("", "POST /api/v1/auth/refresh"): token,
        ("", "POST /api/v1/auth/logout"): token,
        ("", "POST /api/v1/auth/password-reset"): {"email": new_email},
        ("", "POST /api/v1/auth/email-verification"): {"email": new_email},
        ("", "POST /api/v1/auth/password-reset/confirm"): {"token": "nonsense", "new_password": "another horse"},
        ("", "POST /api/v1/auth/email-verification/confirm"): {"token": "nonsense"},
        ("", "POST /api/v1/auth/email-change/confirm"): {"token": "nonsense"},
        ("", "POST /api/v1/users/me/email"): {"new_email": new_email, "current_password": PASSWORD},
        ("", "PATCH /api/v1/users/me"): {"age": 31},
        ("", "POST /api/v1/users/me/password"): {"current_password": PASSWORD, "new_password": "another horse"},
        ("", "ANY /graphql"): {"query": "{ __typename }"},
    }
    return bodies.get((contract if path in {LISTED, ONE} else "", f"{method} {path}"))
