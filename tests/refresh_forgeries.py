"""Refresh tokens that nobody should get in with, each made of a real one in one way."""

from __future__ import annotations

from uuid import uuid4

from tests.databases import SECRET
from tests.forgeries import NOW
from tests.forging import OTHER_BYTES, REFRESH_KEY, Forgery, by, part, refreshing

REFRESH_TOKENS: dict[str, Forgery] = {
    # Accepted where it belongs, of course.
    "a refresh token": Forgery(lambda forger: forger.person.refresh_token, as_refresh=None, at_logout=None),
    "refresh: called an access token": Forgery(lambda forger: forger.refresh.with_header(typ="at+jwt")),
    "refresh: typ JWT": Forgery(lambda forger: forger.refresh.with_header(typ="JWT")),
    "refresh: typ missing": Forgery(lambda forger: forger.refresh.with_header(typ=None)),
    "refresh: alg none": Forgery(lambda forger: forger.refresh.with_signature(lambda _: b"", alg="none")),
    "refresh: HS512": Forgery(lambda forger: forger.refresh.with_header(by("HS512", REFRESH_KEY), alg="HS512")),
    "refresh: another key": Forgery(lambda forger: forger.refresh.with_header(by("HS256", OTHER_BYTES))),
    "refresh: an empty key": Forgery(lambda forger: forger.refresh.with_header(by("HS256", b""))),
    "refresh: the secret itself as the key": Forgery(
        lambda forger: forger.refresh.with_header(by("HS256", SECRET.encode()))
    ),
    "refresh: signed as access tokens are": Forgery(
        lambda forger: forger.refresh.with_header(by("ES256", forger.key.private), alg="ES256", kid=forger.key.kid)
    ),
    "refresh: jwk": Forgery(
        lambda forger: forger.refresh.with_header(by("HS256", OTHER_BYTES), jwk={"kty": "oct", "k": part(OTHER_BYTES)})
    ),
    "refresh: jku": Forgery(lambda forger: forger.refresh.with_header(jku=forger.loopback)),
    "refresh: kid": Forgery(lambda forger: forger.refresh.with_header(kid=forger.key.kid)),
    **{
        f"refresh: {name} missing": refreshing(**{name: None})
        for name in ("iss", "aud", "sid", "gen", "iat", "exp", "jti")
    },
    "refresh: iss another": refreshing(iss="http://evil.example"),
    "refresh: aud another": refreshing(aud="http://evil.example"),
    "refresh: aud a list": refreshing(aud=["http://testserver"]),
    "refresh: claims a list": Forgery(lambda forger: forger.refresh.with_texts(claims=b"[]")),
    "refresh: claims no JSON": Forgery(lambda forger: forger.refresh.with_texts(claims=b"{")),
    "refresh: claims no text": Forgery(lambda forger: forger.refresh.with_texts(claims=b"\xff")),
    "refresh: claims deep": Forgery(lambda forger: forger.refresh.with_texts(claims=b"[" * 3_000)),
    "refresh: a header in another order": Forgery(
        lambda forger: forger.refresh.with_texts(header=b'{"typ":"rt+jwt","alg":"HS256"}')
    ),
    "refresh: gen text": refreshing(gen="1"),
    "refresh: gen true": refreshing(gen=True),
    "refresh: exp text": refreshing(exp=str(NOW + 900)),
    "refresh: iat eleven seconds ahead": refreshing(iat=NOW + 11),
    "refresh: sid no UUID": refreshing(sid="1"),
    "refresh: expired": Forgery(
        lambda forger: forger.refresh.with_claims(exp=NOW), as_refresh="TOKEN_EXPIRED", at_logout="TOKEN_EXPIRED"
    ),
    # Ending what is over already succeeds, and tells nothing.
    "refresh: sid of no session": Forgery(lambda forger: forger.refresh.with_claims(sid=str(uuid4())), at_logout=None),
    "refresh: of an ended session": Forgery(lambda forger: forger.ended.refresh_token, at_logout=None),
    "refresh: of a deleted user": Forgery(lambda forger: forger.deleted.refresh_token, at_logout=None),
}
