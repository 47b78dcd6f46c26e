"""Training, search and numbers, as people meet them."""

import re

import pytest
from playwright.sync_api import expect

from annotation.labeling.imports import import_lines
from annotation.labeling.models import Annotation
from plateau.jobs.models import Job
from tests.browser.test_browser import findings, saved
from workers.learning_curves.services import save_point, submit_ablation
from workers.learning_curves.tests.curves import create_measured_curve, create_ready_snapshot
from workers.sweeps.models import Sweep
from workers.sweeps.tests.factories import SweepFactory, TrialFactory
from workers.training.models import TrainingRun

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def interval(value: float, half: float = 0.05) -> dict[str, float]:
    return {"value": value, "low": value - half, "high": value + half}


def searched(project, snapshot) -> Sweep:
    """A search that is over: the fourth trial is the best, the last was given up."""
    space = {"C": {"min": 1e-4, "max": 1e3, "log": True, "is_integer": False}}
    sweep = SweepFactory(
        project=project,
        snapshot=snapshot,
        space=space,
        fixed={"C": 0.5},
        metric="accuracy",
        importance={"C": 0.9, "image_size": 0.1},
    )
    for number in range(6):
        pruned = number == 5
        TrialFactory(
            sweep=sweep,
            number=number,
            state="pruned" if pruned else "done",
            params={"C": 10.0 ** (number - 2)},
            rungs=[[20, 0.5 + number / 50], [80, 0.6 + number / 20]][: 1 if pruned else 2],
            value=None if pruned else 0.6 + number / 20 - (number == 4) * 0.2,
            job__state="done",
        )
    return sweep


def compared(people, project, snapshot) -> None:
    """Ways of mixing with three seeds each, all through: bc needs half of the labels."""
    ablation = submit_ablation(
        actor=people.actor("scientist"), snapshot=snapshot, recipe="image_cnn", parameter="mixing", params={}, seeds=3
    )
    for curve in ablation.learning_curves.all():
        times = 2 if curve.params["mixing"] == "bc" else 1
        for n, seed in curve.training_plan:
            error = 2 * (times * n) ** -0.5 + 0.001 * seed
            values = {"accuracy": 1 - error, "macro_f1": 1, "test_items": 500, "per_class": {}, "training_seconds": 1.0}
            save_point(curve, n, seed, values)
        Job.objects.filter(pk=curve.job_id).update(state="done")


@pytest.mark.parametrize(("language", "look"), [("en", "light")])
def test_the_best_of_a_search_is_trained_with_one_click(sign_in, stack, people, make_project, language, look):
    stack.web()
    project = make_project(items=4)
    snapshot = create_ready_snapshot(project, 1, 4)
    searched(project, snapshot)
    create_measured_curve(snapshot)
    compared(people, project, snapshot)
    page = sign_in("scientist", language, look, path=f"/projects/{project.pk}/budget")
    ways = page.get_by_role("region", name="Label efficiency of training methods", exact=True)
    verdict = "bc saves 50% (50% – 50%) of the labels compared with none (80% interval)."
    expect(ways.get_by_text(verdict, exact=True)).to_be_visible()
    expect(ways.locator("tbody tr")).to_have_count(4)
    expect(ways.get_by_role("button", name="Start 60 trainings on snapshot version 1", exact=True)).to_be_enabled()
    assert findings(page, "budget") == []
    page.goto(f"{stack.url}/projects/{project.pk}/experiments")
    panel = page.locator("#sweeps")
    expect(panel.get_by_text(re.compile("^Best so far: 75.0%"))).to_be_visible()
    slices = panel.get_by_role("figure", name=re.compile(" by "))
    expect(slices).to_have_count(1)
    assert findings(page, "experiments") == []
    panel.get_by_role("button", name="Train with best parameters", exact=True).click()
    page.wait_for_url("**/runs/*")
    run = TrainingRun.objects.get(project=project)
    assert (run.recipe, run.params) == ("image_probe", {"C": 10.0})


def test_a_choice_of_a_recipe_is_a_list_and_is_sent(sign_in, stack, people, make_project):
    stack.web()
    project = make_project(items=4)
    create_ready_snapshot(project, 1, 40)
    page = sign_in("scientist", path=f"/projects/{project.pk}/experiments")
    page.get_by_role("button", name="Train a model", exact=True).click()
    form = page.get_by_role("dialog", name="Train a model", exact=True)
    for label, choice in {"Recipe": "Small CNN", "Example mixing": "bc+"}.items():
        form.get_by_role("combobox", name=label, exact=True).click()
        page.get_by_role("option", name=choice, exact=True).click()
    form.get_by_role("button", name="Start training", exact=True).click()
    page.wait_for_url("**/runs/*")
    expect(page.get_by_role("cell", name="bc+", exact=True)).to_be_visible()
    assert TrainingRun.objects.get(project=project).params["mixing"] == "bc+"


def test_numbers_are_entered_by_keyboard_alone(sign_in, stack, people, make_project):
    stack.web()
    project = make_project(items=0, kind="row_number")
    lines = b"\n".join(b'{"row": {"size": %d}, "name": "r%d"}' % (n, n) for n in range(3))
    import_lines(actor=people.actor("manager"), project=project, body=lines)
    page = sign_in("annotator", path=f"/label/{project.pk}")
    for number in ("12.5", "7", "-3"):
        expect(page.locator("input[type=number]")).to_be_focused()
        page.keyboard.type(number)
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)
    saved(page)
    numbers = sorted(Annotation.objects.filter(project=project).values_list("value__number", flat=True))
    assert numbers == [-3, 7, 12.5]
