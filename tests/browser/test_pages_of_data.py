"""Pages of data, models, deployments and jobs with rows in each: no finding of axe, nothing beside the screen."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_browser import findings
from tests.growing import GrowingOrganization

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240), pytest.mark.slow]


def addresses(organization: GrowingOrganization) -> list[str]:
    ids = organization.ids()
    dataset, version, project = ids["dataset_id"], ids["version_id"], ids["project_id"]
    return [
        "/datasets",
        *(f"/datasets/{dataset}{part}" for part in ("", "?view=table", "/imports", "/usage", "/settings")),
        "/datasets/erased",
        "/models",
        *(f"/models/{project}/main?tab={tab}" for tab in ("versions", "aliases", "policy")),
        *(f"/versions/{version}?tab={tab}" for tab in ("overview", "evaluation", "lineage", "files", "deploy", "card")),
        f"/versions/{version}/labels",
        *(
            f"/compare?versions={ids['a']},{ids['b']},{version}&runs={ids['tracked_run_id']}&tab={tab}"
            for tab in ("table", "curves", "parallel", "confusion", "pairs")
        ),
        "/deployments",
        *(f"/deployments/{ids['name']}?tab={tab}" for tab in ("overview", "traffic", "feedback", "settings")),
        "/integrations",
        "/jobs",
        f"/jobs/{ids['job_id']}",
        "/experiments",
        *(f"/experiments/runs/{ids['tracked_run_id']}?tab={tab}" for tab in ("overview", "system", "files")),
        f"/projects/{project}/snapshots",
    ]


def is_wider_than_the_screen(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize(("language", "look", "width"), [("en", "light", 1280), ("ja", "dark", 390)])
def test_pages_of_data_hold_in_both_languages_and_themes(sign_in, stack, people, make_project, language, look, width):
    stack.web()
    organization = GrowingOrganization(people, make_project)
    organization.grow(2)
    page = sign_in("admin", language, look)
    page.set_viewport_size({"width": width, "height": 860})
    found: list[object] = []
    for address in addresses(organization):
        page.goto(f"{stack.url}{address}")
        expect(page.locator("h1"), address).to_be_visible()
        page.wait_for_load_state("networkidle")
        found += findings(page, address)
        if is_wider_than_the_screen(page):
            found.append((address, "wider than the screen"))
    assert found == []
