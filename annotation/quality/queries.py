"""Quality reports. What they read grows with the sample or the number of people, never with the tasks."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import orjson
from django.db import connection
from django.db.models import Case, Count, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Sum, TextField, When
from django.db.models.functions import Cast
from django.utils import timezone

from annotation.labeling.models import Annotation, Lease, PreAnnotation, ProjectMembership, Source, Task, Workday
from annotation.labeling.services import count_tasks_by_state, gold_accuracy_of
from annotation.projects.models import Project
from annotation.projects.queries import checked_value, get_label_schema
from annotation.quality.models import GoldTask, Review, ReviewTally, Verdict
from annotation.quality.pre_annotation_effect import PreAnnotatedLabel, measure_effect
from annotation.quality.schemas import (
    AgreementOut,
    AnnotationDifferenceOut,
    CompletionForecastOut,
    DayOut,
    LabelAgreement,
    LabelConfusion,
    OverviewOut,
    PairAgreement,
    PartDifferenceOut,
    PersonAgreement,
    PreAnnotationEffectOut,
    ProjectMemberOut,
    QualityEstimateOut,
    TaskEventOut,
    VersionAgreement,
)
from labelkit import agreement
from labelkit.annotations import AnnotationType
from labelkit.messages import Message
from plateau.access.scopes import Actor
from plateau.http.errors import NotFound
from plateau.identity.models import User
from plateau.texts import translate
from statkit.completion import simulate_days_to_completion
from statkit.interval import Interval
from statkit.proportions import wilson_interval

MAX_DIFFERENCES = 500  # parts of two compared annotations that are listed, those that differ first
MAX_PRE_ANNOTATED = 20_000  # annotations of pre-annotated tasks that a report reads, the newest
MAX_TASKS = 2000  # tasks with several annotations that a report reads, the newest
MAX_PAIRS = 20_000  # pairs of annotations of one task that a report compares: ten annotations make 45, two make one
MAX_REPORT_BYTES = 16 * 1024 * 1024  # of the annotations, as text, that a report or a task's history holds in memory
MAX_COMPARED_BYTES = (
    8 * 1024 * 1024
)  # of both annotations of all the pairs that are compared for one figure of a report
MIN_STRANGERS = 20  # pairs of annotations of different items by which agreement by chance is estimated
WINDOW_DAYS = 28  # days of work that the finish date is drawn from


def canonical_value(task: Task, value: object) -> tuple[dict[str, Any], int]:
    """The value of an annotation in its canonical form, and the version of the labels that it was checked by.

    Raises:
        InvalidInput: it does not fit.
    """
    project, frame = task.project, task.item.frame
    schema = get_label_schema(project.pk, project.schema_version)
    return checked_value(project.annotation_type, value, schema=schema, frame=frame), schema.version


def rejected_annotations(annotation_ids: Collection[int]) -> set[int]:
    """Which of these annotations a reviewer rejected."""
    reviews = Review.objects.filter(annotation_id__in=annotation_ids, verdict=Verdict.REJECTED)
    return set(reviews.values_list("annotation_id", flat=True))


def _estimate_out(interval: Interval) -> QualityEstimateOut:
    return QualityEstimateOut(**interval.as_json(), items=round(interval.n or 0))


def _rate(successes: int, trials: int) -> QualityEstimateOut:
    return _estimate_out(wilson_interval(successes, trials))


@dataclass(frozen=True)
class WorkSummary:
    """Time spent on a project, in milliseconds, and its last four weeks day by day."""

    active_ms: int = 0
    review_ms: int = 0
    rework_ms: int = 0
    days: list[DayOut] = field(default_factory=list)

    def cost(self, project: Project) -> float:
        """Cost of the time spent, in the project's currency."""
        return (self.active_ms + self.review_ms) / 3_600_000 * project.hourly_cost

    def cost_per_accepted(self, project: Project, done: int) -> float | None:
        """Cost of one of the `done` tasks; None where nothing is done, or an hour has no price."""
        return self.cost(project) / done if done and project.hourly_cost else None


