"""Deployments as response bodies: state, traffic, drift, shadow and feedback."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from plateau.datalake.erasure import RESTORABLE_DAYS
from registry.deployments.models import HISTOGRAM_BINS, Deployment, DeploymentStatsHourly, Feedback, Replica
from registry.deployments.queries import target_version
from registry.deployments.schemas import (
    DeploymentDetail,
    DeploymentOut,
    DeploymentStatsOut,
    DriftOut,
    FeedbackOut,
    ReplicaOut,
    ShadowComparisonOut,
)
from registry.model_versions.models import Evaluation, ModelVersion
from statkit.drift import detect_drift
from statkit.proportions import wilson_interval

HEARTBEAT_TIMEOUT = timedelta(seconds=10)
START_TIMEOUT = timedelta(seconds=60)  # for the first serving process of a new deployment to load it
STATS_DAYS = 7
DRIFT_FEATURES = ("confidence", "brightness", "contrast")
MAX_FEEDBACK_PAIRS = 20_000


def deployments_out(deployments: Sequence[Deployment]) -> list[DeploymentOut]:
    """Response bodies, in a constant number of queries; `deployments` with project and versions."""
    now = timezone.now()
    replicas: dict[int, list[Replica]] = {}
    heard = set()
    rows = Replica.objects.filter(deployment__in=deployments, heartbeat_at__gte=now - START_TIMEOUT)
    for replica in rows.select_related("version").order_by("process"):
        heard.add(replica.deployment_id)
        if replica.heartbeat_at >= now - HEARTBEAT_TIMEOUT:
            replicas.setdefault(replica.deployment_id, []).append(replica)
    yesterday = timezone.now() - timedelta(hours=24)
    stats = DeploymentStatsHourly.objects.filter(deployment__in=deployments, hour__gte=yesterday)
    counts = stats.values("deployment_id").annotate(total=Sum("prediction_count"))
    prediction_counts = {row["deployment_id"]: row["total"] for row in counts}
    projects = {deployment.project_id for deployment in deployments}
    with_alias = ModelVersion.objects.filter(project_id__in=projects).exclude(aliases=[])
    by_alias = {
        (version.project_id, version.name, alias): version
        for version in with_alias.only("project_id", "name", "version", "aliases")
        for alias in version.aliases
    }
    return [
        _deployment_out(
            deployment,
            by_alias.get((deployment.project_id, deployment.model_name, deployment.alias))
            if deployment.alias
            else deployment.version,
            replicas.get(deployment.pk, []),
            deployment.created_at > now - START_TIMEOUT and deployment.pk not in heard,
            prediction_counts.get(deployment.pk, 0),
        )
        for deployment in deployments
    ]


def _state_of(deployment: Deployment, target: ModelVersion | None, replicas: list[Replica], is_new: bool) -> str:
    if not deployment.is_running or deployment.deleted_at is not None:
        return "stopped"
    if not replicas:
        return "starting" if is_new else "unavailable"
    if any(replica.error for replica in replicas):
        return "failing"
    if target is not None and all(replica.version_id == target.pk for replica in replicas):
        return "serving"
    return "loading"


def _deployment_out(
    deployment: Deployment, target: ModelVersion | None, replicas: list[Replica], is_new: bool, prediction_count: int
) -> DeploymentOut:
    shadow = deployment.shadow_version
    return DeploymentOut(
        id=deployment.pk,
        project_id=deployment.project_id,
        project_name=deployment.project.name,
        name=deployment.name,
        model_name=deployment.model_name,
        alias=deployment.alias,
        version_id=target.pk if target else None,
        version=target.version if target else None,
        shadow_version_id=deployment.shadow_version_id,
        shadow_version_name=f"{shadow.name} {shadow.version}" if shadow else "",
        confidence_threshold=deployment.confidence_threshold,
        sample_fraction=deployment.sample_fraction,
        is_running=deployment.is_running,
        state=_state_of(deployment, target, replicas, is_new),
        error=next((replica.error for replica in replicas if replica.error), ""),
        replicas=[
            ReplicaOut(
                process=replica.process,
                version=replica.version.version if replica.version else None,
                error=replica.error,
                heartbeat_at=replica.heartbeat_at,
            )
            for replica in replicas
        ],
        prediction_count_24h=prediction_count,
        created_at=deployment.created_at,
        deleted_at=deployment.deleted_at,
        purged_at=deployment.deleted_at + timedelta(days=RESTORABLE_DAYS) if deployment.deleted_at else None,
    )


def deployment_detail(deployment: Deployment) -> DeploymentDetail:
    """The deployment with its traffic, drift, shadow and feedback of the last `STATS_DAYS`."""
    since = timezone.now() - timedelta(days=STATS_DAYS)
    rows = DeploymentStatsHourly.objects.filter(deployment=deployment, hour__gte=since)
    hourly_stats = list(rows.select_related("version").order_by("hour"))
    label_counts: dict[str, int] = {}
    for stats in hourly_stats:
        for label, count in stats.label_counts.items():
            label_counts[label] = label_counts.get(label, 0) + count
    return DeploymentDetail(
        **deployments_out([deployment])[0].model_dump(),
        hourly_stats=[
            DeploymentStatsOut(
                hour=stats.hour,
                version=stats.version.version,
                prediction_count=stats.prediction_count,
                rejected_count=stats.rejected_count,
                failed_count=stats.failed_count,
                mean_latency_ms=stats.latency_ms_sum / stats.prediction_count if stats.prediction_count else None,
            )
            for stats in hourly_stats
            if stats.prediction_count or stats.rejected_count or stats.failed_count
        ],
        drift=_drift(deployment, hourly_stats),
        shadow_comparison=_shadow_comparison(deployment, hourly_stats),
        feedback=_feedback(deployment),
        label_counts=label_counts,
    )


def _drift(deployment: Deployment, hourly_stats: list[DeploymentStatsHourly]) -> list[DriftOut]:
    """Drift of images and confidence of the version that is served now, against its test set."""
    version = target_version(deployment)
    evaluation = Evaluation.objects.filter(version=version).exclude(profile={}).order_by("-pk").first()
    if version is None or evaluation is None:
        return []
    stats_of_version = [stats for stats in hourly_stats if stats.version_id == version.pk]
    features = []
    for feature in DRIFT_FEATURES:
        histograms = [getattr(stats, f"{feature}_histogram") for stats in stats_of_version]
        observed = [sum(histogram[index] for histogram in histograms) for index in range(HISTOGRAM_BINS)]
        reference = evaluation.profile.get(feature, [])
        result = detect_drift(observed, reference)
        if result is not None:
            features.append(
                DriftOut(
                    feature=feature,
                    observed=observed,
                    reference=reference,
                    distance=result.distance,
                    critical_distance=result.critical_distance,
                    is_drifted=result.is_drift,
                )
            )
    return features


def _shadow_comparison(deployment: Deployment, hourly_stats: list[DeploymentStatsHourly]) -> ShadowComparisonOut | None:
    if deployment.shadow_version is None:
        return None
    stats_of_shadow = [stats for stats in hourly_stats if stats.version_id == deployment.shadow_version_id]
    prediction_count = sum(stats.shadow_prediction_count for stats in stats_of_shadow)
    agreement_count = sum(stats.shadow_agreement_count for stats in stats_of_shadow)
    interval = wilson_interval(agreement_count, prediction_count)
    return ShadowComparisonOut(
        version=deployment.shadow_version.version,
        prediction_count=prediction_count,
        agreement_count=agreement_count,
        low=interval.low,
        high=interval.high,
    )


def _feedback(deployment: Deployment) -> FeedbackOut:
    rows = Feedback.objects.filter(deployment=deployment)
    counts: dict[str, Any] = rows.aggregate(
        pending_count=Count("id", filter=Q(imported_at=None)),
        imported_count=Count("id", filter=Q(item__isnull=False)),
        failed_count=Count("id", filter=~Q(error="")),
    )
    annotated = rows.filter(item__task__project=deployment.project_id, item__task__state="done")
    pairs = annotated.values_list("predicted_label", "item__task__annotation__value")[:MAX_FEEDBACK_PAIRS]
    annotation_type = deployment.project.annotation_type
    # Of single classes alone: other annotations are not plainly right or wrong.
    labels = [(label, annotation_type.class_of(value)) for label, value in pairs if annotation_type.is_single_class]
    correct_count = sum(predicted == annotated_label for predicted, annotated_label in labels)
    interval = wilson_interval(correct_count, len(labels))
    return FeedbackOut(
        **counts,
        annotated_count=len(labels),
        correct_count=correct_count,
        low=interval.low,
        high=interval.high,
    )
