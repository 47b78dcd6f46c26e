"""Screens of applications are there where the server has them, and nowhere else."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.applications import EVERY, needs

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), needs(*EVERY)]
TITLES = {
    "en": {"demand": "Demand forecasting", "meshes": "3D reconstruction"},
    "ja": {"demand": "需要予測", "meshes": "3D復元"},
}
NOT_FOUND = {"en": "Not found", "ja": "見つかりません"}
MAIN = {"en": "Main", "ja": "メイン"}


def link(page: Page, language: str, name: str) -> Locator:
    """To an application, in the navigation."""
    navigation = page.get_by_role("navigation", name=MAIN[language], exact=True)
    return navigation.get_by_role("link", name=TITLES[language][name], exact=True)


@pytest.mark.parametrize(("language", "installed"), [("en", ["meshes"]), ("ja", [])])
def test_screens_of_an_application_that_is_left_out_are_not_found(sign_in, stack, language, installed):
    stack.env["PLATEAU_APPLICATIONS"] = ",".join(installed)
    stack.web()
    page = sign_in("scientist", language)
    addresses = []
    page.on("request", lambda request: addresses.append(request.url))
    title = page.get_by_role("heading", level=1)
    for name in EVERY:
        expect(link(page, language, name)).to_have_count(1 if name in installed else 0)
    for name in installed:
        link(page, language, name).click()
        page.wait_for_url(f"**/applications/{name}")
        expect(title).to_have_text(TITLES[language][name])
        page.goto(f"{stack.url}/applications/{name}/nothing/here")
        expect(title).to_have_text(NOT_FOUND[language])
    addresses.clear()
    for name in set(EVERY) - set(installed):
        for path in (f"/applications/{name}", f"/applications/{name}/1"):
            page.goto(stack.url + path)
            expect(title).to_have_text(NOT_FOUND[language])
    if not installed:
        page.goto(f"{stack.url}/applications")
        expect(title).to_have_text(NOT_FOUND[language])
    page.wait_for_load_state("networkidle")
    pattern = re.compile(r"/api/v1/(demand|mesh-collections|mesh-results)/|/assets/(demand|mesh)-")
    assert [address for address in addresses if pattern.search(address)] == []


def test_every_application_stands_in_the_navigation(sign_in, stack):
    stack.web()
    page = sign_in("customer")
    expect(link(page, "en", "demand")).to_have_count(0)  # machines are no matter of customers
    page = sign_in("scientist")
    for name, title in TITLES["en"].items():
        link(page, "en", name).click()
        page.wait_for_url(f"**/applications/{name}")
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