def summarize_work(project_ids: Sequence[int]) -> dict[int, WorkSummary]:
    """The work of each project, in two queries however many there are."""
    rows = Workday.objects.filter(project_id__in=project_ids).values("project_id")
    sums = {name: Sum(name) for name in ("active_ms", "review_ms", "rework_ms")}
    times_by_project = {pk: times for pk, *times in rows.annotate(**sums).order_by().values_list("project_id", *sums)}
    days = _days(project_ids)
    summaries = {}
    for pk in project_ids:
        active, review, rework = times_by_project.get(pk, (0, 0, 0))
        summaries[pk] = WorkSummary(active, review, rework, days.get(pk, []))
    return summaries


def project_overview(project: Project) -> OverviewOut:
    """Progress, quality, cost and expected completion of a project."""
    counts = count_tasks_by_state(project_ids=[project.pk])[project.pk]
    work = summarize_work([project.pk])[project.pk]
    verdicts = ReviewTally.objects.filter(project=project).aggregate(
        all=Sum("reviews", default=0),
        accepted=Sum("accepted", default=0),
        tasks=Sum("tasks", default=0),
        first=Sum("first_pass", default=0),
    )
    gold = GoldTask.objects.filter(task__project=project).aggregate(
        all=Count("task"), qualification=Count("task", filter=Q(is_qualification=True))
    )
    paused = ProjectMembership.objects.filter(project=project, paused_at__isnull=False, user__isnull=False)
    return OverviewOut(
        **counts,
        leased=Lease.objects.filter(task__project=project, expires_at__gt=timezone.now()).count(),
        days=work.days,
        active_ms=work.active_ms,
        review_ms=work.review_ms,
        rework_ms=work.rework_ms,
        review_count=verdicts["all"],
        first_pass_rate=_rate(verdicts["first"], verdicts["tasks"]),
        rework_rate=_rate(verdicts["all"] - verdicts["accepted"], verdicts["all"]),
        cost_per_accepted=work.cost_per_accepted(project, counts["done"]),
        cost=work.cost(project),
        completion=_forecast_completion(work.days, counts["open"] + counts["review"]),
        gold_tasks=gold["all"] - gold["qualification"],
        qualification_tasks=gold["qualification"],
        paused_members=list(paused.values_list("user__name", flat=True)),
    )


def _days(project_ids: Sequence[int]) -> dict[int, list[DayOut]]:
    """The last four weeks of each project, days without work included, from the first day with work on."""
    today = timezone.now().date()
    rows = Workday.objects.filter(project_id__in=project_ids, day__gt=today - timedelta(days=WINDOW_DAYS))
    sums = {name: Sum(name) for name in ("annotation_count", "completed_count", "review_count", "active_ms")}
    days_by_project: dict[int, dict[date, dict[str, Any]]] = defaultdict(dict)
    for row in rows.values("project_id", "day").annotate(**sums).order_by():
        counts = {key: value for key, value in row.items() if key != "project_id"}
        days_by_project[row["project_id"]][row["day"]] = counts
    return {pk: _fill_days(days, today) for pk, days in days_by_project.items()}


def _fill_days(counts_by_day: Mapping[date, dict[str, Any]], today: date) -> list[DayOut]:
    first = min(counts_by_day)
    no_work = {"annotation_count": 0, "completed_count": 0, "review_count": 0, "active_ms": 0}
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    return [DayOut(**({"day": day} | no_work | counts_by_day.get(day, {}))) for day in days]


def _forecast_completion(days: list[DayOut], remaining: int) -> CompletionForecastOut | None:
    interval = simulate_days_to_completion(finished_per_day=[day.completed_count for day in days], remaining=remaining)
    if interval is None:
        return None
    today = timezone.now().date()
    return CompletionForecastOut(
        low=today + timedelta(days=interval.low),
        median=today + timedelta(days=interval.value),
        high=today + timedelta(days=interval.high),
    )


def memberships_of(project: Project) -> QuerySet[ProjectMembership]:
    """Everybody who did something in a project or is assigned to it."""
    return ProjectMembership.objects.filter(project=project, user__isnull=False).select_related("user")


def member_rows(project: Project, rows: list[ProjectMembership]) -> list[ProjectMemberOut]:
    """Members with their review counts."""
    verdicts = {
        row.author_id: (row.first_round_accepted, row.first_round)
        for row in ReviewTally.objects.filter(project=project, author__in=[row.user_id for row in rows])
    }
    return [_member_out(row, *verdicts.get(row.user_id or 0, (0, 0))) for row in rows]


