"""The few HTML pages that letters link to: each says what it is about, and its button does the deed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial

from jinja2 import TemplateError
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from gql_users.errors import Unavailable, WeakPassword
from gql_users.pages import contents
from gql_users.pages.deeds import Deed, deeds
from gql_users.pages.endpoint import PageEndpoint, unknown_page
from gql_users.pages.looks import Looks
from gql_users.pages.words import Words
from gql_users.services import Services
from gql_users.settings import Settings
from gql_users.web.failures import Failure, Shape, of_http

# Letters link to pages below it.
PLACE = "/account"


def pages(services: Services, settings: Settings) -> ASGIApp:
    """The pages, to be mounted at `PLACE`. Raises ValueError, in one line, for files that no page can be made with."""
    looks, doable = Looks(settings), deeds(services)
    if settings.templates_dir:
        _try_out(looks, doable)
    routes = [Route(f"/{deed.page}", PageEndpoint(deed, looks)) for deed in doable]
    router = Router(routes, redirect_slashes=False, default=unknown_page(looks))

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await router(scope, receive, send)
        except Exception:
            # Whoever tells of it goes by the path inside the service, and a mount leaves only what is inside the pages.
            scope["root_path"] = scope["root_path"].removesuffix(PLACE)
            raise

    return answer


def told(settings: Settings) -> Shape:
    """How a request that never came to a page is told so: on a page, in the language of the installation."""
    looks = cache(partial(Looks, settings))  # only once it is needed, which is rarely

    def shape(failure: Failure) -> Response:
        words = looks().words(None)
        return looks().answer(words, contents.failed(words, failure))

    return shape


def _try_out(looks: Looks, doable: Sequence[Deed]) -> None:
    """Make every page once, so that a mistake in somebody's files is heard of when the service starts."""
    for language in looks.languages:
        words = looks.words(language)
        try:
            for content in _samples(words, doable):
                looks.answer(words, content)
        except TemplateError as error:
            raise ValueError(f"no page can be made in {language}: {error}") from error


def _samples(words: Words, doable: Sequence[Deed]) -> Iterator[contents.Content]:
    for deed in doable:
        yield contents.asking(words, deed, "sample")
        yield contents.asking_for_another_password(words, deed, "sample", WeakPassword())
        yield contents.asking_again(words, deed, "sample", Unavailable())
        yield contents.done(words, deed)
        yield contents.taken(words, deed)
    yield contents.gone(words)
    yield contents.incomplete(words)
    for status in (404, 413, 500):
        yield contents.failed(words, of_http(status, "", request_id="sample"))
