"""What a page is sent: the token in its address, and the form behind its button."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST_FIELDS = 10

# What was cut off or made up never gets as far as a page's source or the database.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,200}")


async def fields_of(request: Request) -> Mapping[str, str]:
    """The fields of a form.

    Raises HTTPException: 415 for a body that is no form, 400 for one that cannot be read, 413 for one without end.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "A form is sent as application/x-www-form-urlencoded.")
    body = await request.body()
    try:
        # Strictly: a password whose bytes were replaced would be another password.
        fields = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400, "The form cannot be read.") from error
    if len(dict(fields)) < len(fields):
        raise HTTPException(400, "Each field is given once.")
    return dict(fields)


def token_of(request: Request) -> str | None:
    """The token in the address; None when there is none, or more than one, or it cannot be one."""
    given = request.query_params.getlist("token")
    return token_in(given[0]) if len(given) == 1 else None


def token_in(text: str) -> str | None:
    """The text, if it can be a token at all."""
    return text if _TOKEN.fullmatch(text) else None