def _member_out(membership: ProjectMembership, accepted_count: int, review_count: int) -> ProjectMemberOut:
    user = membership.user
    assert user is not None  # the query leaves the membership of nobody out
    acceptance = wilson_interval(accepted_count, review_count)
    return ProjectMemberOut(
        user_id=user.pk,
        name=user.name,
        email=user.email,
        is_assigned=membership.is_assigned,
        max_annotations=membership.max_annotations,
        is_paused=membership.paused_at is not None,
        pause_reason=translate(membership.pause_reason),
        annotation_count=membership.annotation_count,
        active_ms=membership.active_ms,
        ms_per_annotation=membership.active_ms / membership.annotation_count if membership.annotation_count else None,
        gold_accuracy=gold_accuracy_of(membership),
        review_count=review_count,
        accepted_count=accepted_count,
        acceptance_low=acceptance.low,
        acceptance_high=acceptance.high,
    )


def _overlapping_annotations(project: Project) -> tuple[dict[int, list[Annotation]], bool]:
    """Each person's last annotation of the newest tasks with several; and whether there are older ones."""
    newest = Task.objects.filter(project=project, agreement__isnull=False).order_by("-pk")
    ids, pairs = [], 0
    for pk, count in newest.values_list("pk", "annotation_count")[: MAX_TASKS + 1]:
        pairs += count * (count - 1) // 2
        ids.append(pk)
        if pairs > MAX_PAIRS:
            break
    is_limited = len(ids) > 1 and (len(ids) > MAX_TASKS or pairs > MAX_PAIRS)
    if is_limited:
        ids.pop()
    by_person = Annotation.objects.filter(task_id__in=ids, source=Source.PERSON, user__isnull=False)
    last: dict[int, dict[int, int]] = defaultdict(dict)
    for pk, task_id, user_id in by_person.order_by("pk").values_list("pk", "task_id", "user_id"):
        last[task_id][user_id or 0] = pk
    several = {task_id: list(last[task_id].values()) for task_id in ids if len(last[task_id]) > 1}
    chosen_ids, is_too_heavy = _light_enough(several)
    rows = Annotation.objects.filter(pk__in=chosen_ids).only("task_id", "user_id", "value", "guideline_version")
    annotations: dict[int, list[Annotation]] = defaultdict(list)
    for row in rows.order_by("pk"):
        annotations[row.task_id].append(row)
    return annotations, is_limited or is_too_heavy


_STORED_BYTES = Func(F("value"), function="pg_column_size", output_field=IntegerField())  # without a look at the value
_BYTES = Func(Cast(F("value"), TextField()), function="octet_length", output_field=IntegerField())


def _light_enough(annotation_ids: Mapping[int, Sequence[int]]) -> tuple[list[int], bool]:
    """The annotations of the first tasks that may be held and compared; and whether others were left out."""
    left = dict(annotation_ids)
    for weight in (_STORED_BYTES, _BYTES):  # the second one unpacks, which the first keeps from being too much
        ids = [pk for of_task in left.values() for pk in of_task]
        weights = dict(Annotation.objects.filter(pk__in=ids).annotate(weight=weight).values_list("pk", "weight"))
        held = compared = 0
        for number, of_task in enumerate(list(left.values())):
            total = sum(weights[pk] for pk in of_task)
            held, compared = held + total, compared + total * (len(of_task) - 1)
            if held > MAX_REPORT_BYTES or compared > MAX_COMPARED_BYTES:
                for heavy_id in list(left)[number:]:
                    del left[heavy_id]
                break
    return [pk for of_task in left.values() for pk in of_task], len(left) < len(annotation_ids)


_MEAN_SIMILARITY = """
SELECT p.id, avg(newest.agreement), count(*) FROM unnest(%s::bigint[]) AS p(id) CROSS JOIN LATERAL (
    SELECT t.agreement FROM labeling_task t WHERE t.project_id = p.id AND t.agreement IS NOT NULL
    ORDER BY t.id DESC LIMIT %s) newest
GROUP BY p.id
"""


