"""Grids and reports that 0.2.0 stored get the names that the code reads."""

from collections.abc import Callable
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

GRID_KEYS = {"corner": "origin", "metres": "cell_size_m", "places": "cells", "weather": "uses_weather"}
RESULT_KEYS = {
    "events": "event_count",
    "cells": "cell_count",
    "slots": "bin_count",
    "judged_from": "evaluated_from",
    "judged_slots": "evaluated_bins",
    "origins": "origin_count",
    "over_network": "rmse_above_network",
    "best_simple": "best_baseline",
    "deep_gain": "network_gain",
    "worth": "input_value",
    "loss": "rmse_increase",
    "inside": "coverage",
    "share": "fraction",
    "searched": "search_trials",
    "noise": "masking_noise",
    "rate": "learning_rate",
    "pretrained": "is_pretrained",
    "shares": "variance_fractions",
    "cost_a_move": "cost_per_move",
    "reach": "reach_cells",
    "rivals_a_trip": "rivals_per_trip",
    "weather_covered": "weather_coverage",
}
GROUPS = {"places": "neighborhood"}


def _inverse(names: dict[str, str]) -> dict[str, str]:
    return {new: old for old, new in names.items()}


def _renamed(value: Any, keys: dict[str, str], groups: dict[str, str]) -> Any:
    """The same JSON with other keys at every depth, and other names of input groups."""
    if isinstance(value, list):
        return [_renamed(element, keys, groups) for element in value]
    if not isinstance(value, dict):
        return value
    renamed = {keys.get(key, key): _renamed(element, keys, groups) for key, element in value.items()}
    if renamed.get("group") in groups:
        renamed["group"] = groups[renamed["group"]]
    return renamed


def rename_stored(
    grid_keys: dict[str, str], result_keys: dict[str, str], groups: dict[str, str]
) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    def rename(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for area in apps.get_model("demand", "ServiceArea").objects.exclude(grid={}).iterator():
            area.grid = {grid_keys.get(key, key): value for key, value in area.grid.items()}
            area.save(update_fields=["grid"])
        for report in apps.get_model("demand", "DemandReport").objects.exclude(results={}).iterator():
            report.results = _renamed(report.results, result_keys, groups)
            report.save(update_fields=["results"])

    return rename


class Migration(migrations.Migration):
    dependencies = [("demand", "0003_name_service_areas")]

    operations = [
        migrations.RunPython(
            rename_stored(GRID_KEYS, RESULT_KEYS, GROUPS),
            rename_stored(_inverse(GRID_KEYS), _inverse(RESULT_KEYS), _inverse(GROUPS)),
        ),
    ]
