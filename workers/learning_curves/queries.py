"""What a curve says: points by metric, the forecast, what it costs and when, and the record of past forecasts."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import numpy as np
from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Q
from django.utils import timezone

from annotation.labeling.services import count_tasks_by_state
from annotation.projects.models import Project
from annotation.quality.queries import WorkSummary, mean_similarity_by_project, summarize_work
from annotation.snapshots.models import Snapshot
from plateau.jobs.api import job_out
from registry.contracts.models import Contract
from statkit.confidence_sequences import anytime_interval
from statkit.learning_curves import CurveForecast, Distribution, forecast_curve, pool_seeds
from statkit.learning_curves.cost_model import CostModel as Costs
from statkit.learning_curves.cost_model import additional_labels, days_to_label, labeling_cost, labeling_value
from statkit.learning_curves.data_efficiency import compare_data_efficiency
from statkit.learning_curves.paired_gain import paired_gain
from statkit.proportions import binomial_standard_error
from workers.catalog import recipe_spec
from workers.learning_curves.models import CurvePoint, Economics, ForecastOutcome, Study, Ways
from workers.learning_curves.schemas import SeedEstimate, WayOut, WaysOut
from workers.recipes.spec import ChoiceParam

MIN_SIZES = 3
BAND = (0.025, 0.1, 0.5, 0.9, 0.975)
NEEDED = (0.1, 0.25, 0.5, 0.75, 0.9)
# How the need is told: the chance that this many times the labels are enough.
TIMES = (1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 8.0, 16.0, 64.0)
# A record of this many scored sizes counts as much as the assumption that the ranges are right.
RECORD_PRIOR = 20
LEAST_ITEMS = 10
LIKELY_WITHIN = 8.0


def key_of(q: float) -> str:
    """0.025 → `p2_5`."""
    return "p" + f"{100 * q:g}".replace(".", "_")


def rows_of(points: Sequence[CurvePoint], metric: str) -> list[dict[str, Any]]:
    """Points as `statkit.learning_curves` reads them; `se` is the error of the sealed split.

    Args:
        points: Of one study.
        metric: `accuracy`, `macro_f1`, `auroc`, `class:<label id>` (its recall), or `meta:<field>=<value>`.
    """
    rows = []
    for point in points:
        if metric == "accuracy" and "score" in point.metrics:  # the kind's own metric, with its own error
            score, se = point.metrics["score"]
        elif metric == "accuracy":
            score, se = point.accuracy, binomial_standard_error(point.accuracy, point.test_items)
        elif metric in point.metrics:
            score, se = point.metrics[metric]
        elif metric == "macro_f1":
            score, se = point.macro_f1, binomial_standard_error(point.macro_f1, point.test_items)
        else:
            cells = point.per_class.get(metric.removeprefix("class:")) if metric.startswith("class:") else None
            cells = cells or point.slices.get(metric)
            if not cells or cells[0] < 1:
                continue
            score = cells[1] / cells[0]
            se = binomial_standard_error(score, cells[0])
        rows.append({"n": point.n, "seed": point.seed, "score": score, "se": se})
    return rows


def ways_out(row: Ways) -> WaysOut:
    """Ways of training on the wire: compared over the seeds that are through in every way at every size."""
    choices = {one.key: one for one in recipe_spec(row.recipe).params if isinstance(one, ChoiceParam)}
    studies = sorted(row.studies.all(), key=lambda one: one.pk)
    sizes, wanted = studies[0].sizes, studies[0].seeds
    cells = {
        (one.params[row.choice], point["n"], point["seed"]): 1 - point["score"]
        for one in studies
        for point in rows_of(list(one.points.all()), "accuracy")
    }
    options = [one.params[row.choice] for one in studies]
    seeds = [seed for seed in wanted if all((option, n, seed) in cells for option in options for n in sizes)]
    standard = str(choices[row.choice].default)
    rows = []
    if len(seeds) >= 2:
        tables = {option: np.array([[cells[option, n, seed] for n in sizes] for seed in seeds]) for option in options}
        rows = [
            WayOut(
                option=found.variant,
                errors=[SeedEstimate.model_validate(one.as_json()) for one in found.errors],
                gains=[SeedEstimate.model_validate(one.as_json()) for one in found.gains],
                saved=SeedEstimate.model_validate(found.label_savings.as_json()) if found.label_savings else None,
            )
            for found in compare_data_efficiency(sizes, tables, baseline=standard)
        ]
    return WaysOut(
        id=row.pk,
        snapshot_version=row.snapshot.version,
        recipe=row.recipe,
        choice=row.choice,
        standard=standard,
        params={key: value for key, value in studies[0].params.items() if key != row.choice},
        sizes=sizes,
        seeds=len(seeds),
        wanted_seeds=len(wanted),
        trained=len(cells),
        trainings=len(options) * len(sizes) * len(wanted),
        rows=rows,
        created_at=row.created_at,
        jobs=[job_out(one.job) for one in studies],
    )


def record_of(organization_id: int) -> dict[str, Any]:
    """How often this organization's past ranges held, with anytime-valid intervals, and what follows for new ones."""
    rows = ForecastOutcome.objects.filter(record__study__project__organization_id=organization_id)
    counts = rows.aggregate(all=Count("id"), in80=Count("id", Q(inside80=True)), in95=Count("id", Q(inside95=True)))
    scored = int(counts["all"])
    body: dict[str, Any] = {"scored": scored, "widen": 1.0}
    for name, key in (("held80", "in80"), ("held95", "in95")):
        held = anytime_interval(int(counts[key]), scored)
        body[name] = {"held": int(counts[key]), "low": held.low, "high": held.high}
    if scored:
        # 80 % of the distances should lie below 1. Shrunken towards that; never narrower than calibrated.
        distances = np.array(rows.order_by("-pk").values_list("distance", flat=True)[:1000])
        seen = float(np.quantile(distances, 0.8))
        weight = len(distances) / (len(distances) + RECORD_PRIOR)
        body["widen"] = float(min(3.0, max(1.0, weight * seen + (1 - weight))))
    return body


