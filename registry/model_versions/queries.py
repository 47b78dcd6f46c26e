"""Reading models and versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, OuterRef, Q, Subquery

from annotation.labeling.models import Task
from annotation.snapshots.models import Snapshot
from labelkit.annotations import ANNOTATION_TYPES
from labelkit.metrics import METRICS, in_catalog_order
from labelkit.metrics.classification import ClassScores
from plateau.access.scopes import Actor
from plateau.datalake.models import Item
from plateau.datalake.queries import thumbnail_url
from plateau.http.errors import Conflict
from registry.model_versions.guards import approval_of, uses_of
from registry.model_versions.hooks import contracts_of, served_by_version
from registry.model_versions.models import (
    AliasMove,
    Evaluation,
    ModelPolicy,
    ModelVersion,
    RegisteredModel,
    VersionState,
)
from registry.model_versions.schemas import (
    ClassDifference,
    Comparison,
    DifferenceOut,
    EvaluationOut,
    MetricDifference,
    MetricOut,
    MetricSpecOut,
    MistakeOut,
    ModelOut,
    MoveOut,
    PairCounts,
    UseOut,
    VersionDetail,
    VersionOut,
)
from statkit.bootstrap import paired_bootstrap_difference
from statkit.interval import Interval
from statkit.paired_comparison import compare_classifiers
from statkit.proportions import paired_proportion_difference

SHOWN = 24


def newest_snapshot(project_id: int) -> Snapshot | None:
    """The newest ready snapshot of a project; None where there is none."""
    ready = Snapshot.objects.filter(project_id=project_id, state="ready")
    return ready.order_by("-version").first()


def with_all(actor: Actor) -> Any:
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
        erased=row.erased,
        trained_on=snapshot.train if snapshot else None,
        judged_on=snapshot.sealed if snapshot else None,
        recipe=row.recipe,
        params=row.params,
        seed=row.seed,
        code_version=row.code_version,
        mlflow_run_id=row.mlflow_run_id,
        flavors=row.facts.get("flavors", []),
        size=row.facts.get("size"),
        metrics=row.metrics,
        created_by=row.created_by.name if row.created_by else "",
        created_at=row.created_at,
    )


def models_out(rows: Sequence[RegisteredModel]) -> list[ModelOut]:
    """Models on the wire, in a constant number of queries."""
    wanted = Q(pk__in=[])
    for row in rows:
        wanted |= Q(project_id=row.project_id, name=row.name) & (Q(version=row.newest) | ~Q(aliases=[]))
    versions = list(
        ModelVersion.objects.filter(wanted)
        .exclude(state=VersionState.DELETED)
        .only("project_id", "name", "version", "aliases", "metrics", "state")
    )
    counted = (
        ModelVersion.objects.filter(project_id__in={row.project_id for row in rows})
        .exclude(state=VersionState.DELETED)
        .values("project_id", "name")
        .annotate(n=Count("id"))
    )
    numbers = {(one["project_id"], one["name"]): one["n"] for one in counted}
    serving = served_by_version(versions)
    found = []
    for row in rows:
        mine = [one for one in versions if (one.project_id, one.name) == (row.project_id, row.name)]
        newest = next((one for one in mine if one.version == row.newest), None)
        found.append(
            ModelOut(
                id=row.pk,
                project_id=row.project_id,
                project=row.project.name,
                name=row.name,
                note=row.note,
                newest=row.newest,
                newest_id=newest.pk if newest else None,
                versions=numbers.get((row.project_id, row.name), 0),
                aliases={alias: one.version for one in mine for alias in one.aliases},
                deployments=sorted({name for one in mine for name in serving.get(one.pk, [])}),
                metrics=newest.metrics if newest else {},
                created_at=row.created_at,
            )
        )
    return found


def evaluation_of(version: ModelVersion) -> Evaluation | None:
    """The newest evaluation of a version; a worker's before an author's of the same snapshot."""
    rows = Evaluation.objects.filter(version=version).select_related("snapshot").defer("outcomes", "draws")
    return rows.order_by("-snapshot__version", "-answered_by", "-pk").first()


def evaluation_out(row: Evaluation) -> EvaluationOut:
    """An evaluation on the wire."""
    names = {label["id"]: label["name"] for label in row.snapshot.labels}
    return EvaluationOut(
        id=row.pk,
        snapshot_id=row.snapshot_id,
        snapshot_version=row.snapshot.version,
        answered_by=row.answered_by,
        items=row.items,
        labels=row.labels,
        names=[names.get(label, label) for label in row.labels],
        confusion=row.confusion,
        metrics=row.metrics,
        per_class=row.per_class,
        created_at=row.created_at,
    )


def detail_of(row: ModelVersion) -> VersionDetail:
    """Everything that a version's page shows."""
    evaluation = evaluation_of(row)
    moves = AliasMove.objects.filter(project_id=row.project_id, name=row.name)
    moves = moves.select_related("version", "before", "moved_by").order_by("-pk")[:50]
    contracts = contracts_of({move.verdict_id for move in moves if move.verdict_id is not None})
    return VersionDetail(
        **version_out(row).model_dump(),
        note=row.note,
        problem=row.facts.get("problem", ""),
        signature=row.facts.get("signature", {}),
        graph=row.graph,
        in_browser=row.in_browser,
        judgeable=row.judgeable,
        protected=ModelPolicy.of(row.project_id).protected,
        approved=approval_of(row) is not None,
        evaluation=evaluation_out(evaluation) if evaluation else None,
        moves=[move_out(move, contracts) for move in moves],
        uses=[UseOut(**vars(use)) for use in uses_of(row)],
    )


