"""How tests make tokens that nobody should be able to make."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, get_default_algorithms

from gql_users.security.keys import derive
from gql_users.security.signing import Algorithm, SigningKey, new_key
from tests.databases import SECRET
from tests.door import Person

Signer = Callable[[bytes], bytes]

REFRESH_KEY = derive(SECRET.encode(), "refresh tokens")

# Of somebody who is not us.
OTHER_KEY = new_key(Algorithm.ES256)
OTHER_P384_KEY = ec.generate_private_key(ec.SECP384R1())
OTHER_ED25519_KEY = ed25519.Ed25519PrivateKey.generate()
OTHER_RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_BYTES = b"the key of somebody who is not us, and is long enough"


@dataclass(frozen=True)
class Mint:
    """Makes tokens like a real one, but for what is changed. None takes something away."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    sign: Signer

    @classmethod
    def like(cls, token: str, sign: Signer) -> Mint:
        """What makes tokens like this one."""
        decoded = jwt.decode_complete(token, options={"verify_signature": False})
        return cls(decoded["header"], decoded["payload"], sign)

    def with_claims(self, **changes: Any) -> str:
        """A token that we signed and that says something else."""
        return self.with_texts(claims=encoded(changed(self.claims, changes)))

    def with_header(self, sign: Signer | None = None, **changes: Any) -> str:
        """A token with another header, signed by us or by whoever is given, whatever the header says."""
        return sealed(encoded(changed(self.header, changes)), encoded(self.claims), sign or self.sign)

    def with_texts(self, header: bytes | None = None, claims: bytes | None = None) -> str:
        """A token that we signed, of parts that are any bytes."""
        return sealed(header or encoded(self.header), claims or encoded(self.claims), self.sign)

    def with_signature(self, change: Callable[[bytes], bytes], **headers: Any) -> str:
        """A token with another signature, made of the right one."""
        return self.with_header(lambda message: change(self.sign(message)), **headers)


@dataclass(frozen=True)
class Forger:
    """All that somebody might have in hand: real tokens, all that is published, and, to be thorough, our own keys."""

    person: Person
    ended: Person
    deleted: Person
    key: SigningKey
    next_kid: str
    loopback: str
    """An address that must never be asked."""

    @property
    def access(self) -> Mint:
        """Makes access tokens, signed with the key that signs now."""
        return Mint.like(self.person.access_token, by("ES256", self.key.private))

    @property
    def refresh(self) -> Mint:
        """Makes refresh tokens."""
        return Mint.like(self.person.refresh_token, by("HS256", REFRESH_KEY))

    def public(self, encoding: Encoding, form: PublicFormat) -> bytes:
        """The public half of the key that signs now, in one of the forms that might be taken for a secret."""
        return self.key.private.public_key().public_bytes(encoding, form)


Forge = Callable[[Forger], str]


@dataclass(frozen=True)
class Forgery:
    """A token, and why each door refuses it.

    One without a reason at refresh is not shown there, nor at logout; one without a reason at logout ends nothing.
    """

    make: Forge
    as_bearer: str = "TOKEN_INVALID"
    as_refresh: str | None = "TOKEN_INVALID"
    at_logout: str | None = "TOKEN_INVALID"


def headed(**changes: Any) -> Forgery:
    """An access token with another header, signed by us."""
    return Forgery(lambda forger: forger.access.with_header(**changes))


def headed_by_others(**changes: Any) -> Forgery:
    """An access token with another header, signed by somebody else."""
    sign = by("ES256", OTHER_KEY.private)
    return Forgery(lambda forger: forger.access.with_header(sign, **changes))


def claiming(**changes: Any) -> Forgery:
    """An access token of ours that says something else."""
    return Forgery(lambda forger: forger.access.with_claims(**changes))


def refreshing(**changes: Any) -> Forgery:
    """A refresh token of ours that says something else."""
    return Forgery(lambda forger: forger.refresh.with_claims(**changes))


def signed(change: Callable[[bytes], bytes]) -> Forgery:
    """An access token with another signature."""
    return Forgery(lambda forger: forger.access.with_signature(change))


def by_hmac(key: Callable[[Forger], bytes]) -> Forgery:
    """An access token signed with something that is no secret, as if it were one."""
    return Forgery(lambda forger: forger.access.with_header(by("HS256", key(forger)), alg="HS256"))


def of_texts(**texts: bytes) -> Forgery:
    """An access token of parts that are any bytes, signed by us."""
    return Forgery(lambda forger: forger.access.with_texts(**texts))


def expired(forgery: Forgery) -> Forgery:
    """Refused because it is over."""
    return Forgery(forgery.make, as_bearer="TOKEN_EXPIRED")


def by(algorithm: str, key: Any) -> Signer:
    """Signs with this key by this algorithm, however unfit they are for each other."""
    how: Any = get_default_algorithms()[algorithm]
    return lambda message: bytes(how.sign(message, key))


def jwk_of(private: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    """The public half, as an attacker would offer it inside a token."""
    return dict(ECAlgorithm.to_jwk(private.public_key(), as_dict=True))


def as_der(signature: bytes) -> bytes:
    """An ECDSA signature in the form that other standards than JWS give it."""
    r, s = signature[:32], signature[32:]
    return encode_dss_signature(int.from_bytes(r), int.from_bytes(s))


def changed(what: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The same with other values, and without those that are None."""
    return {name: value for name, value in {**what, **changes}.items() if value is not None}


def encoded(what: Mapping[str, Any]) -> bytes:
    return json.dumps(what, separators=(",", ":")).encode()


def part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def sealed(header: bytes, claims: bytes, sign: Signer) -> str:
    """The parts with a signature over them."""
    signed = f"{part(header)}.{part(claims)}"
    return f"{signed}.{part(sign(signed.encode()))}"
