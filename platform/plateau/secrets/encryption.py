"""Secrets at rest: what a leaked database alone must not give away."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _keys() -> MultiFernet:
    """The key of today first, then former ones, which still decrypt what they encrypted."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [hashlib.blake2b(secret.encode(), digest_size=32, person=b"plateau-sealed").digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def encrypt(text: str) -> str:
    """Encrypt and sign (Fernet: AES-128-CBC and HMAC-SHA256)."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text of an encrypted token.

    Raises:
        ValueError: another key encrypted it, or somebody changed it.
    """
    try:
        return _keys().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise ValueError("this secret was encrypted with another SECRET_KEY") from error
