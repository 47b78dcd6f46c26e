"""Forecasts, parameters and jobs that 0.2.0 stored get the names that the code reads."""

from collections.abc import Callable
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from workers.recipes.names_0_2 import named_as_before, renamed

JOB_KINDS = {"study": "learning-curve", "replay": "active-learning-simulation"}
KEYS = {
    "labels_now": "current_labels",
    "score_now": "current_score",
    "reached": "is_reached",
    "needed": "labels_needed",
    "enough": "sufficiency",
    "times": "multiple",
    "chance": "probability",
    "next_purchase": "next_batch_size",
    "flags": "warnings",
    "gets_worse": "non_monotone_probability",
}
JOB_KEYS = KEYS | {
    "study_id": "learning_curve_id",
    "plan": "training_plan",
    "arms": "strategies",
    "best": "best_strategy",
    "saved": "label_savings",
    "beats_chance": "beats_random",
}
WARNINGS = {"gets_worse": "non_monotone"}


RenameParams = Callable[[str, dict[str, Any]], dict[str, Any]]


def _inverse(names: dict[str, str]) -> dict[str, str]:
    return {new: old for old, new in names.items()}


def _renamed(value: Any, keys: dict[str, str], warnings: dict[str, str]) -> Any:
    """The same JSON with other keys at every depth, and other codes of warnings; parameters of recipes stay."""
    if isinstance(value, list):
        return [_renamed(element, keys, warnings) for element in value]
    if not isinstance(value, dict):
        return value
    renamed = {}
    for key, element in value.items():
        if key == "params":
            renamed[key] = element
        elif key in ("flags", "warnings"):
            renamed[keys[key]] = [warnings.get(code, code) for code in element]
        else:
            renamed[keys.get(key, key)] = _renamed(element, keys, warnings)
    return renamed


def rename_stored(
    job_kinds: dict[str, str],
    keys: dict[str, str],
    job_keys: dict[str, str],
    warnings: dict[str, str],
    rename_params: RenameParams,
) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    """What renames keys of forecasts, parameters of recipes, and kinds and keys of jobs."""

    def rename(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for stored in apps.get_model("learning_curves", "StoredForecast").objects.iterator():
            stored.forecast = _renamed(stored.forecast, keys, warnings)
            stored.save(update_fields=["forecast"])
        for name in ("LearningCurve", "LearningCurveSchedule"):
            for row in apps.get_model("learning_curves", name).objects.only("recipe", "params").iterator():
                row.params = rename_params(row.recipe, row.params)
                row.save(update_fields=["params"])
        for job in apps.get_model("jobs", "Job").objects.filter(kind__in=job_kinds).iterator():
            job.kind = job_kinds[job.kind]
            job.payload = _renamed(job.payload, job_keys, warnings)
            if "params" in job.payload:
                job.payload["params"] = rename_params(job.payload["recipe"], job.payload["params"])
            job.result = _renamed(job.result, job_keys, warnings)
            job.save(update_fields=["kind", "payload", "result"])

    return rename


class Migration(migrations.Migration):
    dependencies = [("learning_curves", "0005_name_learning_curves"), ("jobs", "0005_project_by_number")]

    operations = [
        migrations.RunPython(
            rename_stored(JOB_KINDS, KEYS, JOB_KEYS, WARNINGS, renamed),
            rename_stored(_inverse(JOB_KINDS), _inverse(KEYS), _inverse(JOB_KEYS), _inverse(WARNINGS), named_as_before),
        )
    ]
