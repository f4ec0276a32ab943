"""The whole permission matrix: a row for every field, every mutation and every route."""

from __future__ import annotations

from tests.permissions.cells import Caller, Rows
from tests.permissions.deeds import MUTATIONS
from tests.permissions.fields import FIELDS, SUBSCRIPTIONS
from tests.permissions.routes import ACCESSES, EVERYWHERE, USERS, users_rows

SCHEMA: Rows = FIELDS | MUTATIONS | SUBSCRIPTIONS
ROUTES: dict[tuple[str, str], Rows] = {
    (contract, access): EVERYWHERE | users_rows(contract, access) for contract in USERS for access in ACCESSES
}
DOORS: Rows = EVERYWHERE | {
    f"{contract}, {access}: {route}": cells
    for contract, access in ROUTES
    for route, cells in users_rows(contract, access).items()
}

SIZE = f"{len(SCHEMA) + len(DOORS)} rows, {(len(SCHEMA) + len(DOORS)) * len(Caller)} cells"
