"""What 0.2.0 stored is read by the names of now: rows by a migration, files of networks where they are loaded."""

import json
from importlib import import_module

import pytest
from django.apps import apps

from workers.applications.demand.recipes import network
from workers.applications.demand.tests.factories import DemandReportFactory, ServiceAreaFactory

migration = import_module("workers.applications.demand.migrations.0004_name_stored_reports")

GRID = {"corner": [35.0, 139.0], "metres": 500, "places": [[0, 1]], "weather": True}
RESULTS = {
    "events": 10, "cells": 1, "slots": 48, "judged_from": "2026-03-01T00:00:00+00:00", "judged_slots": 24, "origins": 2,
    "models": [{"name": "last", "rmse": {"value": 1.0}, "over_network": {"value": 0.1}, "cpu_seconds": 0.1}],
    "best_simple": "ridge", "deep_gain": {"value": 0.1},
    "worth": [{"group": "places", "loss": {"value": 0.2}}, {"group": "weather", "loss": {"value": 0.0}}],
    "inside": [{"level": 0.8, "share": 0.79}],
    "searched": [{"rmse": 1.0, "width": 96, "noise": 0.2, "rate": 0.002, "pretrained": True}],
    "season": {"shares": {"week": 0.9}, "week": [0.0]},
    "drivers": {
        "assumptions": {"fare": 14.0, "cost_a_move": 1.0, "reach": 2, "rivals_a_trip": 0.7},
        "rows": [{"name": "last", "value": 1.0}],
    },
    "weeks": [{"weeks": 1.0, "models": {"ridge": {"rmse": {"value": 1.0}, "gain": {"value": 0.0}}}}],
    "weather_covered": 1.0,
}  # fmt: skip


@pytest.mark.django_db
def test_stored_grids_and_reports_are_renamed_and_back():
    area = ServiceAreaFactory(grid=GRID)
    report = DemandReportFactory(area=area, results=RESULTS)
    keys = (migration.GRID_KEYS, migration.RESULT_KEYS, migration.GROUPS)
    migration.rename_stored(*keys)(apps, None)
    area.refresh_from_db()
    report.refresh_from_db()
    assert area.grid == {"origin": [35.0, 139.0], "cell_size_m": 500, "cells": [[0, 1]], "uses_weather": True}
    results = report.results
    assert (results["event_count"], results["bin_count"], results["evaluated_bins"]) == (10, 48, 24)
    assert [row["group"] for row in results["input_value"]] == ["neighborhood", "weather"]
    assert results["search_trials"][0]["learning_rate"] == 0.002
    assert results["drivers"]["assumptions"]["cost_per_move"] == 1.0
    assert results["coverage"] == [{"level": 0.8, "fraction": 0.79}]
    assert results["season"] == {"variance_fractions": {"week": 0.9}, "week": [0.0]}
    migration.rename_stored(*map(migration._inverse, keys))(apps, None)
    area.refresh_from_db()
    report.refresh_from_db()
    assert (area.grid, report.results) == (GRID, RESULTS)


def test_a_network_that_was_saved_with_other_names_is_loaded(tmp_path):
    config = network.NetworkConfig(width=16, depth=1, masking_noise=0.3, learning_rate=0.01, is_pretrained=False)
    network.DemandNet(network.AutoencoderNet(3, config), config, 3).save(tmp_path)
    stored = {"width": 16, "depth": 1, "noise": 0.3, "rate": 0.01, "epochs": 8, "pretrained": False}
    (tmp_path / "net.json").write_text(json.dumps({"shape": stored, "features": 3}))
    assert network.load(tmp_path).config == config
