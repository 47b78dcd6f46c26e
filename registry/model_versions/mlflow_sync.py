"""What MLflow's registry holds, brought into our rows. MLflow is the truth; doing it again changes nothing."""

from datetime import UTC, datetime
from typing import Any

import yaml
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from annotation.projects.mlflow_workspace import workspace_of
from annotation.projects.models import Project
from annotation.snapshots.models import Snapshot
from plateau.identity.models import Membership
from plateau.notifications.services import publish
from registry.mlflow_store.models import (
    DELETED_STAGE,
    TrackedAlias,
    TrackedModel,
    TrackedRun,
    TrackedRunTag,
    TrackedVersion,
    TrackedVersionTag,
)
from registry.model_versions.artifact_paths import (
    artifact_folders,
    artifact_location,
    folder_with_mlmodel,
    indexed_paths,
)
from registry.model_versions.hashes import record_hash_if_small
from registry.model_versions.models import ModelVersion, RegisteredModel, VersionState
from registry.model_versions.notification_kinds import VERSION_REGISTERED

SNAPSHOT_TAG = "plateau.snapshot_hash"
COMMIT_TAG = "mlflow.source.git.commit"
MAX_MLMODEL_BYTES = 1024 * 1024


def sync_model(project_id: int, name: str) -> None:
    """Bring one registered model with its versions and aliases up to date, or mark it as gone."""
    workspace = workspace_of(project_id)
    model = TrackedModel.objects.filter(workspace=workspace, name=name).first()
    # A number that comes again after its model was deleted is another version: no approval passes to it.
    mirrored = ModelVersion.objects.filter(project_id=project_id, name=name).exclude(state=VersionState.DELETED)
    if model is None:
        with transaction.atomic():
            mirrored.update(state=VersionState.DELETED, aliases=[], deleted_at=timezone.now())
            RegisteredModel.objects.filter(project_id=project_id, name=name).delete()
        return
    versions = list(TrackedVersion.objects.filter(workspace=workspace, name=name).exclude(current_stage=DELETED_STAGE))
    aliases: dict[int, list[str]] = {}
    for alias_row in TrackedAlias.objects.filter(workspace=workspace, name=name).order_by("alias"):
        aliases.setdefault(alias_row.version, []).append(alias_row.alias)
    known_versions = {row.version: row for row in mirrored.defer("per_class", "metrics")}
    new_versions = [
        tracked
        for tracked in versions
        if tracked.version not in known_versions or _needs_lookup(known_versions[tracked.version])
    ]
    facts = {tracked.version: facts_of(project_id, tracked) for tracked in new_versions}
    created_rows: list[ModelVersion] = []
    with transaction.atomic():
        RegisteredModel.objects.update_or_create(
            project_id=project_id,
            name=name,
            defaults={
                "description": model.description or "",
                "latest_version": max((tracked.version for tracked in versions), default=0),
                "created_at": _time(model.creation_time),
            },
        )
        for tracked in versions:
            values = {"description": tracked.description or "", "aliases": aliases.get(tracked.version, [])}
            if tracked.version in known_versions:
                row = known_versions[tracked.version]
                if tracked.version in facts:
                    values["artifact_paths"] = facts[tracked.version]["artifact_paths"]
                    if not row.facts.get("folder"):  # it was recorded before its files were found
                        values |= {key: facts[tracked.version][key] for key in ("facts", "source")}
                changed = {key: value for key, value in values.items() if getattr(row, key) != value}
                if changed:
                    ModelVersion.objects.filter(pk=row.pk).update(**changed)
            else:
                row, is_created = mirrored.get_or_create(
                    project_id=project_id, name=name, version=tracked.version, defaults=values | facts[tracked.version]
                )
                if is_created:
                    created_rows.append(row)
                    publish(
                        VERSION_REGISTERED,
                        organization_id=row.project.organization_id,
                        project_id=project_id,
                        link=f"/versions/{row.pk}",
                        payload={
                            "project_id": project_id,
                            "model": name,
                            "version": tracked.version,
                            "version_id": row.pk,
                        },
                    )
        tracked_numbers = {tracked.version for tracked in versions}
        deleted_ids = [row.pk for number, row in known_versions.items() if number not in tracked_numbers]
        ModelVersion.objects.filter(pk__in=deleted_ids).update(
            state=VersionState.DELETED, aliases=[], deleted_at=timezone.now()
        )
    _link_snapshots(project_id, name, workspace)
    for row in created_rows:
        record_hash_if_small(row)


def _needs_lookup(row: ModelVersion) -> bool:
    return not row.facts or row.artifact_paths is None


def _time(milliseconds: int | None) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else timezone.now()


def facts_of(project_id: int, tracked: TrackedVersion) -> dict[str, Any]:
    """What a new version's files and run say about it."""
    run = TrackedRun.objects.filter(pk=tracked.run_id).first() if tracked.run_id else None
    email = tracked.user_id or (run.user_id if run else "") or ""
    members = Membership.objects.filter(organization__project=project_id, user__email=email)
    commit = TrackedRunTag.objects.filter(run_uuid=tracked.run_id or "", key=COMMIT_TAG).first()
    folders = artifact_folders(tracked.workspace, artifact_location(tracked))
    folder = folder_with_mlmodel(folders)
    return {
        "source": tracked.source or "",
        "mlflow_run_id": tracked.run_id or "",
        "code_version": (commit.value or "")[:64] if commit else "",
        "facts": read_mlmodel(folder) | {"folder": folder},
        "artifact_paths": indexed_paths(folders),
        "created_by_id": members.values_list("user_id", flat=True).first(),
        "created_at": _time(tracked.creation_time),
    }


