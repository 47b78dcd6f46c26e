"""Reading models and versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, OuterRef, Q, Subquery
from numpy.typing import NDArray

from annotation.labeling.models import Task
from annotation.snapshots.models import Snapshot
from labelkit.annotations import ANNOTATION_TYPES
from labelkit.metrics import METRICS, in_catalog_order
from labelkit.metrics.classification import ClassScores
from plateau.access.scopes import Actor
from plateau.access.visibility import ScopedQuerySet
from plateau.datalake.models import Item
from plateau.datalake.queries import thumbnail_url
from plateau.texts import translate
from registry.model_versions.errors import VersionNotEvaluated, VersionsNotComparable
from registry.model_versions.guards import approval_of, version_uses
from registry.model_versions.hooks import contracts_by_evaluation, served_by_version
from registry.model_versions.models import (
    AliasChange,
    Evaluation,
    ModelPolicy,
    ModelVersion,
    RegisteredModel,
    StoredPrediction,
    VersionState,
)
from registry.model_versions.schemas import (
    AliasChangeOut,
    ClassDifference,
    DifferenceOut,
    DisagreementOut,
    EvaluationOut,
    HeldOutPredictionOut,
    MetricDifference,
    MetricOut,
    MetricSpecOut,
    ModelOut,
    PairCounts,
    UseOut,
    VersionComparisonOut,
    VersionDetail,
    VersionOut,
)
from statkit.bootstrap import paired_bootstrap_difference
from statkit.interval import Interval
from statkit.paired_comparison import compare_classifiers
from statkit.proportions import paired_proportion_difference

MAX_SHOWN = 24


def newest_snapshot(project_id: int) -> Snapshot | None:
    """The newest ready snapshot of a project; None where there is none."""
    ready = Snapshot.objects.filter(project_id=project_id, state="ready")
    return ready.order_by("-version").first()


def versions_for_detail(actor: Actor) -> ScopedQuerySet[ModelVersion]:
    """Versions with what `version_out` reads."""
    return ModelVersion.objects.visible_to(actor).select_related("project", "snapshot", "created_by")


def version_out(row: ModelVersion) -> VersionOut:
    """A version on the wire."""
    snapshot = row.snapshot
    return VersionOut(
        id=row.pk,
        project_id=row.project_id,
        project=row.project.name,
        name=row.name,
        version=row.version,
        state=row.state,
        origin=row.origin,
        aliases=row.aliases,
        snapshot_id=snapshot.pk if snapshot else None,
        snapshot_version=snapshot.version if snapshot else None,
        snapshot_hash=snapshot.content_hash if snapshot else "",
        erased_items=row.erased_items,
        train_items=snapshot.train_count if snapshot else None,
        held_out_items=snapshot.test_count if snapshot else None,
        recipe=row.recipe,
        params=row.params,
        seed=row.seed,
        code_version=row.code_version,
        mlflow_run_id=row.mlflow_run_id,
        flavors=row.facts.get("flavors", []),
        size_bytes=row.facts.get("size"),
        metrics=row.metrics,
        created_by=row.created_by.name if row.created_by else "",
        created_at=row.created_at,
    )


def models_out(rows: Sequence[RegisteredModel]) -> list[ModelOut]:
    """Models on the wire, in a constant number of queries."""
    matching = Q(pk__in=[])
    for row in rows:
        matching |= Q(project_id=row.project_id, name=row.name) & (Q(version=row.latest_version) | ~Q(aliases=[]))
    versions = list(
        ModelVersion.objects.filter(matching)
        .exclude(state=VersionState.DELETED)
        .only("project_id", "name", "version", "aliases", "metrics", "state")
    )
    counts = (
        ModelVersion.objects.filter(project_id__in={row.project_id for row in rows})
        .exclude(state=VersionState.DELETED)
        .values("project_id", "name")
        .annotate(n=Count("id"))
    )
    version_counts = {(version["project_id"], version["name"]): version["n"] for version in counts}
    serving = served_by_version(versions)
    models = []
    for row in rows:
        versions_of_model = [
            version for version in versions if (version.project_id, version.name) == (row.project_id, row.name)
        ]
        newest = next((version for version in versions_of_model if version.version == row.latest_version), None)
        models.append(
            ModelOut(
                id=row.pk,
                project_id=row.project_id,
                project=row.project.name,
                name=row.name,
                description=row.description,
                latest_version=row.latest_version,
                latest_version_id=newest.pk if newest else None,
                version_count=version_counts.get((row.project_id, row.name), 0),
                aliases={alias: version.version for version in versions_of_model for alias in version.aliases},
                deployments=sorted({name for version in versions_of_model for name in serving.get(version.pk, [])}),
                metrics=newest.metrics if newest else {},
                created_at=row.created_at,
            )
        )
    return models


def newest_evaluation(version: ModelVersion) -> Evaluation | None:
    """The newest evaluation of a version; a worker's before an author's of the same snapshot."""
    rows = Evaluation.objects.filter(version=version).select_related("snapshot").defer("predictions", "draws")
    return rows.order_by("-snapshot__version", "-predicted_by", "-pk").first()


def evaluation_out(row: Evaluation) -> EvaluationOut:
    """An evaluation on the wire."""
    names = {label["id"]: label["name"] for label in row.snapshot.labels}
    return EvaluationOut(
        id=row.pk,
        snapshot_id=row.snapshot_id,
        snapshot_version=row.snapshot.version,
        predicted_by=row.predicted_by,
        items=row.items,
        labels=row.labels,
        names=[names.get(label, label) for label in row.labels],
        confusion=row.confusion,
        metrics=row.metrics,
        per_class=row.per_class,
        created_at=row.created_at,
    )


def version_detail(row: ModelVersion) -> VersionDetail:
    """Everything that a version's page shows."""
    evaluation = newest_evaluation(row)
    models = RegisteredModel.objects.filter(project_id=row.project_id, name=row.name)
    alias_changes = AliasChange.objects.filter(project_id=row.project_id, name=row.name)
    alias_changes = alias_changes.select_related("version", "previous_version", "changed_by").order_by("-pk")[:50]
    contracts = contracts_by_evaluation(
        {change.contract_evaluation_id for change in alias_changes if change.contract_evaluation_id is not None}
    )
    return VersionDetail(
        **version_out(row).model_dump(),
        model_id=models.values_list("pk", flat=True).first(),
        description=row.description,
        problem=row.facts.get("problem", ""),
        signature=row.facts.get("signature", {}),
        output_kind=row.output_kind,
        browser_output_kind=row.browser_output_kind,
        is_evaluable=row.is_evaluable,
        protected_aliases=ModelPolicy.for_project(row.project_id).protected_aliases,
        is_approved=approval_of(row) is not None,
        evaluation=evaluation_out(evaluation) if evaluation else None,
        alias_changes=[alias_change_out(change, contracts) for change in alias_changes],
        uses=[UseOut(**vars(use)) for use in version_uses(row)],
    )


