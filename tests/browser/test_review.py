"""Review and the manager's screens."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from annotation.labeling import queue, services
from annotation.labeling.models import Task
from annotation.quality.models import GoldTask, Review

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def label_all(people, project, role="annotator", value=None):
    actor = people.actor(role)
    while tasks := queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks:
        annotation = value or {"label": "apple"}
        queue.submit_annotation(
            actor=actor, task_id=tasks[0]["id"], value=annotation, client_id=uuid.uuid4(), active_ms=4000
        )


def test_a_reviewer_accepts_mends_and_rejects_by_keys(sign_in, stack, people, make_project):
    stack.web()
    project = make_project(items=3)
    project.review_fraction = 1.0
    project.save()
    label_all(people, project)
    page = sign_in("reviewer")
    page.wait_for_url(f"{stack.url}/review")
    page.get_by_role("link", name="Start reviewing", exact=True).click()
    name = page.locator(".item-name")
    expect(name).not_to_be_empty()
    page.keyboard.press("Enter")
    stack.wait(lambda: Review.objects.count() == 1, 8, "acceptance")
    expect(page.get_by_role("button", name="Accept ⏎", exact=True)).to_be_enabled()
    page.keyboard.press("2")
    expect(page.get_by_role("button", name="Accept with corrections ⏎", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    stack.wait(lambda: Review.objects.count() == 2, 8, "mending")
    expect(page.get_by_role("button", name="Accept ⏎", exact=True)).to_be_enabled()
    page.keyboard.press("s")
    page.keyboard.press("1")
    expect(page.get_by_text("All done: nothing left to review in this project.", exact=True)).to_be_visible()
    assert [review.verdict for review in Review.objects.order_by("pk")] == ["accepted", "corrected", "rejected"]
    annotator = sign_in("annotator", path=f"/label/{project.pk}")
    expect(annotator.locator(".comments")).to_contain_text("Wrong label")


def test_the_managers_screen_opens_the_very_items(sign_in, stack, people, make_project):
    stack.web()
    project = make_project(items=8)
    project.overlap = project.max_annotations_per_task = 2
    project.hourly_cost = 30
    project.save()
    services.apply_overlap(project=project)
    label_all(people, project)
    label_all(people, project, "scientist", {"label": "pear"})
    page = sign_in("manager", path=f"/projects/{project.pk}")
    expect(page.get_by_text("Cost per accepted label", exact=True)).to_be_visible()
    page.get_by_role("link", name="Quality", exact=True).click()
    expect(page.get_by_text("Krippendorff's alpha", exact=True)).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^Apple ↔ Pear 8 "))).to_be_visible()
    page.get_by_role("link", name="Lowest agreement first", exact=True).click()
    items = page.get_by_role("list", name="Items", exact=True)
    expect(items.get_by_role("listitem")).to_have_count(8)
    items.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="More actions", exact=True).click()
    page.get_by_role("menuitem", name="Mark as gold (ground truth)", exact=True).click()
    page.get_by_role("button", name="Mark as gold (ground truth)", exact=True).click()
    stack.wait(GoldTask.objects.exists, 8, "gold")
    page.get_by_role("link", name="Quality", exact=True).click()
    page.get_by_role("link", name="Gold items", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Annotators", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("button", name="Pause Annotator", exact=True).click()
    expect(page.get_by_role("button", name="Resume Annotator", exact=True)).to_be_visible()
    expect(page.get_by_text("Paused: by a manager", exact=True)).to_be_visible()
    page.get_by_role("button", name="Undo", exact=True).last.click()  # the gold item's toast may still be there
    expect(page.get_by_role("button", name="Pause Annotator", exact=True)).to_be_visible()


def test_an_item_opens_beside_the_list_which_stays_as_it_was(sign_in, stack, people, make_project):
    stack.web()
    project = make_project(items=3)
    label_all(people, project)
    page = sign_in("manager", path=f"/projects/{project.pk}/items?state=done&ordering=name")
    items = page.get_by_role("list", name="Items", exact=True)
    expect(items.get_by_role("listitem")).to_have_count(3)
    items.get_by_role("button").first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("heading", name="0.png", exact=True)).to_be_visible()
    expect(drawer.get_by_text("Annotated", exact=True)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog").get_by_role("heading", name="1.png", exact=True)).to_be_visible()
    page.get_by_role("tab", name="Comments", exact=True).click()
    page.get_by_label("Comment", exact=True).fill("Too dark?")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_text("Too dark?", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url.endswith("/items?state=done&ordering=name")
    expect(items.get_by_role("listitem")).to_have_count(3)


def test_rules_are_set_on_the_projects_page(sign_in, stack, make_project):
    stack.web()
    project = make_project(items=4)
    page = sign_in("manager", path=f"/projects/{project.pk}/workflow")
    page.get_by_label("Annotators per task (consensus)", exact=True).fill("2")
    page.get_by_label("Review sampling rate (%)", exact=True).fill("25")
    page.get_by_role("button", name="Save workflow settings", exact=True).click()
    expect(page.get_by_text("Workflow settings saved.", exact=True)).to_be_visible()
    stack.wait(lambda: Task.objects.filter(required_annotations=2).count() == 4, 8, "rules")
    project.refresh_from_db()
    assert (project.review_fraction, project.max_annotations_per_task) == (0.25, 2)


def test_a_team_is_made_and_given_tasks(sign_in, stack, people, make_project):
    from annotation.projects.models import Team

    stack.web()
    project = make_project(items=3)
    page = sign_in("manager", path="/members?tab=teams")
    page.get_by_role("button", name="Create team", exact=True).first.click()
    dialog = page.get_by_role("dialog", name="Create team", exact=True)
    dialog.get_by_role("textbox", name="Name", exact=True).fill("Night")
    dialog.get_by_role("combobox", name="Members", exact=True).click()
    page.get_by_role("option", name="Annotator", exact=True).click()
    page.keyboard.press("Tab")  # leaves the list, which lies over the button
    dialog.get_by_role("button", name="Create team", exact=True).click()
    stack.wait(lambda: Team.objects.filter(members__name="Annotator").exists(), 8, "member")
    page.goto(f"{stack.url}/projects/{project.pk}/items?state=open")
    page.get_by_role("list", name="Items", exact=True).get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Assign…", exact=True).click()
    page.get_by_role("combobox", name="Assign to", exact=True).click()
    page.get_by_role("option", name="Night", exact=True).click()
    page.get_by_role("button", name="Assign", exact=True).click()
    stack.wait(lambda: Task.objects.filter(team__name="Night").count() == 1, 8, "assignment")
    page.get_by_role("button", name="Undo", exact=True).click()
    stack.wait(lambda: Task.objects.filter(team=None).count() == 3, 8, "assignment taken back")


def test_a_link_to_a_remark_opens_its_item_with_its_region(sign_in, stack, people, make_project):
    stack.web()
    project = make_project(items=4, kind="boxes", side=96)
    actor = people.actor("annotator")
    tasks = queue.lease_next_tasks(actor=actor, project_id=project.pk, count=2).tasks
    box = {"id": "here", "label": "apple", "x": 10, "y": 10, "w": 30, "h": 30}
    queue.submit_annotation(actor=actor, task_id=tasks[1]["id"], value={"regions": [box]}, client_id=uuid.uuid4())
    page = sign_in("annotator", path=f"/label/{project.pk}?task={tasks[1]['id']}&region=here")
    expect(page.locator(".item-name")).to_have_text(tasks[1]["item"]["name"])
    expect(page.locator(".regions .row[aria-pressed=true]")).to_contain_text("Apple")


def test_chosen_tasks_are_looked_through_one_after_the_other(sign_in, stack, people, make_project):
    stack.web()
    project = make_project(items=4)
    label_all(people, project)
    page = sign_in("manager", path=f"/projects/{project.pk}/items?view=table")
    boxes, names = page.locator("tbody input"), page.locator("tbody th")
    expect(names).to_have_count(4)
    names = names.all_inner_texts()
    for number in (3, 0, 2):
        boxes.nth(number).check()
    page.get_by_role("link", name="Open all", exact=True).click()
    for number in (0, 2, 3):  # as the list has them
        expect(page.locator(".item-name")).to_have_text(names[number])
        page.keyboard.press("Enter")
    expect(page.get_by_text("All done: you have been through these 3 items.", exact=True)).to_be_visible()
    assert Review.objects.count() == 3


def test_an_item_opened_in_the_editor_leads_on_through_its_list_and_back(sign_in, stack, people, make_project):
    stack.web()
    project = make_project(items=3)
    label_all(people, project)
    address = f"/projects/{project.pk}/items?ordering=name"
    page = sign_in("manager", path=address)
    items = page.get_by_role("list", name="Items", exact=True).get_by_role("button")
    expect(items).to_have_count(3)
    names = items.all_inner_texts()
    items.nth(1).click()
    page.get_by_role("link", name="Open in editor", exact=True).click()
    name = page.locator(".item-name")
    expect(name).to_have_text(names[1].strip())
    expect(page.get_by_text("2 of 3", exact=True)).to_be_visible()
    page.keyboard.press("b")
    expect(name).to_have_text(names[0].strip())
    page.keyboard.press("2")
    expect(page.get_by_role("button", name="Accept with corrections ⏎", exact=True)).to_be_visible()
    page.keyboard.press("n")
    expect(name).to_have_text(names[1].strip())
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Accept with corrections ⏎", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(name).to_have_text(names[1].strip())
    stack.wait(lambda: Review.objects.filter(verdict="corrected").count() == 1, 8, "correction")
    page.get_by_role("link", name="Back to items", exact=True).click()
    expect(page).to_have_url(re.compile(r"/items\?ordering=name"))


def test_labels_are_exported_from_wherever_in_the_project_one_is(sign_in, stack, people, make_project):
    stack.web()
    project = make_project(items=2)
    label_all(people, project)
    page = sign_in("manager", path=f"/projects/{project.pk}/quality")
    page.get_by_role("button", name="Export", exact=True).click()
    dialog = page.get_by_role("dialog", name="Export labels", exact=True)
    with page.expect_download() as download:
        dialog.get_by_role("link", name=re.compile("^Export as CSV")).first.click()
    assert download.value.path().stat().st_size > 0


def test_regions_of_others_are_laid_over_and_taken_by_a_key_each(sign_in, stack, people, make_project):
    stack.web()
    project = make_project(items=1, kind="boxes", side=96)
    project.review_fraction = 1.0
    project.overlap = project.max_annotations_per_task = 2
    project.save()
    services.apply_overlap(project=project)
    box = {"id": "a", "label": "apple", "x": 5, "y": 5, "w": 30, "h": 30}
    other = {"id": "b", "label": "pear", "x": 60, "y": 60, "w": 20, "h": 20}
    label_all(people, project, "annotator", {"regions": [box]})
    label_all(people, project, "scientist", {"regions": [box | {"id": "c"}, other]})
    page = sign_in("reviewer", path=f"/review/{project.pk}")
    heading = page.get_by_role("heading", name=re.compile("^Regions: "))
    expect(page.get_by_role("heading", name="Annotations to compare", exact=True)).to_be_visible()
    page.get_by_role("button", name="Use A", exact=True).click()
    expect(heading).to_have_text("Regions: 1")
    expect(page.locator(".differences li")).to_have_count(1)
    page.keyboard.press("q")
    expect(page.locator(".differences [aria-current]")).to_contain_text("Pear (B)")
    page.keyboard.press("y")
    expect(heading).to_have_text("Regions: 2")
    expect(page.locator(".differences li")).to_have_count(0)
    page.keyboard.press("Shift+Q")
    page.keyboard.press("Shift+Q")
    expect(page.get_by_role("region", name="Annotation B", exact=True).locator("canvas").last).to_be_visible()
    page.keyboard.press("Enter")
    stack.wait(lambda: Review.objects.count() == 1, 8, "verdict")
    task = Task.objects.get()
    assert sorted(one["label"] for one in task.annotation.value["regions"]) == ["apple", "pear"]
