"""The map of demand, as people meet it."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.applications import needs
from tests.browser.test_browser import findings
from tests.browser.test_recipes import interval

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), needs("demand")]


def city(people):
    """Four cells, two days of forecasts, the last slot still to come."""
    from workers.applications.demand.models import TimeBinForecast
    from workers.applications.demand.tests.factories import DemandReportFactory, EventFileFactory, ServiceAreaFactory

    area = ServiceAreaFactory(
        organization=people.organizations["ours"],
        name="Small town",
        model_key="demand/none",
        grid={"origin": [35.68, 139.7], "cell_size_m": 500, "cells": [[0, 0], [1, 0], [0, 1], [1, 1]]},
    )
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    EventFileFactory(area=area, event_count=1234, first_event_at=begin)
    TimeBinForecast.objects.bulk_create(
        TimeBinForecast(
            area=area, starts_at=begin + timedelta(minutes=30 * n), mean=[1.0, 2.0, 3.0, n / 10], low=[0, 0, 1, 0],
            high=[3, 4, 6, 9], actual=None if n == 95 else [1, 2, 4, n % 7], is_backtest=n < 95,
        )
        for n in range(96)
    )  # fmt: skip
    models = [
        {"name": name, "rmse": interval(1 + n / 10), "rmse_above_network": interval(n / 10), "cpu_seconds": n}
        for n, name in enumerate(("sdae", "ridge", "last"))
    ]
    results = {
        "event_count": 1234, "cell_count": 4, "bin_count": 96, "evaluated_from": begin.isoformat(),
        "evaluated_bins": 96, "origin_count": 2,
        "models": models, "best_baseline": "ridge", "network_gain": interval(0.01),
        "input_value": [{"group": "neighborhood", "rmse_increase": interval(0.1)}],
        "coverage": [{"level": 0.8, "fraction": 0.79}],
        "weeks": [
            {"weeks": weeks, "models": {"ridge": {"rmse": interval(1.2 - weeks / 10), "gain": interval(0.2)}}}
            for weeks in (1.0, 2.0, 3.5)
        ],
        "weather_coverage": 0.4, "search_trials": [],
        "season": {"variance_fractions": {"week": 0.8, "trend": 0.05, "rest": 0.15}, "week": []},
        "drivers": {
            "assumptions": {"fare": 14, "cost_per_move": 1, "reach_cells": 2, "drivers": 20, "rivals_per_trip": 0.7},
            "rows": [
                {"name": "last", **interval(5)},
                {"name": "sdae", **interval(6), "gain": 1.0, "gain_low": 0.8, "gain_high": 1.2},
            ],
        },
    }  # fmt: skip
    DemandReportFactory(area=area, job__state="done", job__ended_at=begin, results=results)
    return area


@pytest.mark.parametrize(("language", "look"), [("ja", "dark")])
def test_the_map_goes_through_the_day_and_shows_a_cells_history(sign_in, stack, people, language, look):
    stack.web()
    area = city(people)
    page = sign_in("scientist", language, look, path="/applications/demand")
    page.locator("table a").click()
    page.wait_for_url(f"**/applications/demand/{area.pk}")
    slider = page.get_by_role("slider", name="時間帯", exact=True)
    cells = page.get_by_role("img", name="4セルの地図（上が北）", exact=True).locator("rect")
    expect(cells).to_have_count(4)
    expect(page.get_by_text("次の時間帯", exact=True)).to_be_visible()  # it begins at the slot to come
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("次の時間帯", exact=True)).to_have_count(0)
    cells.nth(3).click()
    expect(page.get_by_role("combobox", name="マス", exact=True)).to_have_value("4")
    expect(page.get_by_role("group", name="マス4の需要（直近2日）", exact=True)).to_be_visible()
    expect(page.locator(".panel div[role=status]").last).to_be_visible()
    weeks = page.get_by_role("group", name="データの週数と誤差", exact=True)
    expect(weeks.get_by_test_id("error-bar")).to_have_count(3)
    expect(page.locator(".panel .warn")).to_contain_text("40%")  # the weather was left out, and why
    assert findings(page, "area") == []