def alias_change_out(row: AliasChange, contracts: dict[int, int]) -> AliasChangeOut:
    """A change of an alias on the wire; `contracts` maps evaluations to their contracts."""
    return AliasChangeOut(
        id=row.pk,
        alias=row.alias,
        version=row.version.version if row.version else None,
        previous_version=row.previous_version.version if row.previous_version else None,
        protected=row.protected,
        contract_id=contracts.get(row.contract_evaluation_id) if row.contract_evaluation_id is not None else None,
        reason=row.reason,
        is_rollback=row.is_rollback,
        changed_by=row.changed_by.name if row.changed_by else "",
        changed_at=row.changed_at,
    )


def _item_fields(project_id: int, item_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What is shown of items, by their ids; items that were deleted meanwhile are left out."""
    tasks = Task.objects.filter(project_id=project_id, item=OuterRef("pk")).values("pk")
    items = Item.objects.filter(pk__in=item_ids).annotate(task_pk=Subquery(tasks[:1]))
    return {
        item.pk: {
            "item_id": item.pk,
            "task_id": item.task_pk,  # type: ignore[attr-defined]  # annotated above
            "name": item.name,
            "image": thumbnail_url(item.asset_id),
        }
        for item in items.only("pk", "name", "asset_id")
    }


@dataclass(frozen=True)
class HeldOutPrediction:
    """What a version predicted for a held-out item, by the names of its labels."""

    item_id: int
    true_label: str
    predicted_label: str
    confidence: float | None

    @property
    def is_correct(self) -> bool:
        """Whether the version got it right."""
        return self.true_label == self.predicted_label


def predictions_by_confidence(version: ModelVersion) -> list[HeldOutPrediction]:
    """What a version predicted for the held-out items, the most confident first.

    Raises:
        VersionNotEvaluated: it has no evaluation.
    """
    evaluation = newest_evaluation(version)
    if evaluation is None:
        raise VersionNotEvaluated("This version has not been evaluated on the held-out test set yet.")
    names = evaluation_out(evaluation).names
    predictions = sorted(
        map(StoredPrediction._make, evaluation.predictions), key=lambda stored: -(stored.confidence or 0.0)
    )
    return [
        HeldOutPrediction(stored.item_id, names[stored.true_label], names[stored.predicted_label], stored.confidence)
        for stored in predictions
    ]


def predictions_out(version: ModelVersion, rows: Sequence[HeldOutPrediction]) -> list[HeldOutPredictionOut]:
    """Predictions on the wire, with their images."""
    fields = _item_fields(version.project_id, [row.item_id for row in rows])
    return [
        HeldOutPredictionOut(
            **fields[row.item_id],
            true_label=row.true_label,
            predicted_label=row.predicted_label,
            confidence=row.confidence,
        )
        for row in rows
        if row.item_id in fields
    ]


def compare_versions(a: ModelVersion, b: ModelVersion) -> VersionComparisonOut:
    """Two versions on the held-out items that both predicted, of the newest snapshot that both were evaluated on.

    Raises:
        VersionsNotComparable: they are of different projects, or no snapshot evaluated both.
    """
    if a.project_id != b.project_id:
        raise VersionsNotComparable(
            "Only versions of the same project can be compared, because they share a held-out test set."
        )
    both = _shared_evaluations(a, b)
    if both is None:
        raise VersionsNotComparable(
            "Both versions have not been evaluated on the same snapshot yet. Evaluate them on the latest one first."
        )
    evaluation_a, evaluation_b = both
    if not evaluation_a.predictions or not evaluation_b.predictions:
        return _compare_by_resamples(a, b, evaluation_a, evaluation_b)
    index = {label: number for number, label in enumerate(dict.fromkeys([*evaluation_a.labels, *evaluation_b.labels]))}
    rows_a = {row.item_id: row for row in map(StoredPrediction._make, evaluation_a.predictions)}
    rows_b = {row.item_id: row for row in map(StoredPrediction._make, evaluation_b.predictions)}
    shared = sorted(rows_a.keys() & rows_b.keys())
    indices_a = [index[label] for label in evaluation_a.labels]
    indices_b = [index[label] for label in evaluation_b.labels]
    truth = np.array([indices_a[rows_a[item].true_label] for item in shared], dtype=np.int64)
    of_a = np.array([indices_a[rows_a[item].predicted_label] for item in shared], dtype=np.int64)
    of_b = np.array([indices_b[rows_b[item].predicted_label] for item in shared], dtype=np.int64)
    comparison = compare_classifiers(truth, of_a, of_b, n_classes=len(index))
    names_by_id = {label["id"]: label["name"] for label in evaluation_a.snapshot.labels}
    names = [names_by_id.get(label, label) for label in index]
    differing = [row for row in zip(shared, truth, of_a, of_b, strict=True) if row[2] != row[3]]
    differing = sorted(differing, key=lambda row: row[1] not in (row[2], row[3]))[:MAX_SHOWN]
    fields = _item_fields(a.project_id, [row[0] for row in differing])
    return VersionComparisonOut(
        a=version_out(a),
        b=version_out(b),
        evaluation_a=evaluation_out(evaluation_a),
        evaluation_b=evaluation_out(evaluation_b),
        items=comparison.nobs,
        metrics=[
            _metric(key, evaluation_a, evaluation_b, difference)
            for key, difference in zip(ClassScores.keys, (comparison.accuracy, comparison.macro_f1), strict=True)
        ],
        counts=PairCounts(
            both_correct=comparison.both_correct,
            only_a_correct=comparison.only_a_correct,
            only_b_correct=comparison.only_b_correct,
            neither_correct=comparison.neither_correct,
            p_value=comparison.p_value,
        ),
        per_class=[
            _class_difference(label, names[number], truth == number, of_a == number, of_b == number)
            for label, number in index.items()
        ],
        disagreements=[
            DisagreementOut(
                **fields[item],
                true_label=names[true_index],
                predicted_label_a=names[index_a],
                predicted_label_b=names[index_b],
                confidence=rows_b[item].confidence,
            )
            for item, true_index, index_a, index_b in differing
            if item in fields
        ],
    )


def _compare_by_resamples(
    a: ModelVersion, b: ModelVersion, evaluation_a: Evaluation, evaluation_b: Evaluation
) -> VersionComparisonOut:
    """Project types without one label an item: by metrics on the same bootstrap samples of the held-out items.

    Raises:
        VersionsNotComparable: one was evaluated before such samples were saved.
    """
    if not evaluation_a.draws or not evaluation_b.draws or evaluation_a.items != evaluation_b.items:
        raise VersionsNotComparable("One version was evaluated before paired samples were stored. Evaluate both again.")
    metrics = [
        _metric(
            name,
            evaluation_a,
            evaluation_b,
            paired_bootstrap_difference(
                evaluation_a.draws["metrics"][name],
                evaluation_b.draws["metrics"][name],
                evaluation_a.metrics[name]["value"],
                evaluation_b.metrics[name]["value"],
            ),
        )
        for name in in_catalog_order(evaluation_a.metrics)
    ]
    per_class_a, per_class_b = (
        {row["label"]: row for row in evaluation.per_class} for evaluation in (evaluation_a, evaluation_b)
    )
    names = {label["id"]: label["name"] for label in evaluation_a.snapshot.labels}
    per_class = []
    for label in dict.fromkeys([*per_class_a, *per_class_b]):
        reached = [rows[label]["value"] if label in rows else None for rows in (per_class_a, per_class_b)]
        drawn = [evaluation.draws["classes"].get(label, []) for evaluation in (evaluation_a, evaluation_b)]
        interval = paired_bootstrap_difference(drawn[0], drawn[1], reached[0] or 0.0, reached[1] or 0.0)
        per_class.append(
            ClassDifference(
                label=label,
                name=names.get(label, label),
                items=(per_class_a.get(label) or per_class_b[label])["items"],
                a=reached[0],
                b=reached[1],
                difference=_difference(interval),
            )
        )
    return VersionComparisonOut(
        a=version_out(a), b=version_out(b),
        evaluation_a=evaluation_out(evaluation_a), evaluation_b=evaluation_out(evaluation_b), items=evaluation_a.items,
        metrics=metrics, counts=None, per_class=per_class, disagreements=[],
    )  # fmt: skip


def _metric(name: str, evaluation_a: Evaluation, evaluation_b: Evaluation, interval: Interval) -> MetricDifference:
    return MetricDifference(
        metric=name,
        a=MetricOut(**evaluation_a.metrics[name]),
        b=MetricOut(**evaluation_b.metrics[name]),
        difference=_difference(interval),
    )


def _difference(interval: Interval) -> DifferenceOut:
    return DifferenceOut.model_validate(interval.as_json())


def _class_difference(
    label: str, name: str, of_class: NDArray[np.bool_], a: NDArray[np.bool_], b: NDArray[np.bool_]
) -> ClassDifference:
    both, only_a = int((of_class & a & b).sum()), int((of_class & a & ~b).sum())
    only_b, neither = int((of_class & ~a & b).sum()), int((of_class & ~a & ~b).sum())
    items = int(of_class.sum())
    return ClassDifference(
        label=label,
        name=name,
        items=items,
        a=(both + only_a) / items if items else None,
        b=(both + only_b) / items if items else None,
        difference=_difference(paired_proportion_difference(both, only_a, only_b, neither)),
    )


def _shared_evaluations(a: ModelVersion, b: ModelVersion) -> tuple[Evaluation, Evaluation] | None:
    rows = Evaluation.objects.filter(version__in=[a, b]).select_related("snapshot")
    by_snapshot: dict[int, dict[int, Evaluation]] = {}
    for row in rows.order_by("predicted_by", "pk"):  # a worker's replaces an author's, a newer one an older
        by_snapshot.setdefault(row.snapshot.version, {})[row.version_id] = row
    for number in sorted(by_snapshot, reverse=True):
        pair = by_snapshot[number]
        if a.pk in pair and b.pk in pair:
            return pair[a.pk], pair[b.pk]
    return None


def metric_specs() -> list[MetricSpecOut]:
    """The catalog of metrics."""
    return [
        MetricSpecOut(
            key=spec.key,
            title=translate(spec.title),
            description=translate(spec.description),
            unit=spec.unit,
            min=spec.range[0],
            max=spec.range[1],
            higher_is_better=spec.higher_is_better,
            annotation_types=[
                key for key, annotation_type in ANNOTATION_TYPES.items() if spec.applies_to(annotation_type)
            ],
        )
        for spec in METRICS.values()
    ]
