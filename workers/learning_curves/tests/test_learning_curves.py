"""Learning curves: what is reused, stored, backtested, compared, and measured on schedule."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from annotation.labeling.models import ProjectMembership, Task
from annotation.projects.models import Project
from annotation.quality.queries import agreement_report, mean_similarity_by_project
from annotation.snapshots.models import Snapshot, SnapshotEntry
from plateau.http.errors import Conflict, InvalidInput
from tests.growing import GrowingOrganization
from workers.learning_curves import queries, scheduling, services
from workers.learning_curves.models import ForecastBacktest, LearningCurve, LearningCurveSchedule, ProjectCostModel
from workers.learning_curves.tests.curves import annotate_task, create_measured_curve, create_ready_snapshot
from workers.learning_curves.tests.factories import ForecastBacktestFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(make_project):
    return make_project(items=8)


def test_points_are_taken_over_from_a_snapshot_that_only_grew(people, project):
    create_measured_curve(create_ready_snapshot(project, 1, 4))
    grown = create_ready_snapshot(project, 2, 8, train_count=1280, item_count=1680)
    curve = services.submit_learning_curve(
        actor=people.actor("scientist"), snapshot=grown, recipe="image_probe", params={}
    )
    measured = {(point.n, point.seed) for point in curve.points.all()}
    assert measured == {(n, seed) for n in (80, 160, 320, 640) for seed in (0, 1)} & {
        tuple(training) for training in curve.training_plan
    }
    assert measured
    assert all(point.is_reused for point in curve.points.all())


def test_points_are_measured_anew_where_a_label_was_changed(people, project):
    old = create_ready_snapshot(project, 1, 4)
    create_measured_curve(old)
    grown = create_ready_snapshot(project, 2, 8, train_count=1280, item_count=1680)
    SnapshotEntry.objects.filter(snapshot=grown, item=old.entries.first().item).delete()
    curve = services.submit_learning_curve(
        actor=people.actor("scientist"), snapshot=grown, recipe="image_probe", params={}
    )
    assert not curve.points.exists()


def test_a_plan_costs_no_more_than_its_budget(people, project):
    snapshot = create_ready_snapshot(project, 1, 2, train_count=2560)
    curve = services.submit_learning_curve(
        actor=people.actor("scientist"), snapshot=snapshot, recipe="image_cnn", params={}, compute_budget=4.0
    )
    assert sum(max(n, 500) / 2560 for n, _ in curve.training_plan) <= 4.0 + 1e-9
    assert curve.training_plan[0] == [2560, 0]


def test_a_forecast_is_kept_and_scored_when_the_labels_arrive(people, project):
    early = create_measured_curve(create_ready_snapshot(project, 1, 4))
    stored = services.finish_learning_curve(early)
    assert stored.forecast["current_labels"] == 640
    assert queries.calibration_history(project.organization_id)["backtest_count"] == 0
    late = create_measured_curve(create_ready_snapshot(project, 2, 8), sizes=(80, 160, 320, 640, 1280, 2560))
    services.finish_learning_curve(late)
    backtests = list(ForecastBacktest.objects.order_by("n"))
    assert [backtest.n for backtest in backtests] == [1280, 2560]  # 640 had been seen
    assert all(backtest.stored_forecast_id == stored.pk for backtest in backtests)
    assert all(backtest.low_80 <= backtest.median <= backtest.high_80 for backtest in backtests)
    assert all(row.is_in_80 == (row.low_80 <= row.score <= row.high_80) for row in backtests)
    services.finish_learning_curve(late)
    assert ForecastBacktest.objects.filter(stored_forecast=stored).count() == 2  # scored once
    assert queries.calibration_history(project.organization_id)["backtest_count"] == 2


def test_ranges_widen_when_the_record_is_bad_and_stay_when_it_is_good(people, project):
    stored = services.finish_learning_curve(create_measured_curve(create_ready_snapshot(project, 1, 4)))
    values = {"score": 0.5, "low_80": 0.8, "median": 0.85, "high_80": 0.9, "is_in_95": False}
    for n in range(30):
        ForecastBacktestFactory(stored_forecast=stored, n=1000 + n, scaled_error=0.5, is_in_80=True, **values)
    assert queries.calibration_history(project.organization_id)["interval_scale"] == 1.0
    ForecastBacktest.objects.update(scaled_error=3.0, is_in_80=False)
    assert queries.calibration_history(project.organization_id)["interval_scale"] == pytest.approx(1 + 2 * 30 / 50)


def test_the_budget_of_a_study_holds_together(people, project):
    curve = create_measured_curve(create_ready_snapshot(project, 1, 4), top=0.97)
    client = people.client("scientist")
    body = client.get(
        f"/api/v1/learning-curves/{curve.pk}/forecast/?target=0.93&cost_per_label=0.5&team_speed=2"
    ).json()
    assert body["forecast"]["target"] == 0.93
    labels_needed, cost = body["forecast"]["labels_needed"], body["cost_forecast"]
    assert labels_needed["p10"] <= labels_needed["p50"]
    if labels_needed["p50"] is not None:
        assert cost["cost"]["p50"] == pytest.approx(cost["additional_labels"]["p50"] * 0.5)
        assert cost["additional_labels"]["p50"] > labels_needed["p50"] - 640  # held-out labels are made, too
    assert {subgroup["key"] for subgroup in body["subgroups"]} == {"class:apple", "class:pear", "meta:camera=b"}
    assert body["labeling_value"] is None
    for metric in ("macro_f1", "auroc", "class:pear", "meta:camera=b"):
        body = client.get(f"/api/v1/learning-curves/{curve.pk}/?metric={metric}").json()
        assert body["forecast"]["current_labels"] == 640
    assert client.get(f"/api/v1/learning-curves/{curve.pk}/?metric=mood").status_code == 400
    assert client.get(f"/api/v1/learning-curves/{curve.pk}/forecast/?target=2").json()["errors"][0]["field"] == "target"


def test_what_mistakes_cost_says_whether_it_pays(people, project):
    curve = create_measured_curve(create_ready_snapshot(project, 1, 4))
    costs = {
        "fn_cost": 30, "fp_cost": 10, "decisions_per_month": 1000, "baseline_cost": 5000, "months": 10,
        "cost_per_label": 0.1,
    }  # fmt: skip
    path = f"/api/v1/projects/{project.pk}/cost-model/"
    saved = people.client("manager").patch(path, costs, content_type="application/json").json()
    assert saved["fn_fraction"] == 0.5
    body = people.client("scientist").get(f"/api/v1/learning-curves/{curve.pk}/forecast/").json()
    value = body["labeling_value"]
    assert value["break_even_accuracy"] == pytest.approx(0.75)
    assert value["is_profitable"]
    assert value["optimal_labels"] > 640
    refused = people.client("manager").patch(path, {"fn_fraction": 3}, content_type="application/json").json()
    assert refused["errors"][0]["field"] == "fn_fraction"


def test_the_list_of_forecasts_says_of_each_project_what_its_own_page_says(people, make_project, mlflow_tables):
    grown = GrowingOrganization(people, make_project)
    grown.grow(2)
    client = people.client("manager")
    rows = [row for row in client.get("/api/v1/forecasts/").json()["results"] if row["name"].startswith("Project")]
    assert len(rows) == 2
    for row in rows:
        own = client.get(f"/api/v1/learning-curves/{row['learning_curve_id']}/forecast/").json()
        assert row["cost_forecast"] == own["cost_forecast"]
        assert row["cost_forecast"]["cost_per_label"] == 2.0
        assert row["diagnosis"] == own["diagnosis"]
        assert row["forecast"]["labels_needed"] == own["forecast"]["labels_needed"]
        assert row["diagnosis"][0]["evidence"]["agreement"] == own["agreement"] == 0.0
    ProjectCostModel.objects.all().delete()
    summary = client.get("/api/v1/forecasts/").json()["results"][0]
    measured = client.get(f"/api/v1/projects/{summary['project_id']}/overview/").json()["cost_per_accepted"]
    assert (summary["cost_forecast"]["cost_per_label"], summary["cost_forecast"]["cost_source"]) == (measured, "queue")


def test_likeness_in_one_query_is_that_of_the_report(people, make_project, mlflow_tables):
    grown = GrowingOrganization(people, make_project)
    grown.grow(1)
    ids = list(Project.objects.values_list("pk", flat=True))
    agreements = mean_similarity_by_project(ids)
    for project in Project.objects.all():
        report = agreement_report(project).similarity
        assert agreements.get(project.pk, (None, 0)) == (report.value, report.items)
    assert len(agreements) == 2


def test_a_project_with_a_curve_is_in_the_list_of_forecasts(people, project):
    create_measured_curve(create_ready_snapshot(project, 1, 4))
    rows = people.client("scientist").get("/api/v1/forecasts/").json()["results"]
    assert rows[0]["name"] == project.name
    assert rows[0]["target_status"] in ("likely", "unsure", "unlikely")
    assert len(rows[0]["pooled"]) == 4


def test_the_diagnosis_names_its_evidence():
    body = {"is_reached": False, "probability_never": 0.7, "warnings": [], "current_score": 0.8}
    part = {"pooled": [{"score": 0.9}], "fraction": 0.9, "key": "class:a", "title": "A"}
    rare = part | {"pooled": [{"score": 0.4}], "fraction": 0.05, "key": "class:b", "title": "B"}
    reasons = queries.diagnose(body, [part, rare], 0.82, 0.9)
    assert [reason["code"] for reason in reasons] == ["label_noise", "saturated", "imbalance"]
    assert reasons[2] == {"code": "imbalance", "class": "B", "fraction": 0.05, "score": 0.4}
    assert queries.diagnose(body | {"is_reached": True}, [], 0.5, 0.9) == []


def schedule_of(people, project, **more) -> LearningCurveSchedule:
    values = {"recipe": "image_probe", "every_labels": 10, "every_hours": None, "enabled": True} | more
    return services.set_learning_curve_schedule(actor=people.actor("scientist"), project=project, **values)


def resolve(project, people, count: int) -> None:
    """So many tasks are done, as the seats count them."""
    user = people.members["ours", "annotator"].user
    ProjectMembership.objects.update_or_create(project=project, user=user, defaults={"done": count})
    for task in Task.objects.filter(project=project):
        Task.objects.filter(pk=task.pk).update(state="done", annotation=annotate_task(task))


def test_a_live_curve_freezes_after_so_many_labels_and_measures_once_frozen(people, project):
    schedule = schedule_of(people, project)
    assert scheduling.advance_schedule(schedule.pk) == "waiting"
    resolve(project, people, 10)
    assert scheduling.advance_schedule(schedule.pk) == "frozen"
    assert scheduling.advance_schedule(schedule.pk) == "freezing"
    Snapshot.objects.update(state="ready", content_hash="x", train_count=640, test_count=200, item_count=10)
    assert scheduling.advance_schedule(schedule.pk) == "submitted"
    assert LearningCurve.objects.get().is_scheduled
    assert scheduling.advance_schedule(schedule.pk) == "measuring"
    LearningCurve.objects.get().job.__class__.objects.update(state="done")
    assert scheduling.advance_schedule(schedule.pk) == "waiting"


def test_a_schedule_measures_only_when_labels_are_new(people, project):
    schedule = schedule_of(people, project, every_labels=1000, every_hours=1)
    LearningCurveSchedule.objects.update(updated_at=timezone.now() - timedelta(hours=2))
    assert scheduling.advance_schedule(schedule.pk) == "waiting"
    resolve(project, people, 3)
    assert scheduling.advance_schedule(schedule.pk) == "frozen"


def test_a_live_curve_that_cannot_go_on_says_why(people, project):
    schedule = schedule_of(people, project)
    resolve(project, people, 10)
    scheduling.advance_schedule(schedule.pk)
    Snapshot.objects.update(state="ready", content_hash="x", train_count=4, test_count=2, item_count=10)
    scheduling.run_due_schedules()
    schedule.refresh_from_db()
    assert "at least 40 labels" in schedule.last_error
    assert scheduling.advance_schedule(schedule.pk) == "waiting"  # not again and again on the same labels
    resolve(project, people, 25)
    assert scheduling.advance_schedule(schedule.pk) == "frozen"


def test_the_annotators_header_says_labels_until_and_what_the_last_brought(people, project):
    create_measured_curve(create_ready_snapshot(project, 1, 4, item_count=5))
    schedule_of(people, project, every_labels=50)
    resolve(project, people, 17)
    body = people.client("annotator").get(f"/api/v1/projects/{project.pk}/learning-curve-schedule/").json()
    assert body["labels_until_next"] == 50 - 12
    assert body["last_gain"]["labels"] == 320
    assert body["last_gain"]["low"] < body["last_gain"]["value"] < body["last_gain"]["high"]


def test_a_pasted_curve_is_forecast_and_a_bad_one_says_why(people):
    points = [{"n": n, "score": 1 - n**-0.5} for n in (25, 50, 100, 200, 400)]
    client = people.client("scientist")
    good = client.post(
        "/api/v1/forecasts/", {"points": points, "target": 0.97, "cost_per_label": 2}, content_type="application/json"
    )
    body = good.json()
    assert (
        body["forecast"]["labels_needed"]["p10"] < 1111 < (body["forecast"]["labels_needed"]["p90"] or 1e9)
    )  # 0.03^−2
    assert body["cost"]["p50"] > 0
    bad = client.post(
        "/api/v1/forecasts/",
        {"points": [*points, {"n": 9, "score": 7}], "target": 0.97},
        content_type="application/json",
    )
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (400, "points")


def test_where_less_is_better_a_target_below_is_not_reached(people):
    points = [{"n": n, "score": 30 * n**-0.5} for n in (25, 50, 100, 200, 400)]
    body = {"points": points, "target": 0.5, "worst_score": 30, "best_score": 0}
    answer = people.client("scientist").post("/api/v1/forecasts/", body, content_type="application/json").json()
    assert (answer["forecast"]["is_reached"], answer["forecast"]["next_batch_size"] > 0) == (False, True)
    answer = (
        people.client("scientist")
        .post("/api/v1/forecasts/", body | {"target": 2}, content_type="application/json")
        .json()
    )
    assert (answer["forecast"]["is_reached"], answer["forecast"]["next_batch_size"]) == (True, 0)


def command(tmp_path, text: str, *more: str) -> str:
    path = tmp_path / "points.csv"
    path.write_text(text)
    out = StringIO()
    call_command("forecast", "--points", str(path), "--target", "0.9", *more, stdout=out)
    return out.getvalue()


def test_the_command_reads_a_table_and_writes_json(tmp_path):
    text = "n,score,seed\n50,.62,0\n100,.70,0\n200,.76,0\n400,.81,0\n800,.85,0\n"
    result = json.loads(command(tmp_path, text, "--cost-per-label", "0.1", "--json"))
    assert result["current_labels"] == 800
    assert result["cost"]["p50"] == pytest.approx((result["labels_needed"]["p50"] - 800) * 0.1)
    assert "label" in command(tmp_path, text)


def test_the_command_forecasts_each_class_apart(tmp_path):
    rows = [f"{n},{1 - a * n**-0.5:.3f},{name}" for name, a in (("cat", 2), ("dog", 4)) for n in (50, 100, 200, 400)]
    result = json.loads(command(tmp_path, "n,score,class\n" + "\n".join(rows), "--json"))
    assert result["cat"]["labels_needed"]["p50"] < result["dog"]["labels_needed"]["p50"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "columns n and score"),
        ("n,score,mood\n1,2,3\n", "unknown columns"),
        ("n,score\n10,high\n", "line 2, column score"),
        ("n,score\n10,0.5\n20,0.6\n", "at least 3 different sizes"),
    ],
)
def test_the_command_names_what_is_wrong_with_a_table(tmp_path, text, message):
    with pytest.raises(CommandError, match=message):
        command(tmp_path, text)


def submitted_ablation(people, project, **more):
    snapshot = project.snapshots.first() or create_ready_snapshot(project, 1, 4)
    values = {"recipe": "image_cnn", "parameter": "mixing", "params": {"width": 8}, "seeds": 3} | more
    return services.submit_ablation(actor=people.actor("scientist"), snapshot=snapshot, **values)


def test_an_ablation_has_the_same_labels_and_seeds_for_every_variant(people, project):
    ablation = submitted_ablation(people, project)
    curves = list(ablation.learning_curves.order_by("pk"))
    assert [curve.params["mixing"] for curve in curves] == ["none", "mixup", "bc", "bc+"]
    assert {curve.params["width"] for curve in curves} == {8}
    assert {json.dumps(curve.training_plan) for curve in curves} == {json.dumps(curves[0].training_plan)}
    assert (curves[0].sizes, curves[0].seeds) == ([160, 320, 640], [0, 1, 2])
    with pytest.raises(InvalidInput, match="does not have this option"):
        submitted_ablation(people, project, parameter="color")
    small, actor = create_ready_snapshot(project, 9, 2, train_count=30), people.actor("scientist")
    with pytest.raises(Conflict, match="at least 40 labels"):
        services.submit_ablation(
            actor=actor, snapshot=small, recipe="image_cnn", parameter="mixing", params={}, seeds=2
        )


def test_label_savings_are_read_off_curves_once_seeds_are_completed(people, project):
    """A variant with the error of the baseline at half the labels saves half of them."""
    ablation = submitted_ablation(people, project)
    error = {"none": lambda n: 2 * n**-0.5, "mixup": lambda n: 2 * n**-0.5, "bc": lambda n: 2 * (2 * n) ** -0.5}
    for curve in ablation.learning_curves.all():
        for n, seed in curve.training_plan:
            if curve.params["mixing"] == "bc+" and (n, seed) == (640, 2):
                continue  # this one is not through yet: its seed counts nowhere
            value = error.get(curve.params["mixing"], error["bc"])(n) + 0.0005 * seed
            services.save_point(
                curve, n, seed,
                {"accuracy": 1 - value, "macro_f1": 1, "test_items": 500, "per_class": {}, "training_seconds": 1.0},
            )  # fmt: skip
    client = people.client("manager")
    body = client.get(f"/api/v1/projects/{project.pk}/ablations/").json()["results"][0]
    assert (body["completed_seeds"], body["planned_seeds"]) == (2, 3)
    assert (body["completed_trainings"], body["planned_trainings"]) == (35, 36)
    rows = {row["variant"]: row for row in body["variants"]}
    assert rows["none"]["label_savings"] is None
    assert rows["bc"]["label_savings"]["value"] == pytest.approx(0.5, abs=0.02)
    assert rows["mixup"]["label_savings"]["value"] == pytest.approx(0.0, abs=0.02)
    assert rows["bc"]["error_reductions"][0]["value"] == pytest.approx(error["none"](160) - error["bc"](160))
    # They are no curve of the project: its own list, forecasts and live plan know nothing of them.
    assert client.get(f"/api/v1/projects/{project.pk}/learning-curves/").json()["results"] == []
    assert services.finish_learning_curve(ablation.learning_curves.first()) is None
    assert queries.newest_measured_curves([project.pk]) == {}
