"""The interactive documentation at /docs: Swagger UI, from files of an installed package instead of a CDN."""

from __future__ import annotations

import json
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse, Response

from gql_users.rest.contracts import Contract

ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}

# Swagger UI writes style attributes and carries its icons as data.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>gql_users · REST</title>
<link rel="icon" href="{root}/docs/favicon-32x32.png">
<link rel="stylesheet" href="{root}/docs/swagger-ui.css">
<div id="page"></div>
<script src="{root}/docs/swagger-ui-bundle.js"></script>
<script src="{root}/docs/start.js"></script>
</html>
"""

router = APIRouter(prefix="/docs", include_in_schema=False)


def describe(app: FastAPI, contract: Contract) -> None:
    """Serve the OpenAPI document of what this installation really answers, at /openapi.json."""

    @cache
    def document() -> dict[str, Any]:
        described = get_openapi(
            title=app.title, version=app.version, summary=app.summary, routes=app.routes, description=contract.summary
        )
        if not contract.answers_422:
            for path, operations in described["paths"].items():
                for operation in operations.values() if path.startswith("/users") else ():
                    # The framework says so of everything that takes a parameter.
                    operation["responses"].pop("422", None)
        return described

    app.state.document = document
    app.add_api_route("/openapi.json", _openapi, include_in_schema=False)


async def _openapi(request: Request) -> JSONResponse:
    # Not inside `describe`: the framework remembers endpoints for good, and this one would keep its application alive.
    prefix = request.scope.get("root_path", "")
    return JSONResponse(request.app.state.document() | ({"servers": [{"url": prefix}]} if prefix else {}))


@router.get("")
async def page(request: Request) -> HTMLResponse:
    """The page."""
    root = escape(request.scope.get("root_path", ""), quote=True)
    return HTMLResponse(
        PAGE.format(root=root), headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    )


@router.get("/start.js")
async def start(request: Request) -> Response:
    """Shows the application's own OpenAPI document. A file of its own, so that the policy needs no exception."""
    options = {
        "url": request.scope.get("root_path", "") + "/openapi.json",
        "dom_id": "#page",
        "tryItOutEnabled": True,
        # A token stays in the page that it was typed into.
        "persistAuthorization": False,
    }
    return Response(f"SwaggerUIBundle({json.dumps(options)});", media_type="text/javascript")


@router.get("/{name}")
async def asset(name: str) -> Response:
    """A file of Swagger UI."""
    if name not in ASSETS:
        return Response(status_code=404)
    return Response(_content(name), media_type=ASSETS[name], headers={"Cache-Control": "public, max-age=86400"})


@cache
def _content(name: str) -> bytes:
    return files("fastapi_swagger").joinpath("resources", name).read_bytes()