def forecast_of(
    study: Study, points: Sequence[CurvePoint], metric: str = "accuracy", *, widen: float | None = None
) -> CurveForecast | None:
    """The forecast; None while fewer than three sizes are measured.

    Lists read `widen` of the organization's record once for all of their rows.
    """
    rows = rows_of(points, metric)
    if len({row["n"] for row in rows}) < MIN_SIZES:
        return None
    return forecast_curve(rows, widen=record_of(study.project.organization_id)["widen"] if widen is None else widen)


def _finite(value: float) -> float | None:
    return None if math.isinf(value) else value


def quantiles(one: Distribution) -> dict[str, float | None]:
    """As JSON; null stands for infinity."""
    return {key_of(q): _finite(one.quantile(q)) for q in NEEDED}


def body_of(made: CurveForecast, target: float) -> dict[str, Any]:
    """A forecast as JSON."""
    last = made.points[-1]
    needed = made.labels_needed(target)
    total = needed.weights.sum()
    return {
        "target": target,
        "labels_now": last.n,
        "score_now": last.score,
        "reached": made.has_reached(target),
        "needed": quantiles(needed),
        "enough": [
            {"times": times, "labels": math.ceil(last.n * times), "chance": _share(needed, last.n * times, total)}
            for times in TIMES
        ],
        "probability_never": made.probability_never(target),
        "next_purchase": made.next_batch_size(target),
        "flags": made.flags,
        "gets_worse": made.gets_worse,
        "band": [
            {"n": last.n * 2 ** (step / 4), **{key_of(q): made.quantile(last.n * 2 ** (step / 4), q) for q in BAND}}
            for step in range(25)
        ],
    }


def _share(needed: Distribution, labels: float, total: float) -> float:
    return float(needed.weights[needed.values <= math.ceil(labels) + 0.5].sum() / total)


def band_at(band: list[dict[str, float]], n: float) -> list[float]:
    """The quantiles of `BAND` at a size, drawn straight in log n."""
    x = np.log([row["n"] for row in band])
    return [float(np.interp(math.log(n), x, [row[key_of(q)] for row in band])) for q in BAND]


def forecast_body(
    study: Study, points: Sequence[CurvePoint], *, target: float, metric: str = "accuracy", widen: float | None = None
) -> dict[str, Any] | None:
    """The forecast as JSON; None while there are fewer than three sizes.

    Kept for an hour by its points, since pages ask for it again and again.
    """
    if len({point.n for point in points}) < MIN_SIZES:
        return None
    key = f"forecast-2-{study.pk}-{len(points)}-{target!r}-{quote(metric, safe='')}"
    body: dict[str, Any] | None = cache.get(key)
    if body is None:
        made = forecast_of(study, points, metric, widen=widen)
        if made is None:
            return None
        body = body_of(made, target)
        cache.set(key, body, timeout=3600)
    return body


def economics_of(project: Project) -> Economics:
    """What was entered; empty where nothing was."""
    return Economics.objects.filter(project=project).first() or Economics(project=project)


@dataclass(frozen=True)
class Work:
    """What labels of a project cost, as entered and as measured, and how many are made a day."""

    entered: float | None
    measured: float | None
    per_day: list[float]


