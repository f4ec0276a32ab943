"""docs/performance.md and the figures it is made of: what a run measured replaces what was known before."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from benchmarks.cluster import Cluster
from benchmarks.servers import LIMIT, MERCURIUS, OURS, SHARING, USUAL
from benchmarks.tables import tables
from benchmarks.targets import Figures

DOCS = Path(__file__).parent.parent / "docs"
PAGE, KNOWN = DOCS / "performance.md", DOCS / "performance.json"

# What stands between two such comments is made; all else on the page is written by hand.
PART = re.compile(r"(<!-- begin (?P<name>\w+) -->\n).*?(<!-- end (?P=name) -->)", re.DOTALL)

PACKAGES = ("strawberry-graphql", "fastapi", "starlette", "uvicorn", "uvloop", "sqlalchemy", "asyncpg", "orjson")


def write(figures: Figures, machine: str) -> Figures:
    """Write the page and its figures. All that is known now."""
    known = json.loads(KNOWN.read_text()) | figures if KNOWN.exists() else dict(figures)
    KNOWN.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
    PAGE.write_text(filled(PAGE.read_text(), {"machine": f"{machine}\n", **parts(known)}))
    return known


def parts(figures: Figures) -> Mapping[str, str]:
    """What stands between the comments on the page, but for the machine."""
    servers = "".join(f"- **{kind.name}**: {kind.about}.\n" for kind in (OURS, USUAL, MERCURIUS, LIMIT, SHARING))
    return {"servers": servers, **tables(figures)}


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
