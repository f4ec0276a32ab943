"""Facts about private keys in the database: they tell nothing without the installation's secret."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from gql_users import Settings
from gql_users.models import SigningKey as Row
from gql_users.repositories.database import connect
from gql_users.security.keys import derive
from gql_users.security.signing import Algorithm, SealBrokenError, SigningKey, Vault, new_key
from gql_users.services import Services

VAULT = Vault(derive(b"a secret", "signing keys"))


def secrets_of(key: SigningKey) -> list[bytes]:
    """The forms in which somebody would look for a private key."""
    forms = [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL]
    nothing = serialization.NoEncryption()
    private = key.private
    found = [
        private.private_bytes(encoding, form, nothing)
        for encoding in (serialization.Encoding.DER, serialization.Encoding.PEM)
        for form in forms
        if key.algorithm is not Algorithm.EDDSA or form is serialization.PrivateFormat.PKCS8
    ]
    if isinstance(private, ec.EllipticCurvePrivateKey):
        found.append(private.private_numbers().private_value.to_bytes(32))
    return found


@pytest.mark.parametrize("algorithm", Algorithm)
def test_what_was_sealed_opens_for_its_own_name_and_secret_alone(algorithm: Algorithm) -> None:
    key = new_key(algorithm)
    sealed = VAULT.seal(key)

    opened = VAULT.open(sealed, key.kid, algorithm)

    assert secrets_of(opened) == secrets_of(key)
    for vault, kid in ((VAULT, new_key(Algorithm.ES256).kid), (Vault(derive(b"another", "signing keys")), key.kid)):
        with pytest.raises(SealBrokenError):
            vault.open(sealed, kid, algorithm)


@pytest.mark.parametrize("where", [0, 12, -1], ids=["nonce", "content", "tag"])
def test_what_was_tampered_with_does_not_open(where: int) -> None:
    key = new_key(Algorithm.ES256)
    sealed = bytearray(VAULT.seal(key))
    sealed[where] ^= 1

    with pytest.raises(SealBrokenError):
        VAULT.open(bytes(sealed), key.kid, key.algorithm)


def test_the_same_key_is_never_sealed_alike() -> None:
    key = new_key(Algorithm.ES256)

    assert VAULT.seal(key) != VAULT.seal(key)


async def test_the_table_does_not_hold_the_private_key(services: Services, settings: Settings) -> None:
    active = await services.signing_keys.active()
    engine = connect(settings)

    async with engine.connect() as connection:
        rows = (await connection.execute(select(Row.kid, Row.sealed_private_key, Row.public_jwk))).all()
    await engine.dispose()

    assert active.kid in {row.kid for row in rows}
    for row in rows:
        assert [secret for secret in secrets_of(active) if secret in row.sealed_private_key] == []
        assert set(row.public_jwk) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    await services.operation.close()
