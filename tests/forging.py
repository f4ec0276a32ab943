"""How tests make tokens that nobody should be able to make."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

import jwt

from gql_users.security.keys import derive
from tests.databases import SECRET

KEY = derive(SECRET.encode(), "access tokens")
OTHER_KEY = b"the key of somebody who is not us, and is long enough"


@dataclass(frozen=True)
class Mint:
    """Makes tokens like a real one, but for what is changed. None takes something away."""

    header: dict[str, Any]
    claims: dict[str, Any]

    @classmethod
    def like(cls, token: str) -> Mint:
        """What makes tokens like this one."""
        decoded = jwt.decode_complete(token, options={"verify_signature": False})
        return cls(decoded["header"], decoded["payload"])

    def with_claims(self, **changes: Any) -> str:
        """A token that we signed and that says something else."""
        return sealed(encoded(self.header), encoded(changed(self.claims, changes)))

    def with_header(self, key: bytes = KEY, hash: str = "sha256", **changes: Any) -> str:
        """A token with another header, signed with a key by HMAC and a hash, whatever the header says."""
        return sealed(encoded(changed(self.header, changes)), encoded(self.claims), key, hash)

    def with_texts(self, header: bytes | None = None, claims: bytes | None = None) -> str:
        """A token that we signed, of parts that are any bytes."""
        return sealed(header or encoded(self.header), claims or encoded(self.claims))

    def without_signature(self, algorithm: str) -> str:
        """A token that claims to need no signature."""
        return f"{part(encoded(changed(self.header, {'alg': algorithm})))}.{part(encoded(self.claims))}."


def changed(what: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The same with other values, and without those that are None."""
    return {name: value for name, value in {**what, **changes}.items() if value is not None}


def encoded(what: dict[str, Any]) -> bytes:
    return json.dumps(what, separators=(",", ":")).encode()


def part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def sealed(header: bytes, claims: bytes, key: bytes = KEY, hash: str = "sha256") -> str:
    """The parts with a signature over them."""
    signed = f"{part(header)}.{part(claims)}"
    return f"{signed}.{part(hmac.new(key, signed.encode(), getattr(hashlib, hash)).digest())}"
