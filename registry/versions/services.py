"""Writing versions, and choosing the champion."""

from typing import Any

from django.db import transaction
from plateau.audit.services import record
from plateau.kernel.scopes import Actor

from registry.versions.models import ModelVersion


@transaction.atomic
def register_version(*, project_id: int, created_by_id: int | None, **facts: Any) -> ModelVersion:
    """Record a version that MLflow has just registered; the same version again is the same row."""
    name, version = facts.pop("name"), facts.pop("version")
    row, _ = ModelVersion.objects.get_or_create(
        project_id=project_id, name=name, version=version, defaults={"created_by_id": created_by_id, **facts}
    )
    return row


@transaction.atomic
def mark_champion(*, version: ModelVersion, actor: Actor | None = None) -> ModelVersion:
    """Record that the alias `champion` points here. MLflow's own alias is set by the caller, before."""
    rows = ModelVersion.objects.select_for_update().filter(project_id=version.project_id, name=version.name)
    rows.filter(champion=True).update(champion=False)
    version.champion = True
    version.save(update_fields=["champion"])
    if actor is not None:
        record(actor=actor, action="model.champion_chosen", subject=version, name=version.name, version=version.version)
    return version
