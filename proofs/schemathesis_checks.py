"""What Schemathesis shall take for a failure of the service: not every error of GraphQL is one."""

from __future__ import annotations

from typing import Any

import schemathesis

OURS = {"INTERNAL_SERVER_ERROR", "UNAVAILABLE"}


@schemathesis.check
def answers_or_refuses(
    _context: schemathesis.CheckContext, response: schemathesis.Response, _case: schemathesis.Case[Any]
) -> None:
    """The service did not break: it answered, or said what is wrong with the request."""
    errors = response.json().get("errors", [])
    codes = {error["extensions"]["code"] for error in errors}
    assert response.status_code < 500, f"status {response.status_code}"
    assert not codes & OURS, f"codes {codes}"
