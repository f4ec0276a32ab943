"""docs/performance.md and the figures it is made of: what a run measured replaces what was known before."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.cluster import Cluster
from benchmarks.servers import LIMIT, MERCURIUS, OURS, SHARING, USUAL
from benchmarks.tables import tables
from benchmarks.targets import Figures

DOCS = Path(__file__).parent.parent / "docs"
PAGE, KNOWN = DOCS / "performance.md", DOCS / "performance.json"

# What stands between two such comments is made; all else on the page is written by hand.
PART = re.compile(r"(<!-- begin (?P<name>\w+) -->\n).*?(<!-- end (?P=name) -->)", re.DOTALL)

PACKAGES = ("strawberry-graphql", "fastapi", "starlette", "uvicorn", "uvloop", "sqlalchemy", "asyncpg", "orjson")


def write(name: str, measured: Any, failures: Sequence[str], machine: str) -> Figures:
    """Write what one benchmark found, and what it could not measure, instead of what it had before. All that is known.

    `measured` is None where there is nothing.
    """
    known = json.loads(KNOWN.read_text()) if KNOWN.exists() else {}
    known |= {part: known.get(part, {}) for part in ("machines", "failures")}
    known["machines"][name], known["failures"][name], known[name] = machine, [*failures], measured
    known = {part: value for part, value in known.items() if value is not None}
    KNOWN.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
    PAGE.write_text(filled(PAGE.read_text(), parts(known)))
    return known


def parts(known: Figures) -> Mapping[str, str]:
    """What stands between the comments on the page."""
    failures = [f"- {failure}\n" for of_one in known.get("failures", {}).values() for failure in of_one]
    return {
        "machine": _machines(known.get("machines", {})),
        "failures": "".join(["Not measured:\n\n", *failures]) if failures else "Everything was measured.\n",
        "servers": _servers(),
        **tables(known),
    }


def _machines(machines: Mapping[str, str]) -> str:
    """What was measured on which machine: most often all of it on one."""
    names = {machine: [name for name, on in machines.items() if on == machine] for machine in machines.values()}
    if len(names) == 1:
        return f"{next(iter(names))}\n"
    return "".join(f"- {', '.join(measured)}: {machine}\n" for machine, measured in names.items())


def _servers() -> str:
    return "".join(f"- **{kind.name}**: {kind.about}.\n" for kind in (OURS, USUAL, MERCURIUS, LIMIT, SHARING))


def filled(page: str, parts: Mapping[str, str]) -> str:
    """The page with these parts; a part that is not given stays as it is."""

    def part(found: re.Match[str]) -> str:
        content = parts.get(found["name"])
        return f"{found[1]}\n{content}\n{found[3]}" if content else found[0]

    return PART.sub(part, page)


async def machine(cluster: Cluster) -> str:
    """What it was measured on, and with which versions."""
    async with cluster.connection() as connection:
        postgresql = str(await connection.fetchval("SHOW server_version")).split()[0]
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{_processor()}, {os.cpu_count()} cores. Python {platform.python_version()}, PostgreSQL {postgresql}, "
        f"{packages}; {_node()}."
    )


def _processor() -> str:
    names = re.findall(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return names[0] if names else platform.machine()


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        return "no Node"
    number = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    packages = json.loads((Path(__file__).parent / "peers" / "mercurius" / "package.json").read_text())["dependencies"]
    return f"Node {number.removeprefix('v')}, " + ", ".join(f"{name} {of}" for name, of in packages.items())
