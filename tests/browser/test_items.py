"""Items of a project as a manager looks for them, compares them, and keeps the view; a dataset that goes and comes."""

import re

import pytest
from playwright.sync_api import expect

from annotation.labeling.models import Task
from annotation.labeling.tests.factories import AnnotationFactory
from annotation.projects.models import SavedView
from plateau.datalake.models import Dataset, Item
from plateau.datalake.tests.factories import DatasetFactory

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def box(name: str, label: str, x: int) -> dict:
    return {"id": name, "label": label, "shape": "box", "x": x, "y": 20, "w": 24, "h": 30}


def mask(label: str) -> dict:
    return {"id": "m", "label": label, "shape": "mask", "x": 30, "y": 55, "w": 20, "h": 20, "rle": [100, 60, 40, 200]}


def test_items_are_found_compared_and_kept_as_a_view(sign_in, stack, people, make_project):
    stack.web()
    project = make_project(items=3, kind="mixed", side=96)
    tasks = list(Task.objects.filter(project=project).order_by("item__name"))
    values = (
        {"regions": [box("a", "apple", 2), box("b", "apple", 40), mask("pear")]},
        {"regions": [box("c", "apple", 2), box("d", "pear", 44), box("e", "apple", 70), mask("pear")]},
    )
    for role, value in zip(("annotator", "reviewer"), values, strict=True):
        last = AnnotationFactory(task=tasks[0], project=project, user=people.members["ours", role].user, value=value)
    Task.objects.filter(pk=tasks[0].pk).update(annotation=last, state="done")
    Item.objects.filter(pk=tasks[0].item_id).update(meta={"site": "north"})
    page = sign_in("manager", path=f"/projects/{project.pk}/items?ordering=name")
    items = page.get_by_role("list", name="Items", exact=True)
    expect(items.get_by_role("listitem")).to_have_count(3)
    expect(items.locator("[data-shape=mask]")).to_have_count(1)
    items.get_by_role("button").first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("1 of 3", exact=True)).to_be_visible()
    page.keyboard.press("j")
    expect(drawer.get_by_text("2 of 3", exact=True)).to_be_visible()
    page.keyboard.press("k")
    drawer.get_by_role("tab", name="Compare", exact=True).click()
    expect(drawer.get_by_text(re.compile("1 changed · 1 only in B · 2 the same"))).to_be_visible()
    expect(drawer.locator("[data-state=only_second]")).to_have_count(1)
    expect(drawer.get_by_role("row", name=re.compile("Apple → Pear"))).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("combobox", name="Metadata", exact=True).click()
    page.get_by_role("option", name="site: north (1)", exact=True).click()
    expect(items.get_by_role("listitem")).to_have_count(1)
    page.get_by_role("button", name="Views", exact=True).click()
    page.get_by_role("menuitem", name="Save view…", exact=True).click()
    dialog = page.get_by_role("dialog", name="Save view", exact=True)
    dialog.get_by_role("textbox", name=re.compile("^Name")).fill("North")
    dialog.get_by_role("checkbox", name="Open this list with this view", exact=True).check()
    dialog.get_by_role("button", name="Save view", exact=True).click()
    expect(page.get_by_role("button", name="North", exact=True)).to_be_visible()
    page.goto(f"{stack.url}/projects/{project.pk}/items")
    expect(page).to_have_url(re.compile(r"meta=site%3Anorth"))
    expect(items.get_by_role("listitem")).to_have_count(1)
    assert SavedView.objects.get().query == {"ordering": "name", "meta": "site:north"}


def test_a_dataset_is_deleted_and_taken_back(sign_in, stack, people):
    stack.web()
    dataset = DatasetFactory(organization=people.organizations["ours"], name="Old fruit")
    page = sign_in("admin", path=f"/datasets/{dataset.pk}/settings")
    page.get_by_role("button", name="Delete dataset…", exact=True).click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete dataset", exact=True).click()
    expect(page).to_have_url(f"{stack.url}/datasets")
    page.get_by_text("Deleted", exact=True).click()
    expect(page.get_by_role("link", name="Old fruit", exact=True)).to_be_visible()
    page.get_by_role("button", name="Restore Old fruit", exact=True).click()
    expect(page.get_by_text("No deleted datasets.", exact=True)).to_be_visible()
    assert Dataset.objects.get(pk=dataset.pk).deleted_at is None
