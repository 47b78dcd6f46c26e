"""Writing versions, pointing aliases, archiving and deleting."""

from typing import Any

from django.db import transaction

from labelkit.messages import Message
from plateau.access.scopes import Actor, Scope
from plateau.audit.services import record
from plateau.http.errors import NotFound
from plateau.notifications.services import publish
from registry.mlflow_store import store
from registry.model_versions.errors import (
    AliasInUse,
    AliasProtected,
    InvalidAlias,
    NoPreviousVersion,
    OverrideNotAllowed,
    VersionDeleted,
    VersionInUse,
    VersionNotArchived,
    VersionNotReady,
)
from registry.model_versions.guards import approval_of, blocking_uses, lock_model, was_approved
from registry.model_versions.hooks import served_by_alias
from registry.model_versions.mlflow_sync import sync_model
from registry.model_versions.models import (
    AliasChange,
    Evaluation,
    ModelPolicy,
    ModelVersion,
    VersionOrigin,
    VersionState,
)
from registry.model_versions.notification_kinds import ALIAS_MOVED, ALIAS_REMOVED


@transaction.atomic
def register_version(*, project_id: int, created_by_id: int | None, **facts: Any) -> ModelVersion:
    """Record what a worker knows of a version that MLflow has just registered; again is the same row."""
    name, version = facts.pop("name"), facts.pop("version")
    sync_model(project_id, name)
    live = ModelVersion.objects.select_for_update().exclude(state=VersionState.DELETED)
    row = live.get(project_id=project_id, name=name, version=version)
    for key, value in (facts | {"origin": VersionOrigin.RECIPE, "created_by_id": created_by_id}).items():
        setattr(row, key, value)
    row.save()
    return row


@transaction.atomic
def create_evaluation(*, version: ModelVersion, created_by_id: int | None, **facts: object) -> Evaluation:
    """Save an evaluation; its metrics become those of the version."""
    row = Evaluation.objects.create(version=version, created_by_id=created_by_id, **facts)
    ModelVersion.objects.filter(pk=version.pk).update(metrics=row.metrics, per_class=row.per_class)
    version.metrics, version.per_class = row.metrics, row.per_class
    return row


@transaction.atomic
def point_alias(
    *, actor: Actor, version: ModelVersion, alias: str, reason: str = "", is_rollback: bool = False
) -> AliasChange:
    """Point an alias at a version, in MLflow and here.

    Raises:
        VersionNotReady: the version is archived or deleted.
        AliasProtected: the version was approved by no acceptance contract, and there is no reason.
        OverrideNotAllowed: a reason was given, but not by a role that may override.
        InvalidAlias: MLflow takes no such alias.
    """
    if version.state != VersionState.READY:
        raise VersionNotReady(Message("The version has the state {state}. Restore it first.", state=version.state))
    if not alias or len(alias) > 255 or alias.lower() == "latest":
        raise InvalidAlias.in_field("alias", "must have 1 to 255 characters and not be “latest”")
    lock_model(version.project_id, version.name)
    protected = ModelPolicy.for_project(version.project_id).protects(alias)
    contract_evaluation_id = approval_of(version) if protected else None
    if protected and contract_evaluation_id is None and not was_approved(version, alias):
        check_override(actor, alias, reason)
    change = record_alias_change(
        actor=actor, project_id=version.project_id, name=version.name, alias=alias, version=version,
        contract_evaluation_id=contract_evaluation_id, reason=reason, is_rollback=is_rollback,
    )  # fmt: skip
    store.set_alias(project_id=version.project_id, name=version.name, alias=alias, version=version.version)
    sync_model(version.project_id, version.name)
    return change


def check_override(actor: Actor, alias: str, reason: str) -> None:
    """Refuse to point a protected alias at what nobody approved.

    Raises:
        AliasProtected: there is no reason.
        OverrideNotAllowed: the caller's role may not override.
    """
    if not reason.strip():
        raise AliasProtected(
            Message(
                "“{alias}” is protected: this version has not passed an acceptance contract. Run an "
                "acceptance test, or set the alias with a reason for the exception.",
                alias=alias,
            )
        )
    if not actor.may(Scope.MODELS_APPROVE):
        raise OverrideNotAllowed(
            Message("“{alias}” is protected: only a manager or an admin may make an exception.", alias=alias)
        )


