"""Screens of applications are there where the server has them, and nowhere else."""

import re

import pytest
from playwright.sync_api import expect

from tests.applications import EVERY, needs

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), needs(*EVERY)]
WORDS = {
    "en": ("Applications", "Not found", {"demand": "Demand by place", "meshes": "Shapes from pictures"}),
    "ja": ("アプリケーション", "見つかりません", {"demand": "場所ごとの需要", "meshes": "画像から形へ"}),
}


@pytest.mark.parametrize(("language", "installed"), [("en", ["meshes"]), ("ja", ["demand"]), ("en", []), ("ja", [])])
def test_screens_of_an_application_that_is_left_out_are_not_found(sign_in, stack, language, installed):
    group, not_found, titles = WORDS[language]
    stack.env["PLATEAU_APPLICATIONS"] = ",".join(installed)
    stack.web()
    page = sign_in("scientist", language)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    link = page.locator("header nav").get_by_role("link", name=group, exact=True)
    expect(link).to_have_count(1 if installed else 0)
    for name in installed:
        link.click()
        page.wait_for_url(f"**/applications/{name}")
        expect(page.get_by_role("heading", level=1)).to_have_text(titles[name])
        tabs = page.get_by_role("navigation", name=group, exact=True).get_by_role("link")
        expect(tabs).to_have_text([titles[name]])
        page.goto(f"{stack.url}/applications/{name}/nothing/here")
        expect(page.get_by_role("heading", level=1)).to_have_text(not_found)
    asked.clear()
    for name in set(EVERY) - set(installed):
        for address in (f"/applications/{name}", f"/applications/{name}/1"):
            page.goto(stack.url + address)
            expect(page.get_by_role("heading", level=1)).to_have_text(not_found)
    if not installed:
        page.goto(f"{stack.url}/applications")
        expect(page.get_by_role("heading", level=1)).to_have_text(not_found)
    page.wait_for_load_state("networkidle")
    assert [
        address
        for address in asked
        if re.search(r"/api/v1/(demand|mesh-collections|mesh-results)/|/assets/(demand|mesh)-", address)
    ] == []


def test_every_application_is_a_tab_of_its_group(sign_in, stack):
    stack.web()
    page = sign_in("customer")
    page.locator("header nav").get_by_role("link", name="Applications", exact=True).click()
    page.wait_for_url("**/applications/demand")
    tabs = page.get_by_role("navigation", name="Applications", exact=True).get_by_role("link")
    expect(tabs).to_have_text(list(WORDS["en"][2].values()))
    tabs.last.click()
    page.wait_for_url("**/applications/meshes")
    expect(page.get_by_role("heading", level=1)).to_have_text("Shapes from pictures")
    expect(page.get_by_role("navigation", name="Applications", exact=True)).to_be_visible()