def move_out(row: AliasMove, contracts: dict[int, int]) -> MoveOut:
    """A move of an alias on the wire; `contracts` maps verdicts to the contracts that they stand on."""
    return MoveOut(
        id=row.pk,
        alias=row.alias,
        version=row.version.version if row.version else None,
        before=row.before.version if row.before else None,
        protected=row.protected,
        contract_id=contracts.get(row.verdict_id) if row.verdict_id is not None else None,
        reason=row.reason,
        rollback=row.rollback,
        by=row.moved_by.name if row.moved_by else "",
        at=row.moved_at,
    )


def _pictures(project_id: int, wrong: list[tuple[int, str, str, float | None]]) -> list[MistakeOut]:
    """Rows of items with what was answered; items that were deleted meanwhile are left out."""
    tasks = Task.objects.filter(project_id=project_id, item=OuterRef("pk")).values("pk")
    items = Item.objects.filter(pk__in=[one[0] for one in wrong])
    known = {row.pk: row for row in items.annotate(task_pk=Subquery(tasks[:1])).only("pk", "name", "asset_id")}
    return [
        MistakeOut(
            item_id=item,
            task_id=known[item].task_pk,
            name=known[item].name,
            image=thumbnail_url(known[item].asset_id),
            truth=truth,
            answered=answered,
            confidence=confidence,
        )
        for item, truth, answered, confidence in wrong
        if item in known
    ]


@dataclass(frozen=True)
class Mistake:
    """A sealed item that a version got wrong, by the names of its labels."""

    item_id: int
    truth: str
    answered: str
    confidence: float | None


def mistakes_of(version: ModelVersion) -> list[Mistake]:
    """The sealed items that a version got wrong, the surest first.

    Raises:
        Conflict: it was not judged yet.
    """
    row = evaluation_of(version)
    if row is None:
        raise Conflict("This version was not judged on the sealed split yet.")
    names = evaluation_out(row).names
    wrong = sorted((one for one in row.outcomes if one[1] != one[2]), key=lambda one: -(one[3] or 0.0))
    return [Mistake(one[0], names[one[1]], names[one[2]], one[3]) for one in wrong]


def mistakes_out(version: ModelVersion, rows: Sequence[Mistake]) -> list[MistakeOut]:
    """Mistakes on the wire, with their pictures."""
    return _pictures(version.project_id, [(row.item_id, row.truth, row.answered, row.confidence) for row in rows])


