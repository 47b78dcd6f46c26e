"""What each release's schema was, so that an installation can go back to it.

A release has a file in `releases/`: its commit, and the newest migration of every app. Going back undoes what came
after; what these migrations added is lost, and everything that the release knew is kept.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration, RenameModel
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from plateau.releases.app_labels import FORMER_LABELS, restore_former_labels

FOLDER = Path(__file__).parent / "releases"


class UnknownRelease(Exception):
    """No release of this version is recorded."""


class IncompleteInstallation(Exception):
    """Apps of the release before are not installed, so that their migrations cannot be recorded."""


@dataclass(frozen=True)
class Release:
    """A version, where its code is, and how far its schema went."""

    version: str
    commit: str
    migrations: dict[str, str]

    @property
    def has_former_labels(self) -> bool:
        """Whether its code knows apps by labels that they no longer have."""
        return not FORMER_LABELS.keys().isdisjoint(self.migrations)


def list_versions() -> list[str]:
    """Versions with a record, oldest first."""
    versions = [path.stem for path in FOLDER.glob("*.json")]
    return sorted(versions, key=lambda version: [int(part) for part in version.split(".")])


def load_release(version: str) -> Release:
    """A release's record.

    Raises:
        UnknownRelease: it has none.
    """
    if version not in list_versions():
        raise UnknownRelease(f"There is no record of {version}; there are {', '.join(list_versions())}.")
    return Release(**json.loads((FOLDER / f"{version}.json").read_text()))


def migration_heads() -> dict[str, str]:
    """The newest migration of every app of this code."""
    return dict(sorted(MigrationLoader(None).graph.leaf_nodes()))


def save_release(version: str, commit: str) -> Path:
    """Record this code as a release.

    Raises:
        IncompleteInstallation: apps of the newest record are left out here; going back would drop their tables.
    """
    heads = migration_heads()
    if (versions := list_versions()) and (missing := _present_labels(load_release(versions[-1])).keys() - heads.keys()):
        raise IncompleteInstallation(
            f"{', '.join(sorted(missing))} of {versions[-1]} cannot be recorded: not installed here. "
            "Unset PLATEAU_APPLICATIONS and try again."
        )
    path = FOLDER / f"{version}.json"
    record = {"version": version, "commit": commit, "migrations": heads}
    path.write_text(json.dumps(record, indent=2) + "\n")
    return path


def migrations_to_undo(release: Release) -> list[str]:
    """Migrations that are to be undone for a release's code to run on this database, in that order."""
    executor = MigrationExecutor(connection)
    return [str(migration) for migration, _ in executor.migration_plan(_targets(release, executor))]


def go_back(release: Release) -> None:
    """Undo the migrations of `migrations_to_undo`."""
    executor = _BackwardExecutor(connection)
    executor.migrate(_targets(release, executor))
    if release.has_former_labels:
        restore_former_labels()


class _RenameModelBack(RenameModel):
    """A renaming that is undone with relations looked up anew.

    Copies of a project's state share their model classes, and with them what Django remembers of relations: the state
    before a renaming may name models that were renamed after it (seen with Django 5.2).
    """

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Undo it in the database."""
        from_state.apps.clear_cache()
        super().database_backwards(app_label, schema_editor, from_state, to_state)


class _BackwardExecutor(MigrationExecutor):
    """Undoes migrations that rename several related models."""

    def unapply_migration(self, state: ProjectState, migration: Migration, fake: bool = False) -> ProjectState:
        """Undo one migration."""
        migration.operations = [  # type: ignore[misc]  # each migration has a list of its own, made by Django
            _RenameModelBack(operation.old_name, operation.new_name) if type(operation) is RenameModel else operation
            for operation in migration.operations
        ]
        return super().unapply_migration(state, migration, fake=fake)


def _targets(release: Release, executor: MigrationExecutor) -> list[tuple[str, str | None]]:
    """Apps that the release did not have go away whole."""
    newest = _present_labels(release)
    return [(app, newest.get(app)) for app in sorted(executor.loader.migrated_apps)]


def _present_labels(release: Release) -> dict[str, str]:
    """The newest migrations of a release by the labels that apps have today."""
    return {FORMER_LABELS.get(label, label): name for label, name in release.migrations.items()}
