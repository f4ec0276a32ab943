"""The statements. Those that write are the ones that this service sends for the same deeds."""

from __future__ import annotations

from benchmarks.peers.limit.database import Database

_PERSON = "id, email, username, name, deactivated_at, created_at, updated_at"
_NEWEST_FIRST = "ORDER BY created_at DESC, tie_breaker DESC"

_EVENT = """INSERT INTO events (id, kind, occurred_at, user_id, actor_id, ip_address, user_agent, details)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"""

_SESSION = """SELECT s.id, s.user_id, s.generation, s.refreshed_at, s.expires_at, s.revoked_at, u.deactivated_at,
    u.is_admin FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1"""

database = Database(
    {
        "user": f"SELECT {_PERSON} FROM users WHERE id = $1",
        "users_by_id": f"SELECT {_PERSON} FROM users WHERE id = ANY($1)",
        "users": f"SELECT {_PERSON} FROM users {_NEWEST_FIRST} LIMIT $1",
        "session": _SESSION,
        "locked_user": f"SELECT {_PERSON}, version FROM users WHERE id = $1 FOR NO KEY UPDATE",
        "rename": f"""UPDATE users SET name = $2, name_key = $3, version = version + 1, updated_at = $4
            WHERE id = $1 RETURNING {_PERSON}, version""",
        "advance": """UPDATE sessions SET generation = $2 + 1, refreshed_at = $3
            WHERE id = $1 AND generation = $2 AND revoked_at IS NULL RETURNING generation, refreshed_at, expires_at""",
        "event": _EVENT,
        "change": f"WITH told AS ({_EVENT} RETURNING id) SELECT pg_notify('gql_users_changes', id::text) FROM told",
        "public_key": "SELECT public_jwk FROM signing_keys WHERE kid = $1",
    }
)
