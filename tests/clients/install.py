"""Installs what the Node clients of the tests need, with the Node that builds the explorer."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.clients.node import HERE, found


def main() -> None:
    """Install exactly what the lock file names."""
    node, npm = found()
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        [*npm, "ci"], cwd=HERE, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"clients: `npm ci` in {HERE} failed: {done.stderr.strip()}")


if __name__ == "__main__":
    main()