def check_removal(actor: Actor, alias: str, reason: str) -> None:
    """Refuse to take a protected alias away.

    Raises:
        AliasProtected: there is no reason.
        OverrideNotAllowed: the caller's role may make no exception.
    """
    if not reason.strip():
        raise AliasProtected(
            Message(
                "“{alias}” is protected: it is removed only with a reason for the exception. Point it to another "
                "approved version instead.",
                alias=alias,
            )
        )
    if not actor.may(Scope.MODELS_APPROVE):
        raise OverrideNotAllowed(
            Message("“{alias}” is protected: only a manager or an admin may make an exception.", alias=alias)
        )


def record_alias_change(
    *,
    actor: Actor,
    project_id: int,
    name: str,
    alias: str,
    version: ModelVersion | None,
    contract_evaluation_id: int | None = None,
    reason: str = "",
    is_rollback: bool = False,
) -> AliasChange:
    """Write down who pointed an alias where, and why."""
    previous_version = ModelVersion.objects.filter(project_id=project_id, name=name, aliases__contains=[alias]).first()
    change = AliasChange.objects.create(
        project_id=project_id,
        name=name,
        alias=alias,
        version=version,
        previous_version=previous_version,
        protected=ModelPolicy.for_project(project_id).protects(alias),
        contract_evaluation_id=contract_evaluation_id,
        reason=reason.strip()[:500],
        is_rollback=is_rollback,
        changed_by_id=actor.user_id or None,
    )
    facts = {"model": name, "alias": alias, "version": version.version if version else None}
    if reason.strip():
        facts["override"] = reason.strip()[:500]
    record(actor=actor, action="model.alias_moved" if version else "model.alias_removed", subject=change, **facts)
    publish(
        ALIAS_MOVED if version else ALIAS_REMOVED,
        organization_id=actor.organization_id,
        project_id=project_id,
        payload=facts | {"project_id": project_id, "before": previous_version.version if previous_version else None},
    )
    return change


@transaction.atomic
def remove_alias(*, actor: Actor, version: ModelVersion, alias: str, reason: str = "") -> None:
    """Remove an alias from a version; a protected one as an exception alone, since its name resolves to nothing then.

    Raises:
        NotFound: it does not point there.
        AliasInUse: a deployment serves it.
        AliasProtected: it is protected, and there is no reason.
        OverrideNotAllowed: it is protected, and the caller's role may make no exception.
    """
    lock_model(version.project_id, version.name)
    version.refresh_from_db(fields=["aliases"])
    if alias not in version.aliases:
        raise NotFound(
            Message("{name} {version} has no alias “{alias}”.", name=version.name, version=version.version, alias=alias)
        )
    if serving := served_by_alias(version.project_id, version.name, alias):
        raise AliasInUse(
            Message(
                "“{alias}” is used by the deployment {names}. Point it to another version first.",
                alias=alias,
                names=", ".join(serving),
            )
        )
    if ModelPolicy.for_project(version.project_id).protects(alias):
        check_removal(actor, alias, reason)
    record_alias_change(
        actor=actor, project_id=version.project_id, name=version.name, alias=alias, version=None, reason=reason
    )
    store.delete_alias(project_id=version.project_id, name=version.name, alias=alias)
    sync_model(version.project_id, version.name)


