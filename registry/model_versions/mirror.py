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
from registry.mlflow_store.models import (
    DELETED_STAGE,
    TrackedAlias,
    TrackedModel,
    TrackedRun,
    TrackedRunTag,
    TrackedVersion,
    TrackedVersionTag,
)
from registry.model_versions.hashes import record_hash_at_once
from registry.model_versions.models import ModelVersion, RegisteredModel, VersionState
from registry.model_versions.places import folders_of, location_of, marks_of
from registry.webhooks.services import announce

SNAPSHOT_TAG = "plateau.snapshot_hash"
COMMIT_TAG = "mlflow.source.git.commit"
MAX_CARD_BYTES = 1024 * 1024


def mirror(project_id: int, name: str) -> None:
    """Bring one registered model with its versions and aliases up to date, or mark it as gone."""
    workspace = workspace_of(project_id)
    model = TrackedModel.objects.filter(workspace=workspace, name=name).first()
    ours = ModelVersion.objects.filter(project_id=project_id, name=name)
    if model is None:
        with transaction.atomic():
            ours.exclude(state=VersionState.DELETED).update(
                state=VersionState.DELETED, aliases=[], gone_at=timezone.now()
            )
            RegisteredModel.objects.filter(project_id=project_id, name=name).delete()
        return
    versions = list(TrackedVersion.objects.filter(workspace=workspace, name=name).exclude(current_stage=DELETED_STAGE))
    aliases: dict[int, list[str]] = {}
    for pointed in TrackedAlias.objects.filter(workspace=workspace, name=name).order_by("alias"):
        aliases.setdefault(pointed.version, []).append(pointed.alias)
    known = {row.version: row for row in ours.defer("per_class", "metrics")}
    fresh = [one for one in versions if one.version not in known or _is_new(known[one.version])]
    facts = {one.version: facts_of(project_id, one) for one in fresh}
    made_rows: list[ModelVersion] = []
    with transaction.atomic():
        RegisteredModel.objects.update_or_create(
            project_id=project_id,
            name=name,
            defaults={
                "note": model.description or "",
                "newest": max((one.version for one in versions), default=0),
                "created_at": _time(model.creation_time),
            },
        )
        for one in versions:
            seen = {"note": one.description or "", "aliases": aliases.get(one.version, [])}
            if one.version in known:
                row = known[one.version]
                if one.version in facts:
                    seen["places"] = facts[one.version]["places"]
                    if not row.facts.get("folder"):  # it was recorded before its files were found
                        seen |= {key: facts[one.version][key] for key in ("facts", "source")}
                changed = {key: value for key, value in seen.items() if getattr(row, key) != value}
                if changed:
                    ModelVersion.objects.filter(pk=row.pk).update(**changed)
            else:
                row, made = ModelVersion.objects.get_or_create(
                    project_id=project_id, name=name, version=one.version, defaults=seen | facts[one.version]
                )
                if made:
                    made_rows.append(row)
                    announce(
                        organization_id=row.project.organization_id,
                        event="version.registered",
                        body={"project_id": project_id, "model": name, "version": one.version, "version_id": row.pk},
                    )
        there = {one.version for one in versions}
        gone = [row.pk for number, row in known.items() if number not in there and row.state != VersionState.DELETED]
        ModelVersion.objects.filter(pk__in=gone).update(state=VersionState.DELETED, aliases=[], gone_at=timezone.now())
    _link(project_id, name, workspace)
    for row in made_rows:
        record_hash_at_once(row)


def _is_new(row: ModelVersion) -> bool:
    return not row.facts or row.places is None


def _time(milliseconds: int | None) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else timezone.now()


def facts_of(project_id: int, one: TrackedVersion) -> dict[str, Any]:
    """What a new version's files and run say about it."""
    run = TrackedRun.objects.filter(pk=one.run_id).first() if one.run_id else None
    email = one.user_id or (run.user_id if run else "") or ""
    members = Membership.objects.filter(organization__project=project_id, user__email=email)
    commit = TrackedRunTag.objects.filter(run_uuid=one.run_id or "", key=COMMIT_TAG).first()
    folders = folders_of(one.workspace, location_of(one))
    folder = _with_card(folders)
    return {
        "source": one.source or "",
        "mlflow_run_id": one.run_id or "",
        "code_version": (commit.value or "")[:64] if commit else "",
        "facts": read_facts(folder) | {"folder": folder},
        "places": marks_of(folders),
        "created_by_id": members.values_list("user_id", flat=True).first(),
        "created_at": _time(one.creation_time),
    }


def _with_card(folders: list[str]) -> str:
    """The first folder that holds a model; the first at all where none does, and empty where there is none."""
    carded = (one for one in folders if default_storage.exists(f"{one}/MLmodel"))
    return next(carded, next(iter(folders), ""))


