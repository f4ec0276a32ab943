"""Key pairs that sign access tokens: made, named, published as JSON Web Keys, and sealed for the database."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeAlias

import jwt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

NONCE_BYTES = 12
RSA_BITS = 3072

# Longer than any access token lives, and than any replica goes on signing with a key it does not know to be retired.
VERIFIED_AFTER_RETIREMENT = timedelta(minutes=20)

# What a thumbprint is made of (RFC 7638, 3.2; RFC 8037, 2).
_REQUIRED = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}


class Algorithm(StrEnum):
    """How access tokens are signed (RFC 7518, RFC 8037)."""

    ES256 = "ES256"
    RS256 = "RS256"
    EDDSA = "EdDSA"


class SealBrokenError(Exception):
    """The private key was sealed under another secret, or was tampered with."""


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """The public half of a key, which verifies by exactly one algorithm."""

    kid: str
    algorithm: Algorithm
    public: Any


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private half of a key."""

    kid: str
    algorithm: Algorithm
    private: PrivateKey


def new_key(algorithm: Algorithm) -> SigningKey:
    """A new key, named by its thumbprint."""
    private: PrivateKey
    if algorithm is Algorithm.ES256:
        private = ec.generate_private_key(ec.SECP256R1())
    elif algorithm is Algorithm.EDDSA:
        private = ed25519.Ed25519PrivateKey.generate()
    else:
        private = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    return SigningKey(thumbprint(_jwk(private)), algorithm, private)


def public_jwk(key: SigningKey) -> dict[str, Any]:
    """The public half as a JSON Web Key (RFC 7517), as others are to use it."""
    return {**_jwk(key.private), "kid": key.kid, "use": "sig", "alg": key.algorithm.value}


def verifying_key(jwk: Mapping[str, Any]) -> VerifyingKey:
    """The key of a JSON Web Key that `public_jwk` made."""
    algorithm = Algorithm(jwk["alg"])
    return VerifyingKey(jwk["kid"], algorithm, jwt.PyJWK(dict(jwk), algorithm.value).key)


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """The name of a key that only this key has (RFC 7638)."""
    required = {member: jwk[member] for member in _REQUIRED[jwk["kty"]]}
    digest = hashlib.sha256(json.dumps(required, separators=(",", ":"), sort_keys=True).encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals private keys for the database (AES-256-GCM). `key` is 32 secret bytes."""

    key: bytes

    def seal(self, key: SigningKey) -> bytes:
        """The private half as bytes that tell nothing without the vault's key, and are good for this `kid` alone."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        plain = key.private.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return nonce + AESGCM(self.key).encrypt(nonce, plain, key.kid.encode())

    def open(self, sealed: bytes, kid: str, algorithm: Algorithm) -> SigningKey:
        """The key that `seal` was given. Raises SealBrokenError."""
        try:
            plain = AESGCM(self.key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], kid.encode())
        except InvalidTag as error:
            raise SealBrokenError from error
        private: Any = serialization.load_der_private_key(plain, password=None)
        return SigningKey(kid, algorithm, private)


def _jwk(private: PrivateKey) -> dict[str, Any]:
    public: Any = private.public_key()
    if isinstance(private, ec.EllipticCurvePrivateKey):
        jwk = ECAlgorithm.to_jwk(public, as_dict=True)
    elif isinstance(private, ed25519.Ed25519PrivateKey):
        jwk = OKPAlgorithm.to_jwk(public, as_dict=True)
    else:
        jwk = RSAAlgorithm.to_jwk(public, as_dict=True)
    return {member: jwk[member] for member in _REQUIRED[jwk["kty"]]}
