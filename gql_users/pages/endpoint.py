"""GET shows a page and changes nothing, because mail scanners open links; POST does the deed."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from gql_users.errors import EmailTaken, InputRefused, RateLimited, Refusal, TokenInvalid, Unavailable
from gql_users.pages.contents import (
    Content,
    asking,
    asking_again,
    asking_for_another_password,
    done,
    failed,
    gone,
    incomplete,
    taken,
)
from gql_users.pages.deeds import Deed
from gql_users.pages.forms import fields_of, token_in, token_of
from gql_users.pages.looks import Looks
from gql_users.pages.words import Words
from gql_users.services.one_time import Shown
from gql_users.web.failures import of_http
from gql_users.web.requests import client_of


@dataclass(frozen=True, slots=True)
class PageEndpoint:
    """The page of one deed."""

    deed: Deed
    looks: Looks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        request = Request(scope, receive)
        words = self.looks.words(request.headers.get("accept-language"))
        try:
            content = await self._content(request, words)
        except HTTPException as error:
            content = failed(words, of_http(error.status_code, error.detail, headers=error.headers))
        await self.looks.answer(words, content)(scope, receive, send)

    async def _content(self, request: Request, words: Words) -> Content:
        if request.method in {"GET", "HEAD"}:
            token = token_of(request)
            return asking(words, self.deed, token) if token else incomplete(words)
        if request.method == "POST":
            return await self._outcome(request, words)
        raise HTTPException(405, headers={"Allow": "GET, HEAD, POST"})

    async def _outcome(self, request: Request, words: Words) -> Content:
        """What became of the deed.

        Nothing guards against forms on other sites, and nothing has to: no cookie makes a browser somebody here. Who
        has the token may do the deed, and no other site has it.
        """
        fields = await fields_of(request)
        token = token_in(fields.get("token", ""))
        if token is None:
            return incomplete(words)
        try:
            await self.deed.do(Shown(token=token), fields.get("new_password", ""), client_of(request.scope))
        except Refusal as refusal:
            return self._refused(words, token, refusal)
        return done(words, self.deed)

    def _refused(self, words: Words, token: str, refusal: Refusal) -> Content:
        """Why not, and what to do now. Raises refusals that no deed of a page has."""
        match refusal:
            case TokenInvalid():
                return gone(words)
            case EmailTaken():
                return taken(words, self.deed)
            case InputRefused():
                return asking_for_another_password(words, self.deed, token, refusal)
            case RateLimited() | Unavailable():
                return asking_again(words, self.deed, token, refusal)
        raise refusal


def unknown_page(looks: Looks) -> ASGIApp:
    """Answers wherever there is no page."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
            return
        words = looks.words(Request(scope).headers.get("accept-language"))
        await looks.answer(words, failed(words, of_http(404, "There is no such page.")))(scope, receive, send)

    return answer
