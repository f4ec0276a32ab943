"""Who sends a request, and from where."""

from __future__ import annotations

from functools import lru_cache

from starlette.requests import HTTPConnection
from starlette.types import Scope

from gql_users.access import Actor, Client
from gql_users.errors import ErrorCode
from gql_users.services import Services
from gql_users.web.headers import header, headers_of

# Nobody reads further, and what is remembered has to end somewhere.
_LONGEST = 1_000


async def actor_of(request: HTTPConnection, services: Services) -> Actor:
    """Who sends the request, by its bearer token (RFC 6750): in the header alone, never in the URL.

    A token that is not good makes its bearer anonymous, with the reason, and blocks nothing that strangers may do.
    Raises Unavailable when the database cannot say.
    """
    return await actor_showing(header(request.scope, b"authorization"), client_of(request.scope), services)


async def actor_showing(header: str | None, client: Client, services: Services) -> Actor:
    """Who shows this `Authorization`, wherever it was sent; as `actor_of`."""
    if header is None:
        return _stranger(client)
    token = _bearer(header)
    if token is None:
        return Actor(token_refused=ErrorCode.TOKEN_INVALID, client=client)
    return await services.recognition.recognise(token, client)


def actor_lately_showing(header: str | None, client: Client, services: Services) -> Actor | None:
    """The same for who showed it less than a second ago; None when the database has to be asked."""
    if header is None:
        return _stranger(client)
    token = _bearer(header)
    return services.recognition.remembered(token, client) if token is not None else None


def client_of(scope: Scope) -> Client:
    """Where the request comes from: the client's address, and the browser as it names itself."""
    connected, named = scope.get("client"), headers_of(scope).get
    user_agent, languages = named(b"user-agent"), named(b"accept-language")
    return _client(
        connected[0] if connected is not None else None,
        user_agent[:_LONGEST] if user_agent is not None else None,
        languages[:_LONGEST] if languages is not None else None,
    )


# Most requests are of somebody who has just sent another.
@lru_cache(maxsize=1024)
def _client(address: str | None, user_agent: bytes | None, languages: bytes | None) -> Client:
    return Client(address, _text(user_agent), _text(languages))


def _text(said: bytes | None) -> str | None:
    return said.decode("latin-1") if said is not None else None


@lru_cache(maxsize=1024)
def _stranger(client: Client) -> Actor:
    return Actor(client=client)


def _bearer(header: str) -> str | None:
    """The token of an `Authorization` with the scheme Bearer."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def request_id_of(scope: Scope) -> str:
    """The id that the answer's header, the log line and a masked error share."""
    return str(scope.get("gql_users.request_id", ""))
