"""Streams encrypted with age (https://age-encryption.org/v1), so that `age` itself opens them, too. No Django.

A stream is written beside its place and moved there once it is whole. What is opened is authenticated piece by piece:
a changed byte, a missing end, or another key is an error, never other content.
"""

import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyrage

PIECE = 1 << 20
SUFFIX = ".age"


class EncryptionError(Exception):
    """A key is none, or does not open the file, or the file was changed; the message says which."""


@dataclass(frozen=True)
class StoredStream:
    """What lies on disk now, and how large it was before."""

    bytes: int
    sha256: str
    plain_bytes: int


class _Counted:
    """A reader or writer that hashes and counts what passes."""

    def __init__(self, inner: IO[bytes]) -> None:
        self.inner, self.hash, self.bytes = inner, hashlib.sha256(), 0

    def _pass(self, piece: bytes) -> None:
        self.hash.update(piece)
        self.bytes += len(piece)

    def read(self, size: int = -1) -> bytes:
        piece = self.inner.read(size)
        self._pass(piece)
        return piece

    def write(self, piece: bytes) -> int:
        self._pass(piece)
        self.inner.write(piece)
        return len(piece)

    def flush(self) -> None:
        self.inner.flush()


def parse_recipients(keys: Sequence[str]) -> list[Any]:
    """The public keys to encrypt to.

    Raises:
        EncryptionError: one of them is no public key of age.
    """
    recipients = []
    for key in keys:
        try:
            recipients.append(pyrage.x25519.Recipient.from_str(key.strip()))
        except pyrage.RecipientError as error:
            raise EncryptionError(f"{key!r} is no public key of age: make one with `age-keygen`") from error
    return recipients


def parse_identities(text: str) -> list[Any]:
    """The private keys in a file of `age-keygen`, or one that was typed.

    Raises:
        EncryptionError: there is none in it.
    """
    identities = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        try:
            identities.append(pyrage.x25519.Identity.from_str(line.strip()))
        except pyrage.IdentityError as error:
            raise EncryptionError("that is no private key of age: it begins with AGE-SECRET-KEY-1") from error
    if not identities:
        raise EncryptionError("there is no private key of age: it begins with AGE-SECRET-KEY-1")
    return identities


def store(source: IO[bytes], path: Path, recipients: Sequence[Any]) -> StoredStream:
    """Keep all of `source` under `path`, encrypted where there are recipients."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    try:
        with partial.open("wb") as file:
            reader, writer = _Counted(source), _Counted(file)
            if recipients:
                pyrage.encrypt_io(reader, writer, list(recipients))
            else:
                shutil.copyfileobj(reader, writer, PIECE)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return StoredStream(writer.bytes, writer.hash.hexdigest(), reader.bytes)


def open_into(path: Path, target: Any, identities: Sequence[Any]) -> None:
    """Write what an encrypted file holds into `target`.

    Raises:
        EncryptionError: none of the keys opens it, or it was changed.
    """
    try:
        with path.open("rb") as source:
            pyrage.decrypt_io(source, target, list(identities))
    except pyrage.DecryptError as error:
        if "No matching keys" in str(error):
            raise EncryptionError(f"{path.name}: this private key does not open it") from error
        raise EncryptionError(f"{path.name} was changed, or is not whole: {error}") from error
    except OSError as error:
        if error.errno is not None:  # of the disk, or of a program at the other end
            raise
        raise EncryptionError(f"{path.name} was changed, or is not whole: {error}") from error
