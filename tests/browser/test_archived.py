"""An archived project in the browser: put away, found, read, restored."""

import re

import pytest
from playwright.sync_api import Page, expect

from annotation.projects.models import Project
from tests.browser.conftest import expect_status, navigation
from tests.browser.test_browser import findings

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
NOTICE = (
    "This project is archived: it can be read and exported, but nobody can label it, change it or train on it. "
    "Nothing was deleted."
)


def shown(page: Page, name: str):
    """Which projects the list shows: active or archived ones, or all."""
    group = page.get_by_role("radiogroup", name="Projects shown", exact=True)
    return group.get_by_role("radio", name=name, exact=True)


def show(page: Page, name: str):
    page.get_by_role("radiogroup", name="Projects shown", exact=True).get_by_text(name, exact=True).click()


def row(page: Page, name: str):
    return page.get_by_role("link", name=name, exact=True)


# What changes a project or begins work on it, by the tab and the words on it; some stand in a folded part of the page.
CHANGES = {
    "": ["Label"],
    "labels": ["Edit label schema", "Edit guidelines"],
    "workflow": ["Save workflow settings"],
    "snapshots": ["Create snapshot"],
    "settings": ["Save settings", "Archive project…", "Import labels…"],
}


def offer(page: Page, name: str):
    """Whatever of this name can be pressed, folded parts included."""
    pressed = page.locator("main").locator("button, summary, a")
    return pressed.filter(has_text=re.compile(rf"^\s*{re.escape(name)}\s*$"))


def expect_changes(page: Page, address: str, *, are_offered: bool):
    for part, names in CHANGES.items():
        page.goto(f"{address}/{part}".rstrip("/"))
        expect(page.locator("h1")).to_have_text("Fruit")
        for name in names:
            if are_offered:
                expect(offer(page, name)).not_to_have_count(0)
            else:
                expect(offer(page, name)).to_have_count(0)


def test_an_archived_project_is_found_again_and_restored(sign_in, stack, make_project):
    make_project(name="Kept")
    project = make_project(name="Fruit")
    stack.web()
    page = sign_in("manager")
    address = f"{stack.url}/projects/{project.pk}"
    row(page, "Fruit").click()
    page.wait_for_url(address)
    expect_changes(page, address, are_offered=True)
    page.goto(f"{address}/settings")
    page.get_by_role("button", name="Archive project…", exact=True).click()
    expect(page.get_by_role("alertdialog")).to_contain_text("Nothing is deleted")
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    assert Project.objects.get(pk=project.pk).archived_at is None
    expect(page.get_by_text(NOTICE, exact=True)).to_have_count(0)
    page.get_by_role("button", name="Archive project…", exact=True).click()
    page.get_by_role("button", name="Archive project", exact=True).click()

    expect_status(page, NOTICE)
    expect(page.locator(".page-head").get_by_text("Archived", exact=True)).to_be_visible()
    assert findings(page, "archived project") == []
    expect_changes(page, address, are_offered=False)
    assert Project.objects.get(pk=project.pk).archived_at is not None

    navigation(page).get_by_role("link", name="Projects", exact=True).click()
    expect(row(page, "Kept")).to_be_visible()
    expect(row(page, "Fruit")).to_have_count(0)
    show(page, "Archived")
    page.wait_for_url("**/projects?state=archived")
    expect(row(page, "Fruit")).to_be_visible()
    expect(row(page, "Kept")).to_have_count(0)
    expect(page.get_by_role("rowheader").get_by_text("Archived", exact=True)).to_be_visible()
    assert findings(page, "archived projects") == []
    page.reload()  # the choice stands in the address
    expect(shown(page, "Archived")).to_be_checked()
    expect(row(page, "Fruit")).to_be_visible()
    show(page, "All")
    expect(row(page, "Kept")).to_be_visible()
    expect(row(page, "Fruit")).to_be_visible()

    row(page, "Fruit").click()
    page.get_by_role("button", name="Restore", exact=True).click()
    expect_status(page, "The project is restored and in the lists again.")
    assert Project.objects.get(pk=project.pk).archived_at is None
    navigation(page).get_by_role("link", name="Projects", exact=True).click()
    expect(row(page, "Fruit")).to_be_visible()
    show(page, "Archived")
    expect(page.get_by_text("No archived projects.", exact=True)).to_be_visible()


