"""Secrets at rest."""

import pytest

from plateau.secrets.encryption import decrypt, encrypt


def test_what_is_encrypted_cannot_be_read_or_changed():
    token = encrypt("s3cret")
    assert "s3cret" not in token
    assert decrypt(token) == "s3cret"
    for place in (5, len(token) // 3, len(token) // 2):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(ValueError, match="another SECRET_KEY"):
            decrypt(changed)


def test_a_changed_key_decrypts_what_the_old_one_encrypted_while_it_is_listed(settings):
    token = encrypt("s3cret")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-at-least-thirty-two-characters"
    assert decrypt(token) == "s3cret"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(ValueError, match="another SECRET_KEY"):
        decrypt(token)
