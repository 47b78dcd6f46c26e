"""ID tokens of OpenID Connect: checked whole before a word of them is believed. No Django."""

from typing import Any

import jwt

# Signatures by a private key alone: no `none`, and no HMAC, whose key would be a secret that both sides know.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEEWAY = 30  # seconds by which two clocks may differ


class InvalidIdToken(Exception):
    """An ID token that was not made for this sign-in; the message says why."""


def verify_id_token(token: str, keys: Any, *, issuer: str, audience: str, nonce: str) -> dict[str, object]:
    """The claims of a token (OpenID Connect Core 1.0, 3.1.3.7).

    Args:
        token: As the provider gave it.
        keys: Its key set (RFC 7517).
        issuer: Whom the organization named.
        audience: Our client ID.
        nonce: What was sent along when the browser left.

    Raises:
        InvalidIdToken: the signature, the issuer, the audience, the times or the nonce do not fit.
    """
    try:
        candidates = jwt.PyJWKSet.from_dict(keys).keys
        key_id = jwt.get_unverified_header(token).get("kid")
        if key_id is not None:
            candidates = [key for key in candidates if key.key_id == key_id]
        if len(candidates) != 1:
            raise InvalidIdToken("no single key of the provider fits")
        claims: dict[str, Any] = jwt.decode(
            token,
            candidates[0].key,
            algorithms=ALGORITHMS,
            audience=audience,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, AttributeError, TypeError, ValueError) as error:
        raise InvalidIdToken(f"{type(error).__name__}: {error}") from error
    if not nonce or claims.get("nonce") != nonce:
        raise InvalidIdToken("it was made for another sign-in")
    return claims