def read_facts(folder: str) -> dict[str, Any]:
    """What the `MLmodel` file in `folder` says; only plain YAML is read, and nothing of it is run."""
    key = f"{folder}/MLmodel"
    if not folder or not default_storage.exists(key):
        return {"problem": "no_card"}
    if default_storage.size(key) > MAX_CARD_BYTES:
        return {"problem": "unreadable_card"}
    with default_storage.open(key) as file:
        try:
            card = yaml.safe_load(file.read())
        except (yaml.YAMLError, UnicodeDecodeError):
            card = None
    if not isinstance(card, dict) or not isinstance(card.get("flavors"), dict):
        return {"problem": "unreadable_card"}
    signature, meta = card.get("signature"), card.get("metadata")
    found: dict[str, Any] = {
        "flavors": sorted(str(one)[:40] for one in card["flavors"])[:10],
        "size": card.get("model_size_bytes") if isinstance(card.get("model_size_bytes"), int) else None,
    }
    if isinstance(signature, dict):
        found["signature"] = {key: str(signature.get(key) or "")[:20_000] for key in ("inputs", "outputs")}
    if isinstance(meta, dict):
        labels, side = meta.get("labels"), meta.get("input_side")
        least = 2  # classes to tell apart; of regions, one label is enough
        if meta.get("kind", "classification") != "classification":
            found["kind"], least = str(meta["kind"])[:40], 1
        if isinstance(labels, list) and least <= len(labels) <= 10_000 and all(isinstance(one, str) for one in labels):
            found["labels"] = labels
        if isinstance(side, int) and 8 <= side <= 2048:
            found["input_side"] = side
        if isinstance(meta.get(SNAPSHOT_TAG), str):
            found["snapshot_hash"] = meta[SNAPSHOT_TAG][:64]
    return found


def _link(project_id: int, name: str, workspace: str) -> None:
    """Name the snapshot of versions that have none yet: by the version's tag, its run's, or its file's."""
    waiting = ModelVersion.objects.filter(project_id=project_id, name=name, snapshot=None, state=VersionState.READY)
    rows = list(waiting.only("pk", "version", "mlflow_run_id", "facts"))
    if not rows:
        return
    tags = TrackedVersionTag.objects.filter(workspace=workspace, name=name, key=SNAPSHOT_TAG)
    by_version = {tag.version: tag.value for tag in tags}
    runs = TrackedRunTag.objects.filter(run_uuid__in=[row.mlflow_run_id for row in rows], key=SNAPSHOT_TAG)
    by_run = {tag.run_uuid: tag.value for tag in runs}
    ready = Snapshot.objects.filter(project_id=project_id, state="ready")
    for row in rows:
        named = by_version.get(row.version) or by_run.get(row.mlflow_run_id) or row.facts.get("snapshot_hash")
        snapshot = ready.filter(content_hash=named).order_by("-pk").first() if named else None
        if snapshot is not None:
            ModelVersion.objects.filter(pk=row.pk, snapshot=None).update(snapshot=snapshot)


# What differs between MLflow's registry and ours: left behind where a process died between the two.
_DIFFERENT = """
    SELECT workspace, name FROM (
        SELECT v.workspace, v.name, v.version, coalesce(array_agg(a.alias ORDER BY a.alias)
               FILTER (WHERE a.alias IS NOT NULL), '{}')::text[] AS aliases, coalesce(v.description, '') AS note
        FROM mlflow.model_versions v
        LEFT JOIN mlflow.registered_model_aliases a
               ON a.workspace = v.workspace AND a.name = v.name AND a.version = v.version
        WHERE v.current_stage IS DISTINCT FROM 'Deleted_Internal'
        GROUP BY v.workspace, v.name, v.version, v.description
    ) theirs
    FULL JOIN (
        SELECT 'project-' || project_id AS workspace, name::text AS name, version, aliases::text[] AS aliases, note
        FROM model_versions_modelversion WHERE state <> 'deleted' AND places IS NOT NULL
    ) ours USING (workspace, name, version, aliases, note)
    WHERE theirs.* IS NULL OR ours.* IS NULL
    GROUP BY workspace, name LIMIT 500
"""


def mend() -> int:
    """Mirror every model that differs, and say how many did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('mlflow.model_versions')")
        if cursor.fetchone()[0] is None:
            return 0
        cursor.execute(_DIFFERENT)
        found = cursor.fetchall()
    done = 0
    for workspace, name in found:
        number = workspace.removeprefix("project-")
        if number.isdigit() and Project.objects.filter(pk=int(number)).exists():
            mirror(int(number), name)
            done += 1
    return done
