"""Writes what in docs/ is made from the code: the map, the settings, and what frontends do. `--check` only compares."""

from __future__ import annotations

import ast
import re
import sys
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from gql_users.settings import Settings

DOCS = Path(__file__).parent
PACKAGE = DOCS.parent / "gql_users"

# Where a piece of code comes from: a file, or a region of it. What follows is replaced by it.
PIECE = re.compile(r"<!-- (?P<file>\S+?)(?:#(?P<region>\w+))? -->\n(?:\n```.*?\n```\n)?", re.DOTALL)
LANGUAGES = {".mjs": "javascript", ".jsx": "jsx", ".json": "json", ".ts": "typescript"}

MAP = """# Map

Where everything is, in the words each file opens with. Made from the code by `make docs`.
Data falls from the doors through services and repositories to the tables; no import goes up.
"""

CONFIGURATION = """# Configuration

Every setting is an environment variable, or a line in a `.env` file in the working directory. They are checked before
anything starts; a mistake is named in one line, without its value. Durations are seconds or ISO 8601 (`PT15M`, `P14D`).
Made from the code by `make docs`.

| Setting | Default | What it decides |
|---|---|---|
"""


def the_map() -> str:
    """The folders of the package, each with its files and their first sentences."""
    lines = [MAP]
    for folder in sorted({file.parent for file in PACKAGE.rglob("*.py")}):
        name = folder.relative_to(PACKAGE.parent)
        lines.append(f"\n## {name}/\n\n{first_sentence(folder / '__init__.py')}\n")
        files = (file for file in sorted(folder.glob("*.py")) if file.name != "__init__.py")
        lines.extend(f"- `{file.name}` — {first_sentence(file)}" for file in files)
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def first_sentence(file: Path) -> str:
    """What the file says it is."""
    documentation = ast.get_docstring(ast.parse(file.read_text())) or ""
    return documentation.partition("\n\n")[0].replace("\n", " ")


def the_settings() -> str:
    """A row for each setting."""
    rows = (
        f"| `GQL_USERS_{name.upper()}` | {default(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    )
    return CONFIGURATION + "\n".join(rows) + "\n"


def default(field: FieldInfo) -> str:
    """What holds when nothing is said."""
    value = field.default
    if value is None or value == () or isinstance(value, SecretStr):
        return "–"
    if isinstance(value, timedelta):
        return f"`{int(value.total_seconds())}`"
    return f"`{','.join(value) if isinstance(value, tuple) else value}`"


def the_frontends() -> str:
    """The page about frontends, with each piece of code as it stands in the file that is tested."""
    return PIECE.sub(the_piece, (DOCS / "frontends.md").read_text())


def the_piece(named: re.Match[str]) -> str:
    """The comment that names the piece, and the piece."""
    file, region = DOCS.parent / named["file"], named["region"]
    code = file.read_text()
    if region:
        code = code.split(f"// #region {region}\n")[1].partition("// #endregion")[0]
    name = f"{named['file']}#{region}" if region else named["file"]
    return f"<!-- {name} -->\n\n```{LANGUAGES[file.suffix]}\n{code}```\n"


def main() -> int:
    """Write the pages, or say which differ from what would be written."""
    stale = []
    pages = {"map.md": the_map(), "configuration.md": the_settings(), "frontends.md": the_frontends()}
    for page, content in pages.items():
        file = DOCS / page
        if not file.exists() or file.read_text() != content:
            stale.append(page)
            if "--check" not in sys.argv:
                file.write_text(content)
    if "--check" in sys.argv and stale:
        sys.stderr.write(f"run `make docs`: {', '.join(stale)} no longer match the code\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
