"""One-time secrets: what a letter's link and code are made of, and how they are kept."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from hashlib import blake2b

TOKEN_BYTES = 32
CODE_DIGITS = 6
CODE_TRIES = 5
LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Minted:
    """A new secret, as it is sent and as it is kept."""

    token: str
    code: str
    token_hash: str
    code_hash: str


@dataclass(frozen=True, slots=True)
class OneTimeSecrets:
    """Makes and compares one-time secrets.

    `key` is 32 secret bytes: six digits are soon tried, but not by who has the table and not the key.
    """

    key: bytes

    def mint(self, bound_to: str) -> Minted:
        """A token of 256 bits, and a code that is good only together with what it is `bound_to`."""
        token, code = secrets.token_urlsafe(TOKEN_BYTES), f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        return Minted(token, code, self.token_hash(token), self.code_hash(code, bound_to))

    def token_hash(self, token: str) -> str:
        """How a token is kept."""
        return self._hash("token", token[:LONGEST_SHOWN])

    def code_hash(self, code: str, bound_to: str) -> str:
        """How a code is kept. Spaces and dashes are for the eye alone."""
        digits = code[:LONGEST_SHOWN].translate({ord(" "): None, ord("-"): None})
        return self._hash("code", f"{bound_to} {digits}")

    def is_code(self, code: str, bound_to: str, code_hash: str) -> bool:
        """Is this the code of the hash?"""
        return hmac.compare_digest(self.code_hash(code, bound_to), code_hash)

    def _hash(self, kind: str, text: str) -> str:
        content = f"{kind} {text}".encode("utf-8", "surrogatepass")
        return blake2b(content, key=self.key, digest_size=32).hexdigest()