def comparison_of(a: ModelVersion, b: ModelVersion) -> Comparison:
    """Two versions on the sealed items that both answered, by the newest snapshot that both were judged on.

    Raises:
        Conflict: they are of different projects, or no snapshot judged both.
    """
    if a.project_id != b.project_id:
        raise Conflict("Only versions of one project can be compared: they answer the same sealed items.")
    both = _shared_evaluations(a, b)
    if both is None:
        raise Conflict("No snapshot judged both versions yet. Judge them on the newest snapshot first.")
    one, two = both
    if not one.outcomes or not two.outcomes:
        return _by_draws(a, b, one, two)
    index = {label: number for number, label in enumerate(dict.fromkeys([*one.labels, *two.labels]))}
    left = {row[0]: (index[one.labels[row[1]]], index[one.labels[row[2]]]) for row in one.outcomes}
    right = {row[0]: (index[two.labels[row[2]]], row[3]) for row in two.outcomes}
    shared = sorted(left.keys() & right.keys())
    truth = np.array([left[item][0] for item in shared], dtype=np.int64)
    of_a = np.array([left[item][1] for item in shared], dtype=np.int64)
    of_b = np.array([right[item][0] for item in shared], dtype=np.int64)
    found = compare_classifiers(truth, of_a, of_b, n_classes=len(index))
    names = {label["id"]: label["name"] for label in one.snapshot.labels}
    titles = [names.get(label, label) for label in index]
    differ = [(item, t, x, y) for item, t, x, y in zip(shared, truth, of_a, of_b, strict=True) if x != y]
    shown = [
        (item, titles[t], f"A: {titles[x]} · B: {titles[y]}", right[item][1])
        for item, t, x, y in sorted(differ, key=lambda row: row[1] not in (row[2], row[3]))[:SHOWN]
    ]
    return Comparison(
        a=version_out(a),
        b=version_out(b),
        evaluation_a=evaluation_out(one),
        evaluation_b=evaluation_out(two),
        items=found.nobs,
        metrics=[
            _metric(key, one, two, difference)
            for key, difference in zip(ClassScores.keys, (found.accuracy, found.macro_f1), strict=True)
        ],
        counts=PairCounts(
            both=found.both_correct,
            only_a=found.only_a_correct,
            only_b=found.only_b_correct,
            neither=found.neither_correct,
            p=found.p_value,
        ),
        per_class=[
            _class_difference(label, titles[number], truth == number, of_a == number, of_b == number)
            for label, number in index.items()
        ],
        rows=_pictures(a.project_id, shown),
    )


def _by_draws(a: ModelVersion, b: ModelVersion, one: Evaluation, two: Evaluation) -> Comparison:
    """Kinds without one label an item: by what both reach on the same bootstrap samples of the sealed items.

    Raises:
        Conflict: one was judged before such samples were kept.
    """
    if not one.draws or not two.draws or one.items != two.items:
        raise Conflict("One of them was judged before pairs were kept. Judge both again.")
    metrics = [
        _metric(
            name,
            one,
            two,
            paired_bootstrap_difference(
                one.draws["metrics"][name],
                two.draws["metrics"][name],
                one.metrics[name]["value"],
                two.metrics[name]["value"],
            ),
        )
        for name in in_catalog_order(one.metrics)
    ]
    mine, theirs = ({row["label"]: row for row in each.per_class} for each in (one, two))
    names = {label["id"]: label["name"] for label in one.snapshot.labels}
    per_class = []
    for label in dict.fromkeys([*mine, *theirs]):
        reached = [rows[label]["value"] if label in rows else None for rows in (mine, theirs)]
        drawn = [each.draws["classes"].get(label, []) for each in (one, two)]
        found = paired_bootstrap_difference(drawn[0], drawn[1], reached[0] or 0.0, reached[1] or 0.0)
        per_class.append(
            ClassDifference(
                label=label,
                name=names.get(label, label),
                items=(mine.get(label) or theirs[label])["items"],
                a=reached[0],
                b=reached[1],
                difference=_difference(found),
            )
        )
    return Comparison(
        a=version_out(a), b=version_out(b), evaluation_a=evaluation_out(one), evaluation_b=evaluation_out(two),
        items=one.items, metrics=metrics, counts=None, per_class=per_class, rows=[],
    )  # fmt: skip


def metric_specs() -> list[MetricSpecOut]:
    """The catalog of metrics."""
    return [
        MetricSpecOut(
            key=spec.key,
            title=spec.title,
            description=spec.description,
            unit=spec.unit,
            min=spec.range[0],
            max=spec.range[1],
            higher_is_better=spec.higher_is_better,
            annotation_types=[key for key, known in ANNOTATION_TYPES.items() if spec.applies_to(known)],
        )
        for spec in METRICS.values()
    ]


def _metric(name: str, one: Evaluation, two: Evaluation, found: Interval) -> MetricDifference:
    return MetricDifference(
        metric=name,
        a=MetricOut(**one.metrics[name]),
        b=MetricOut(**two.metrics[name]),
        difference=_difference(found),
    )


def _difference(found: Interval) -> DifferenceOut:
    return DifferenceOut.model_validate(found.as_json())


def _class_difference(label: str, name: str, mine: Any, a: Any, b: Any) -> ClassDifference:
    both, only_a = int((mine & a & b).sum()), int((mine & a & ~b).sum())
    only_b, neither = int((mine & ~a & b).sum()), int((mine & ~a & ~b).sum())
    items = int(mine.sum())
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
    found: dict[int, dict[int, Evaluation]] = {}
    for row in rows.order_by("answered_by", "pk"):  # a worker's replaces an author's, a newer one an older
        found.setdefault(row.snapshot.version, {})[row.version_id] = row
    for number in sorted(found, reverse=True):
        pair = found[number]
        if a.pk in pair and b.pk in pair:
            return pair[a.pk], pair[b.pk]
    return None