def roll_back_alias(*, actor: Actor, project_id: int, name: str, alias: str) -> AliasChange:
    """Point an alias back at the version that it pointed at before.

    Raises:
        NoPreviousVersion: there is none.
        VersionNotReady: that version was archived or deleted.
    """
    rows = AliasChange.objects.visible_to(actor).filter(project_id=project_id, name=name, alias=alias)
    # Going back twice goes back two steps: changes that were rolled back are passed over.
    stack: list[int] = []
    for change in rows.exclude(version=None).order_by("pk").values_list("version_id", "is_rollback"):
        if change[1] and change[0] in stack:
            stack = stack[: stack.index(change[0]) + 1]
        elif not stack or stack[-1] != change[0]:
            stack = [version_id for version_id in stack if version_id != change[0]] + [change[0]]
    if len(stack) < 2:
        raise NoPreviousVersion(Message("“{alias}” has no previous version.", alias=alias))
    version = ModelVersion.objects.get(pk=stack[-2])
    return point_alias(actor=actor, version=version, alias=alias, is_rollback=True)


@transaction.atomic
def set_description(*, actor: Actor, version: ModelVersion, description: str) -> None:
    """Set a version's description, in Markdown."""
    store.set_description(
        project_id=version.project_id, name=version.name, version=version.version, description=description
    )
    record(actor=actor, action="model.description_set", subject=version, name=version.name, version=version.version)
    sync_model(version.project_id, version.name)


@transaction.atomic
def archive_version(*, actor: Actor, version: ModelVersion) -> None:
    """Archive a version.

    Raises:
        VersionNotReady: it is archived or deleted.
        VersionInUse: a deployment or a protected alias needs it.
    """
    lock_model(version.project_id, version.name)
    row = ModelVersion.objects.select_for_update().get(pk=version.pk)
    if row.state != VersionState.READY:
        raise VersionNotReady(Message("The version already has the state {state}.", state=row.state))
    _check_unused(row)
    row.state = VersionState.ARCHIVED
    row.save(update_fields=["state"])
    record(actor=actor, action="model.archived", subject=row, name=row.name, version=row.version)


@transaction.atomic
def restore_version(*, actor: Actor, version: ModelVersion) -> None:
    """Bring an archived version back.

    Raises:
        VersionNotArchived: it is ready, or was deleted.
    """
    row = ModelVersion.objects.select_for_update().get(pk=version.pk)
    if row.state != VersionState.ARCHIVED:
        raise VersionNotArchived(
            "Only an archived version can be restored." if row.state == "ready" else "This version was deleted."
        )
    row.state = VersionState.READY
    row.save(update_fields=["state"])
    record(actor=actor, action="model.restored", subject=row, name=row.name, version=row.version)


@transaction.atomic
def delete_version(*, actor: Actor, version: ModelVersion) -> None:
    """Delete a version in MLflow; the record of what it was stays, its files are deleted later.

    Raises:
        VersionDeleted: it was deleted before.
        VersionInUse: a deployment or a protected alias needs it.
    """
    lock_model(version.project_id, version.name)
    row = ModelVersion.objects.select_for_update().get(pk=version.pk)
    if row.state == VersionState.DELETED:
        raise VersionDeleted("This version was already deleted.")
    _check_unused(row)
    record(actor=actor, action="model.deleted", subject=row, name=row.name, version=row.version)
    store.delete_version(project_id=row.project_id, name=row.name, version=row.version)
    sync_model(row.project_id, row.name)


def _check_unused(row: ModelVersion) -> None:
    if uses := blocking_uses(row.project_id, row.name, row.version):
        raise VersionInUse(
            Message(
                "{name} {version} is in use by: {names}. Point these to another version first.",
                name=row.name,
                version=row.version,
                names=", ".join(uses),
            )
        )


@transaction.atomic
def update_model_policy(
    *, actor: Actor, project_id: int, protected_aliases: list[str], quota_bytes: int
) -> ModelPolicy:
    """Which aliases need approval, and how much artifacts may weigh."""
    row, _ = ModelPolicy.objects.select_for_update().get_or_create(project_id=project_id)
    row.protected_aliases, row.quota_bytes = sorted(set(protected_aliases)), quota_bytes
    row.save(update_fields=["protected_aliases", "quota_bytes"])
    record(
        actor=actor,
        action="model.policy_changed",
        subject=row,
        protected=row.protected_aliases,
        quota_bytes=quota_bytes,
    )
    return row