def works_of(projects: Sequence[Project], done: Mapping[int, int] | None = None) -> dict[int, Work]:
    """Of each project, in a constant number of queries; `done` says how many tasks are, where that is known."""
    ids = [row.pk for row in projects]
    if done is None:
        done = {pk: counts["done"] for pk, counts in count_tasks_by_state(project_ids=ids).items()}
    entered = dict(Economics.objects.filter(project_id__in=ids).values_list("project_id", "price"))
    work: dict[int, WorkSummary] = summarize_work(ids)
    return {
        row.pk: Work(
            entered=entered.get(row.pk),
            measured=work[row.pk].cost_per_accepted(row, done[row.pk]),
            per_day=[float(day.completed_count) for day in work[row.pk].days],
        )
        for row in projects
    }


def money_and_time(
    made: CurveForecast, target: float, *, work: Work, price: float | None = None, speed: float = 1.0
) -> dict[str, Any]:
    """What the target costs and when it comes, as distributions.

    The forecast counts labels to learn from. Some labels that are made fall to the sealed split, so more have to be
    made than learned from.
    """
    entered, per_day = work.entered, work.per_day
    each = price if price is not None else entered if entered is not None else work.measured
    last = made.points[-1]
    more = additional_labels(made.labels_needed(target), last.n)
    more = Distribution(np.ceil(more.values / (1 - settings.SEALED_SHARE)), more.weights)
    days = days_to_label(more, per_day, speed=speed)
    today = timezone.now().date()
    body: dict[str, Any] = {
        "labels": quantiles(more),
        "price": each,
        "price_from": "given" if price is not None else "entered" if entered is not None else "queue",
        "money": quantiles(labeling_cost(more, each)) if each is not None else None,
        "per_day": float(np.mean(per_day)) * speed if per_day else None,
        "per_day_days": len(per_day),
        "dates": None,
    }
    if days is not None:
        found = {key: value if value is None or value < 36500 else None for key, value in quantiles(days).items()}
        body["dates"] = {
            key: None if value is None else (today + timedelta(days=math.ceil(value))).isoformat()
            for key, value in found.items()
        }
    return body


def worth_body(project: Project, made: CurveForecast, *, price: float | None) -> dict[str, Any] | None:
    """Whether labeling on pays; None until the costs of mistakes are entered."""
    row = economics_of(project)
    if None in (row.miss, row.false_alarm, row.decisions, row.today):
        return None
    costs = Costs(
        fn_cost=row.miss or 0.0,
        fp_cost=row.false_alarm or 0.0,
        fn_fraction=row.miss_share,
        decisions_per_month=row.decisions or 0.0,
        months=row.months,
        baseline_cost=row.today or 0.0,
        operating_cost=row.running,
    )
    return vars(labeling_value(made, costs, labels=made.points[-1].n, cost_per_label=price or 0.0))


def parts_of(study: Study, points: Sequence[CurvePoint], target: float) -> list[dict[str, Any]]:
    """Each class and slice: its curve, its forecast, and what 100 labels of it would bring to the whole.

    A class's labels are taken to stay the same share of all labels. Parts with fewer than ten sealed items have a
    curve, but no forecast: their error bars say nothing.
    """
    if not points:
        return []
    names = {label["id"]: label["name"] for label in study.snapshot.labels}
    last = max(points, key=lambda point: point.n)
    keys = [f"class:{label}" for label in last.per_class] + sorted(last.slices)
    sealed = {f"class:{label}": cells[0] for label, cells in last.per_class.items()}
    sealed |= {key: cells[0] for key, cells in last.slices.items()}
    total = sum(cells[0] for cells in last.per_class.values())
    rows = []
    for key in keys:
        measured = rows_of(points, key)
        if not measured:
            continue
        pooled = pool_seeds(measured)
        title = (
            names.get(key.removeprefix("class:"), key.removeprefix("class:")) if key.startswith("class:") else key[5:]
        )
        row: dict[str, Any] = {
            "key": key,
            "title": title,
            "sealed": sealed[key],
            "share": sealed[key] / total if total else 0.0,
            "pooled": [vars(point) for point in pooled],
            "needed": None,
            "next_hundred": None,
            "probability_never": None,
        }
        if sealed[key] >= LEAST_ITEMS and len(pooled) >= MIN_SIZES:
            made = forecast_curve(measured)
            n = pooled[-1].n
            row["needed"] = quantiles(made.labels_needed(target))
            row["probability_never"] = made.probability_never(target)
            if pooled[-1].score < target and row["share"] > 0:
                # A hundred labels of this part are worth as many in all as it takes to meet a hundred of it.
                gained = made.mean_error(n) - made.mean_error(n + 100 / row["share"])
                row["next_hundred"] = max(0.0, gained * row["share"])
        rows.append(row)
    return rows


