"""The uniform envelope: `{success, data, error}` around every answer, and the bare form of the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from fastapi.responses import JSONResponse
from pydantic import BaseModel

from gql_users.rest.errors import answers
from gql_users.web.failures import Failure, Shape, plain

Data = TypeVar("Data")


class Done(BaseModel, Generic[Data]):
    """An answer to what was asked."""

    success: Literal[True] = True
    data: Data
    error: None = None


class Error(BaseModel):
    """Why it was refused."""

    code: str
    message: str


class Refused(BaseModel):
    """A refusal."""

    success: Literal[False] = False
    data: None = None
    error: Error


class BareRefused(BaseModel):
    """A refusal."""

    detail: str
    code: str


class BareProblem(BaseModel):
    """What is wrong with one part of a request."""

    type: str
    loc: list[str | int]
    msg: str


class BareInvalid(BaseModel):
    """All that is wrong with a request."""

    detail: list[BareProblem]


def enveloped(failure: Failure) -> JSONResponse:
    """A failure in the envelope. What is wrong with single fields is said in one message, field by field."""
    message = failure.message
    if failure.problems:
        message = "; ".join(f"{'.'.join(map(str, each.location))}: {each.message}" for each in failure.problems)
    error = {"code": failure.code, "message": message}
    return JSONResponse({"success": False, "data": None, "error": error}, failure.status, failure.headers)


@dataclass(frozen=True, slots=True)
class Wrapping:
    """How answers are wrapped: by the installation's choice, in the envelope or not at all."""

    in_envelope: bool

    @property
    def shape(self) -> Shape:
        """How failures are told."""
        return enveloped if self.in_envelope else plain

    def model(self, data: Any) -> Any:
        """What OpenAPI is told of an answer with this data."""
        return Done[data] if self.in_envelope else data

    def wrap(self, data: Any) -> Any:
        """The answer with this data."""
        return {"success": True, "data": data, "error": None} if self.in_envelope else data

    def failures(self, **meanings: str) -> dict[int | str, dict[str, Any]]:
        """What OpenAPI is told of failures: statuses as `_404="No such user"`."""
        if self.in_envelope:
            return answers(Refused, **meanings)
        invalid = {status: meaning for status, meaning in meanings.items() if status == "_422"}
        return answers(BareRefused, **meanings) | answers(BareInvalid, **invalid)
