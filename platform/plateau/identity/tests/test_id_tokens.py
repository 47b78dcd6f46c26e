"""What of an ID token is believed."""

import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from plateau.identity.id_tokens import InvalidIdToken, verify_id_token

KEY, OTHER_KEY = rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 2048)
CURVE = ec.generate_private_key(ec.SECP256R1())


def card(key, kid: str | None = "one") -> dict:
    maker = (
        jwt.algorithms.RSAAlgorithm if hasattr(key, "public_key") and key is not CURVE else jwt.algorithms.ECAlgorithm
    )
    plain = json.loads(maker.to_jwk(key.public_key()))
    return plain | ({"kid": kid} if kid else {})


def token(key=KEY, algorithm: str = "RS256", kid: str | None = "one", **changed) -> str:
    now = int(time.time())
    claims = {"iss": "https://id.example", "aud": "plateau", "sub": "7", "iat": now, "exp": now + 60, "nonce": "n"}
    return jwt.encode(claims | changed, key, algorithm, headers={"kid": kid} if kid else None)


def read(token: str, keys: list[dict] | None = None) -> dict:
    keys = {"keys": keys or [card(KEY)]}
    return verify_id_token(token, keys, issuer="https://id.example", audience="plateau", nonce="n")


def test_a_good_token_is_read_whatever_its_key():
    assert read(token())["sub"] == "7"
    assert read(token(kid=None), [card(KEY, None)])["sub"] == "7"
    assert read(token(CURVE, "ES256"), [card(CURVE), card(OTHER_KEY, "two")])["sub"] == "7"


@pytest.mark.parametrize(
    "token",
    [
        token(OTHER_KEY),
        token(iss="https://evil.example"),
        token(aud="somebody else"),
        token(exp=int(time.time()) - 120),
        token(iat=int(time.time()) + 3600),
        token(nonce="of another browser"),
        token(kid="unknown"),
        jwt.encode({"sub": "7", "nonce": "n"}, KEY, "RS256", headers={"kid": "one"}),
        jwt.encode({"sub": "7", "nonce": "n"}, "", "none", headers={"kid": "one"}),
        jwt.encode(
            {"sub": "7", "nonce": "n"}, "a shared secret of thirty-two bytes!!", "HS256", headers={"kid": "one"}
        ),
        "a.b.c",
        "",
    ],
)
def test_any_other_is_refused(token):
    with pytest.raises(InvalidIdToken):
        read(token)


def test_a_key_set_that_is_none_is_refused():
    for keys in ([], {}, {"keys": []}, {"keys": [{"kty": "oct", "k": "AAAA"}]}, None, 7):
        with pytest.raises(InvalidIdToken):
            verify_id_token(token(), keys, issuer="https://id.example", audience="plateau", nonce="n")
