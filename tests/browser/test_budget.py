"""The label budget and contracts, as people use them."""

import re

import pytest
from playwright.sync_api import expect

from registry.contracts.models import Contract
from workers.learning_curves.models import ProjectCostModel
from workers.learning_curves.tests.curves import create_measured_curve, create_ready_snapshot

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_a_pasted_curve_names_bad_lines_and_is_read_out_by_arrow_keys(sign_in, stack):
    stack.web()
    page = sign_in("scientist", path="/calculator")
    curve = page.get_by_label("Curve", exact=True)
    curve.fill("n,score\n50,good\n100,0.7")
    expect(page.get_by_role("alert")).to_contain_text("Line 2, column score")
    expect(page.get_by_role("button", name="Forecast", exact=True)).to_be_disabled()
    curve.fill("n,score\n50,0.62\n100,0.70\n200,0.76\n400,0.81\n800,0.85")
    page.get_by_label("Target score", exact=True).press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Labels needed for 90%: about")
    chart = page.get_by_role("group", name="Score", exact=True)
    chart.focus()
    page.keyboard.press("ArrowRight")
    expect(chart.get_by_role("status")).to_contain_text("Labels 50: As entered 62.0%")
    page.keyboard.press("End")
    expect(chart.get_by_role("status")).to_contain_text("Forecast")
    figure = page.get_by_role("figure", name="Score", exact=True)
    files = {"Numbers (CSV)": "curve.csv", "Image (PNG)": "curve.png", "Drawing (SVG)": "curve.svg"}
    for choice, name in files.items():
        figure.get_by_role("button", name="Save chart", exact=True).click()
        with page.expect_download() as saved:
            page.get_by_role("menuitem", name=choice, exact=True).click()
        assert saved.value.suggested_filename == name


def test_a_manager_asks_what_if_and_enters_what_mistakes_cost(sign_in, stack, people, make_project):
    stack.web()
    project = make_project(items=6)
    create_measured_curve(create_ready_snapshot(project, 1, 4), top=0.97)
    page = sign_in("manager", path=f"/projects/{project.pk}/budget")
    panel = page.locator("#budget")
    sentence = panel.get_by_role("status").first
    expect(sentence).to_contain_text("Labels needed for 90%")
    target = panel.get_by_label("Target", exact=True)
    target.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(sentence).to_contain_text("Labels needed for 92%")
    panel.get_by_label("Price per label", exact=True).fill("2")
    expect(panel.get_by_text("Cost still needed (median)", exact=True)).to_be_visible()
    panel.get_by_role("button", name="Reset", exact=True).click()
    expect(target).to_have_attribute("aria-valuenow", "0.9")
    panel.get_by_role("button", name="Show the curve of Apple", exact=True).click()
    expect(panel.get_by_role("group", name="Recall of Apple", exact=True)).to_be_visible()
    panel.get_by_role("button", name="Edit costs…", exact=True).click()
    costs = page.get_by_role("dialog", name="Costs of labels and errors", exact=True)
    entered = {
        "Cost of a miss (false negative)": 30,
        "Cost of a false alarm (false positive)": 10,
        "Decisions per month": 1000,
        "Monthly cost of the current process": 5000,
    }
    for label, value in entered.items():
        costs.get_by_role("textbox", name=label, exact=True).fill(str(value))
    costs.get_by_role("button", name="Save costs", exact=True).click()
    expect(panel.get_by_text(re.compile("^It pays from 75.0% accuracy"))).to_be_visible()
    assert ProjectCostModel.objects.get(project=project).decisions_per_month == 1000


def test_a_contract_is_created_by_the_provider_and_signed_by_both_sides(sign_in, stack, people, make_project):
    stack.web()
    project = make_project(items=4)
    people.assign(project)  # who is no member of the project cannot be named
    provider = sign_in("scientist", path=f"/contracts/new?project={project.pk}")
    provider.get_by_role("textbox", name="Title", exact=True).fill("Fit for the orchard")
    provider.get_by_role("textbox", name="Expected accuracy (%)", exact=True).fill("99")
    provider.get_by_role("textbox", name="Target accuracy (%)", exact=True).fill("95")
    expect(provider.get_by_role("row", name="59 0 4.8% 55.3%", exact=True)).to_be_visible()
    provider.get_by_role("combobox", name="Add class", exact=True).click()
    provider.get_by_role("option", name="Pear", exact=True).click()
    provider.get_by_role("combobox", name="Signs for the provider", exact=True).click()  # the caller is there
    provider.get_by_role("option", name="Manager", exact=True).click()
    provider.get_by_role("button", name="Create contract", exact=True).click()
    provider.get_by_role("heading", name="Fit for the orchard", exact=True).wait_for()
    expect(provider.get_by_role("status").first).to_contain_text("Waits for your signature.")
    expect(provider.get_by_role("button", name="Sign as customer", exact=True)).to_have_count(0)
    provider.get_by_role("button", name="Sign as provider", exact=True).click()
    provider.get_by_role("button", name="Sign", exact=True).click()
    expect(provider.get_by_role("status").first).to_contain_text("Waits for the customer's signature.")
    customer = sign_in("customer", path="/overview")
    expect(customer.get_by_role("status").first).to_have_text("1 contract waits for your signature.")
    expect(customer.get_by_role("link", name="Projects", exact=True)).to_have_count(0)
    customer.get_by_role("link", name="Fit for the orchard", exact=True).click()
    expect(customer.get_by_role("button", name="Sign as provider", exact=True)).to_have_count(0)
    customer.get_by_role("button", name="Sign as customer", exact=True).click()
    customer.get_by_role("button", name="Sign", exact=True).click()
    expect(customer.get_by_role("status").first).to_contain_text("In force")
    row = Contract.objects.get()
    assert (row.state, row.terms["slices"][0]["key"]) == ("signed", "class:pear")
