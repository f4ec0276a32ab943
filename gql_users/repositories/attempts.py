"""All the SQL about attempts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from gql_users.models import Attempt
from gql_users.repositories.portions import portion_of
from gql_users.repositories.rows import columns_of
from gql_users.repositories.statements import Among, Statement
from gql_users.repositories.transactions import Executor

Pair = tuple[str, str]
"""An account and a network, both as keyed hashes."""

_COLUMNS = columns_of(Attempt)
_KEY = "account", "network"
_COUNTS = "failed", "pending", "reserved_at", "failed_at"
_EVERY = *_KEY, *_COUNTS

_THE_ONE = Attempt.account == bindparam("of_account"), Attempt.network == bindparam("of_network")
_ONE_LESS = update(Attempt).where(*_THE_ONE).values(pending=case((Attempt.pending > 0, Attempt.pending - 1), else_=0))
_GIVE_BACK = Statement(_ONE_LESS)
_FORGIVE = Statement(_ONE_LESS.values(failed=0, failed_at=None))
_FORGET_ACCOUNTS = Statement(delete(Attempt).where(Among(Attempt.account, "accounts")))
_FORGET_NETWORK = Statement(delete(Attempt).where(Attempt.network == bindparam("of_network")))
_FORGET = portion_of(Attempt, Attempt.reserved_at < bindparam("before"))


@dataclass(slots=True)
class Counted:
    """What is written down of a pair, as `Attempt` says."""

    reserved_at: datetime
    failed: int = 0
    pending: int = 0
    failed_at: datetime | None = None


class Attempts:
    """The attempts, within one unit of work."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def find_many(self, pairs: Sequence[Pair]) -> dict[Pair, Counted]:
        """What is known of each pair, without waiting for anybody."""
        values = _numbered(dict(zip(_KEY, pair, strict=True)) for pair in pairs)
        return _by_pair(await self._executor.rows(_find(len(pairs)), **values))

    async def lock(self, pairs: Sequence[Pair], *, now: datetime) -> dict[Pair, Counted]:
        """What is known of each pair, who all stay as they are until this unit of work ends; for `save`."""
        # A row that is there is written to as well, which locks it, and is told as it was.
        values = _rows({pair: Counted(now) for pair in pairs})
        return _by_pair(await self._executor.rows(_lock(len(pairs)), **values))

    async def save(self, counted: Mapping[Pair, Counted]) -> None:
        """Write what was changed of locked pairs."""
        await self._executor.later(_save(len(counted)), **_rows(counted))

    async def give_back(self, pairs: Sequence[Pair], forgiven: Collection[Pair] = ()) -> None:
        """One attempt less is under way for each pair, and none has failed for those that are forgiven."""
        for account, network in _in_order(pairs):
            statement = _FORGIVE if (account, network) in forgiven else _GIVE_BACK
            await self._executor.later(statement, of_account=account, of_network=network)

    async def forget_accounts(self, accounts: Sequence[str]) -> None:
        """Remove what every network tried with these accounts."""
        await self._executor.rows(_FORGET_ACCOUNTS, accounts=list(accounts))

    async def forget_network(self, network: str) -> None:
        """Remove all that a network tried."""
        await self._executor.rows(_FORGET_NETWORK, of_network=network)

    async def forget(self, before: datetime, most: int) -> int:
        """Remove what was tried before a moment and not since, and no more than `most`. How many there were."""
        return len(await self._executor.rows(_FORGET, before=before, most=most))


@cache
def _find(many: int) -> Statement:
    """Finds so many pairs. There are never more than a few."""
    pairs = (and_(*(getattr(Attempt, name) == _value(name, number) for name in _KEY)) for number in range(many))
    return Statement(select(*_COLUMNS).where(or_(*pairs)), is_by_key=True)


@cache
def _lock(many: int) -> Statement:
    """Inserts so many rows, or locks those that are there; says how they are."""
    on_postgresql, on_sqlite = (put.returning(*_COLUMNS) for put in _put(many, ("account",)))
    return Statement(on_postgresql, on_sqlite=on_sqlite)


@cache
def _save(many: int) -> Statement:
    """Writes the counts of so many rows."""
    on_postgresql, on_sqlite = _put(many, _COUNTS)
    return Statement(on_postgresql, on_sqlite=on_sqlite)


def _put(many: int, changed: tuple[str, ...]) -> Sequence[Any]:
    """How so many rows are inserted, or these columns changed where they are there, on each of the two databases."""
    rows = [{name: _value(name, number) for name in _EVERY} for number in range(many)]
    return [
        insert.on_conflict_do_update(index_elements=_KEY, set_={name: insert.excluded[name] for name in changed})
        for insert in (postgresql.insert(Attempt).values(rows), sqlite.insert(Attempt).values(rows))
    ]


def _value(name: str, number: int) -> Any:
    return bindparam(f"{name}_{number}", type_=getattr(Attempt, name).type)


def _rows(counted: Mapping[Pair, Counted]) -> dict[str, object]:
    return _numbered(
        {"account": pair[0], "network": pair[1], **{name: getattr(counted[pair], name) for name in _COUNTS}}
        for pair in _in_order(counted)
    )


def _in_order(pairs: Iterable[Pair]) -> Sequence[Pair]:
    # Everybody locks in one order, or two would wait for each other.
    return sorted(pairs, reverse=True)


def _numbered(rows: Iterable[Mapping[str, object]]) -> dict[str, object]:
    return {f"{name}_{number}": value for number, row in enumerate(rows) for name, value in row.items()}


def _by_pair(rows: Iterable[Any]) -> dict[Pair, Counted]:
    return {
        (row.account, row.network): Counted(row.reserved_at, row.failed, row.pending, row.failed_at) for row in rows
    }
