"""The label budget: what is reused, kept, scored, and done without anybody asking."""

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
from plateau.http.errors import Conflict, Invalid
from tests.growing import Growing
from workers.learning_curves import live, queries, services
from workers.learning_curves.models import Economics, ForecastOutcome, LivePlan, Study
from workers.learning_curves.tests.curves import answer_to, snapshot_of, study_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(make_project):
    return make_project(items=8)


def test_points_are_taken_over_from_a_snapshot_that_only_grew(people, project):
    study_of(people, snapshot_of(project, 1, 4))
    grown = snapshot_of(project, 2, 8, train=1280, rows=1680)
    study = services.order_study(actor=people.actor("scientist"), snapshot=grown, recipe="image_probe", params={})
    taken = {(point.n, point.seed) for point in study.points.all()}
    assert taken == {(n, seed) for n in (80, 160, 320, 640) for seed in (0, 1)} & {tuple(one) for one in study.plan}
    assert taken
    assert all(point.reused for point in study.points.all())


def test_points_are_measured_anew_where_a_label_was_changed(people, project):
    old = snapshot_of(project, 1, 4)
    study_of(people, old)
    grown = snapshot_of(project, 2, 8, train=1280, rows=1680)
    SnapshotEntry.objects.filter(snapshot=grown, item=old.entries.first().item).delete()
    study = services.order_study(actor=people.actor("scientist"), snapshot=grown, recipe="image_probe", params={})
    assert not study.points.exists()


def test_a_plan_costs_no_more_than_its_budget(people, project):
    snapshot = snapshot_of(project, 1, 2, train=2560)
    study = services.order_study(
        actor=people.actor("scientist"), snapshot=snapshot, recipe="image_cnn", params={}, budget=4.0
    )
    assert sum(max(n, 500) / 2560 for n, _ in study.plan) <= 4.0 + 1e-9
    assert study.plan[0] == [2560, 0]


def test_a_forecast_is_kept_and_scored_when_the_labels_arrive(people, project):
    early = study_of(people, snapshot_of(project, 1, 4))
    record = services.finish_study(early)
    assert record.body["labels_now"] == 640
    assert queries.record_of(project.organization_id)["scored"] == 0
    late = study_of(people, snapshot_of(project, 2, 8), sizes=(80, 160, 320, 640, 1280, 2560))
    services.finish_study(late)
    outcomes = list(ForecastOutcome.objects.order_by("n"))
    assert [one.n for one in outcomes] == [1280, 2560]  # 640 had been seen
    assert all(one.record_id == record.pk for one in outcomes)
    assert all(one.low <= one.middle <= one.high for one in outcomes)
    assert all(one.inside80 == (one.low <= one.score <= one.high) for one in outcomes)
    services.finish_study(late)
    assert ForecastOutcome.objects.filter(record=record).count() == 2  # scored once
    assert queries.record_of(project.organization_id)["scored"] == 2


def test_ranges_widen_when_the_record_is_bad_and_stay_when_it_is_good(people, project):
    record = services.finish_study(study_of(people, snapshot_of(project, 1, 4)))
    values = {"score": 0.5, "low": 0.8, "middle": 0.85, "high": 0.9, "inside95": False}
    for n in range(30):
        ForecastOutcome.objects.create(record=record, n=1000 + n, distance=0.5, inside80=True, **values)
    assert queries.record_of(project.organization_id)["widen"] == 1.0
    ForecastOutcome.objects.update(distance=3.0, inside80=False)
    assert queries.record_of(project.organization_id)["widen"] == pytest.approx(1 + 2 * 30 / 50)


