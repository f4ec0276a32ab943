"""The rows of what can be read: every field of every type that is no payload, and the way there."""

from __future__ import annotations

from dataclasses import dataclass

from tests.door import PASSWORD
from tests.permissions.cells import EMPTY, FORBIDDEN, NOT_FOUND, NULL, UNAUTHENTICATED, VALUE, Cells, Rows, everybody

ONE_USER = Cells(UNAUTHENTICATED, VALUE, NULL, UNAUTHENTICATED, VALUE)
FOR_ADMINS = Cells(UNAUTHENTICATED, FORBIDDEN, FORBIDDEN, UNAUTHENTICATED, VALUE)
FOR_MEMBERS = Cells(UNAUTHENTICATED, VALUE, VALUE, UNAUTHENTICATED, VALUE)
MEMBERS_ALONE = Cells(UNAUTHENTICATED, VALUE, VALUE, UNAUTHENTICATED, NULL)
OPEN = everybody(VALUE)

USER = "user(by: {id: $id})"
REFUSED = 'refresh(input: {refreshToken: "nonsense"})'
BLOCKED = "blocked@example.com"


@dataclass(frozen=True)
class Way:
    """How the fields of a type are reached, whom it lets through, and the fields, of which some are empty there.

    The fields need no permission of their own: each of them comes when its parent comes.
    """

    cells: Cells
    path: tuple[str, ...]
    fields: str
    empty: str = ""
    operation: str = "query"

    def rows(self, kind: str) -> Rows:
        """A row for each field."""
        there = {f"{kind}.{field}": self.cells for field in self.fields.split()}
        return there | {f"{kind}.{field}": self.cells.but({VALUE: EMPTY}) for field in self.empty.split()}


def refusal(cells: Cells, deed: str, kind: str, fields: str, empty: str = "") -> Way:
    """The way to the fields of a refusal, by a deed that meets it."""
    return Way(cells, (deed, "errors", f"... on {kind}"), fields, empty, "mutation")


WAYS = {
    "User": Way(
        ONE_USER,
        (USER,),
        "age createdAt databaseId email events firstName id isActive isAdmin lastLoginAt lastName name sessions "
        "updatedAt username version",
        empty="deactivatedAt emailVerifiedAt locale",
    ),
    "UserConnection": Way(FOR_ADMINS, ("users",), "edges nodes pageInfo totalCount"),
    "UserEdge": Way(FOR_ADMINS, ("users", "edges"), "cursor node"),
    "PageInfo": Way(FOR_ADMINS, ("users", "pageInfo"), "endCursor hasNextPage hasPreviousPage startCursor"),
    "Session": Way(
        ONE_USER,
        (USER, "sessions", "nodes"),
        "createdAt expiresAt id ipAddress isCurrent lastUsedAt userAgent",
    ),
    "SessionConnection": Way(ONE_USER, (USER, "sessions"), "edges nodes pageInfo totalCount"),
    "SessionEdge": Way(ONE_USER, (USER, "sessions", "edges"), "cursor node"),
    "Event": Way(
        ONE_USER,
        (USER, "events", "nodes"),
        "actor details id ipAddress kind occurredAt user userAgent",
    ),
    "EventConnection": Way(FOR_ADMINS, ("events",), "edges nodes pageInfo totalCount"),
    "EventEdge": Way(FOR_ADMINS, ("events", "edges"), "cursor node"),
    "Node": Way(ONE_USER, ("node(id: $id)",), "id"),
    "ServiceInfo": Way(
        OPEN,
        ("serviceInfo",),
        "accessTokenLifetimeSeconds limits passwordRules registration signInRequiresVerifiedEmail version",
    ),
    "Limits": Way(OPEN, ("serviceInfo", "limits"), "maxBodyBytes maxPageSize pageSize"),
    "PasswordRules": Way(OPEN, ("serviceInfo", "passwordRules"), "maxLength minLength"),
    "TokenPair": Way(
        OPEN,
        (f'login(input: {{email: "lena@example.com", password: "{PASSWORD}"}})', "tokens"),
        "accessToken accessTokenExpiresAt refreshToken refreshTokenExpiresAt tokenType",
        operation="mutation",
    ),
    "MutationError": Way(OPEN, (REFUSED, "errors"), "code message", "path", "mutation"),
    "AuthenticationError": refusal(OPEN, REFUSED, "AuthenticationError", "code message", empty="path"),
    "ValidationError": refusal(
        OPEN, 'register(input: {email: "nowhere", password: "short"})', "ValidationError", "code message path"
    ),
    "RateLimitedError": refusal(
        OPEN,
        f'login(input: {{email: "{BLOCKED}", password: "wrong"}})',
        "RateLimitedError",
        "code message retryAfterSeconds",
        empty="path",
    ),
    "ConflictError": refusal(
        ONE_USER,
        "patchUser(input: {id: $id, expectedVersion: 99})",
        "ConflictError",
        "code currentVersion message path",
    ),
    "NotFoundError": refusal(
        FOR_MEMBERS, 'deactivateUser(input: {id: "nobody"})', "NotFoundError", "code message path"
    ),
    "ForbiddenError": refusal(
        MEMBERS_ALONE, 'createUser(input: {email: "nowhere"})', "ForbiddenError", "code message", empty="path"
    ),
}

# What comes before anything happens, over either transport: a stream, or why there is none.
FOLLOWED = Cells(UNAUTHENTICATED, VALUE, NOT_FOUND, UNAUTHENTICATED, VALUE)
SUBSCRIPTIONS: Rows = {"Subscription.userChanged": FOLLOWED} | {
    f"UserChange.{name}": FOLLOWED for name in ("event", "kind", "occurredAt", "user", "userId")
}

ARGUMENTS = {"user": "(by: {id: $id})", "node": "(id: $id)", "nodes": "(ids: [$id])"}

QUERY: Rows = {
    "Query.events": FOR_ADMINS,
    "Query.me": Cells(NULL, VALUE, VALUE, UNAUTHENTICATED, VALUE),
    "Query.node": ONE_USER,
    "Query.nodes": ONE_USER,
    "Query.serviceInfo": OPEN,
    "Query.user": ONE_USER,
    "Query.users": FOR_ADMINS,
}

FIELDS: Rows = QUERY | {name: cells for kind, way in WAYS.items() for name, cells in way.rows(kind).items()}
