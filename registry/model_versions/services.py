"""Writing versions, pointing aliases, archiving and deleting."""

from typing import Any

from django.db import transaction

from plateau.access.scopes import Actor, Scope
from plateau.audit.services import record
from plateau.http.errors import Conflict, Invalid, NotFound
from registry.mlflow_store import store
from registry.model_versions.guards import approval_of, blocking, was_approved
from registry.model_versions.hooks import served_by_alias
from registry.model_versions.mirror import mirror
from registry.model_versions.models import AliasMove, Evaluation, ModelPolicy, ModelVersion, Origin, VersionState
from registry.webhooks.services import announce


@transaction.atomic
def register_version(*, project_id: int, created_by_id: int | None, **facts: Any) -> ModelVersion:
    """Record what a worker knows of a version that MLflow has just registered; again is the same row."""
    name, version = facts.pop("name"), facts.pop("version")
    mirror(project_id, name)
    row = ModelVersion.objects.select_for_update().get(project_id=project_id, name=name, version=version)
    for key, value in (facts | {"origin": Origin.RECIPE, "created_by_id": created_by_id}).items():
        setattr(row, key, value)
    row.save()
    return row


@transaction.atomic
def keep_evaluation(*, version: ModelVersion, created_by_id: int | None, **facts: Any) -> Evaluation:
    """Write an evaluation; its figures become those of the version."""
    row = Evaluation.objects.create(version=version, created_by_id=created_by_id, **facts)
    ModelVersion.objects.filter(pk=version.pk).update(metrics=row.metrics, per_class=row.per_class)
    version.metrics, version.per_class = row.metrics, row.per_class
    return row


@transaction.atomic
def point_alias(
    *, actor: Actor, version: ModelVersion, alias: str, reason: str = "", rollback: bool = False
) -> AliasMove:
    """Point an alias at a version, in MLflow and here.

    Raises:
        Conflict: the version is archived or deleted; or the alias is protected and the version neither passed an
            acceptance contract nor was it approved before, and no reason was given, or not by a manager or an admin.
        Invalid: MLflow takes no such alias.
    """
    if version.state != VersionState.READY:
        raise Conflict(f"The version is {version.state}. Restore it first.")
    if not alias or len(alias) > 255 or alias.lower() == "latest":
        raise Invalid("alias: must have 1 to 255 characters and not be “latest”", [])
    protected = alias in ModelPolicy.of(version.project_id).protected
    look = approval_of(version) if protected else None
    if protected and look is None and not was_approved(version, alias):
        check_override(actor, alias, reason)
    move = record_move(
        actor=actor, project_id=version.project_id, name=version.name, alias=alias, version=version,
        look_id=look, reason=reason, rollback=rollback,
    )  # fmt: skip
    store.set_alias(project_id=version.project_id, name=version.name, alias=alias, version=version.version)
    mirror(version.project_id, version.name)
    return move


def check_override(actor: Actor, alias: str, reason: str) -> None:
    """Refuse to point a protected alias at what nobody approved.

    Raises:
        Conflict: no reason was given, or the caller may not override.
    """
    if not reason.strip():
        raise Conflict(
            f"“{alias}” is protected: this version has passed no acceptance contract. Let a contract judge it, "
            "or point the alias with a reason for the exception."
        )
    if not actor.may(Scope.MODELS_APPROVE):
        raise Conflict(f"“{alias}” is protected: only a manager or an admin may make an exception.")


def record_move(
    *,
    actor: Actor,
    project_id: int,
    name: str,
    alias: str,
    version: ModelVersion | None,
    look_id: int | None = None,
    reason: str = "",
    rollback: bool = False,
) -> AliasMove:
    """Write down who pointed an alias where, and why."""
    before = ModelVersion.objects.filter(project_id=project_id, name=name, aliases__contains=[alias]).first()
    move = AliasMove.objects.create(
        project_id=project_id,
        name=name,
        alias=alias,
        version=version,
        before=before,
        protected=alias in ModelPolicy.of(project_id).protected,
        verdict_id=look_id,
        reason=reason.strip()[:500],
        rollback=rollback,
        moved_by_id=actor.user_id or None,
    )
    facts = {"model": name, "alias": alias, "version": version.version if version else None}
    if reason.strip():
        facts["override"] = reason.strip()[:500]
    record(actor=actor, action="model.alias_moved" if version else "model.alias_removed", subject=move, **facts)
    announce(
        organization_id=actor.organization_id,
        event="alias.moved" if version else "alias.removed",
        body=facts | {"project_id": project_id, "before": before.version if before else None},
    )
    return move