def mean_similarity_by_project(project_ids: Sequence[int]) -> dict[int, tuple[float, int]]:
    """Mean agreement of the newest tasks with several annotations, and of how many tasks; only projects that have any.

    One query over what was saved when each task was resolved, where `agreement_report` reads all annotations.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MEAN_SIMILARITY, [list(project_ids), MAX_TASKS])
        return {pk: (float(mean), int(tasks)) for pk, mean, tasks in cursor.fetchall()}


def agreement_report(project: Project) -> AgreementOut:
    """Agreement on the newest tasks with several annotations."""
    annotation_type = project.annotation_type
    annotations_by_task, is_limited = _overlapping_annotations(project)
    to_others = {task: _similarity_to_others(annotation_type, rows) for task, rows in annotations_by_task.items()}
    by_task = {task: sum(similarities) / len(similarities) for task, similarities in to_others.items()}
    user_ids = {annotation.user_id or 0 for annotations in annotations_by_task.values() for annotation in annotations}
    names = dict(User.objects.filter(pk__in=user_ids).values_list("pk", "name"))
    classes = (
        [
            [(annotation.user_id or 0, annotation_type.class_of(annotation.value)) for annotation in annotations]
            for annotations in annotations_by_task.values()
        ]
        if annotation_type.is_single_class
        else []
    )
    values = [[annotation.value for annotation in annotations] for annotations in annotations_by_task.values()]
    number = sum(map(len, values))
    mean_bytes = sum(len(orjson.dumps(value)) for of_task in values for value in of_task) // max(1, number) + 1
    strangers = min(2000, max(MIN_STRANGERS, MAX_COMPARED_BYTES // (2 * mean_bytes)))
    alpha = (
        agreement.alpha(classes)
        if classes
        else agreement.alpha_of_similarity(values, annotation_type.similarity, times=500, strangers=strangers)
    )
    return AgreementOut(
        task_count=len(annotations_by_task),
        is_limited=is_limited,
        similarity=_estimate_out(agreement.mean_with_interval(list(by_task.values()))),
        krippendorff_alpha=_estimate_out(alpha),
        fleiss_kappa=_estimate_out(agreement.fleiss(classes)) if classes else None,
        pairs=_pair_agreements(classes, names),
        labels=_agreement_by_label(project, annotation_type, annotations_by_task),
        people=_agreement_by_person(annotations_by_task, to_others, names),
        guidelines=_agreement_by_guideline(annotations_by_task, by_task),
        confusions=_label_confusions(annotation_type, annotations_by_task),
        least_similar_task_ids=sorted(by_task, key=lambda task: by_task[task])[:50],
    )


def _similarity_to_others(annotation_type: AnnotationType, annotations: Sequence[Annotation]) -> list[float]:
    """Mean similarity of each annotation to the others of its task."""
    totals = [0.0] * len(annotations)
    for i, a in enumerate(annotations):
        for j, b in enumerate(annotations[:i]):
            similarity = annotation_type.similarity(a.value, b.value)
            totals[i] += similarity
            totals[j] += similarity
    return [total / (len(annotations) - 1) for total in totals]


def _mean_similarity(similarities: list[float]) -> QualityEstimateOut:
    return _estimate_out(agreement.mean_with_interval(similarities, times=300))


def _pair_agreements(classes: list[list[tuple[int, Any]]], names: dict[int, str]) -> list[PairAgreement]:
    class_pairs: dict[tuple[int, int], list[tuple[Any, Any]]] = defaultdict(list)
    for votes in classes:
        ordered = sorted(votes)
        for i, (first_user, first_class) in enumerate(ordered):
            for second_user, second_class in ordered[i + 1 :]:
                class_pairs[first_user, second_user].append((first_class, second_class))
    most_frequent = sorted(class_pairs.items(), key=lambda pair: -len(pair[1]))[:30]
    return [
        PairAgreement(
            first_name=names.get(first_user, "?"),
            second_name=names.get(second_user, "?"),
            kappa=_estimate_out(agreement.cohen(pairs, times=300)),
        )
        for (first_user, second_user), pairs in most_frequent
    ]


def _agreement_by_label(
    project: Project, annotation_type: AnnotationType, annotations_by_task: dict[int, list[Annotation]]
) -> list[LabelAgreement]:
    """Similarity of the parts with each label, over tasks where somebody used it."""
    similarities: dict[str, list[float]] = defaultdict(list)
    for annotations in annotations_by_task.values():
        split = [annotation_type.split_by_label(annotation.value) for annotation in annotations]
        for label in dict.fromkeys(label for parts, _ in split for label in parts):
            with_label = [parts.get(label, nothing) for parts, nothing in split]
            pairs = [annotation_type.similarity(a, b) for i, a in enumerate(with_label) for b in with_label[:i]]
            similarities[label].append(sum(pairs) / len(pairs))
    labels = project.schemas.get(version=project.schema_version).labels
    return [
        LabelAgreement(label=label["id"], similarity=_mean_similarity(similarities.get(label["id"], [])))
        for label in labels
    ]


def _agreement_by_person(
    annotations_by_task: dict[int, list[Annotation]], to_others: dict[int, list[float]], names: dict[int, str]
) -> list[PersonAgreement]:
    similarities: dict[int, list[float]] = defaultdict(list)
    for task, annotations in annotations_by_task.items():
        for annotation, similarity in zip(annotations, to_others[task], strict=True):
            similarities[annotation.user_id or 0].append(similarity)
    return [
        PersonAgreement(user_id=user_id, name=names.get(user_id, "?"), similarity=_mean_similarity(of_user))
        for user_id, of_user in sorted(similarities.items(), key=lambda pair: -len(pair[1]))
    ]


def _agreement_by_guideline(
    annotations_by_task: dict[int, list[Annotation]], by_task: dict[int, float]
) -> list[VersionAgreement]:
    similarities: dict[int, list[float]] = defaultdict(list)
    for task, annotations in annotations_by_task.items():
        versions = {annotation.guideline_version for annotation in annotations}
        if len(versions) == 1:
            similarities[versions.pop()].append(by_task[task])
    return [
        VersionAgreement(guideline_version=version, similarity=_mean_similarity(of_version))
        for version, of_version in sorted(similarities.items())
    ]


def _label_confusions(
    annotation_type: AnnotationType, annotations_by_task: dict[int, list[Annotation]]
) -> list[LabelConfusion]:
    """Different labels that two people gave to the same thing."""
    tasks_by_pair: dict[tuple[str, str], list[int]] = defaultdict(list)
    for task, annotations in annotations_by_task.items():
        for i, a in enumerate(annotations):
            for b in annotations[:i]:
                for first, second in annotation_type.label_pairs(a.value, b.value):
                    if first != second:
                        tasks_by_pair[min(first, second), max(first, second)].append(task)
    most_frequent = sorted(tasks_by_pair.items(), key=lambda pair: -len(pair[1]))[:50]
    return [
        LabelConfusion(
            first_label=first, second_label=second, count=len(tasks), task_ids=list(dict.fromkeys(tasks))[:50]
        )
        for (first, second), tasks in most_frequent
    ]


def returned_reviews(actor: Actor) -> QuerySet[Review]:
    """The rejections for which tasks are with their author, the caller, again; the last one of each task."""
    newer_review = Review.objects.filter(task=OuterRef("task"), pk__gt=OuterRef("pk"))
    newer_annotation = Annotation.objects.filter(
        task=OuterRef("task"), user=actor.user_id, created_at__gt=OuterRef("created_at")
    )
    rejections = Review.objects.visible_to(actor).filter(author_id=actor.user_id, verdict=Verdict.REJECTED)
    reviews = rejections.filter(task__state="open", task__assignee_id=actor.user_id, project__archived_at=None)
    reviews = reviews.exclude(Exists(newer_review)).exclude(Exists(newer_annotation))
    return reviews.select_related("task__item", "project", "reviewer")


def task_history(task: Task) -> list[TaskEventOut]:
    """Everything that happened to a task, oldest first; without the values of old annotations where they are large."""
    values = _newest_values(task)
    events = [
        TaskEventOut(
            created_at=annotation.created_at,
            actor=annotation.user.name if annotation.user else annotation.source,
            type=f"annotation:{annotation.source}",
            value=values.get(annotation.pk),
            annotation_id=annotation.pk,
            schema_version=annotation.schema_version,
            guideline_version=annotation.guideline_version,
        )
        for annotation in task.annotations.select_related("user").defer("value").order_by("pk")
    ]
    events += [
        TaskEventOut(
            created_at=review.created_at,
            actor=review.reviewer.name if review.reviewer else "",
            type=f"review:{review.verdict}",
            text=review.reason,
        )
        for review in task.reviews.select_related("reviewer")
    ]
    events += [
        TaskEventOut(
            created_at=skip.created_at, actor=skip.user.name if skip.user else "", type="skip", text=skip.reason
        )
        for skip in task.skipped_by.select_related("user")
    ]
    events += [
        TaskEventOut(
            created_at=comment.created_at,
            actor=comment.user.name if comment.user else "",
            type="comment",
            text=comment.text,
        )
        for comment in task.comments.select_related("user")
    ]
    return sorted(events, key=lambda event: event.created_at)


def _newest_values(task: Task) -> dict[int, Any]:
    """Values of a task's newest annotations, by id, as many as are not too heavy together; that of the last one."""
    held = 0
    ids: list[int] = []
    for pk, weight in task.annotations.annotate(weight=_BYTES).order_by("-pk").values_list("pk", "weight"):
        held += weight
        if ids and held > MAX_REPORT_BYTES:
            break
        ids.append(pk)
    return dict(task.annotations.filter(pk__in=ids).values_list("pk", "value"))


