"""Tokens that nobody should get in with, each made of a real one in one way."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from tests.databases import SECRET
from tests.door import Person
from tests.forging import OTHER_KEY, Mint, part

NOW = 1772366400  # 2026-03-01T12:00:00Z, when the clock of the tests stands still

Forgery = Callable[[Mint, Person], str]


def without(name: str) -> Forgery:
    return lambda mint, _: mint.with_claims(**{name: None})


ALGORITHMS: dict[str, Forgery] = {
    "alg none": lambda mint, _: mint.without_signature("none"),
    "alg nOnE": lambda mint, _: mint.without_signature("nOnE"),
    "alg none, signed": lambda mint, _: mint.with_header(alg="none"),
    "alg missing": lambda mint, _: mint.with_header(alg=None),
    "alg a number": lambda mint, _: mint.with_header(alg=256),
    "alg HS384": lambda mint, _: mint.with_header(alg="HS384", hash="sha384"),
    "alg HS512": lambda mint, _: mint.with_header(alg="HS512", hash="sha512"),
    "alg RS256 with our key": lambda mint, _: mint.with_header(alg="RS256"),
    "alg ES256 with our key": lambda mint, _: mint.with_header(alg="ES256"),
    "another key": lambda mint, _: mint.with_header(key=OTHER_KEY),
    "an empty key": lambda mint, _: mint.with_header(key=b""),
    "the secret itself as the key": lambda mint, _: mint.with_header(key=SECRET.encode()),
}
HEADERS: dict[str, Forgery] = {
    "typ missing": lambda mint, _: mint.with_header(typ=None),
    "typ JWT": lambda mint, _: mint.with_header(typ="JWT"),
    "typ of a refresh token": lambda mint, _: mint.with_header(typ="rt+jwt"),
    "typ a list": lambda mint, _: mint.with_header(typ=["at+jwt"]),
    "crit": lambda mint, _: mint.with_header(crit=["exp"]),
    "crit empty": lambda mint, _: mint.with_header(crit=[]),
    "crit of what the library knows": lambda mint, _: mint.with_header(crit=["b64"], b64=True),
    "crit unknown": lambda mint, _: mint.with_header(crit=["x"], x=1),
    "b64 switched off": lambda mint, _: mint.with_header(b64=False, crit=["b64"]),
    "jwk": lambda mint, _: mint.with_header(key=OTHER_KEY, jwk={"kty": "oct", "k": part(OTHER_KEY)}),
    "jku": lambda mint, _: mint.with_header(key=OTHER_KEY, jku="http://127.0.0.1:1/keys.json"),
    "x5u": lambda mint, _: mint.with_header(key=OTHER_KEY, x5u="http://127.0.0.1:1/keys.pem"),
    "kid a path": lambda mint, _: mint.with_header(key=b"", kid="../../../../dev/null"),
    "kid SQL": lambda mint, _: mint.with_header(key=OTHER_KEY, kid="' UNION SELECT 'key'; --"),
    "kid a number": lambda mint, _: mint.with_header(kid=7),
    "kid a list": lambda mint, _: mint.with_header(kid=[]),
    "header deep JSON": lambda mint, _: mint.with_texts(header=b'{"alg":"HS256","x":' + b"[" * 5000),
    "header a list": lambda mint, _: mint.with_texts(header=b"[]"),
    "header no JSON": lambda mint, _: mint.with_texts(header=b"\xff\xfe"),
}
CLAIMS: dict[str, Forgery] = {
    **{f"{name} missing": without(name) for name in ("iss", "aud", "sub", "sid", "jti", "iat", "exp")},
    "iss another": lambda mint, _: mint.with_claims(iss="http://evil.example"),
    "iss a list": lambda mint, _: mint.with_claims(iss=["http://localhost:8000"]),
    "aud another": lambda mint, _: mint.with_claims(aud="http://evil.example"),
    "aud a list": lambda mint, _: mint.with_claims(aud=["http://localhost:8000", "http://evil.example"]),
    "exp text": lambda mint, _: mint.with_claims(exp=str(NOW + 900)),
    "exp a float": lambda mint, _: mint.with_claims(exp=NOW + 900.5),
    "exp true": lambda mint, _: mint.with_claims(exp=True),
    "exp infinite": lambda mint, _: mint.with_claims(exp=float("inf")),
    "exp of 5 000 digits": lambda mint, _: mint.with_texts(claims=b'{"exp":1' + b"0" * 5000 + b"}"),
    "iat text": lambda mint, _: mint.with_claims(iat=str(NOW)),
    "iat eleven seconds ahead": lambda mint, _: mint.with_claims(iat=NOW + 11),
    "sub a number": lambda mint, person: mint.with_claims(sub=person.database_id),
    "sub of somebody else": lambda mint, person: mint.with_claims(sub=str(person.database_id + 1)),
    "sub with a sign": lambda mint, person: mint.with_claims(sub=f"+{person.database_id}"),
    "sub in other digits": lambda mint, _: mint.with_claims(sub="\u0661"),
    "sub of 20 digits": lambda mint, _: mint.with_claims(sub="9" * 20),
    "sub SQL": lambda mint, _: mint.with_claims(sub="1 OR 1=1"),
    "sid no UUID": lambda mint, _: mint.with_claims(sid="1"),
    "sid a list": lambda mint, _: mint.with_claims(sid=[]),
    "sid of no session": lambda mint, _: mint.with_claims(sid=str(uuid4())),
    "claims a list": lambda mint, _: mint.with_texts(claims=b"[]"),
    "claims deep JSON": lambda mint, _: mint.with_texts(claims=b"[" * 5000),
    "claims no JSON": lambda mint, _: mint.with_texts(claims=b"\x00\xff"),
}
TEXTS: dict[str, Forgery] = {
    "no token": lambda _, __: "nonsense",
    "dots": lambda _, __: "..",
    "five parts": lambda mint, person: f"{person.access_token}.x.y",
    "two tokens": lambda _, person: f"{person.access_token} {person.access_token}",
    "cut short": lambda _, person: person.access_token[:-3],
    "a refresh token": lambda _, person: person.refresh_token,
    "non-ASCII": lambda _, person: f"{person.access_token}\u00e9",
    "a little over 8 KiB": lambda mint, _: mint.with_claims(x="x" * 8_192),
    "60 000 characters": lambda _, __: "x" * 60_000,
}
FORGERIES = ALGORITHMS | HEADERS | CLAIMS | TEXTS
