"""Who sends a request, and from where."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from gql_users.access import Actor, Client
from gql_users.errors import ErrorCode
from gql_users.services import Services


async def actor_of(request: HTTPConnection, services: Services) -> Actor:
    """Who sends the request, by its bearer token (RFC 6750): in the header alone, never in the URL.

    A token that is not good makes its bearer anonymous, with the reason, and blocks nothing that strangers may do.
    Raises Unavailable when the database cannot say.
    """
    return await actor_showing(request.headers.get("authorization"), client_of(request), services)


async def actor_showing(header: str | None, client: Client, services: Services) -> Actor:
    """Who shows this `Authorization`, wherever it was sent; as `actor_of`."""
    if header is None:
        return Actor(client=client)
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        return Actor(token_refused=ErrorCode.TOKEN_INVALID, client=client)
    return await services.sessions.recognise(token.strip(), client)


def client_of(request: HTTPConnection) -> Client:
    """Where the request comes from: the client's address, and the browser as it names itself."""
    return Client(
        ip_address=request.client.host if request.client is not None else None,
        user_agent=request.headers.get("user-agent"),
        languages=request.headers.get("accept-language"),
    )


def request_id_of(request: HTTPConnection) -> str:
    """The id that the answer's header, the log line and a masked error share."""
    return str(request.scope.get("gql_users.request_id", ""))