def test_the_budget_of_a_study_holds_together(people, project):
    study = study_of(people, snapshot_of(project, 1, 4), top=0.97)
    client = people.client("customer")
    body = client.get(f"/api/v1/studies/{study.pk}/budget/?target=0.93&price=0.5&speed=2").json()
    assert body["forecast"]["target"] == 0.93
    needed, money = body["forecast"]["needed"], body["money"]
    assert needed["p10"] <= needed["p50"]
    if needed["p50"] is not None:
        assert money["money"]["p50"] == pytest.approx(money["labels"]["p50"] * 0.5)
        assert money["labels"]["p50"] > needed["p50"] - 640  # sealed labels are made, too
    assert {part["key"] for part in body["parts"]} == {"class:apple", "class:pear", "meta:camera=b"}
    assert body["worth"] is None
    for metric in ("macro_f1", "auroc", "class:pear", "meta:camera=b"):
        answer = client.get(f"/api/v1/studies/{study.pk}/?metric={metric}").json()
        assert answer["forecast"]["labels_now"] == 640
    assert client.get(f"/api/v1/studies/{study.pk}/?metric=mood").status_code == 400
    assert client.get(f"/api/v1/studies/{study.pk}/budget/?target=2").json()["errors"][0]["field"] == "target"


def test_what_mistakes_cost_says_whether_it_pays(people, project):
    study = study_of(people, snapshot_of(project, 1, 4))
    costs = {"miss": 30, "false_alarm": 10, "decisions": 1000, "today": 5000, "months": 10, "price": 0.1}
    path = f"/api/v1/projects/{project.pk}/economics/"
    saved = people.client("manager").patch(path, costs, content_type="application/json").json()
    assert saved["miss_share"] == 0.5
    worth = people.client("customer").get(f"/api/v1/studies/{study.pk}/budget/").json()["worth"]
    assert worth["break_even"] == pytest.approx(0.75)
    assert worth["pays_now"]
    assert worth["stop_at"] > 640
    refused = people.client("manager").patch(path, {"miss_share": 3}, content_type="application/json").json()
    assert refused["errors"][0]["field"] == "miss_share"


def test_the_portfolio_says_of_each_project_what_its_own_page_says(people, make_project):
    grown = Growing(people, make_project)
    grown.grow(2)
    client = people.client("manager")
    rows = [row for row in client.get("/api/v1/portfolio/").json()["results"] if row["name"].startswith("Project")]
    assert len(rows) == 2
    for row in rows:
        own = client.get(f"/api/v1/studies/{row['study_id']}/budget/").json()
        assert row["money"] == own["money"]
        assert row["money"]["price"] == 2.0
        assert row["diagnosis"] == own["diagnosis"]
        assert row["forecast"]["needed"] == own["forecast"]["needed"]
        assert row["diagnosis"][0]["evidence"]["agreement"] == own["agreement"] == 0.0
    Economics.objects.all().delete()
    seen = client.get("/api/v1/portfolio/").json()["results"][0]
    measured = client.get(f"/api/v1/projects/{seen['project_id']}/overview/").json()["cost_per_accepted"]
    assert (seen["money"]["price"], seen["money"]["price_from"]) == (measured, "queue")


def test_likeness_in_one_query_is_that_of_the_report(people, make_project):
    grown = Growing(people, make_project)
    grown.grow(1)
    ids = list(Project.objects.values_list("pk", flat=True))
    found = mean_similarity_by_project(ids)
    for project in Project.objects.all():
        told = agreement_report(project).similarity
        assert found.get(project.pk, (None, 0)) == (told.value, told.items)
    assert len(found) == 2


def test_a_project_with_a_curve_is_in_the_portfolio(people, project):
    study_of(people, snapshot_of(project, 1, 4))
    rows = people.client("customer").get("/api/v1/portfolio/").json()["results"]
    assert rows[0]["name"] == project.name
    assert rows[0]["outlook"] in ("likely", "unsure", "unlikely")
    assert len(rows[0]["pooled"]) == 4


def test_the_diagnosis_names_its_evidence():
    body = {"reached": False, "probability_never": 0.7, "flags": [], "score_now": 0.8, "gets_worse": 0.1}
    part = {"pooled": [{"score": 0.9}], "share": 0.9, "key": "class:a", "title": "A"}
    rare = part | {"pooled": [{"score": 0.4}], "share": 0.05, "key": "class:b", "title": "B"}
    found = queries.diagnosis_of(body, [part, rare], 0.82, 0.9)
    assert [one["code"] for one in found] == ["label_noise", "plateau", "imbalance"]
    assert found[2] == {"code": "imbalance", "class": "B", "share": 0.05, "score": 0.4}
    assert queries.diagnosis_of(body | {"reached": True}, [], 0.5, 0.9) == []


