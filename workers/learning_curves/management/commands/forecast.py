"""`manage.py forecast`: labels needed for a target, from a curve made anywhere."""

import csv
import json
import math
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from statkit.learning_curves import forecast_curve
from statkit.learning_curves.cost_model import additional_labels, labeling_cost
from workers.learning_curves import queries

COLUMNS = {"n", "score", "seed", "se", "class"}


class Command(BaseCommand):
    """Reads a table, prints what it says."""

    help = "Forecast labels needed from a CSV file with columns n, score and optionally seed, se, class."
    requires_system_checks = ()  # needs no database

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options of the command line."""
        parser.add_argument("--points", required=True, help="CSV file, or - for standard input")
        parser.add_argument("--target", type=float, required=True)
        parser.add_argument("--worst", type=float, default=0.0, help="worst score that can be")
        parser.add_argument("--best", type=float, default=1.0, help="best score; below --worst where less is better")
        parser.add_argument("--cost-per-label", type=float)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: object, **options: Any) -> None:
        """Read, forecast, and print or write JSON."""
        groups = self._read(options["points"])
        result = {}
        for name, rows in groups.items():
            try:
                forecast = forecast_curve(rows, [options["target"]], (options["worst"], options["best"]))
            except ValueError as error:
                raise CommandError(f"{options['points']}{f', class {name}' if name else ''}: {error}") from error
            body = queries.forecast_as_json(forecast, options["target"])
            if options["cost_per_label"] is not None:
                labels = additional_labels(forecast.labels_needed(options["target"]), forecast.points[-1].n)
                body["cost"] = queries.quantiles_as_json(labeling_cost(labels, options["cost_per_label"]))
            result[name] = body
        if options["json"]:
            self.stdout.write(json.dumps(result[""] if list(result) == [""] else result, indent=2))
            return
        for name, body in result.items():
            self._print(name, body)

    def _read(self, path: str) -> dict[str, list[dict[str, Any]]]:
        """Rows by class.

        Raises:
            CommandError: the file is not such a table; names the line and the column.
        """
        try:
            text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path}: {error}") from error
        table = csv.DictReader(text.splitlines())
        columns = set(table.fieldnames or [])
        if not {"n", "score"} <= columns:
            raise CommandError(f"{path}: the first line must name the columns n and score; it names {sorted(columns)}")
        if columns - COLUMNS:
            raise CommandError(f"{path}: unknown columns {sorted(columns - COLUMNS)}; known are {sorted(COLUMNS)}")
        groups: dict[str, list[dict[str, Any]]] = {}
        for number, row in enumerate(table, start=2):
            point: dict[str, Any] = {}
            for column, kind in (("n", int), ("score", float), ("se", float), ("seed", int)):
                value = (row.get(column) or "").strip()
                if not value and column in ("se", "seed"):
                    continue
                try:
                    point[column] = kind(value)
                except ValueError as error:
                    raise CommandError(f"{path}, line {number}, column {column}: {value!r} is no number") from error
            groups.setdefault((row.get("class") or "").strip(), []).append(point)
        if not groups:
            raise CommandError(f"{path}: there are no points")
        return groups

    def _print(self, name: str, body: dict[str, Any]) -> None:
        write = self.stdout.write
        write(f"{name + ': ' if name else ''}{body['current_labels']} labels, score {body['current_score']:.4f}")
        if body["is_reached"]:
            write(f"  the target of {body['target']} is reached")
        labels_needed = {
            key: "never" if value is None else f"{math.ceil(value)}" for key, value in body["labels_needed"].items()
        }
        interval = f"80 % interval {labels_needed['p10']} to {labels_needed['p90']}"
        write(f"  labels in all for {body['target']}: {labels_needed['p50']} ({interval})")
        for row in body["sufficiency"]:
            scaled = f"{row['labels']:>12} labels ({row['multiple']:g} times)"
            write(f"    {scaled} are enough: chance {row['probability']:.0%}")
        write(f"  chance that it is not reached with 1,024 times the labels: {body['probability_never']:.0%}")
        if not body["is_reached"]:
            write(f"  label {body['next_batch_size']} more, then ask again")
        if "cost" in body:
            cost = {key: "never" if value is None else f"{value:,.0f}" for key, value in body["cost"].items()}
            write(f"  money: {cost['p50']} (80 % interval {cost['p10']} to {cost['p90']})")
        for warning in body["warnings"]:
            write(f"  warning: {warning}")