def last_gain(study: Study) -> dict[str, Any] | None:
    """What the labels between the last two sizes brought, with its 80 % interval."""
    rows = rows_of(list(study.points.all()), "accuracy")
    sizes = sorted({row["n"] for row in rows})
    if len(sizes) < 2:
        return None
    found = paired_gain(rows, after=sizes[-1], before=sizes[-2])
    return {"labels": sizes[-1] - sizes[-2], **found.as_json()} if found else None


def latest_study(project_id: int) -> Study | None:
    """The newest study that is done."""
    rows = Study.objects.filter(project_id=project_id, job__state="done", ways=None).select_related(
        "project", "snapshot"
    )
    return rows.order_by("-pk").first()


def labels_since(project: Project, snapshot: Snapshot | None) -> int:
    """Labels resolved since a snapshot was frozen; a count over the seats, so it does not grow with the tasks."""
    done = count_tasks_by_state(project_ids=[project.pk])[project.pk]["done"]
    return max(0, int(done) - (snapshot.rows + snapshot.left_out if snapshot else 0))


def outlook_of(body: dict[str, Any] | None) -> str:
    """Whether the target will be reached, in a word.

    `likely`: with eight times the labels in four cases of five; `unlikely`: never in half of the cases or more.
    """
    if body is None:
        return "unknown"
    if body["reached"]:
        return "reached"
    chance = next(row["chance"] for row in body["enough"] if row["times"] == LIKELY_WITHIN)
    if chance >= 0.8:
        return "likely"
    return "unlikely" if body["probability_never"] >= 0.5 else "unsure"


def newest_studies(project_ids: list[int]) -> dict[int, Study]:
    """The newest study with enough points of each project, in a constant number of queries."""
    measured = CurvePoint.objects.filter(study__project_id__in=project_ids, study__ways=None).values(
        "study_id", "study__project_id"
    )
    enough = measured.annotate(sizes=Count("n", distinct=True)).filter(sizes__gte=MIN_SIZES)
    newest: dict[int, int] = {}
    for row in enough:
        newest[row["study__project_id"]] = max(newest.get(row["study__project_id"], 0), row["study_id"])
    rows = Study.objects.filter(pk__in=newest.values()).select_related("project", "snapshot", "job")
    return {row.project_id: row for row in rows.prefetch_related("points")}


def contracts_by_state(project_ids: list[int]) -> dict[int, dict[str, int]]:
    """How many contracts of each project are in each state."""
    found: dict[int, dict[str, int]] = {}
    rows = Contract.objects.filter(project_id__in=project_ids).values("project_id", "state").annotate(count=Count("id"))
    for row in rows.order_by():
        found.setdefault(row["project_id"], {})[row["state"]] = row["count"]
    return found


def agreements_of(project_ids: Sequence[int]) -> dict[int, float]:
    """Share of pairs of answers that agree: a ceiling for what a model can be right about. Not where too few are."""
    return {pk: mean for pk, (mean, tasks) in mean_similarity_by_project(project_ids).items() if tasks >= LEAST_ITEMS}


def diagnosis_of(
    body: dict[str, Any] | None, parts: list[dict[str, Any]], agreement: float | None, target: float
) -> list[dict[str, Any]]:
    """Why a target may not be reached, each reason with its evidence; an empty list where nothing speaks against it."""
    if body is None or body["reached"]:
        return []
    reasons: list[dict[str, Any]] = []
    if agreement is not None and agreement < target:
        reasons.append({"code": "label_noise", "agreement": agreement, "target": target})
    if body["probability_never"] > 0.5:
        reasons.append({"code": "plateau", "never": body["probability_never"]})
    classes = [part for part in parts if part["key"].startswith("class:")]
    if classes:
        shares = [part["share"] for part in classes]
        rare = min(classes, key=lambda part: part["share"])
        worst = min(classes, key=lambda part: part["pooled"][-1]["score"])
        if rare["share"] < 0.3 / len(shares) and rare["pooled"][-1]["score"] < body["score_now"] - 0.1:
            reasons.append(
                {
                    "code": "imbalance",
                    "class": rare["title"],
                    "share": rare["share"],
                    "score": rare["pooled"][-1]["score"],
                }
            )
        elif worst["pooled"][-1]["score"] < body["score_now"] - 0.2:
            reasons.append({"code": "weak_class", "class": worst["title"], "score": worst["pooled"][-1]["score"]})
    if "gets_worse" in body["flags"]:
        reasons.append({"code": "gets_worse", "chance": body["gets_worse"]})
    return reasons
