"""Runs on the screen: a training's curve while it grows, and a run of the stock MLflow client at its own address."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_browser import findings
from tests.test_registry import notebook
from tests.test_whole_way import Api, labeled_snapshot, long_training

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
LOG_A_RUN = """
    import contextlib, io
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), mlflow.start_run(run_name="from a notebook"):
        mlflow.log_param("depth", 4)
        for step in range(5):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_dict({"answer": 42}, "plots/facts.json")
    print(" ".join(printed.getvalue().split()))
"""


def test_a_training_and_a_run_of_the_mlflow_client_have_a_page_each(sign_in, stack, people):
    stack.web()
    stack.worker()
    api = Api(stack, people.token("admin"))
    project, snapshot = labeled_snapshot(api, 60)
    job = long_training(api, project, snapshot)
    run = api.call("GET", f"projects/{project}/runs/")["results"][0]["id"]
    page = sign_in("scientist")

    # Live: the curve is there before the training has ended.
    page.goto(f"{stack.url}/runs/{run}")
    expect(page.get_by_role("figure", name="Training loss", exact=True)).to_be_visible(timeout=90_000)
    expect(page.get_by_role("figure", name="Learning rate", exact=True)).to_be_visible()
    page.get_by_role("tab", name="Log", exact=True).click()
    expect(page.get_by_role("log", name="Log", exact=True)).to_contain_text("training_loss=")
    assert findings(page, "log of a run") == []
    assert api.ended(job)["state"] == "done"
    page.goto(f"{stack.url}/runs/{run}?tab=system")
    expect(page.get_by_role("figure", name="CPU (%)", exact=True)).to_be_visible()
    page.goto(f"{stack.url}/jobs/{job}")
    expect(page.get_by_role("link", name="Open training run", exact=True)).to_have_attribute("href", f"/runs/{run}")

    # The address that the client prints.
    printed = notebook(stack, people.token("scientist"), project, LOG_A_RUN)
    addresses = re.findall(r"http\S+", printed)
    page.goto(next(address for address in addresses if "/runs/" in address))
    expect(page.get_by_role("heading", name="from a notebook", exact=True)).to_be_visible()
    expect(page.get_by_role("figure", name="loss", exact=True)).to_be_visible()
    expect(page.get_by_role("row", name="depth 4", exact=True)).to_be_visible()
    assert findings(page, "a run of the client") == []
    page.get_by_role("button", name="Write note", exact=True).click()
    page.get_by_role("textbox", name="Note (Markdown)", exact=True).fill("Tried **four** levels.")
    page.get_by_role("button", name="Save note", exact=True).click()
    expect(page.locator("strong", has_text=re.compile("^four$"))).to_be_visible()
    page.get_by_role("tab", name="Files", exact=True).click()
    page.get_by_role("button", name="plots", exact=True).click()
    page.get_by_role("button", name="facts.json", exact=True).click()
    expect(page.get_by_role("dialog", name="facts.json", exact=True)).to_contain_text('"answer": 42')
    page.goto(next(address for address in addresses if "/runs/" not in address))
    expect(page.get_by_role("row", name=re.compile("from a notebook"))).to_be_visible()
    expect(page.get_by_role("button", name="Clear filters", exact=True)).to_be_visible()
