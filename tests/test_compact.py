"""Facts about how tokens are written: as any library would, and read back only as they were written."""

from __future__ import annotations

import jwt
import pytest

from gql_users.security import compact
from gql_users.security.signing import Algorithm, new_key

SECRET = b"thirty-two bytes or more of a secret"
CLAIMS = {"iss": "https://example.com", "exp": 2_000_000_000, "gen": 1}


@pytest.mark.parametrize("algorithm", Algorithm)
def test_anybody_can_read_what_a_key_pair_signed(algorithm: Algorithm) -> None:
    key = new_key(algorithm)

    token = compact.signed(CLAIMS, key.private, algorithm, typ="at+jwt", kid=key.kid)

    public = key.private.public_key()
    assert jwt.decode_complete(token, public, [algorithm])["payload"] == CLAIMS
    assert jwt.get_unverified_header(token) == {"alg": algorithm, "kid": key.kid, "typ": "at+jwt"}


def test_what_a_secret_signs_is_what_the_library_writes() -> None:
    token = compact.signed(CLAIMS, SECRET, "HS256", typ="rt+jwt")

    # Replicas of another version have to make the same token of the same claims.
    assert token == jwt.encode(CLAIMS, SECRET, "HS256", headers={"typ": "rt+jwt"})
    assert compact.opened(token, SECRET, "HS256", typ="rt+jwt") == CLAIMS


def test_nothing_is_read_that_somebody_else_wrote() -> None:
    token = compact.signed(CLAIMS, SECRET, "HS256", typ="rt+jwt")
    head, claims, signature = token.split(".")
    end = signature[-1]
    # The last letter says two bits that nobody looks at: libraries take four of them for the same.
    others = [f"{head}.{claims}.{signature[:-1]}{chr(ord(end) + 1)}", f"{head}.{claims}.", f"{head}.{claims}", "", "é"]

    for other in (*others, compact.signed(CLAIMS, SECRET, "HS256", typ="at+jwt"), f"{head}.{claims[:-4]}.{signature}"):
        with pytest.raises(ValueError, match=r"."):
            compact.opened(other, SECRET, "HS256", typ="rt+jwt")
