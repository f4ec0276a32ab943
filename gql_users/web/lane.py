"""The lane: ordinary requests to the one path that nearly all are for, from the server to the door without a detour."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import Scope

from gql_users.web.frame import UNANSWERED, Framing
from gql_users.web.middleware import Refuse, surprise
from gql_users.web.whole import Whole

# How many heads are remembered, and how long they may be: two megabytes of them at most.
MOST_HEADS = 1_000
LONGEST_HEAD = 2_000


@dataclass(frozen=True, slots=True, repr=False)
class Head:
    """The headers of an ordinary request, also by name, and how long its content is."""

    headers: Sequence[tuple[bytes, bytes]]
    named: dict[bytes, bytes]
    length: int


# Each asks for something that a middleware does, or the server's own way of reading bodies.
_FOR_OTHERS = frozenset({b"content-encoding", b"expect", b"transfer-encoding", b"upgrade"})


class Lane:
    """Does for an ordinary POST what all middlewares together do, in one piece.

    Whatever is not ordinary is not taken, and goes the usual way: so a request that is refused for its head is refused
    in one place. `stream` is the media type of answers in parts; `hosts` are the names the service answers to, as the
    settings have them; `reads_origins` says that requests with an `Origin` are somebody else's to look at.
    """

    def __init__(
        self,
        framing: Framing,
        door: Callable[[Scope, bytes], Awaitable[Whole | Response]],
        *,
        path: str,
        refuse: Refuse,
        most_bytes: int,
        stream: str,
        hosts: Collection[str],
        reads_origins: bool,
    ) -> None:
        self.path = path
        self.raw_path = path.encode()
        self.heads: dict[bytes, Head] = {}
        """Those that came before, as they were written: clients send the same again and again."""
        self._framing = framing
        self._door = door
        self._refuse = refuse
        self._most_bytes = most_bytes
        self._stream = stream.encode()
        self._hosts = None if "*" in hosts else frozenset(host.encode() for host in hosts)
        self._for_others = _FOR_OTHERS | {b"origin"} if reads_origins else _FOR_OTHERS

    def takes(self, headers: Sequence[tuple[bytes, bytes]]) -> Head | None:
        """The head of an ordinary request; None for any other."""
        named = dict(headers)
        length = named.get(b"content-length", b"")
        if (
            len(named) == len(headers)
            and length.isdigit()
            and len(length) < 10
            and int(length) <= self._most_bytes
            and self._for_others.isdisjoint(named)
            and self._stream not in named.get(b"accept", b"").lower()
            and (self._hosts is None or named.get(b"host", b"").partition(b":")[0] in self._hosts)
        ):
            return Head(headers, named, int(length))
        return None

    def remember(self, written: bytes, length: int, head: Head) -> None:
        """Know a head again that was written so, and was followed by so much content."""
        if len(written) <= LONGEST_HEAD and length == head.length:
            while len(self.heads) >= MOST_HEADS:
                del self.heads[next(iter(self.heads))]
            self.heads[written] = head

    async def answer(
        self, head: Head, content: bytes, client: tuple[str, int] | None, started: float
    ) -> tuple[int, bytes]:
        """The status, and all that follows the server's own headers. It began when `perf_counter` said `started`."""
        scope, status = self._scope(head, client), UNANSWERED
        request_id = self._framing.begin(scope)
        try:
            try:
                answer = await self._door(scope, content)
            except Exception as error:
                answer = surprise(error, scope, self._refuse)
            told = answer if isinstance(answer, Whole) else Whole.of(answer)
            status = told.status
            return status, self._framing.written(told, request_id)
        finally:
            self._framing.log(scope, request_id, status, started)

    def give_up(self, head: Head, client: tuple[str, int] | None, started: float) -> None:
        """Log a request whose sender hung up before it was all there."""
        scope = self._scope(head, client)
        self._framing.log(scope, self._framing.begin(scope), UNANSWERED, started)

    def _scope(self, head: Head, client: tuple[str, int] | None) -> Scope:
        return {
            "type": "http",
            "method": "POST",
            "path": self.path,
            "headers": head.headers,
            "client": client,
            "gql_users.headers": head.named,
        }
