"""Signed claims in the compact form (RFC 7515, 7.1), without making anew for each token what all have in common."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from jwt.algorithms import get_default_algorithms

_ALGORITHMS = get_default_algorithms()


def signed(claims: Mapping[str, object], key: Any, algorithm: str, *, typ: str, kid: str | None = None) -> str:
    """The claims, signed with this key. The same claims, signed with a secret, are the same text."""
    content = header(algorithm, typ, kid) + b"." + _part(orjson.dumps(claims))
    return (content + b"." + _part(_signature(content, key, algorithm))).decode()


def opened(token: str, key: bytes, algorithm: str, *, typ: str) -> dict[str, Any]:
    """The claims of a text that `signed` made with this secret. Raises ValueError for any other text.

    It is compared with what we would have written: nothing in it chooses how it is read, and nothing in it is read
    before it is known to be ours.
    """
    content, _, signature = token.encode("ascii").rpartition(b".")
    head, _, claims = content.partition(b".")
    right = _part(_signature(content, key, algorithm))
    if not hmac.compare_digest(signature, right) or head != header(algorithm, typ):
        raise ValueError("signed by somebody else, or as something else")
    said = orjson.loads(urlsafe_b64decode(claims + b"=" * (-len(claims) % 4)))
    if not isinstance(said, dict):
        raise ValueError("not claims")  # noqa: TRY004 - a text that says something else is a wrong value
    return said


@lru_cache(maxsize=32)
def header(algorithm: str, typ: str, kid: str | None = None) -> bytes:
    """What a token says of itself, as it stands in it. There are as many as keys."""
    named = {"kid": kid} if kid is not None else {}
    return _part(orjson.dumps({"alg": algorithm, **named, "typ": typ}))


def _signature(content: bytes, key: Any, algorithm: str) -> bytes:
    if algorithm == "HS256":  # which Python does in one go
        return hmac.digest(key, content, "sha256")
    return _ALGORITHMS[algorithm].sign(content, key)


def _part(content: bytes) -> bytes:
    return urlsafe_b64encode(content).rstrip(b"=")
