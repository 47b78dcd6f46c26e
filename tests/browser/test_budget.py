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
    page = sign_in("scientist")
    page.goto(f"{stack.url}/calculator")
    curve = page.get_by_label("Curve", exact=True)
    curve.fill("n,score\n50,good\n100,0.7")
    expect(page.get_by_role("alert")).to_contain_text("Line 2, column score")
    expect(page.get_by_role("button", name="Forecast", exact=True)).to_be_disabled()
    curve.fill("n,score\n50,0.62\n100,0.70\n200,0.76\n400,0.81\n800,0.85")
    page.get_by_label("Target score", exact=True).press("Enter")
    expect(page.locator(".verdict")).to_contain_text("For 90%: about")
    page.locator(".chart-area").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".readout")).to_contain_text("50 labels: measured 62.0%")
    page.keyboard.press("End")
    expect(page.locator(".readout")).to_contain_text("forecast")
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert saved.value.suggested_filename == "curve.csv"
    with page.expect_download() as saved:
        page.get_by_role("button", name="PNG", exact=True).click()
    assert saved.value.suggested_filename == "curve.png"


def test_a_manager_asks_what_if_and_enters_what_mistakes_cost(sign_in, stack, people, make_project):
    stack.web()
    project = make_project(items=6)
    create_measured_curve(create_ready_snapshot(project, 1, 4), top=0.97)
    page = sign_in("manager")
    page.goto(f"{stack.url}/projects/{project.pk}/budget")
    panel = page.locator("#budget")
    expect(panel.locator(".verdict").first).to_contain_text("For 90%")
    target = panel.get_by_label("Target", exact=True)
    target.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(panel.locator(".verdict").first).to_contain_text("For 92%")
    panel.get_by_label("Price of a label", exact=True).fill("2")
    expect(panel.locator(".money")).to_contain_text("Money")
    panel.get_by_role("button", name="As it is", exact=True).click()
    expect(target).to_have_value("0.9")
    panel.get_by_role("button", name="Show the curve of Apple", exact=True).click()
    expect(panel.locator(".chart-area")).to_have_attribute("aria-label", "Recall of Apple")
    panel.get_by_text("What labels and mistakes cost", exact=True).click()
    for label, value in {"Cost of a miss": 30, "Cost of a false alarm": 10, "Decisions a month": 1000}.items():
        panel.get_by_label(label, exact=True).fill(str(value))
    panel.get_by_label("Today's way costs a month", exact=True).fill("5000")
    panel.get_by_role("button", name="Save", exact=True).first.click()
    expect(panel.locator(".worth")).to_contain_text("The system pays from 75.0% accuracy on")
    assert ProjectCostModel.objects.get(project=project).decisions_per_month == 1000


def test_a_contract_is_drawn_up_by_the_maker_and_signed_by_both_sides(sign_in, stack, make_project):
    stack.web()
    project = make_project(items=4)
    maker = sign_in("scientist")
    maker.goto(f"{stack.url}/contracts/new?project={project.pk}")
    maker.get_by_label("Title", exact=True).fill("Fit for the orchard")
    maker.get_by_label("Target, %", exact=True).fill("95")
    maker.get_by_label("Good, %", exact=True).fill("99")
    expect(maker.get_by_role("row", name="59 0 4.8% 55.3%", exact=True)).to_be_visible()
    maker.get_by_label("Add a class", exact=True).select_option("pear")
    maker.get_by_role("button", name="Draw up", exact=True).click()
    maker.get_by_role("heading", name="Fit for the orchard", exact=True).wait_for()
    expect(maker.get_by_role("button", name="Sign as Customer", exact=True)).to_have_count(0)
    expect(maker.get_by_text("not signed yet: a member with the customer role signs here", exact=True)).to_be_visible()
    maker.get_by_role("button", name="Sign as Maker", exact=True).click()
    maker.get_by_role("button", name="Sign", exact=True).click()
    expect(maker.get_by_text(re.compile("^Scientist, "))).to_be_visible()
    customer = sign_in("customer")
    customer.get_by_role("link", name="Contracts", exact=True).click()
    customer.get_by_role("link", name="Fit for the orchard", exact=True).click()
    expect(customer.get_by_role("button", name="Sign as Maker", exact=True)).to_have_count(0)
    customer.get_by_role("button", name="Sign as Customer", exact=True).click()
    customer.get_by_role("button", name="Sign", exact=True).click()
    expect(customer.get_by_role("status").first).to_contain_text("in force")
    row = Contract.objects.get()
    assert (row.state, row.terms["slices"][0]["key"]) == ("signed", "class:pear")