def annotation_difference(task: Task, first: str, second: str) -> AnnotationDifferenceOut:
    """Two annotations of a task set against each other; each is an id, or `prediction`.

    Raises:
        NotFound: the task has no such annotation.
    """
    annotation_type = task.project.annotation_type
    a, b = (_referenced_value(task, reference) for reference in (first, second))
    differences = annotation_type.differences(a, b)
    counts = Counter(row.state for row in differences)
    shown = sorted(differences, key=lambda row: row.state == "same")[:MAX_DIFFERENCES]
    return AnnotationDifferenceOut(
        similarity=round(annotation_type.similarity(a, b), 4),
        same_count=counts["same"],
        changed_count=counts["changed"],
        only_first_count=counts["only_first"],
        only_second_count=counts["only_second"],
        parts=[
            PartDifferenceOut(
                part=row.part,
                state=row.state,
                changes=list(row.changes),
                similarity=None if row.similarity is None else round(row.similarity, 4),
                first=None if row.first is None else annotation_type.sketch_part(row.first),
                second=None if row.second is None else annotation_type.sketch_part(row.second),
            )
            for row in shown
        ],
    )


def _referenced_value(task: Task, reference: str) -> dict[str, Any]:
    if reference == "prediction":
        value = PreAnnotation.objects.filter(task=task).values_list("value", flat=True).first()
    else:
        value = task.annotations.filter(pk=int(reference)).values_list("value", flat=True).first()
    if value is None:
        raise NotFound(Message("This task has no annotation {reference}.", reference=reference))
    return dict(value)


