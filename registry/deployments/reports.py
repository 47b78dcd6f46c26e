"""What a deployment saw, for its page."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from registry.deployments.models import BINS, Deployment, Feedback, Hour, Replica
from registry.deployments.queries import wanted_version
from registry.deployments.schemas import (
    DeploymentDetail,
    DeploymentOut,
    DriftOut,
    FeedbackOut,
    HourOut,
    ReplicaOut,
    ShadowOut,
)
from registry.model_versions.models import Evaluation, ModelVersion
from statkit.drift import detect_drift
from statkit.proportions import wilson_interval

FRESH = timedelta(seconds=10)
SHOWN_DAYS = 7


def out_of(rows: Sequence[Deployment]) -> list[DeploymentOut]:
    """Deployments on the wire, in a constant number of queries."""
    since = timezone.now() - FRESH
    replicas: dict[int, list[Replica]] = {}
    for one in Replica.objects.filter(deployment__in=rows).select_related("version").order_by("process"):
        replicas.setdefault(one.deployment_id, []).append(one)
    today = timezone.now() - timedelta(hours=24)
    counted = Hour.objects.filter(deployment__in=rows, hour__gte=today).values("deployment_id")
    answered = {row["deployment_id"]: row["n"] for row in counted.annotate(n=Sum("answered"))}
    pointed = ModelVersion.objects.filter(project_id__in={row.project_id for row in rows}).exclude(aliases=[])
    by_alias = {
        (one.project_id, one.name, alias): one
        for one in pointed.only("project_id", "name", "version", "aliases")
        for alias in one.aliases
    }
    return [
        _out(
            row,
            by_alias.get((row.project_id, row.model, row.alias)) if row.alias else row.version,
            [one for one in replicas.get(row.pk, []) if one.seen_at >= since],
            answered.get(row.pk, 0),
        )
        for row in rows
    ]


def _out(row: Deployment, wanted: ModelVersion | None, fresh: list[Replica], answered: int) -> DeploymentOut:
    problem = next((one.problem for one in fresh if one.problem), "")
    if not row.running:
        state = "stopped"
    elif not fresh:
        state = "away"
    elif problem:
        state = "failing"
    elif all(wanted is not None and one.version_id == wanted.pk for one in fresh):
        state = "answering"
    else:
        state = "loading"
    return DeploymentOut(
        id=row.pk,
        project_id=row.project_id,
        project=row.project.name,
        name=row.name,
        model=row.model,
        alias=row.alias,
        version_id=wanted.pk if wanted else None,
        version=wanted.version if wanted else None,
        shadow_id=row.shadow_id,
        shadow=f"{row.shadow.name} {row.shadow.version}" if row.shadow else "",
        threshold=row.threshold,
        sample_share=row.sample_share,
        running=row.running,
        state=state,
        problem=problem,
        replicas=[
            ReplicaOut(
                process=one.process,
                version=one.version.version if one.version else None,
                problem=one.problem,
                seen_at=one.seen_at,
            )
            for one in fresh
        ],
        answered_today=answered,
        created_at=row.created_at,
    )


def detail_of(row: Deployment) -> DeploymentDetail:
    """With its hours, drift, shadow and feedback."""
    since = timezone.now() - timedelta(days=SHOWN_DAYS)
    hours = list(Hour.objects.filter(deployment=row, hour__gte=since).select_related("version").order_by("hour"))
    labels: dict[str, int] = {}
    for one in hours:
        for key, value in one.labels.items():
            labels[key] = labels.get(key, 0) + value
    return DeploymentDetail(
        **out_of([row])[0].model_dump(),
        hours=[
            HourOut(
                hour=one.hour,
                version=one.version.version,
                answered=one.answered,
                refused=one.refused,
                failed=one.failed,
                milliseconds=one.milliseconds / one.answered if one.answered else None,
            )
            for one in hours
            if one.answered or one.refused or one.failed
        ],
        drifts=_drifts(row, hours),
        shadowing=_shadowing(row, hours),
        feedback=_feedback(row),
        labels=labels,
    )


def _drifts(row: Deployment, hours: list[Hour]) -> list[DriftOut]:
    """Of the version that answers now: its inputs and its confidence, against the sealed split."""
    version = wanted_version(row)
    evaluation = Evaluation.objects.filter(version=version).exclude(profile={}).order_by("-pk").first()
    if version is None or evaluation is None:
        return []
    mine = [one for one in hours if one.version_id == version.pk]
    found = []
    for what in ("confidence", "brightness", "contrast"):
        seen = [sum(getattr(one, what)[number] for one in mine) for number in range(BINS)]
        reference = evaluation.profile.get(what, [])
        made = detect_drift(seen, reference)
        if made is not None:
            found.append(
                DriftOut(
                    what=what,
                    seen=seen,
                    reference=reference,
                    distance=made.distance,
                    chance=made.critical_distance,
                    drifted=made.is_drift,
                )
            )
    return found


def _shadowing(row: Deployment, hours: list[Hour]) -> ShadowOut | None:
    if row.shadow is None:
        return None
    mine = [one for one in hours if one.version_id == row.shadow_id]
    answered, agreed = sum(one.shadow_answered for one in mine), sum(one.shadow_agreed for one in mine)
    share = wilson_interval(agreed, answered)
    return ShadowOut(version=row.shadow.version, answered=answered, agreed=agreed, low=share.low, high=share.high)


def _feedback(row: Deployment) -> FeedbackOut:
    counts: dict[str, Any] = Feedback.objects.filter(deployment=row).aggregate(
        waiting=Count("id", filter=Q(taken_at=None)),
        taken=Count("id", filter=Q(item__isnull=False)),
        problems=Count("id", filter=~Q(problem="")),
    )
    told = Feedback.objects.filter(deployment=row, item__task__project=row.project_id, item__task__state="done")
    pairs = list(told.values_list("label", "item__task__annotation__value")[:20_000])
    pairs = [(label, value["label"]) for label, value in pairs if isinstance(value, dict) and "label" in value]
    right = sum(answered == label for label, answered in pairs)  # of classes; regions are not plainly right or wrong
    share = wilson_interval(right, len(pairs))
    return FeedbackOut(**counts, answered=len(pairs), right=right, low=share.low, high=share.high)