def plan_of(people, project, **more) -> LivePlan:
    values = {"recipe": "image_probe", "every_labels": 10, "every_hours": None, "enabled": True} | more
    return services.set_live_plan(actor=people.actor("scientist"), project=project, **values)


def resolve(project, people, count: int) -> None:
    """So many tasks are done, as the seats count them."""
    user = people.members["ours", "annotator"].user
    ProjectMembership.objects.update_or_create(project=project, user=user, defaults={"done": count})
    for task in Task.objects.filter(project=project):
        Task.objects.filter(pk=task.pk).update(state="done", annotation=answer_to(task))


def test_a_live_curve_freezes_after_so_many_labels_and_measures_once_frozen(people, project):
    plan = plan_of(people, project)
    assert live.tend(plan.pk) == "waiting"
    resolve(project, people, 10)
    assert live.tend(plan.pk) == "frozen"
    assert live.tend(plan.pk) == "freezing"
    Snapshot.objects.update(state="ready", content_hash="x", train=640, sealed=200, rows=10)
    assert live.tend(plan.pk) == "ordered"
    assert Study.objects.get().live
    assert live.tend(plan.pk) == "measuring"
    Study.objects.get().job.__class__.objects.update(state="done")
    assert live.tend(plan.pk) == "waiting"


def test_a_schedule_measures_only_when_labels_are_new(people, project):
    plan = plan_of(people, project, every_labels=1000, every_hours=1)
    LivePlan.objects.update(changed_at=timezone.now() - timedelta(hours=2))
    assert live.tend(plan.pk) == "waiting"
    resolve(project, people, 3)
    assert live.tend(plan.pk) == "frozen"


def test_a_live_curve_that_cannot_go_on_says_why(people, project):
    plan = plan_of(people, project)
    resolve(project, people, 10)
    live.tend(plan.pk)
    Snapshot.objects.update(state="ready", content_hash="x", train=4, sealed=2, rows=10)
    live.tend_all()
    plan.refresh_from_db()
    assert "at least 40 labels" in plan.problem
    assert live.tend(plan.pk) == "waiting"  # not again and again on the same labels
    resolve(project, people, 25)
    assert live.tend(plan.pk) == "frozen"


def test_the_annotators_header_says_labels_until_and_what_the_last_brought(people, project):
    study_of(people, snapshot_of(project, 1, 4, rows=5))
    plan_of(people, project, every_labels=50)
    resolve(project, people, 17)
    body = people.client("annotator").get(f"/api/v1/projects/{project.pk}/live/").json()
    assert body["labels_until"] == 50 - 12
    assert body["gain"]["labels"] == 320
    assert body["gain"]["low"] < body["gain"]["value"] < body["gain"]["high"]


def test_a_pasted_curve_is_forecast_and_a_bad_one_says_why(people):
    points = [{"n": n, "score": 1 - n**-0.5} for n in (25, 50, 100, 200, 400)]
    client = people.client("scientist")
    good = client.post(
        "/api/v1/forecasts/", {"points": points, "target": 0.97, "price": 2}, content_type="application/json"
    )
    body = good.json()
    assert body["forecast"]["needed"]["p10"] < 1111 < (body["forecast"]["needed"]["p90"] or 1e9)  # 0.03^−2
    assert body["money"]["p50"] > 0
    bad = client.post(
        "/api/v1/forecasts/",
        {"points": [*points, {"n": 9, "score": 7}], "target": 0.97},
        content_type="application/json",
    )
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (400, "points")


def test_where_less_is_better_a_target_below_is_not_reached(people):
    points = [{"n": n, "score": 30 * n**-0.5} for n in (25, 50, 100, 200, 400)]
    body = {"points": points, "target": 0.5, "worst": 30, "best": 0}
    answer = people.client("scientist").post("/api/v1/forecasts/", body, content_type="application/json").json()
    assert (answer["forecast"]["reached"], answer["forecast"]["next_purchase"] > 0) == (False, True)
    answer = (
        people.client("scientist")
        .post("/api/v1/forecasts/", body | {"target": 2}, content_type="application/json")
        .json()
    )
    assert (answer["forecast"]["reached"], answer["forecast"]["next_purchase"]) == (True, 0)


