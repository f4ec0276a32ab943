"""The GraphiQL page and its files, served from the package."""

import mimetypes
from html import escape
from os import PathLike, stat_result
from pathlib import Path
from urllib.parse import quote

from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

BUILT = Path(__file__).with_name("assets")

# Styles are inline because Monaco places every line with a style attribute, and keeps its colours in <style> elements
# of its own making that it gives no nonce: with one in the policy, the editor stands there without colours.
# data: is where its style sheet carries small pictures.
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; "
    "style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

NOT_BUILT_POLICY = "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>gql_users · GraphiQL</title>
<link rel="icon" href="data:,">
<h1>The explorer is not built yet</h1>
<p>Run <code>make explorer</code> in the source tree of gql_users, then reload this page.</p>
<p>The API itself works: send operations to <code>{address}</code> with POST, as JSON.</p>
</html>
"""


def page(root_path: str) -> Response:
    """Answer a browser that came to `{root_path}/graphql`."""
    address = _address(root_path)
    try:
        built = (BUILT / "index.html").read_text(encoding="utf-8")
    except FileNotFoundError:
        return _html(NOT_BUILT.format(address=address), NOT_BUILT_POLICY)
    return _html(built.replace('"./files/', f'"{address}/assets/'), POLICY)


def assets() -> ASGIApp:
    """Serve the files of the page, which looks for them below `{root_path}/graphql/assets`."""
    # Windows takes types from its registry, where .js is often text/plain, which no browser runs.
    mimetypes.add_type("text/javascript", ".js")
    return _Assets(directory=BUILT / "files", check_dir=False)


class _Assets(StaticFiles):
    async def check_config(self) -> None:
        """Accept a missing folder: without a build its files are not found, and that is no failure."""

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Let browsers keep what they have: every file here has its hash in its name."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def _address(root_path: str) -> str:
    # One leading slash exactly: with two, a browser would read the prefix as the name of another host.
    prefix = "/" + root_path.strip("/") if root_path.strip("/") else ""
    return escape(quote(prefix, errors="replace") + "/graphql")


def _html(content: str, policy: str) -> Response:
    return HTMLResponse(content, headers={"Cache-Control": "no-cache", "Content-Security-Policy": policy})
