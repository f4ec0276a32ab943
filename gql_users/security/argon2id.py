"""Argon2id (RFC 9106), verified in memory that each thread keeps, in large pages where the system has some.

Argon2 reads all over its memory, which is what makes it dear to guess with. In pages of 4 KiB the processor has to find
out anew for most reads where a page is, and has forgotten it for everybody else's, too.
"""

from __future__ import annotations

import hmac
import mmap
import re
import secrets
import sys
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from argon2 import low_level
from argon2.low_level import ffi

_VERSION = 0x13
_ARGON2ID = low_level.Type.ID.value


class Argon2id:
    """Verifies hashes that were made with these parameters: `memory_kib` is m, `iterations` t, `parallelism` p."""

    def __init__(self, *, memory_kib: int, iterations: int, parallelism: int) -> None:
        self._parameters = {"m_cost": memory_kib, "t_cost": iterations, "lanes": parallelism, "threads": parallelism}
        self._bytes = memory_kib * 1024
        self._text = re.compile(
            rf"\$argon2id\$v={_VERSION}\$m={memory_kib},t={iterations},p={parallelism}"
            r"\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})"
        )
        self._of_this_thread = threading.local()

    def has_made(self, password_hash: str) -> bool:
        """Is this a PHC string with these parameters, a salt of 16 bytes and a tag of 32?"""
        return self._text.fullmatch(password_hash) is not None

    def decoy(self) -> str:
        """What looks like a hash with these parameters, and is of no secret that anybody knows."""
        m, t, p = (self._parameters[name] for name in ("m_cost", "t_cost", "lanes"))
        salt, tag = (b64encode(secrets.token_bytes(length)).decode().rstrip("=") for length in (16, 32))
        return f"$argon2id$v={_VERSION}$m={m},t={t},p={p}${salt}${tag}"

    def verifier(self, password_hash: str, secret: bytes) -> Callable[[], bool]:
        """What says, in any thread, whether a hash that `has_made` is the one of the secret. It raises MemoryError.

        All that can be done before is done here: a thread that stands back for others shall hold the interpreter for as
        short as can be, because they wait for it.
        """
        salt, tag = (b64decode(f"{part}==") for part in self._text.fullmatch(password_hash).groups())  # type: ignore[union-attr]
        values = {"out": bytes(len(tag)), "pwd": secret, "salt": salt}
        held = {name: ffi.new("uint8_t[]", value) for name, value in values.items()}
        lengths = {f"{name}len": len(value) for name, value in values.items()}
        context = ffi.new("argon2_context *", {"version": _VERSION, **self._parameters, **held, **lengths})

        def matches() -> bool:
            memory = self._memory()
            context.allocate_cbk, context.free_cbk = memory.allocate, memory.free
            if error := low_level.core(context, _ARGON2ID):
                raise MemoryError(low_level.error_to_str(error))
            return hmac.compare_digest(bytes(ffi.buffer(held["out"], len(tag))), tag)

        return matches

    def _memory(self) -> _Memory:
        kept: _Memory | None = getattr(self._of_this_thread, "memory", None)
        if kept is None:
            kept = self._of_this_thread.memory = _Memory(self._bytes)
        return kept


class _Memory:
    """What Argon2 works in, for one hash at a time. It wipes it itself, before it gives it back."""

    def __init__(self, size: int) -> None:
        # Memory that could be shared with another process is not given large pages.
        own = {} if sys.platform == "win32" else {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS}
        self.pages = mmap.mmap(-1, size, **own)
        with suppress(AttributeError, OSError):  # where there are no large pages
            self.pages.madvise(mmap.MADV_HUGEPAGE)
        address = ffi.cast("uint8_t *", ffi.from_buffer(self.pages))

        def allocate(place: Any, wanted: int) -> int:
            if wanted > size:
                return -1
            place[0] = address
            return 0

        # Who makes these has to keep them.
        self.allocate = ffi.callback("int (uint8_t **, size_t)", allocate, error=-1)
        self.free = ffi.callback("void (uint8_t *, size_t)", lambda *_: None)
