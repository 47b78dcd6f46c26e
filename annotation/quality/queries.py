"""Reports of quality. What they read grows with the sample or the number of people, never with the tasks."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from annotation.labeling.models import Annotation, Lease, Seat, Source, Task, Workday
from annotation.labeling.queue import schema_of
from annotation.labeling.schemas import SkillOut
from annotation.labeling.services import progress
from annotation.projects.models import Project
from annotation.projects.queries import checked_value
from annotation.quality.models import GoldItem, Review, ReviewTally, Verdict
from annotation.quality.proposals import Answered, effect
from annotation.quality.schemas import (
    AgreementOut,
    Confusion,
    DayOut,
    EstimateOut,
    EventOut,
    FinishOut,
    LabelAgreement,
    OverviewOut,
    PairAgreement,
    PersonAgreement,
    ProposalsOut,
    SeatOut,
    VersionAgreement,
)
from labelkit import agreement
from labelkit.annotations import ANNOTATION_TYPES, AnnotationType
from plateau.identity.models import User
from statkit.completion import simulate_days_to_completion
from statkit.confidence_sequences import anytime_interval
from statkit.interval import Interval
from statkit.proportions import wilson_interval

PROPOSED = 20_000  # answers to tasks with a proposal that a report reads, the newest
SAMPLE = 2000  # tasks with several answers that a report reads, the newest
PAIRS = 20_000  # pairs of answers to one task that a report compares: ten answers make 45 of them, two make one
WINDOW = 28  # days of work that the finish date is drawn from


def checked_answer(task: Task, value: Any) -> tuple[dict[str, Any], int]:
    """An answer to a task in its canonical form, and the version of the labels that it was checked by.

    Raises:
        Invalid: it does not fit.
    """
    project, frame = task.project, task.item.frame
    schema = schema_of(project.pk, project.schema_version)
    return checked_value(project.kind, value, schema=schema, frame=frame), schema.version


def rejected_among(annotation_ids: Collection[int]) -> set[int]:
    """Which of these answers a reviewer rejected."""
    rows = Review.objects.filter(annotation_id__in=annotation_ids, verdict=Verdict.REJECTED)
    return set(rows.values_list("annotation_id", flat=True))


def _out(figure: Interval) -> EstimateOut:
    return EstimateOut(**figure.as_json(), items=round(figure.n or 0))


def _share(right: int, given: int) -> EstimateOut:
    return _out(wilson_interval(right, given))


@dataclass(frozen=True)
class Pace:
    """What work on a project took so far, in milliseconds, and its last four weeks day by day."""

    active_ms: int = 0
    review_ms: int = 0
    rework_ms: int = 0
    days: list[DayOut] = field(default_factory=list)

    def cost(self, project: Project) -> float:
        """In the project's currency."""
        return (self.active_ms + self.review_ms) / 3_600_000 * project.hourly_cost

    def cost_per_accepted(self, project: Project, done: int) -> float | None:
        """Of one of the `done` tasks; None where nothing is done, or an hour has no price."""
        return self.cost(project) / done if done and project.hourly_cost else None


def paces(project_ids: Sequence[int]) -> dict[int, Pace]:
    """The pace of each project, in two queries however many there are."""
    rows = Workday.objects.filter(project_id__in=project_ids).values("project_id")
    sums = {name: Sum(name) for name in ("active_ms", "review_ms", "rework_ms")}
    spent = {pk: times for pk, *times in rows.annotate(**sums).order_by().values_list("project_id", *sums)}
    days = _days(project_ids)
    made = {}
    for pk in project_ids:
        active, review, rework = spent.get(pk, (0, 0, 0))
        made[pk] = Pace(active, review, rework, days.get(pk, []))
    return made


