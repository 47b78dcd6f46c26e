"""What people do, in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from annotation.labeling.models import Annotation, Draft, Task
from labelkit.tests.pictures import make_png
from plateau.datalake.models import Item
from registry.contracts.models import Contract
from registry.contracts.schemas import ContractIn, TermsIn
from registry.contracts.services import create_contract
from tests.browser.conftest import PASSWORD, expect_status
from tests.stack import ROOT
from workers.learning_curves.tests.curves import create_measured_curve, create_ready_snapshot

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SETTLED = """() => document.getAnimations().every((animation) =>
    animation.playState !== 'running' || animation.effect?.getTiming().iterations === Infinity)"""
AXE = (ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js").read_text()


def findings(page: Page, path: str) -> list[tuple[str, str, str, str]]:
    """What axe finds on the page as it is."""
    page.wait_for_function(SETTLED)  # what fades in has little contrast until it is there
    page.evaluate(AXE)
    # A tooltip that the pointer happens to open lies beside every landmark, as it should.
    result = page.evaluate(
        "axe.run({exclude: ['[role=tooltip]']}, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice']})"
    )
    return [
        (path, violation["id"], node["html"][:160], node["failureSummary"][:200])
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


def saved(page: Page) -> None:
    # Whoever was offline for long tries again after a while only.
    expect(page.locator(".save")).to_have_attribute("data-state", "saved", timeout=20_000)


def create_dataset(page: Page, name: str) -> None:
    """From the list of datasets; leads to the import into it."""
    page.get_by_role("button", name="New dataset", exact=True).first.click()
    dialog = page.get_by_role("dialog", name="New dataset", exact=True)
    dialog.get_by_label(re.compile("^Name")).fill(name)
    dialog.get_by_role("button", name="Create dataset", exact=True).click()
    page.get_by_role("region", name="Import data", exact=True).wait_for()


def test_each_role_lands_on_the_screen_for_its_job(sign_in, stack):
    stack.web()
    for role, path in {
        "customer": "overview",
        "annotator": "label",
        "manager": "projects",
        "scientist": "models",
        "admin": "overview",
    }.items():
        page = sign_in(role)
        page.wait_for_url(f"{stack.url}/{path}")
        expect(page.locator("h1")).to_be_visible()


def test_a_wrong_password_says_so_and_keeps_the_address_and_the_right_one_signs_in(browser, stack, people):
    stack.web()
    page = browser.new_page()
    page.goto(stack.url)
    page.locator("input[name=email]").fill("admin@ours.example")
    page.locator("input[name=password]").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The e-mail address or password is incorrect.")
    expect(page.locator("input[name=email]")).to_have_value("admin@ours.example")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator(".shell").wait_for()
    page.close()


def test_from_dropped_files_to_a_frozen_snapshot(sign_in, stack, tmp_path):
    stack.web()
    stack.worker()
    folder = tmp_path / "pictures"
    folder.mkdir()
    files = []
    for number in range(6):
        path: Path = folder / f"{number}.png"
        path.write_bytes(make_png(number, side=64))
        files.append(str(path))
    (folder / "broken.jpg").write_bytes(b"not a picture")
    page = sign_in("manager")
    page.get_by_role("link", name="Datasets", exact=True).click()
    create_dataset(page, "Fruit")
    page.locator("input[type=file]").first.set_input_files([*files, str(folder / "broken.jpg")])
    result = page.get_by_role("region", name="Import result", exact=True)
    expect(result.get_by_role("status")).to_have_text("6 imported, 0 duplicates skipped, 1 rejected", timeout=30_000)
    expect(result.get_by_role("list", name="Rejected files", exact=True)).to_contain_text("broken.jpg")
    result.get_by_role("link", name="View items", exact=True).click()
    expect(page.get_by_role("list", name="Items", exact=True).locator("img")).to_have_count(6)

    page.goto(f"{stack.url}/projects/new")
    page.locator("input[name=name]").fill("Fruit kinds")
    for label in ("Apple", "Pear"):
        page.get_by_label("New label", exact=True).fill(label)
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Create project", exact=True).click()
    expect(page.locator("h1")).to_have_text("Fruit kinds")

    page.locator(".page-head").get_by_role("link", name="Label", exact=True).click()
    for number in range(6):
        expect(page.locator(".item-name")).to_have_text(re.compile(r"\d\.png"))
        page.keyboard.press("1" if number % 2 else "2")
        page.keyboard.press("Enter")
    expect(page.get_by_text("All done: no tasks left for you in this project.", exact=True)).to_be_visible()
    saved(page)
    labels = sorted(row.value["label"] for row in Annotation.objects.all())
    assert labels == ["apple"] * 3 + ["pear"] * 3

    page.goto(page.url.replace("/label/", "/projects/") + "/snapshots")
    page.get_by_role("button", name="Create snapshot", exact=True).first.click()
    expect(page.locator(".state-ready")).to_be_visible(timeout=20_000)


def test_submitting_needs_a_label_and_undo_back_and_skip_work_by_key(sign_in, stack, make_project):
    stack.web()
    project = make_project(items=4)
    page = sign_in("annotator", path=f"/label/{project.pk}")
    first = page.locator(".item-name")
    expect(first).not_to_be_empty()
    name = first.inner_text()
    page.keyboard.press("Enter")
    expect_status(page, "Pick a label first.")
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.keyboard.press("Control+z")
    expect(page.locator("[aria-pressed=true]")).to_contain_text("Apple")
    page.keyboard.press("Enter")
    expect(first).not_to_have_text(name)
    saved(page)
    page.keyboard.press("b")
    expect(first).to_have_text(name)
    expect(page.locator("[aria-pressed=true]")).to_contain_text("Apple")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(first).not_to_have_text(name)
    page.keyboard.press("s")
    page.keyboard.press("2")
    saved(page)
    answers = Annotation.objects.order_by("pk")
    assert [row.value["label"] for row in answers] == ["apple", "pear"]
    assert answers[1].supersedes_id == answers[0].pk
    assert Task.objects.get(state="skipped").skipped_by.get().reason == "Broken image"


def test_boxes_take_one_drag_or_two_clicks_and_a_reload_loses_nothing(sign_in, stack, make_project):
    stack.web()
    project = make_project(items=2, kind="boxes")
    page = sign_in("annotator", path=f"/label/{project.pk}")
    expect(page.locator(".item-name")).not_to_be_empty()
    page.wait_for_timeout(300)
    frame = page.locator(".stage canvas").last.bounding_box()
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    mouse = page.mouse
    mouse.move(x - 150, y - 150)
    mouse.down()
    mouse.move(x - 50, y - 40, steps=4)
    mouse.up()
    page.keyboard.press("Escape")
    mouse.click(x + 20, y + 20)
    mouse.move(x + 80, y + 60)
    mouse.click(x + 120, y + 140)
    expect(page.get_by_role("heading", name="Regions: 2", exact=True)).to_be_visible()
    page.get_by_role("button", name=re.compile(r"^2\. Apple")).click()
    page.keyboard.press("2")
    expect(page.locator(".regions [aria-pressed=true]")).to_contain_text("Pear")
    name = page.locator(".item-name").inner_text()
    stack.wait(
        lambda: len(Draft.objects.first().value["regions"]) == 2 if Draft.objects.exists() else False, 5, "draft"
    )
    page.reload()
    expect(page.get_by_role("heading", name="Regions: 2", exact=True)).to_be_visible()
    expect(page.locator(".item-name")).to_have_text(name)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.get_by_role("heading", name="Regions: 1", exact=True)).to_be_visible()
    page.keyboard.press("Control+y")
    page.keyboard.press("Control+y")
    page.keyboard.press("Enter")
    expect(page.locator(".item-name")).not_to_have_text(name)
    saved(page)
    regions = Annotation.objects.get().value["regions"]
    assert [region["label"] for region in regions] == ["apple", "pear"]
    assert all(region["x"] >= 0 and region["x"] + region["w"] <= 32 for region in regions)


def test_ten_answers_offline_reach_the_server_once_each(sign_in, stack, make_project):
    stack.web()
    project = make_project(items=8)
    page = sign_in("annotator", path=f"/label/{project.pk}")
    expect(page.locator(".item-name")).not_to_be_empty()
    page.wait_for_timeout(500)
    page.context.set_offline(True)
    for _ in range(4):
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        page.wait_for_timeout(100)
    expect(page.locator(".save")).to_have_attribute("data-state", "offline")
    expect(page.get_by_text(re.compile(r" Your annotations are kept in this browser\.$"))).to_be_visible()
    assert not Annotation.objects.exists()
    page.context.set_offline(False)
    saved(page)
    assert Annotation.objects.count() == 4
    expect(page.locator(".item-name")).not_to_be_empty()
    assert Task.objects.filter(state="done").count() == 4


def test_labels_are_renamed_added_and_not_taken_away_while_they_have_answers(
    sign_in, stack, make_project, people, answer_all
):
    stack.web()
    project = make_project(items=2)
    answer_all(people.actor("annotator"), project)
    page = sign_in("manager", path=f"/projects/{project.pk}/labels")

    button = lambda name: page.get_by_role("button", name=name, exact=True)  # noqa: E731
    button("Edit label schema").click()
    page.get_by_label("Name of apple", exact=True).fill("Red apple")
    page.get_by_label("New label", exact=True).fill("Plum")
    page.keyboard.press("Enter")
    button("Move Plum").focus()
    page.keyboard.press("ArrowUp")
    button("Preview changes").click()
    expect(page.locator("main")).to_contain_text("Red apple: renamed · 1 annotation")
    button("Save as version 2").click()
    expect(page.get_by_role("heading", name="Label schema, version 2", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("^Red apple"))).to_be_visible()
    assert [label["name"] for label in project.schemas.get(version=2).labels] == ["Red apple", "Plum", "Pear"]
    button("Edit label schema").click()
    button("Remove Red apple").click()
    button("Preview changes").click()
    expect(button("Save as version 3")).to_be_disabled()
    page.get_by_role("combobox", name="Replace Red apple with", exact=True).click()
    page.get_by_role("option", name="Plum", exact=True).click()
    button("Save as version 3").click()
    expect(page.get_by_role("heading", name="Label schema, version 3", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("^Red apple"))).to_have_count(0)
    stack.wait(lambda: Task.objects.filter(annotation__value={"label": "plum"}).exists(), 8, "moved labels")


def test_a_web_server_killed_in_mid_save_loses_nothing(sign_in, stack, make_project):
    stack.web()
    project = make_project(items=8)
    page = sign_in("annotator", path=f"/label/{project.pk}")
    expect(page.locator(".item-name")).not_to_be_empty()
    page.wait_for_timeout(500)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    stack.kill("web")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator(".save")).to_have_attribute("data-state", "offline")
    stack.web()
    saved(page)
    assert sorted(row.value["label"] for row in Annotation.objects.all()) == ["apple", "pear"]


SETTINGS = [f"/settings/{tab}" for tab in ("profile", "preferences", "security", "tokens")]


def screens(project) -> dict[str, list[str]]:
    home = f"/projects/{project.pk}"
    return {
        "admin": [
            *("/overview", "/projects", "/projects/new", home, "/datasets", f"/datasets/{project.dataset_id}"),
            *("/members", "/members?tab=teams"),
            *("/usage", "/security", "/audit-log", "/audit-log/accesses", "/jobs", "/datasets/erased"),
        ],
        "annotator": ["/label", f"/label/{project.pk}", "/inbox", "/inbox/settings", *SETTINGS],
        "reviewer": ["/review", f"/review/{project.pk}"],
        "manager": [
            *(f"{home}/{part}" for part in ("labels", "workflow", "settings", "snapshots")),
            *(f"{home}/quality?tab={tab}" for tab in ("agreement", "annotators", "tasks", "gold", "label-issues")),
        ],
        "scientist": [
            *("/models", "/calculator", "/contracts", "/contracts/new", f"{home}/experiments", f"{home}/budget"),
        ],
        "customer": ["/overview", "/contracts", f"/contracts/{Contract.objects.get().pk}"],
    }


def work_through(people, project) -> None:
    """Answers of two people, some in review, one gold item: every screen has something on it."""
    import uuid

    from annotation.labeling import queue, services
    from annotation.quality.services import set_gold_task

    project.overlap, project.max_annotations_per_task, project.review_fraction = 2, 2, 0.5
    project.save()
    services.apply_overlap(project=project)
    for role, label in (("annotator", "apple"), ("scientist", "pear")):
        actor = people.actor(role)
        for _ in range(5):
            task = queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks[0]["id"]
            queue.submit_annotation(
                actor=actor, task_id=task, value={"label": label}, client_id=uuid.uuid4(), active_ms=900
            )
    done = Task.objects.filter(project=project, state="done").first()
    if done is not None:
        set_gold_task(actor=people.actor("manager"), task=done, value=None, is_qualification=False)
    create_measured_curve(create_ready_snapshot(project, 1, 4))
    draft = ContractIn(title="Good enough", terms=TermsIn(target=0.9, expected=0.95), **people.signers(project))
    create_contract(actor=people.actor("scientist"), project_id=project.pk, draft=draft)
    people.assign(project)


@pytest.mark.parametrize(("language", "look"), [("en", "light"), pytest.param("ja", "dark", marks=pytest.mark.slow)])
def test_no_screen_has_a_finding_of_axe_and_every_word_is_translated(
    sign_in, stack, people, make_project, language, look
):
    stack.web()
    project = make_project(items=6)
    work_through(people, project)
    violations = []
    for role, paths in screens(project).items():
        page = sign_in(role, language, look)
        for path in paths:
            page.goto(stack.url + path)
            page.locator("h1").first.wait_for()
            page.wait_for_timeout(400)
            assert page.locator("html").get_attribute("lang") == language
            violations += findings(page, path)
    assert violations == []


def test_the_sign_in_page_has_no_finding_of_axe(browser, stack, people):
    stack.web()
    page = browser.new_page()
    page.goto(stack.url)
    page.locator("input[name=email]").wait_for()
    page.evaluate(AXE)
    assert page.evaluate("axe.run()")["violations"] == []
    page.close()


def test_the_whole_upload_page_works_by_keyboard(sign_in, stack):
    stack.web()
    page = sign_in("manager", path="/datasets")
    page.locator("h1").wait_for()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content", exact=True)).to_be_focused()
    page.get_by_role("button", name="New dataset", exact=True).first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_label(re.compile("^Name"))).to_be_focused()
    page.keyboard.type("By keys")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("By keys")
    assert not Item.objects.exists()
