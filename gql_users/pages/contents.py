"""What each page says: before the deed, after it, and when it could not be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gql_users.errors import InputRefused, Invalid, RateLimited, Unavailable
from gql_users.pages.deeds import Deed
from gql_users.pages.words import Words
from gql_users.web.failures import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Password:
    """The field for a new password, and what is wrong with the one that was typed into it."""

    label: str
    hint: str
    shortest: int
    trouble: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What the button sends. `action` is relative, so that it works below whatever prefix the page has."""

    action: str
    token: str
    button: str
    password: Password | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One page: a heading, perhaps something that went wrong, some paragraphs, perhaps a form."""

    heading: str
    paragraphs: Sequence[str] = ()
    trouble: str | None = None
    form: Form | None = None
    is_done: bool = False
    request_id: str | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def asking(words: Words, deed: Deed, token: str) -> Content:
    """The page behind the link: nothing has happened yet."""
    return Content(
        heading=words("title", deed.section),
        paragraphs=[words("intro", deed.section)],
        form=_form(words, deed, token),
    )


def asking_for_another_password(words: Words, deed: Deed, token: str, refusal: InputRefused) -> Content:
    """The same page, with what is wrong beside the field."""
    trouble = words("long_password" if isinstance(refusal, Invalid) else "weak_password")
    return Content(
        heading=words("title", deed.section),
        paragraphs=[words("intro", deed.section)],
        form=_form(words, deed, token, trouble),
        status=422,
    )


def asking_again(words: Words, deed: Deed, token: str, refusal: RateLimited | Unavailable) -> Content:
    """The same page, for later: nothing has happened."""
    return Content(
        heading=words("title", deed.section),
        trouble=words("try_again_later"),
        form=_form(words, deed, token),
        status=429 if isinstance(refusal, RateLimited) else 503,
        headers={"Retry-After": str(refusal.retry_after_seconds)},
    )


def done(words: Words, deed: Deed) -> Content:
    """The deed is done."""
    return Content(heading=words("done", deed.section), is_done=True)


def gone(words: Words) -> Content:
    """The token is not good any more, or never was."""
    return Content(heading=words("expired_or_used"), paragraphs=[words("ask_again")], status=410)


def taken(words: Words, deed: Deed) -> Content:
    """The address has become somebody else's."""
    return Content(heading=words("title", deed.section), trouble=words("email_taken"), status=409)


def incomplete(words: Words) -> Content:
    """There is no token in the link."""
    return Content(heading=words("incomplete"), paragraphs=[words("open_again")], status=400)


def failed(words: Words, failure: Failure) -> Content:
    """Whatever else happens to a request. The id of one that broke something leads to its lines in the log."""
    return Content(
        heading=words(_heading(failure.status)),
        paragraphs=[words("open_again")] if failure.status < 500 else [],
        request_id=failure.request_id,
        status=failure.status,
        headers=failure.headers,
    )


def _heading(status: int) -> str:
    if status == 404:
        return "no_page"
    return "try_again_later" if status == 429 or status >= 500 else "not_understood"


def _form(words: Words, deed: Deed, token: str, trouble: str | None = None) -> Form:
    password = None
    if deed.takes_password:
        label, hint = words("label", deed.section), words("hint", deed.section)
        password = Password(label=label, hint=hint, shortest=words.min_length, trouble=trouble)
    return Form(action=deed.page, token=token, button=words("button", deed.section), password=password)
