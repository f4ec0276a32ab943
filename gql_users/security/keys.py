"""Keys for one purpose each, derived from the installation's secret."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(secret: bytes, purpose: str) -> bytes:
    """32 bytes that depend on the secret and the purpose (HKDF, RFC 5869): one key tells nothing about another."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"gql_users {purpose}".encode()).derive(secret)
