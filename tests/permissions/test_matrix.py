"""Facts about the permission matrix itself: it says something of everything there is, and of nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from fastapi.routing import iter_route_contexts

from gql_users import Settings, create_app
from gql_users.web.middleware import Shortcut
from tests.databases import SECRET
from tests.permissions.cells import Caller
from tests.permissions.matrix import DOORS, ROUTES, SCHEMA, SIZE
from tests.permissions.schema import every_field


def routes(folder: Path, contract: Any, access: Any) -> list[str]:
    """What the application answers, as `METHOD path`."""
    settings = Settings(data_dir=folder, secret=SECRET, rest_contract=contract, rest_access=access, _env_file=None)
    app = create_app(settings)
    contexts = list(iter_route_contexts(app.routes))
    shortcuts = [f"ANY {each.kwargs['path']}" for each in app.user_middleware if cast("Any", each.cls) is Shortcut]
    ways = [f"{method} {context.path}" for context in contexts for method in sorted(context.methods or ["ANY"])]
    return [*shortcuts, *ways]


def test_every_field_and_mutation_of_the_schema_has_a_row() -> None:
    assert set(SCHEMA) == set(every_field())


@pytest.mark.parametrize(("contract", "access"), list(ROUTES), ids=str)
def test_every_route_and_method_has_a_row(tmp_path: Path, contract: str, access: str) -> None:
    found = routes(tmp_path, contract, access)

    # A WebSocket goes where its HTTP goes.
    assert sorted({*found}) == sorted(ROUTES[contract, access])


@pytest.mark.parametrize("size", [SIZE])
def test_every_row_says_what_comes_for_each_of_five_callers(size: str) -> None:
    rows = [*SCHEMA.values(), *DOORS.values()]

    assert {len(cells) for cells in rows} == {len(Caller)}
    assert f"{len(rows)} rows" in size
