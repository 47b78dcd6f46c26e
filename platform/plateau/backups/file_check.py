"""Whether the storage has the files that the database names; after a recovery to an earlier moment it may not.

Files are never changed under their key (most are named by the hash of their content), so those that a database of the
past names are as they were or gone: erased, swept, or deleted since. Files that came since are extra and harm nothing.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import CharField, Model

from plateau.storage import walk

# Of files that are on their way: an import deletes what it took in.
_NO_FILES = {"datalake.MultipartFile.storage_key", "datalake.StagedFile.storage_key"}
_PIECE = 1 << 20


@dataclass
class FileCheck:
    """What was compared, and what does not fit."""

    named: int = 0
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    extra: int = 0


def key_fields() -> Iterator[tuple[type[Model], str]]:
    """Every column that names a file of the storage."""
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            label = f"{model._meta.label}.{column.name}"
            is_key = isinstance(column, CharField) and column.name.endswith("_key") and column.max_length == 200
            if is_key and label not in _NO_FILES:
                yield model, column.name


def check_files(*, hashes: bool = False) -> FileCheck:
    """Compare keys in the database with those of the storage; with `hashes`, read files that have a hash beside."""
    check, present = FileCheck(), dict(walk.every_file())
    named: set[str] = set()
    for model, name in key_fields():
        has_hash = name == "storage_key" and any(column.name == "sha256" for column in model._meta.concrete_fields)
        columns = [name, "sha256"] if has_hash else [name]
        for key, *digest in model._default_manager.exclude(**{name: ""}).values_list(*columns).iterator():
            if key in named:
                continue
            named.add(key)
            if key not in present:
                check.missing.append(f"{model.__name__}: {key}")
            elif hashes and digest and digest[0] and _hash(key) != digest[0]:
                check.changed.append(f"{model.__name__}: {key}")
    check.named = len(named)
    check.extra = len(present.keys() - named)
    return check


def _hash(key: str) -> str:
    digest = hashlib.sha256()
    with default_storage.open(key) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
