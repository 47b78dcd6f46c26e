"""Learning curves that are measured again by themselves: after so many new labels, or so many hours with new ones."""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotation.projects.models import Project
from annotation.snapshots.models import Snapshot, SnapshotState
from annotation.snapshots.services import create_snapshot
from labelkit.messages import Message
from plateau.access.scopes import Actor, Scope
from plateau.http.errors import APIError
from plateau.identity.authentication import actor_of_membership
from plateau.identity.models import Membership
from plateau.jobs.queries import find_unfinished_jobs
from workers.learning_curves import queries
from workers.learning_curves.job_kinds import LEARNING_CURVE
from workers.learning_curves.models import LearningCurveSchedule
from workers.learning_curves.services import submit_learning_curve

RETRY_AFTER = timedelta(hours=1)
logger = logging.getLogger(__name__)


def run_due_schedules() -> None:
    """Advance each schedule by one step; an error of one does not stop the others."""
    schedules = LearningCurveSchedule.objects.filter(enabled=True, project__archived_at__isnull=True)
    for pk in schedules.values_list("pk", flat=True):
        try:
            advance_schedule(pk)
        except APIError as error:
            LearningCurveSchedule.objects.filter(pk=pk).update(last_error=error.detail)
        except Exception:
            logger.exception("learning-curve schedule %s", pk)


@transaction.atomic
def advance_schedule(schedule_id: int) -> str:
    """Advance by one step: freeze a snapshot when enough labels came, then measure once it is ready.

    Returns:
        `measuring`, `freezing`, `failed`, `waiting`, `frozen`, `submitted` or `refused`.
    """
    schedule = (
        LearningCurveSchedule.objects.select_for_update(of=("self",))
        .select_related("project", "snapshot__job")
        .get(pk=schedule_id)
    )
    project = schedule.project
    if find_unfinished_jobs(LEARNING_CURVE, project=project.pk).exists():
        return "measuring"
    if (
        schedule.snapshot is not None
        and not schedule.last_error
        and not schedule.snapshot.learning_curves.filter(ablation=None).exists()
    ):
        if schedule.snapshot.current_state == SnapshotState.BUILDING:
            return "freezing"
        if schedule.snapshot.current_state == SnapshotState.READY:
            return _submit_curve(schedule, schedule.snapshot)
    failed = schedule.snapshot is not None and schedule.snapshot.current_state == SnapshotState.FAILED
    if failed and schedule.snapshot is not None and timezone.now() - schedule.snapshot.created_at < RETRY_AFTER:
        schedule.last_error = Message(
            "Snapshot {version} could not be created. It is retried within the hour.", version=schedule.snapshot.version
        )
        schedule.save()
        return "failed"
    if not is_due(schedule):
        return "waiting"
    schedule.snapshot = create_snapshot(actor=_schedule_actor(schedule), project=project)
    schedule.last_error = ""
    schedule.save()
    return "frozen"


def _submit_curve(schedule: LearningCurveSchedule, snapshot: Snapshot) -> str:
    """Submit the curve; the reason for a refusal stays until the next snapshot is due."""
    try:
        submit_learning_curve(
            actor=_schedule_actor(schedule),
            snapshot=snapshot,
            recipe=schedule.recipe,
            params=schedule.params,
            is_scheduled=True,
        )
    except APIError as error:
        schedule.last_error = error.detail
        schedule.save()
        return "refused"
    return "submitted"


def _schedule_actor(schedule: LearningCurveSchedule) -> Actor:
    """Who set the schedule; an admin where that person has left."""
    members = Membership.objects.filter(organization_id=schedule.project.organization_id, is_active=True)
    member = members.filter(user_id=schedule.created_by_id or 0).first() or members.granted(Scope.MEMBERS_WRITE).first()
    if member is None:
        raise LookupError("The organization has no active member.")
    return actor_of_membership(member)


def newest_measured_snapshot(project: Project) -> Snapshot | None:
    """The newest ready snapshot that a curve was measured on."""
    rows = project.snapshots.filter(
        state=SnapshotState.READY, learning_curves__ablation=None, learning_curves__isnull=False
    )
    return rows.order_by("-version").first()


def is_due(schedule: LearningCurveSchedule) -> bool:
    """Whether enough labels, or enough time with new labels, came since the last curve."""
    last = newest_measured_snapshot(schedule.project)
    if schedule.snapshot is not None and (last is None or schedule.snapshot.version > last.version):
        last = schedule.snapshot  # it may have been refused: another one waits for new labels all the same
    new_labels = queries.labels_since(schedule.project, last)
    if new_labels >= schedule.every_labels:
        return True
    if schedule.every_hours is None or new_labels == 0:
        return False
    since = last.created_at if last else schedule.updated_at
    return timezone.now() - since >= timedelta(hours=schedule.every_hours)


def schedule_status(project: Project) -> dict[str, Any]:
    """For the header of annotators: labels until the next curve, and the gain in score by the last ones."""
    schedule = LearningCurveSchedule.objects.filter(project=project).first()
    curve = queries.latest_learning_curve(project.pk)
    last = newest_measured_snapshot(project)
    labels_until_next = None
    if schedule is not None and schedule.enabled:
        labels_until_next = max(0, schedule.every_labels - queries.labels_since(project, last))
    is_measuring = find_unfinished_jobs(LEARNING_CURVE, project=project.pk).exists()
    return {
        "labels_until_next": labels_until_next,
        "is_measuring": is_measuring,
        "last_gain": queries.last_gain(curve) if curve else None,
    }
