"""What a contract is: the fields that come in and go out, and how failures are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from gql_users import models, text
from gql_users.services.accounts import OLDEST, UNSET, Profile, Unset
from gql_users.web.failures import Shape

# Said in the documentation, as far as JSON Schema can. The rules are the services', who tell all that is wrong at once.
_FORBIDDEN = r"\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff"
_INVISIBLE = r"\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff"
_PRINTABLE = f"^[^{_FORBIDDEN}]*[^{_FORBIDDEN}{_INVISIBLE}][^{_FORBIDDEN}]*$"


def _line(longest: int) -> Any:
    return Field(json_schema_extra={"minLength": 1, "maxLength": longest, "pattern": _PRINTABLE})


def _whole(value: object) -> object:
    """31.0 is a whole number: JSON knows no other kind."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Name = Annotated[str, _line(text.LONGEST_NAME)]
NamePart = Annotated[str, _line(text.LONGEST_NAME_PART)]
Email = Annotated[str, Field(json_schema_extra={"format": "email", "maxLength": text.LONGEST_EMAIL})]
Age = Annotated[
    int,
    Field(description="In years.", json_schema_extra={"minimum": 0, "maximum": OLDEST}),
    BeforeValidator(_whole),
]
Password = Annotated[
    str, Field(description="Stored as a salted hash, and never shown.", json_schema_extra={"format": "password"})
]


# Told by every contract, in its own shape.
EVERYWHERE = {"_401": "Not signed in.", "_403": "Not allowed.", "_503": "Not now."}


def omitted() -> Any:
    """Nothing, for a field that may be left out."""
    return Field(default=None)


class UserOut(BaseModel):
    """A user as a contract shows it: the columns that its fields name, and nothing else."""

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def of(cls, user: models.User) -> Self:
        """The row, as the contract shows it."""
        return cls.model_validate(user)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a body says about a user, in the language of the services."""

    profile: Profile
    email: str | Unset = UNSET
    is_active: bool | Unset = UNSET
    password: str | Unset = UNSET


class UserIn(BaseModel):
    """What a contract lets clients say about a user. Keys it does not name are passed over."""

    # A number in quotes is not a number: what the documentation does not allow is refused.
    model_config = ConfigDict(strict=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """What may be left out has no default: left out, it stays as it is."""
        schema = handler.resolve_ref_schema(handler(core))
        for described in schema.get("properties", {}).values():
            described.pop("default", None)
        return schema

    def said(self) -> Said:
        """What was mentioned; the rest is not touched."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        about = {name: given.pop(name) for name in Profile.__slots__ if name in given}
        return Said(profile=Profile(**about), **given)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # each is one of a kind
class Contract:
    """An older service's `/users`, as its clients know it."""

    name: str
    summary: str
    slash: str
    """How its documents end the collection's path; both ways are answered."""
    user: type[UserOut]
    new: type[UserIn]
    whole: type[UserIn] | None
    """What PUT takes; None where the contract has no PUT."""
    part: type[UserIn] | None
    """What PATCH takes; None where the contract has no PATCH."""
    lists_everybody: bool
    """Whether the list has everybody in it, or pages of `skip` and `limit`."""
    when_nobody: str | None
    """What is said, with 404, when there is nobody to list; None where an empty list is an answer."""
    answers_422: bool
    """Whether what is not valid is told with 422; False where the contract has another status for it."""
    shape: Shape
    failures: dict[int | str, dict[str, Any]]
    """What OpenAPI is told of failures, by status."""