def pre_annotation_effect(project: Project) -> PreAnnotationEffectOut:
    """Effect of pre-annotations on people, against the fraction of them that was hidden.

    A pre-annotation is known to be wrong where somebody else than the annotator decided: a reviewer, consensus, gold.
    """
    annotations = Annotation.objects.filter(project=project, source=Source.PERSON, task__pre_annotation__isnull=False)
    gold = set(GoldTask.objects.filter(task__project=project).values_list("task_id", flat=True))
    columns = ("pre_annotation_shown", "task__pre_annotation__is_hidden", "task__annotation__source")
    proposed = F("task__pre_annotation__value")
    compared = {  # by the database: the values are many, and may be large
        "is_same": Case(When(value=proposed, then=True), default=False),
        "is_right": Case(When(task__annotation__value=proposed, then=True), default=False),
    }
    labels = []
    newest = annotations.order_by("-pk").annotate(**compared).values("task_id", "active_ms", *columns, *compared)
    for row in newest[:MAX_PRE_ANNOTATED]:
        if row["pre_annotation_shown"] == row["task__pre_annotation__is_hidden"]:
            continue  # it came while the person was labeling: neither shown nor hidden
        is_decided = row["task_id"] in gold or row["task__annotation__source"] in (Source.REVIEWER, Source.CONSENSUS)
        labels.append(
            PreAnnotatedLabel(
                was_shown=row["pre_annotation_shown"],
                seconds=row["active_ms"] / 1000,
                is_same=row["is_same"],
                pre_annotation_is_wrong=not row["is_right"] if is_decided else None,
            )
        )
    return PreAnnotationEffectOut.model_validate(measure_effect(labels), from_attributes=True)
