"""Secrets at rest: what a leaked database alone must not give away."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _keys() -> MultiFernet:
    """The key of today first, then older ones, so that a changed `SECRET_KEY` opens what its forerunner sealed."""
    found = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    derived = [hashlib.blake2b(one.encode(), digest_size=32, person=b"plateau-sealed").digest() for one in found]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(one)) for one in derived])


def seal(text: str) -> str:
    """Encrypt and sign (Fernet: AES-128-CBC and HMAC-SHA256)."""
    return _keys().encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """What was sealed.

    Raises:
        ValueError: another key sealed it, or somebody changed it.
    """
    try:
        return _keys().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise ValueError("this secret was sealed with another SECRET_KEY") from error
