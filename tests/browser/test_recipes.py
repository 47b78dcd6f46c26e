"""Training, search, numbers and the map of demand, as people meet them."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from annotation.labeling.imports import import_lines
from annotation.labeling.models import Annotation
from conftest import queued_job
from plateau.jobs.models import Job
from tests.browser.test_browser import findings, saved
from workers.applications.demand.models import Area, EventFile, Report, SlotForecast
from workers.applications.meshes.models import Collection, Made
from workers.learning_curves.services import keep_point, order_ways
from workers.learning_curves.tests.curves import snapshot_of, study_of
from workers.sweeps.models import Search, Trial
from workers.training.models import TrainingRun

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def interval(value: float, half: float = 0.05) -> dict[str, float]:
    return {"value": value, "low": value - half, "high": value + half}


def searched(people, project, snapshot) -> Search:
    """A search that is over: the fourth trial is the best, the last was given up."""
    actor = people.actor("scientist")
    space = {"c": {"low": 1e-4, "high": 1e3, "log": True, "whole": False}}
    search = Search.objects.create(
        project=project, snapshot=snapshot, recipe="image_probe", method="tpe", seed=0, space=space,
        fixed={"c": 0.5}, metric="accuracy", importance={"c": 0.9, "side": 0.1},
    )  # fmt: skip
    for number in range(6):
        job = queued_job(actor, "trial", project_id=project.pk)
        Job.objects.filter(pk=job.pk).update(state="done")
        pruned = number == 5
        Trial.objects.create(
            search=search, number=number, state="pruned" if pruned else "done", params={"c": 10.0 ** (number - 2)},
            rungs=[[20, 0.5 + number / 50], [80, 0.6 + number / 20]][: 1 if pruned else 2],
            value=None if pruned else 0.6 + number / 20 - (number == 4) * 0.2, job=job,
        )  # fmt: skip
    return search


def compared(people, project, snapshot) -> None:
    """Ways of mixing with three seeds each, all through: bc needs half of the labels."""
    row = order_ways(
        actor=people.actor("scientist"), snapshot=snapshot, recipe="image_cnn", choice="mixing", params={}, seeds=3
    )
    for study in row.studies.all():
        times = 2 if study.params["mixing"] == "bc" else 1
        for n, seed in study.plan:
            error = 2 * (times * n) ** -0.5 + 0.001 * seed
            values = {"accuracy": 1 - error, "macro_f1": 1, "test_items": 500, "per_class": {}, "seconds": 1.0}
            keep_point(study, n, seed, values)
        Job.objects.filter(pk=study.job_id).update(state="done")


@pytest.mark.parametrize(("language", "look"), [("en", "light")])
def test_the_best_of_a_search_is_trained_with_one_click(sign_in, stack, people, make_project, language, look):
    stack.web()
    project = make_project(items=4)
    snapshot = snapshot_of(project, 1, 4)
    searched(people, project, snapshot)
    study_of(people, snapshot)
    compared(people, project, snapshot)
    page = sign_in("scientist", language, look)
    page.goto(f"{stack.url}/projects/{project.pk}")
    panel = page.locator("#search")
    expect(panel.locator(".verdict strong")).to_contain_text("75")
    expect(panel.locator("svg circle")).to_have_count(6)
    ways = page.locator("#budget details", has=page.get_by_text("Ways of training", exact=True))
    expect(ways.locator(".verdict")).to_have_text(
        "bc saves 50% (50% – 50%) of the labels against none (80 % interval)."
    )
    expect(ways.locator("tbody tr")).to_have_count(4)
    expect(ways.get_by_role("button", name="Train 60 times on snapshot 1", exact=True)).to_be_enabled()
    assert findings(page, "search") == []
    panel.locator(".verdict button").click()
    expect(panel.locator(".verdict button")).to_contain_text("Ordered")
    run = TrainingRun.objects.get(project=project)
    assert (run.recipe, run.params) == ("image_probe", {"c": 10.0})


def test_a_choice_of_a_recipe_is_a_list_and_is_sent(sign_in, stack, people, make_project):
    stack.web()
    project = make_project(items=4)
    snapshot_of(project, 1, 40)
    page = sign_in("scientist")
    page.goto(f"{stack.url}/projects/{project.pk}")
    page.get_by_text("Train a model", exact=True).click()
    form = page.locator("form").filter(has=page.locator("select[name=snapshot]"))
    form.get_by_label("Recipe", exact=True).select_option("image_cnn")
    form.get_by_label("Learning on mixtures of two examples", exact=True).select_option("bc+")
    form.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator("table").filter(has=page.get_by_text("image_cnn", exact=True)).first).to_be_visible()
    assert TrainingRun.objects.get(project=project).params["mixing"] == "bc+"


def test_numbers_are_entered_by_keyboard_alone(sign_in, stack, people, make_project):
    stack.web()
    project = make_project(items=0, kind="row_number")
    lines = b"\n".join(b'{"row": {"size": %d}, "name": "r%d"}' % (n, n) for n in range(3))
    import_lines(actor=people.actor("manager"), project=project, body=lines)
    page = sign_in("annotator")
    page.goto(f"{stack.url}/label/{project.pk}")
    for number in ("12.5", "7", "-3"):
        expect(page.locator("input[type=number]")).to_be_focused()
        page.keyboard.type(number)
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)
    saved(page)
    given = sorted(Annotation.objects.filter(project=project).values_list("value__number", flat=True))
    assert given == [-3, 7, 12.5]


def city(people) -> Area:
    """Four cells, two days of forecasts, the last slot still to come."""
    actor = people.actor("scientist")
    area = Area.objects.create(
        organization_id=actor.organization_id, name="Small town", model_key="demand/none",
        grid={"corner": [35.68, 139.7], "metres": 500, "places": [[0, 0], [1, 0], [0, 1], [1, 1]]},
    )  # fmt: skip
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    EventFile.objects.create(
        area=area, storage_key="none", sha256="0" * 64, events=1234, first=begin, last=begin + timedelta(days=2)
    )
    SlotForecast.objects.bulk_create(
        SlotForecast(
            area=area, begins=begin + timedelta(minutes=30 * n), mean=[1.0, 2.0, 3.0, n / 10], low=[0, 0, 1, 0],
            high=[3, 4, 6, 9], actual=None if n == 95 else [1, 2, 4, n % 7], judged=n < 95,
        )
        for n in range(96)
    )  # fmt: skip
    job = queued_job(actor, "demand-report")
    Job.objects.filter(pk=job.pk).update(state="done", ended_at=begin)
    models = [
        {"name": name, "rmse": interval(1 + n / 10), "over_network": interval(n / 10), "cpu_seconds": n}
        for n, name in enumerate(("sdae", "ridge", "last"))
    ]
    body = {
        "events": 1234, "cells": 4, "slots": 96, "judged_from": begin.isoformat(), "judged_slots": 96, "origins": 2,
        "models": models, "best_simple": "ridge", "deep_gain": interval(0.01),
        "worth": [{"group": "places", "loss": interval(0.1)}], "inside": [{"level": 0.8, "share": 0.79}],
        "weeks": [
            {"weeks": weeks, "models": {"ridge": {"rmse": interval(1.2 - weeks / 10), "gain": interval(0.2)}}}
            for weeks in (1.0, 2.0, 3.5)
        ],
        "weather_covered": 0.4, "searched": [],
        "season": {"shares": {"week": 0.8, "trend": 0.05, "rest": 0.15}, "week": []},
        "drivers": {
            "assumptions": {"fare": 14, "cost_a_move": 1, "reach": 2, "drivers": 20, "rivals_a_trip": 0.7},
            "rows": [
                {"name": "last", **interval(5)},
                {"name": "sdae", **interval(6), "gain": 1.0, "gain_low": 0.8, "gain_high": 1.2},
            ],
        },
    }  # fmt: skip
    Report.objects.create(area=area, job=job, body=body)
    return area


@pytest.mark.parametrize(("language", "look"), [("ja", "dark")])
def test_the_map_goes_through_the_day_and_shows_a_cells_history(sign_in, stack, people, language, look):
    stack.web()
    area = city(people)
    page = sign_in("customer", language, look)
    page.goto(f"{stack.url}/systems/demand")
    page.locator("table a").click()
    page.wait_for_url(f"**/systems/demand/{area.pk}")
    slider = page.locator("input[type=range]")
    expect(page.locator(".map rect")).to_have_count(4)
    expect(page.locator(".slider strong")).to_be_visible()  # it begins at the slot to come
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".slider strong")).to_have_count(0)
    page.locator(".map rect").nth(3).click()
    expect(page.locator(".cell-chart select")).to_have_value("3")
    expect(page.locator(".cell-chart path.came")).to_be_visible()
    expect(page.locator(".panel .verdict")).to_be_visible()
    assert page.locator("input[type=file]").count() == 0  # a customer looks on
    expect(page.locator(".weeks-line circle")).to_have_count(3)
    expect(page.locator(".panel .warn")).to_contain_text("40%")  # the weather was left out, and why
    assert findings(page, "area") == []


@pytest.mark.parametrize(("language", "look"), [("ja", "dark")])
def test_a_mesh_turns_by_arrow_keys_and_can_be_had_as_a_file(sign_in, stack, people, language, look):
    from workers.recipes.mesh.geometry import sphere

    stack.web()
    actor = people.actor("scientist")
    row = {"silhouettes": interval(0.7), "voxels": interval(0.5), "over": interval(0.02)}
    report = {"learned": 40, "held_out": 10, "steps": 400, "seconds": 300, "rows": [row | {"name": "network"}]}
    report["rows"].append(row | {"name": "nearest"})
    collection = Collection.objects.create(
        organization_id=actor.organization_id, name="Chairs", model_key="shapes/none", report=report
    )
    job = queued_job(actor, "shapes-predict")
    Job.objects.filter(pk=job.pk).update(state="done")
    mesh = sphere(2)
    made = Made.objects.create(
        collection=collection,
        job=job,
        picture_key="x",
        vertices=(mesh.vertices / 2).tolist(),
        faces=mesh.faces.tolist(),
    )
    page = sign_in("customer", language, look)
    page.goto(f"{stack.url}/systems/shapes")
    page.locator("table a").click()
    page.wait_for_url(f"**/systems/shapes/{collection.pk}")
    page.locator(".mesh canvas").wait_for()
    page.locator(".mesh [tabindex]").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".mesh [tabindex]")).to_have_attribute("data-turned", "true")
    with page.expect_download() as download:
        page.locator(f"a[href='/api/v1/meshes/{made.pk}/file/glb/']").click()
    assert download.value.path().read_bytes()[:4] == b"glTF"
    assert findings(page, "shape") == []