def overview(project: Project) -> OverviewOut:
    """What a manager wants to know first."""
    counts = progress(project_ids=[project.pk])[project.pk]
    pace = paces([project.pk])[project.pk]
    verdicts = ReviewTally.objects.filter(project=project).aggregate(
        all=Sum("reviews", default=0),
        accepted=Sum("accepted", default=0),
        tasks=Sum("tasks", default=0),
        first=Sum("first_pass", default=0),
    )
    gold = GoldItem.objects.filter(task__project=project).aggregate(
        g=Count("task"), p=Count("task", filter=Q(practice=True))
    )
    paused = Seat.objects.filter(project=project, paused_at__isnull=False, user__isnull=False)
    return OverviewOut(
        **counts,
        held=Lease.objects.filter(task__project=project, until__gt=timezone.now()).count(),
        days=pace.days,
        active_ms=pace.active_ms,
        review_ms=pace.review_ms,
        rework_ms=pace.rework_ms,
        reviews=verdicts["all"],
        first_pass=_share(verdicts["first"], verdicts["tasks"]),
        rework=_share(verdicts["all"] - verdicts["accepted"], verdicts["all"]),
        cost_per_accepted=pace.cost_per_accepted(project, counts["done"]),
        cost=pace.cost(project),
        finish=_finish(pace.days, counts["open"] + counts["review"]),
        gold=gold["g"] - gold["p"],
        practice=gold["p"],
        paused=list(paused.values_list("user__name", flat=True)),
    )


def _days(project_ids: Sequence[int]) -> dict[int, list[DayOut]]:
    """The last four weeks of each project, days without work included, from the first day with work on."""
    today = timezone.now().date()
    rows = Workday.objects.filter(project_id__in=project_ids, day__gt=today - timedelta(days=WINDOW))
    sums = {name: Sum(name) for name in ("answered", "finished", "reviewed", "active_ms")}
    found: dict[int, dict[Any, Any]] = defaultdict(dict)
    for row in rows.values("project_id", "day").annotate(**sums).order_by():
        found[row["project_id"]][row["day"]] = {key: value for key, value in row.items() if key != "project_id"}
    return {pk: _filled(days, today) for pk, days in found.items()}


def _filled(found: Mapping[Any, dict[str, Any]], today: Any) -> list[DayOut]:
    first = min(found)
    empty = {"answered": 0, "finished": 0, "reviewed": 0, "active_ms": 0}
    every = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    return [DayOut(**({"day": day} | empty | found.get(day, {}))) for day in every]


def _finish(days: list[DayOut], remaining: int) -> FinishOut | None:
    found = simulate_days_to_completion(finished_per_day=[one.finished for one in days], remaining=remaining)
    if found is None:
        return None
    today = timezone.now().date()
    return FinishOut(
        low=today + timedelta(days=found.low),
        median=today + timedelta(days=found.value),
        high=today + timedelta(days=found.high),
    )


def seats_of(project: Project) -> QuerySet[Seat]:
    """Everybody who did something in a project or is assigned to it."""
    return Seat.objects.filter(project=project, user__isnull=False).select_related("user")


def seats_out(project: Project, rows: list[Seat]) -> list[SeatOut]:
    """People in a project on the wire."""
    verdicts = {
        row.author_id: (row.first_round_accepted, row.first_round)
        for row in ReviewTally.objects.filter(project=project, author__in=[row.user_id for row in rows])
    }
    return [_seat(row, verdicts.get(row.user_id or 0, (0, 0))) for row in rows]


def _seat(row: Seat, verdicts: tuple[int, int]) -> SeatOut:
    user = row.user
    assert user is not None  # the query leaves the seat of nobody out
    skill, good = anytime_interval(row.gold_right, row.gold_given), wilson_interval(*verdicts)
    return SeatOut(
        user_id=user.pk,
        name=user.name,
        email=user.email,
        assigned=row.assigned,
        cap=row.cap,
        paused=row.paused_at is not None,
        paused_why=row.paused_why,
        answered=row.answered,
        active_ms=row.active_ms,
        ms_per_answer=row.active_ms / row.answered if row.answered else None,
        skill=SkillOut(right=row.gold_right, given=row.gold_given, low=skill.low, high=skill.high),
        reviewed=verdicts[1],
        accepted=verdicts[0],
        accepted_low=good.low,
        accepted_high=good.high,
    )


def _several(project: Project) -> tuple[dict[int, list[Annotation]], bool]:
    """Each person's last answer to the newest tasks with several answers; and whether there are older ones."""
    newest = Task.objects.filter(project=project, agreement__isnull=False).order_by("-pk")
    ids, pairs = [], 0
    for pk, given in newest.values_list("pk", "given")[: SAMPLE + 1]:
        pairs += given * (given - 1) // 2
        ids.append(pk)
        if pairs > PAIRS:
            break
    limited = len(ids) > 1 and (len(ids) > SAMPLE or pairs > PAIRS)
    if limited:
        ids.pop()
    rows = (
        Annotation.objects.filter(task_id__in=ids, source=Source.PERSON, user__isnull=False)
        .order_by("pk")
        .only("task_id", "user_id", "value", "guideline_version")
    )
    last: dict[int, dict[int, Annotation]] = defaultdict(dict)
    for row in rows:
        last[row.task_id][row.user_id or 0] = row
    return {task: list(by.values()) for task, by in last.items() if len(by) > 1}, limited


