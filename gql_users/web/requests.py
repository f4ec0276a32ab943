"""Who sends a request, and from where."""

from __future__ import annotations

from functools import lru_cache

from starlette.requests import HTTPConnection
from starlette.types import Scope

from gql_users.access import Actor, Client
from gql_users.errors import ErrorCode
from gql_users.services import Services
from gql_users.web.headers import header

# Nobody reads further, and what is remembered has to end somewhere.
_LONGEST = 1_000


async def actor_of(request: HTTPConnection, services: Services) -> Actor:
    """Who sends the request, by its bearer token (RFC 6750): in the header alone, never in the URL.

    A token that is not good makes its bearer anonymous, with the reason, and blocks nothing that strangers may do.
    Raises Unavailable when the database cannot say.
    """
    return await actor_showing(header(request.scope, b"authorization"), client_of(request.scope), services)


async def actor_showing(header: str | None, client: Client, services: Services, *, lately: bool = False) -> Actor:
    """Who shows this `Authorization`, wherever it was sent; as `actor_of`. `lately`: or showed it within a second."""
    if header is None:
        return _stranger(client)
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        return Actor(token_refused=ErrorCode.TOKEN_INVALID, client=client)
    recognise = services.recognition.recognise_lately if lately else services.recognition.recognise
    return await recognise(token.strip(), client)


def client_of(scope: Scope) -> Client:
    """Where the request comes from: the client's address, and the browser as it names itself."""
    connected = scope.get("client")
    address = connected[0] if connected is not None else None
    user_agent, languages = header(scope, b"user-agent"), header(scope, b"accept-language")
    return _client(
        address,
        user_agent[:_LONGEST] if user_agent is not None else None,
        languages[:_LONGEST] if languages is not None else None,
    )


# Most requests are of somebody who has just sent another.
@lru_cache(maxsize=1024)
def _client(address: str | None, user_agent: str | None, languages: str | None) -> Client:
    return Client(address, user_agent, languages)


@lru_cache(maxsize=1024)
def _stranger(client: Client) -> Actor:
    return Actor(client=client)


def request_id_of(scope: Scope) -> str:
    """The id that the answer's header, the log line and a masked error share."""
    return str(scope.get("gql_users.request_id", ""))