def command(tmp_path, text: str, *more: str) -> str:
    path = tmp_path / "points.csv"
    path.write_text(text)
    out = StringIO()
    call_command("forecast", "--points", str(path), "--target", "0.9", *more, stdout=out)
    return out.getvalue()


def test_the_command_reads_a_table_and_writes_json(tmp_path):
    text = "n,score,seed\n50,.62,0\n100,.70,0\n200,.76,0\n400,.81,0\n800,.85,0\n"
    found = json.loads(command(tmp_path, text, "--cost-per-label", "0.1", "--json"))
    assert found["labels_now"] == 800
    assert found["money"]["p50"] == pytest.approx((found["needed"]["p50"] - 800) * 0.1)
    assert "label" in command(tmp_path, text)


def test_the_command_forecasts_each_class_apart(tmp_path):
    rows = [f"{n},{1 - a * n**-0.5:.3f},{name}" for name, a in (("cat", 2), ("dog", 4)) for n in (50, 100, 200, 400)]
    found = json.loads(command(tmp_path, "n,score,class\n" + "\n".join(rows), "--json"))
    assert found["cat"]["needed"]["p50"] < found["dog"]["needed"]["p50"]


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


def ordered_ways(people, project, **more):
    snapshot = project.snapshots.first() or snapshot_of(project, 1, 4)
    values = {"recipe": "image_cnn", "choice": "mixing", "params": {"width": 8}, "seeds": 3} | more
    return services.order_ways(actor=people.actor("scientist"), snapshot=snapshot, **values)


def test_ways_of_training_are_the_same_labels_and_seeds_for_every_option(people, project):
    row = ordered_ways(people, project)
    studies = list(row.studies.order_by("pk"))
    assert [one.params["mixing"] for one in studies] == ["none", "mixup", "bc", "bc+"]
    assert {one.params["width"] for one in studies} == {8}
    assert {json.dumps(one.plan) for one in studies} == {json.dumps(studies[0].plan)}
    assert (studies[0].sizes, studies[0].seeds) == ([160, 320, 640], [0, 1, 2])
    with pytest.raises(Invalid, match="no such choice"):
        ordered_ways(people, project, choice="colour")
    small, actor = snapshot_of(project, 9, 2, train=30), people.actor("scientist")
    with pytest.raises(Conflict, match="at least 40 labels"):
        services.order_ways(actor=actor, snapshot=small, recipe="image_cnn", choice="mixing", params={}, seeds=2)


def test_what_a_way_is_worth_is_read_off_curves_once_seeds_are_through(people, project):
    """A way with the error of the standard at half the labels saves half of them."""
    row = ordered_ways(people, project)
    error = {"none": lambda n: 2 * n**-0.5, "mixup": lambda n: 2 * n**-0.5, "bc": lambda n: 2 * (2 * n) ** -0.5}
    for study in row.studies.all():
        for n, seed in study.plan:
            if study.params["mixing"] == "bc+" and (n, seed) == (640, 2):
                continue  # this one is not through yet: its seed counts nowhere
            value = error.get(study.params["mixing"], error["bc"])(n) + 0.0005 * seed
            services.keep_point(
                study, n, seed,
                {"accuracy": 1 - value, "macro_f1": 1, "test_items": 500, "per_class": {}, "seconds": 1.0},
            )  # fmt: skip
    client = people.client("manager")
    found = client.get(f"/api/v1/projects/{project.pk}/ways/").json()["results"][0]
    assert (found["seeds"], found["wanted_seeds"], found["trained"], found["trainings"]) == (2, 3, 35, 36)
    rows = {one["option"]: one for one in found["rows"]}
    assert rows["none"]["saved"] is None
    assert rows["bc"]["saved"]["value"] == pytest.approx(0.5, abs=0.02)
    assert rows["mixup"]["saved"]["value"] == pytest.approx(0.0, abs=0.02)
    assert rows["bc"]["gains"][0]["value"] == pytest.approx(error["none"](160) - error["bc"](160))
    # They are no curve of the project: its own list, forecasts and live plan know nothing of them.
    assert client.get(f"/api/v1/projects/{project.pk}/studies/").json()["results"] == []
    assert services.finish_study(row.studies.first()) is None
    assert queries.newest_studies([project.pk]) == {}