@transaction.atomic
def take_alias(*, actor: Actor, version: ModelVersion, alias: str) -> None:
    """Take an alias away from a version.

    Raises:
        NotFound: it does not point there.
        Conflict: a deployment serves it.
    """
    if alias not in version.aliases:
        raise NotFound(f"{version.name} {version.version} has no alias “{alias}”.")
    if serving := served_by_alias(version.project_id, version.name, alias):
        raise Conflict(f"“{alias}” is served by {', '.join(serving)}. Point the deployment elsewhere first.")
    record_move(actor=actor, project_id=version.project_id, name=version.name, alias=alias, version=None)
    store.delete_alias(project_id=version.project_id, name=version.name, alias=alias)
    mirror(version.project_id, version.name)


def roll_back(*, actor: Actor, project_id: int, name: str, alias: str) -> AliasMove:
    """Point an alias back at the version that it pointed at before.

    Raises:
        Conflict: there is none, or that version is gone.
    """
    rows = AliasMove.objects.visible_to(actor).filter(project_id=project_id, name=name, alias=alias)
    # Going back twice goes back two steps: moves that were taken back are passed over.
    stack: list[int] = []
    for move in rows.exclude(version=None).order_by("pk").values_list("version_id", "rollback"):
        if move[1] and move[0] in stack:
            stack = stack[: stack.index(move[0]) + 1]
        elif not stack or stack[-1] != move[0]:
            stack = [one for one in stack if one != move[0]] + [move[0]]
    if len(stack) < 2:
        raise Conflict(f"“{alias}” pointed at no other version before.")
    version = ModelVersion.objects.get(pk=stack[-2])
    return point_alias(actor=actor, version=version, alias=alias, rollback=True)


@transaction.atomic
def write_note(*, actor: Actor, version: ModelVersion, note: str) -> None:
    """Write a version's card in Markdown."""
    store.set_description(project_id=version.project_id, name=version.name, version=version.version, description=note)
    record(actor=actor, action="model.note_written", subject=version, name=version.name, version=version.version)
    mirror(version.project_id, version.name)


@transaction.atomic
def archive(*, actor: Actor, version: ModelVersion) -> None:
    """Put a version out of the way.

    Raises:
        Conflict: it is not in the way, or something that runs needs it.
    """
    row = ModelVersion.objects.select_for_update().get(pk=version.pk)
    if row.state != VersionState.READY:
        raise Conflict(f"The version is {row.state} already.")
    _check_unused(row)
    row.state = VersionState.ARCHIVED
    row.save(update_fields=["state"])
    record(actor=actor, action="model.archived", subject=row, name=row.name, version=row.version)


@transaction.atomic
def restore(*, actor: Actor, version: ModelVersion) -> None:
    """Bring an archived version back.

    Raises:
        Conflict: it is not archived.
    """
    row = ModelVersion.objects.select_for_update().get(pk=version.pk)
    if row.state != VersionState.ARCHIVED:
        raise Conflict("Only an archived version can be restored." if row.state == "ready" else "It was deleted.")
    row.state = VersionState.READY
    row.save(update_fields=["state"])
    record(actor=actor, action="model.restored", subject=row, name=row.name, version=row.version)


@transaction.atomic
def delete(*, actor: Actor, version: ModelVersion) -> None:
    """Delete a version in MLflow; the record of what it was stays, its files are swept later.

    Raises:
        Conflict: something needs it.
    """
    row = ModelVersion.objects.select_for_update().get(pk=version.pk)
    if row.state == VersionState.DELETED:
        raise Conflict("It was deleted already.")
    _check_unused(row)
    record(actor=actor, action="model.deleted", subject=row, name=row.name, version=row.version)
    store.delete_version(project_id=row.project_id, name=row.name, version=row.version)
    mirror(row.project_id, row.name)


def _check_unused(row: ModelVersion) -> None:
    if found := blocking(row.project_id, row.name, row.version):
        raise Conflict(f"{row.name} {row.version} is needed by: {', '.join(found)}. Point these elsewhere first.")


@transaction.atomic
def change_policy(*, actor: Actor, project_id: int, protected: list[str], quota_bytes: int) -> ModelPolicy:
    """Which aliases need approval, and how much artifacts may weigh."""
    row, _ = ModelPolicy.objects.select_for_update().get_or_create(project_id=project_id)
    row.protected, row.quota_bytes = sorted(set(protected)), quota_bytes
    row.save(update_fields=["protected", "quota_bytes"])
    record(actor=actor, action="model.policy_changed", subject=row, protected=row.protected, quota_bytes=quota_bytes)
    return row