_LIKENESS = """
SELECT p.id, avg(newest.agreement), count(*) FROM unnest(%s::bigint[]) AS p(id) CROSS JOIN LATERAL (
    SELECT t.agreement FROM labeling_task t WHERE t.project_id = p.id AND t.agreement IS NOT NULL
    ORDER BY t.id DESC LIMIT %s) newest
GROUP BY p.id
"""


def likeness_of(project_ids: Sequence[int]) -> dict[int, tuple[float, int]]:
    """How alike the answers to the newest tasks with several are, and of how many tasks, for each project that has any.

    One query: the mean of what was noted when each task was settled, where `agreement_report` reads all answers.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LIKENESS, [list(project_ids), SAMPLE])
        return {pk: (float(mean), int(tasks)) for pk, mean, tasks in cursor.fetchall()}


def agreement_report(project: Project) -> AgreementOut:
    """Agreement on the newest tasks with several answers."""
    kind = ANNOTATION_TYPES[project.kind]
    answers, limited = _several(project)
    each = {task: _to_others(kind, rows) for task, rows in answers.items()}
    alike = {task: sum(scores) / len(scores) for task, scores in each.items()}
    names = dict(
        User.objects.filter(pk__in={r.user_id for rows in answers.values() for r in rows}).values_list("pk", "name")
    )
    classes = (
        [[(row.user_id or 0, kind.class_of(row.value)) for row in rows] for rows in answers.values()]
        if kind.is_single_class
        else []
    )
    values = [[row.value for row in rows] for rows in answers.values()]
    alpha = agreement.alpha(classes) if classes else agreement.alpha_of_similarity(values, kind.similarity, times=500)
    return AgreementOut(
        tasks=len(answers),
        limited=limited,
        likeness=_out(agreement.mean_with_interval(list(alike.values()))),
        alpha=_out(alpha),
        fleiss=_out(agreement.fleiss(classes)) if classes else None,
        pairs=_pairs(classes, names),
        labels=_by_label(project, kind, answers),
        people=_by_person(answers, each, names),
        guidelines=_by_guideline(answers, alike),
        confusions=_confusions(kind, answers),
        least_alike=sorted(alike, key=lambda task: alike[task])[:50],
    )


def _to_others(kind: AnnotationType, rows: Sequence[Annotation]) -> list[float]:
    """The mean likeness of each answer to the others of its task."""
    total = [0.0] * len(rows)
    for i, a in enumerate(rows):
        for j, b in enumerate(rows[:i]):
            found = kind.similarity(a.value, b.value)
            total[i] += found
            total[j] += found
    return [one / (len(rows) - 1) for one in total]


def _pairs(classes: list[list[tuple[int, Any]]], names: dict[int, str]) -> list[PairAgreement]:
    both: dict[tuple[int, int], list[tuple[Any, Any]]] = defaultdict(list)
    for item in classes:
        ordered = sorted(item)
        for i, (one, a) in enumerate(ordered):
            for other, b in ordered[i + 1 :]:
                both[one, other].append((a, b))
    often = sorted(both.items(), key=lambda pair: -len(pair[1]))[:30]
    return [
        PairAgreement(one=names.get(a, "?"), other=names.get(b, "?"), kappa=_out(agreement.cohen(rows, times=300)))
        for (a, b), rows in often
    ]


def _by_label(project: Project, kind: AnnotationType, answers: dict[int, list[Annotation]]) -> list[LabelAgreement]:
    """Likeness of what bears the label, over items where somebody used it."""
    scores: dict[str, list[float]] = defaultdict(list)
    for rows in answers.values():
        split = [kind.split_by_label(row.value) for row in rows]
        for label in dict.fromkeys(label for parts, _ in split for label in parts):
            borne = [parts.get(label, nothing) for parts, nothing in split]
            pairs = [kind.similarity(a, b) for i, a in enumerate(borne) for b in borne[:i]]
            scores[label].append(sum(pairs) / len(pairs))
    labels = project.schemas.get(version=project.schema_version).labels
    return [
        LabelAgreement(
            label=one["id"], likeness=_out(agreement.mean_with_interval(scores.get(one["id"], []), times=300))
        )
        for one in labels
    ]


def _by_person(
    answers: dict[int, list[Annotation]], each: dict[int, list[float]], names: dict[int, str]
) -> list[PersonAgreement]:
    scores: dict[int, list[float]] = defaultdict(list)
    for task, rows in answers.items():
        for row, alike in zip(rows, each[task], strict=True):
            scores[row.user_id or 0].append(alike)
    return [
        PersonAgreement(
            user_id=pk, name=names.get(pk, "?"), likeness=_out(agreement.mean_with_interval(rows, times=300))
        )
        for pk, rows in sorted(scores.items(), key=lambda pair: -len(pair[1]))
    ]


def _by_guideline(answers: dict[int, list[Annotation]], alike: dict[int, float]) -> list[VersionAgreement]:
    scores: dict[int, list[float]] = defaultdict(list)
    for task, rows in answers.items():
        versions = {row.guideline_version for row in rows}
        if len(versions) == 1:
            scores[versions.pop()].append(alike[task])
    return [
        VersionAgreement(guideline_version=version, likeness=_out(agreement.mean_with_interval(rows, times=300)))
        for version, rows in sorted(scores.items())
    ]


def _confusions(kind: AnnotationType, answers: dict[int, list[Annotation]]) -> list[Confusion]:
    """Different labels that two people gave to the same thing."""
    tasks: dict[tuple[str, str], list[int]] = defaultdict(list)
    for task, rows in answers.items():
        for i, a in enumerate(rows):
            for b in rows[:i]:
                for one, other in kind.label_pairs(a.value, b.value):
                    if one != other:
                        tasks[min(one, other), max(one, other)].append(task)
    often = sorted(tasks.items(), key=lambda pair: -len(pair[1]))[:50]
    return [Confusion(one=a, other=b, number=len(t), tasks=list(dict.fromkeys(t))[:50]) for (a, b), t in often]


def history(task: Task) -> list[EventOut]:
    """Everything that happened to a task, oldest first."""
    events = [
        EventOut(
            at=one.created_at,
            who=one.user.name if one.user else one.source,
            what=f"answer:{one.source}",
            value=one.value,
            schema_version=one.schema_version,
            guideline_version=one.guideline_version,
        )
        for one in task.annotations.select_related("user")
    ]
    events += [
        EventOut(at=r.created_at, who=r.reviewer.name if r.reviewer else "", what=f"review:{r.verdict}", text=r.reason)
        for r in task.reviews.select_related("reviewer")
    ]
    events += [
        EventOut(at=s.created_at, who=s.user.name if s.user else "", what="skip", text=s.reason)
        for s in task.skipped_by.select_related("user")
    ]
    events += [
        EventOut(at=c.created_at, who=c.user.name if c.user else "", what="comment", text=c.text)
        for c in task.comments.select_related("user")
    ]
    return sorted(events, key=lambda one: one.at)


def proposals(project: Project) -> ProposalsOut:
    """What models' proposals did to people's answers, against the share of them that was kept back.

    A proposal is known to be wrong where somebody else than the answerer said so: a reviewer, the consensus, gold.
    """
    answers = Annotation.objects.filter(project=project, source=Source.PERSON, task__prelabel__isnull=False)
    gold = set(GoldItem.objects.filter(task__project=project).values_list("task_id", flat=True))
    fields = ("task_id", "active_ms", "value", "prelabel_shown", "task__prelabel__value", "task__prelabel__hidden")
    settled = ("task__annotation__source", "task__annotation__value")
    rows = []
    for row in answers.order_by("-pk").values(*fields, *settled)[:PROPOSED]:
        if row["prelabel_shown"] == row["task__prelabel__hidden"]:
            continue  # it came while the answer was given: neither seen nor kept back
        judged = row["task_id"] in gold or row["task__annotation__source"] in (Source.REVIEWER, Source.CONSENSUS)
        wrong = row["task__annotation__value"] != row["task__prelabel__value"] if judged else None
        rows.append(
            Answered(
                shown=row["prelabel_shown"],
                seconds=row["active_ms"] / 1000,
                same=row["value"] == row["task__prelabel__value"],
                proposal_wrong=wrong,
            )
        )
    return ProposalsOut.model_validate(effect(rows), from_attributes=True)