def test_who_may_not_restore_is_told_who_may(sign_in, stack, make_project, people):
    project = make_project()
    from annotation.projects.services import archive

    archive(actor=people.actor("manager"), project=project)
    stack.web()
    page = sign_in("manager", path=f"/projects/{project.pk}")
    expect(page.get_by_role("button", name="Restore", exact=True)).to_be_visible()
    page = sign_in("scientist", path=f"/projects/{project.pk}")
    expect(page.get_by_text("Managers and admins can restore it.", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Restore", exact=True)).to_have_count(0)


def test_labeling_an_archived_project_says_so_in_the_persons_language(sign_in, stack, make_project, people):
    project = make_project()
    from annotation.projects.services import archive

    archive(actor=people.actor("manager"), project=project)
    stack.web()
    for language, text in {
        "en": "This project is archived. A manager or an admin can restore it.",
        "ja": "このプロジェクトはアーカイブ済みです。マネージャーまたは管理者が復元できます。",
    }.items():
        page = sign_in("annotator", language=language, path=f"/label/{project.pk}")
        expect(page.get_by_role("alert").get_by_text(text, exact=True)).to_be_visible()


def test_a_project_is_archived_and_restored_by_keys_alone(sign_in, stack, make_project):
    project = make_project()
    stack.web()
    page = sign_in("manager", path=f"/projects/{project.pk}/settings")
    keys, button = page.keyboard, lambda name: page.get_by_role("button", name=name, exact=True)
    button("Archive project…").focus()
    keys.press("Enter")
    expect(button("Cancel")).to_be_focused()  # what loses nothing
    keys.press("Escape")
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    expect(button("Archive project…")).to_be_focused()
    assert Project.objects.get().archived_at is None
    keys.press("Enter")
    expect(button("Cancel")).to_be_focused()
    keys.press("Tab")
    expect(button("Archive project")).to_be_focused()
    keys.press("Enter")
    expect_status(page, NOTICE)
    expect(page.locator("#main")).to_be_focused()  # the button is gone; the notice follows
    for _ in range(4):
        keys.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Restore":
            break
    expect(button("Restore")).to_be_focused()
    keys.press("Enter")
    expect_status(page, "The project is restored and in the lists again.")
    expect(page.locator("#main")).to_be_focused()
    assert Project.objects.get().archived_at is None


def test_an_archived_project_is_in_no_list_of_work(sign_in, stack, make_project, people):
    make_project(name="Kept")
    from annotation.projects.services import archive

    archive(actor=people.actor("manager"), project=make_project(name="Fruit"))
    stack.web()
    for role, path in {"annotator": "label", "manager": "overview", "admin": "projects"}.items():
        page = sign_in(role, path=f"/{path}")
        expect(page.get_by_text("Kept", exact=True).first).to_be_visible()
        expect(page.get_by_text("Fruit", exact=True)).to_have_count(0)


@pytest.mark.parametrize(("language", "look"), [("en", "light"), ("ja", "dark")])
def test_an_archived_project_fits_a_phone(sign_in, stack, make_project, people, language, look):
    name = "Apples and pears of the orchard behind the railway station"
    project = make_project(name=name)
    from annotation.projects.services import archive

    archive(actor=people.actor("manager"), project=project)
    stack.web()
    page = sign_in("manager", language, look, viewport={"width": 390, "height": 844})
    for path in (f"/projects/{project.pk}", "/projects?state=archived", f"/projects/{project.pk}/quality"):
        page.goto(stack.url + path)
        page.get_by_text("アーカイブ済み" if language == "ja" else "Archived", exact=True).first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        heads = page.locator("thead th").evaluate_all("all => all.map(one => one.offsetHeight)")
        assert max(heads, default=0) < 60, heads  # no column of one character a line
        assert findings(page, path) == []
