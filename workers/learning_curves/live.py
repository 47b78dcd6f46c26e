"""Live curves: a new point after every so many labels, or on a schedule, without anybody asking."""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotation.projects.models import Project
from annotation.snapshots.models import Snapshot, SnapshotState
from annotation.snapshots.services import create_snapshot
from plateau.access.scopes import Actor, Scope
from plateau.http.errors import Refusal
from plateau.identity.authentication import actor_of_membership
from plateau.identity.models import Membership
from plateau.jobs.queries import under_way
from workers.learning_curves import queries
from workers.learning_curves.job_kinds import STUDY
from workers.learning_curves.models import LivePlan
from workers.learning_curves.services import order_study

RETRY_AFTER = timedelta(hours=1)
logger = logging.getLogger(__name__)


def tend_all() -> None:
    """Move each live plan on by one step; what goes wrong with one does not stop the others."""
    plans = LivePlan.objects.filter(enabled=True, project__archived_at__isnull=True)
    for pk in plans.values_list("pk", flat=True):
        try:
            tend(pk)
        except Refusal as refusal:
            LivePlan.objects.filter(pk=pk).update(problem=str(refusal)[:300])
        except Exception:
            logger.exception("live plan %s", pk)


@transaction.atomic
def tend(plan_id: int) -> str:
    """One step: freeze when enough labels came, then measure when the snapshot is ready. What was done, in a word."""
    plan = LivePlan.objects.select_for_update(of=("self",)).select_related("project", "snapshot__job").get(pk=plan_id)
    project = plan.project
    if under_way(STUDY, project=project.pk).exists():
        return "measuring"
    if plan.snapshot is not None and not plan.problem and not plan.snapshot.studies.filter(ways=None).exists():
        if plan.snapshot.standing == SnapshotState.BUILDING:
            return "freezing"
        if plan.snapshot.standing == SnapshotState.READY:
            return _measure(plan, plan.snapshot)
    failed = plan.snapshot is not None and plan.snapshot.standing == SnapshotState.FAILED
    if failed and plan.snapshot is not None and timezone.now() - plan.snapshot.created_at < RETRY_AFTER:
        plan.problem = f"Snapshot {plan.snapshot.version} could not be built; it is tried again within the hour."
        plan.save()
        return "failed"
    if not due(plan):
        return "waiting"
    plan.snapshot = create_snapshot(actor=_actor(plan), project=project)
    plan.problem = ""
    plan.save()
    return "frozen"


def _measure(plan: LivePlan, snapshot: Snapshot) -> str:
    """Order the curve. What a snapshot is refused for is kept until the next one is due."""
    try:
        order_study(actor=_actor(plan), snapshot=snapshot, recipe=plan.recipe, params=plan.params, live=True)
    except Refusal as refusal:
        plan.problem = str(refusal)[:300]
        plan.save()
        return "refused"
    return "ordered"


def _actor(plan: LivePlan) -> Actor:
    """Who set the plan; an admin where that person has left."""
    members = Membership.objects.filter(organization_id=plan.project.organization_id, is_active=True)
    member = members.filter(user_id=plan.created_by_id or 0).first() or members.granted(Scope.MEMBERS_WRITE).first()
    if member is None:
        raise LookupError("The organization has no active member.")
    return actor_of_membership(member)


def newest_snapshot(project: Project) -> Snapshot | None:
    """The newest ready snapshot that a curve was measured on."""
    rows = project.snapshots.filter(state=SnapshotState.READY, studies__ways=None, studies__isnull=False)
    return rows.order_by("-version").first()


def due(plan: LivePlan) -> bool:
    """Whether enough labels, or enough time with new labels, came since the last curve."""
    last = newest_snapshot(plan.project)
    if plan.snapshot is not None and (last is None or plan.snapshot.version > last.version):
        last = plan.snapshot  # it may have been refused: another one waits for new labels all the same
    fresh = queries.labels_since(plan.project, last)
    if fresh >= plan.every_labels:
        return True
    if plan.every_hours is None or fresh == 0:
        return False
    since = last.created_at if last else plan.changed_at
    return timezone.now() - since >= timedelta(hours=plan.every_hours)


def header_of(project: Project) -> dict[str, Any]:
    """What an annotator's header says: labels until the next training, and what the last ones brought."""
    plan = LivePlan.objects.filter(project=project).first()
    study = queries.latest_study(project.pk)
    last = newest_snapshot(project)
    left = None
    if plan is not None and plan.enabled:
        left = max(0, plan.every_labels - queries.labels_since(project, last))
    measuring = under_way(STUDY, project=project.pk).exists()
    return {
        "labels_until": left,
        "measuring": measuring,
        "gain": queries.last_gain(study) if study else None,
    }
