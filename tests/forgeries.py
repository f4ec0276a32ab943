"""Tokens that nobody should get in with, each made of a real one in one way."""

from __future__ import annotations

from uuid import uuid4

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.databases import SECRET
from tests.forging import (
    OTHER_ED25519_KEY,
    OTHER_KEY,
    OTHER_P384_KEY,
    OTHER_RSA_KEY,
    REFRESH_KEY,
    Forgery,
    as_der,
    by,
    by_hmac,
    claiming,
    encoded,
    expired,
    headed,
    headed_by_others,
    jwk_of,
    of_texts,
    signed,
)

NOW = 1772366400  # 2026-03-01T12:00:00Z, when the clock of the tests stands still
UNKNOWN_KID = "x" * 43

ALGORITHMS: dict[str, Forgery] = {
    **{
        f"alg {alg}": Forgery(lambda forger, alg=alg: forger.access.with_signature(lambda _: b"", alg=alg))  # type: ignore[misc] # a default keeps each its own
        for alg in ("none", "nOnE", "NONE")
    },
    "alg none, signed": headed(alg="none"),
    "alg missing": headed(alg=None),
    "alg a number": headed(alg=256),
    "alg a list": headed(alg=["ES256"]),
    "alg twice": Forgery(
        lambda forger: forger.access.with_texts(header=encoded(forger.access.header)[:-1] + b',"alg":"none"}')
    ),
    "alg in small letters": headed(alg="es256"),
    "HS256 with the public key as PEM": by_hmac(
        lambda forger: forger.public(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    ),
    "HS256 with the public key as DER": by_hmac(
        lambda forger: forger.public(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ),
    "HS256 with the public key as a point": by_hmac(
        lambda forger: forger.public(Encoding.X962, PublicFormat.UncompressedPoint)
    ),
    "HS256 with the public key as a JWK": by_hmac(lambda forger: encoded(jwk_of(forger.key.private))),  # type: ignore[arg-type] # an EC key
    "HS256 with the key of refresh tokens": by_hmac(lambda _: REFRESH_KEY),
    "HS256 with the secret itself": by_hmac(lambda _: SECRET.encode()),
    "HS256 with an empty key": by_hmac(lambda _: b""),
    "ES384 with our key": Forgery(
        lambda forger: forger.access.with_header(by("ES384", forger.key.private), alg="ES384")
    ),
    "ES384 with another key": Forgery(
        lambda forger: forger.access.with_header(by("ES384", OTHER_P384_KEY), alg="ES384")
    ),
    "RS256 with another key": Forgery(
        lambda forger: forger.access.with_header(by("RS256", OTHER_RSA_KEY), alg="RS256")
    ),
    "EdDSA with another key": Forgery(
        lambda forger: forger.access.with_header(by("EdDSA", OTHER_ED25519_KEY), alg="EdDSA")
    ),
    "RS256 over our signature": headed(alg="RS256"),
    "ES256 with another key": headed_by_others(),
}
HEADERS: dict[str, Forgery] = {
    "typ missing": headed(typ=None),
    "typ JWT": headed(typ="JWT"),
    "typ of a refresh token": headed(typ="rt+jwt"),
    "typ as a media type": headed(typ="application/at+jwt"),
    "typ a list": headed(typ=["at+jwt"]),
    "typ twice": Forgery(
        lambda forger: forger.access.with_texts(header=encoded(forger.access.header)[:-1] + b',"typ":"rt+jwt"}')
    ),
    "crit": headed(crit=["exp"]),
    "crit empty": headed(crit=[]),
    "crit of what the library knows": headed(crit=["b64"], b64=True),
    "crit unknown": headed(crit=["x"], x=1),
    "b64 switched off": headed(b64=False, crit=["b64"]),
    "a member we do not write": headed(zip="DEF"),
    "jwk": headed_by_others(jwk=jwk_of(OTHER_KEY.private)),  # type: ignore[arg-type] # an EC key
    "jku": Forgery(lambda forger: forger.access.with_header(by("ES256", OTHER_KEY.private), jku=forger.loopback)),
    "x5u": Forgery(lambda forger: forger.access.with_header(by("ES256", OTHER_KEY.private), x5u=forger.loopback)),
    "x5c": headed_by_others(x5c=["MIIB"]),
    "header deep JSON": of_texts(header=b'{"alg":"ES256","x":' + b"[" * 5000),
    "header a list": of_texts(header=b"[]"),
    "header null": of_texts(header=b"null"),
    "header no JSON": of_texts(header=b"\xff\xfe"),
}
KIDS: dict[str, Forgery] = {
    "kid missing": headed(kid=None),
    "kid unknown": headed_by_others(kid=UNKNOWN_KID),
    "kid of the forger's key": headed_by_others(kid=OTHER_KEY.kid),
    "kid of the next key": Forgery(lambda forger: forger.access.with_header(kid=forger.next_kid)),
    "kid empty": headed(kid=""),
    "kid a path": headed(kid="../../../../dev/null"),
    "kid an address": Forgery(lambda forger: forger.access.with_header(kid=forger.loopback)),
    "kid SQL": headed(kid="' UNION SELECT 'key'; --"),
    "kid a number": headed(kid=7),
    "kid a list": headed(kid=[UNKNOWN_KID]),
    "kid of 5 kB": headed(kid="x" * 5_000),
    "kid with a line after it": Forgery(lambda forger: forger.access.with_header(kid=f"{forger.key.kid}\n")),
    "kid in other letters": headed(kid="\u0445" * 43),
}
SIGNATURES: dict[str, Forgery] = {
    "signature stripped": signed(lambda _: b""),
    "signature flipped": signed(lambda right: bytes([right[0] ^ 1]) + right[1:]),
    "signature cut short": signed(lambda right: right[:-1]),
    "signature with more behind it": signed(lambda right: right + b"\0"),
    "signature of DER form": signed(as_der),
    "signature of nothing: r and s are zero": signed(lambda right: bytes(len(right))),
    "signature of something else": Forgery(
        lambda forger: (
            f"{forger.access.with_claims(admin=True).rpartition('.')[0]}.{forger.person.access_token.rpartition('.')[2]}"
        )
    ),
}
CLAIMS: dict[str, Forgery] = {
    **{f"{name} missing": claiming(**{name: None}) for name in ("iss", "aud", "sub", "sid", "jti", "iat", "exp")},
    "iss another": claiming(iss="http://evil.example"),
    "iss with a slash more": claiming(iss="http://localhost:8000/"),
    "iss a list": claiming(iss=["http://localhost:8000"]),
    "aud another": claiming(aud="http://evil.example"),
    "aud a list": claiming(aud=["http://localhost:8000", "http://evil.example"]),
    "exp text": claiming(exp=str(NOW + 900)),
    "exp a float": claiming(exp=NOW + 900.5),
    "exp true": claiming(exp=True),
    "exp a list": claiming(exp=[NOW + 900]),
    "exp infinite": claiming(exp=float("inf")),
    "exp of 5 000 digits": of_texts(claims=b'{"exp":1' + b"0" * 5000 + b"}"),
    "exp negative": expired(claiming(exp=-(10**30))),
    "exp long ago": expired(claiming(exp=1)),
    "exp a second ago": expired(claiming(exp=NOW - 1)),
    "exp now": expired(claiming(exp=NOW)),
    "iat text": claiming(iat=str(NOW)),
    "iat eleven seconds ahead": claiming(iat=NOW + 11),
    "jti a list": claiming(jti=["x"]),
    "jti a number": claiming(jti=7),
    "sub a number": Forgery(lambda forger: forger.access.with_claims(sub=forger.person.database_id)),
    "sub of somebody else": Forgery(lambda forger: forger.access.with_claims(sub=str(forger.ended.database_id))),
    "sub with a sign": Forgery(lambda forger: forger.access.with_claims(sub=f"+{forger.person.database_id}")),
    "sub in other digits": claiming(sub="\u0661"),
    "sub of 20 digits": claiming(sub="9" * 20),
    "sub SQL": claiming(sub="1 OR 1=1"),
    "sub a list": claiming(sub=["1"]),
    "sub twice": Forgery(
        lambda forger: forger.access.with_texts(claims=encoded(forger.access.claims)[:-1] + b',"sub":"9999"}')
    ),
    "sid no UUID": claiming(sid="1"),
    "sid a list": claiming(sid=[]),
    "sid of no session": claiming(sid=str(uuid4())),
    "claims a list": of_texts(claims=b"[]"),
    "claims deep JSON": of_texts(claims=b"[" * 5000),
    "claims no JSON": of_texts(claims=b"\x00\xff"),
}
TEXTS: dict[str, Forgery] = {
    "no token": Forgery(lambda _: "nonsense"),
    "dots": Forgery(lambda _: ".."),
    "five parts": Forgery(lambda forger: f"{forger.person.access_token}.x.y"),
    "two tokens": Forgery(lambda forger: f"{forger.person.access_token} {forger.person.access_token}"),
    "a space inside": Forgery(lambda forger: forger.person.access_token.replace(".", ". ", 1)),
    "a tab inside": Forgery(lambda forger: forger.person.access_token.replace(".", "\t.", 1)),
    "cut short": Forgery(lambda forger: forger.person.access_token[:-3]),
    "non-ASCII": Forgery(lambda forger: f"{forger.person.access_token}\u00e9"),
    "a little over 8 KiB": claiming(x="x" * 8_192),
    "60 000 characters": Forgery(lambda _: "x" * 60_000),
    "of an ended session": Forgery(lambda forger: forger.ended.access_token),
    "of a deleted user": Forgery(lambda forger: forger.deleted.access_token),
}
FAMILIES = {
    "algorithms": ALGORITHMS,
    "headers": HEADERS,
    "kids": KIDS,
    "signatures": SIGNATURES,
    "claims": CLAIMS,
    "texts": TEXTS,
}