def read_mlmodel(folder: str) -> dict[str, object]:
    """What the `MLmodel` file in `folder` says; only plain YAML is read, and nothing of it is run."""
    key = f"{folder}/MLmodel"
    if not folder or not default_storage.exists(key):
        return {"problem": "mlmodel_missing"}
    if default_storage.size(key) > MAX_MLMODEL_BYTES:
        return {"problem": "mlmodel_unreadable"}
    with default_storage.open(key) as file:
        try:
            mlmodel = yaml.safe_load(file.read())
        except (yaml.YAMLError, UnicodeDecodeError):
            mlmodel = None
    if not isinstance(mlmodel, dict) or not isinstance(mlmodel.get("flavors"), dict):
        return {"problem": "mlmodel_unreadable"}
    signature, metadata = mlmodel.get("signature"), mlmodel.get("metadata")
    facts: dict[str, Any] = {
        "flavors": sorted(str(value)[:40] for value in mlmodel["flavors"])[:10],
        "size": mlmodel.get("model_size_bytes") if isinstance(mlmodel.get("model_size_bytes"), int) else None,
    }
    if isinstance(signature, dict):
        facts["signature"] = {key: str(signature.get(key) or "")[:20_000] for key in ("inputs", "outputs")}
    if isinstance(metadata, dict):
        labels = metadata.get("labels")
        # Models of 0.2.0 say `input_side`: what was registered is never written anew.
        image_size = metadata.get("image_size", metadata.get("input_side"))
        min_labels = 2  # classes to tell apart; of regions, one label is enough
        if metadata.get("kind", "classification") != "classification":
            facts["kind"], min_labels = str(metadata["kind"])[:40], 1
        if (
            isinstance(labels, list)
            and min_labels <= len(labels) <= 10_000
            and all(isinstance(value, str) for value in labels)
        ):
            facts["labels"] = labels
        if isinstance(image_size, int) and 8 <= image_size <= 2048:
            facts["image_size"] = image_size
        if isinstance(metadata.get(SNAPSHOT_TAG), str):
            facts["snapshot_hash"] = metadata[SNAPSHOT_TAG][:64]
    return facts


def _link_snapshots(project_id: int, name: str, workspace: str) -> None:
    """Name the snapshot of versions that have none yet: by the version's tag, its run's, or its file's."""
    unlinked = ModelVersion.objects.filter(project_id=project_id, name=name, snapshot=None, state=VersionState.READY)
    rows = list(unlinked.only("pk", "version", "mlflow_run_id", "facts"))
    if not rows:
        return
    tags = TrackedVersionTag.objects.filter(workspace=workspace, name=name, key=SNAPSHOT_TAG)
    by_version = {tag.version: tag.value for tag in tags}
    runs = TrackedRunTag.objects.filter(run_uuid__in=[row.mlflow_run_id for row in rows], key=SNAPSHOT_TAG)
    by_run = {tag.run_uuid: tag.value for tag in runs}
    ready = Snapshot.objects.filter(project_id=project_id, state="ready")
    for row in rows:
        snapshot_hash = by_version.get(row.version) or by_run.get(row.mlflow_run_id) or row.facts.get("snapshot_hash")
        snapshot = ready.filter(content_hash=snapshot_hash).order_by("-pk").first() if snapshot_hash else None
        if snapshot is not None:
            ModelVersion.objects.filter(pk=row.pk, snapshot=None).update(snapshot=snapshot)


# What differs between MLflow's registry and ours: left behind where a process died between the two.
_DIFFERENT = """
    SELECT workspace, name FROM (
        SELECT v.workspace, v.name, v.version, coalesce(array_agg(a.alias ORDER BY a.alias)
               FILTER (WHERE a.alias IS NOT NULL), '{}')::text[] AS aliases, coalesce(v.description, '') AS description
        FROM mlflow.model_versions v
        LEFT JOIN mlflow.registered_model_aliases a
               ON a.workspace = v.workspace AND a.name = v.name AND a.version = v.version
        WHERE v.current_stage IS DISTINCT FROM 'Deleted_Internal'
        GROUP BY v.workspace, v.name, v.version, v.description
    ) theirs
    FULL JOIN (
        SELECT 'project-' || project_id AS workspace, name::text AS name, version, aliases::text[] AS aliases,
               description
        FROM model_versions_modelversion WHERE state <> 'deleted' AND artifact_paths IS NOT NULL
    ) ours USING (workspace, name, version, aliases, description)
    WHERE theirs.* IS NULL OR ours.* IS NULL
    GROUP BY workspace, name LIMIT 500
"""


def sync_differing_models() -> int:
    """Mirror every model that differs, and say how many did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('mlflow.model_versions')")
        if cursor.fetchone()[0] is None:
            return 0
        cursor.execute(_DIFFERENT)
        differing = cursor.fetchall()
    synced = 0
    for workspace, name in differing:
        number = workspace.removeprefix("project-")
        if number.isdigit() and Project.objects.filter(pk=int(number)).exists():
            sync_model(int(number), name)
            synced += 1
    return synced
