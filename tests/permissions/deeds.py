"""The rows of what can be done: every mutation, and every field of its payload."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.door import PASSWORD, Person
from tests.permissions.cells import (
    DONE,
    FORBIDDEN,
    NOT_FOUND,
    NULL,
    TOKEN_INVALID,
    UNAUTHENTICATED,
    VALUE,
    Cells,
    Rows,
    everybody,
)

OPEN = everybody(DONE)
OWN_OR_ADMIN = Cells(UNAUTHENTICATED, DONE, NOT_FOUND, UNAUTHENTICATED, DONE)
FOR_ADMINS = Cells(UNAUTHENTICATED, FORBIDDEN, FORBIDDEN, UNAUTHENTICATED, DONE)
# Whoever has the letter may do what it says, and nobody has one here.
BY_LETTER = everybody(TOKEN_INVALID)
FOR_MEMBERS = Cells(UNAUTHENTICATED, DONE, DONE, UNAUTHENTICATED, DONE)


@dataclass(frozen=True)
class Subject:
    """Whom a deed is about: an open account, its session, and an address that nobody has."""

    person: Person
    session_id: str
    new_email: str

    @property
    def its_id(self) -> dict[str, Any]:
        """The input of a deed that needs nothing else."""
        return {"id": self.person.id}


@dataclass(frozen=True)
class Deed:
    """A mutation: who may do it, the fields of its payload beside `errors`, and an input that is about the subject."""

    cells: Cells
    fields: str
    input: Callable[[Subject], dict[str, Any]]

    def rows(self, mutation: str) -> Rows:
        """A row for the mutation, and one for each field of its payload."""
        payload = mutation[0].upper() + mutation[1:] + "Payload"
        errors = self.cells.but({DONE: VALUE, FORBIDDEN: VALUE, NOT_FOUND: VALUE, TOKEN_INVALID: VALUE})
        others = self.cells.but({DONE: VALUE, FORBIDDEN: NULL, NOT_FOUND: NULL})
        return {
            f"Mutation.{mutation}": self.cells,
            f"{payload}.errors": errors,
            **{f"{payload}.{field}": others for field in self.fields.split()},
        }


def _id(subject: Subject) -> dict[str, Any]:
    return subject.its_id


def _token(subject: Subject) -> dict[str, Any]:
    return {"refreshToken": subject.person.refresh_token}


DEEDS = {
    "changePassword": Deed(
        FOR_MEMBERS, "user", lambda _: {"currentPassword": PASSWORD, "newPassword": "another horse battery"}
    ),
    "confirmEmailChange": Deed(BY_LETTER, "", lambda _: {"token": "nonsense"}),
    "createUser": Deed(FOR_ADMINS, "user", lambda subject: {"email": subject.new_email}),
    "deactivateUser": Deed(OWN_OR_ADMIN, "user", _id),
    "deleteUser": Deed(FOR_ADMINS, "deletedUserId", _id),
    "login": Deed(OPEN, "user tokens", lambda subject: {"email": subject.person.email, "password": PASSWORD}),
    "logout": Deed(OPEN, "", _token),
    "patchUser": Deed(OWN_OR_ADMIN, "user", lambda subject: subject.its_id | {"age": 30}),
    "reactivateUser": Deed(FOR_ADMINS, "user", _id),
    "refresh": Deed(OPEN, "user tokens", _token),
    "register": Deed(OPEN, "user tokens", lambda subject: {"email": subject.new_email, "password": PASSWORD}),
    "requestEmailChange": Deed(
        FOR_MEMBERS, "", lambda subject: {"newEmail": subject.new_email, "currentPassword": PASSWORD}
    ),
    "requestEmailVerification": Deed(OPEN, "", lambda subject: {"email": subject.new_email}),
    "requestPasswordReset": Deed(OPEN, "", lambda subject: {"email": subject.new_email}),
    "resetPassword": Deed(BY_LETTER, "", lambda _: {"token": "nonsense", "newPassword": "another horse battery"}),
    "revokeSession": Deed(OWN_OR_ADMIN, "sessionId", lambda subject: {"id": subject.session_id}),
    "setUserAdmin": Deed(FOR_ADMINS, "user", lambda subject: subject.its_id | {"isAdmin": True}),
    "unlockUser": Deed(FOR_ADMINS, "user", _id),
    "updateUser": Deed(OWN_OR_ADMIN, "user", lambda subject: subject.its_id | {"name": "Another"}),
    "verifyEmail": Deed(BY_LETTER, "", lambda _: {"token": "nonsense"}),
}

# These need the password that the caller or the subject really has.
WITH_PASSWORD = frozenset({"changePassword", "login", "requestEmailChange"})

MUTATIONS: Rows = {name: cells for mutation, deed in DEEDS.items() for name, cells in deed.rows(mutation).items()}
