"""PostgreSQL's plans: of the statement as a driver prepares it, run, with the blocks it touched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from proofs.plans import Plan
from proofs.statements import Statement

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PostgreSQLExplainer:
    """Explains for each mode the server may be in: a plan for these values, or one for whatever values come.

    Left to itself the server turns from the first to the second when a prepared statement has been used a few times.
    """

    connection: Any
    modes: Sequence[str]

    async def plans(self, statement: Statement) -> list[Plan]:
        """One plan for each mode."""
        return [await self._plan(statement, mode) for mode in self.modes]

    async def _plan(self, statement: Statement, mode: str) -> Plan:
        await self.connection.execute(f"SET plan_cache_mode = {mode}")
        await self.connection.execute(f"PREPARE asked AS {statement.sql}")
        values = ", ".join(_written(value) for value in statement.values)
        asked = f"asked({values})" if values else "asked"
        explained = await self.connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE {asked}")
        await self.connection.execute("DEALLOCATE asked")
        top = json.loads(explained)[0]["Plan"]
        nodes = [*_nodes(top)]
        return Plan(
            indexes=frozenset(node["Index Name"] for node in nodes if "Index Name" in node),
            reads_the_table=any(node["Node Type"] == "Seq Scan" for node in nodes),
            sorts=any("Sort" in node["Node Type"] and _is_unlimited(node) for node in nodes),
            work=top["Shared Hit Blocks"] + top["Shared Read Blocks"],
        )


def _written(value: object) -> str:
    if isinstance(value, list):
        value = "{" + ", ".join(json.dumps(str(each)) for each in value) + "}"
    return "'" + str(value).replace("'", "''") + "'"


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _is_unlimited(node: Node) -> bool:
    """Do rows of the table come here without a limit in between? What a limit lets through is a page at most."""
    below = [child for child in node.get("Plans", ()) if child["Node Type"] != "Limit"]
    return "Relation Name" in node or any(_is_unlimited(child) for child in below)
