"""A search is a sweep, and its parameters get the field's names (`workers.recipes.names_0_2`)."""

from collections.abc import Callable
from typing import Any

from django.db import migrations, models

from workers.recipes.names_0_2 import named_as_before, renamed, renamed_space, space_named_as_before

Rename = Callable[[str, dict[str, Any]], dict[str, Any]]


def _each(rename: Rename, rename_space: Rename) -> Callable[[Any, Any], None]:
    def run(apps: Any, schema_editor: Any) -> None:
        for row in apps.get_model("sweeps", "Search").objects.iterator():
            row.space, row.fixed = rename_space(row.recipe, row.space), rename(row.recipe, row.fixed)
            row.importance = rename(row.recipe, row.importance)
            row.save(update_fields=["space", "fixed", "importance"])
        for trial in apps.get_model("sweeps", "Trial").objects.select_related("search").iterator():
            trial.params = rename(trial.search.recipe, trial.params)
            trial.save(update_fields=["params"])

    return run


def _payloads(before: str, after: str) -> Callable[[Any, Any], None]:
    def run(apps: Any, schema_editor: Any) -> None:
        jobs = apps.get_model("jobs", "Job").objects.filter(kind="trial", payload__has_key=before)
        for job in jobs.only("payload").iterator():
            job.payload = {after if key == before else key: value for key, value in job.payload.items()}
            job.save(update_fields=["payload"])

    return run


class Migration(migrations.Migration):
    dependencies = [("sweeps", "0001_initial"), ("jobs", "0005_project_by_number")]
    operations = [
        migrations.RunPython(_each(renamed, renamed_space), _each(named_as_before, space_named_as_before)),
        migrations.RunPython(_payloads("search_id", "sweep_id"), _payloads("sweep_id", "search_id")),
        migrations.RemoveConstraint("search", "search_method_known"),
        migrations.RemoveConstraint("trial", "trial_once"),
        migrations.RenameModel("Search", "Sweep"),
        migrations.AlterModelOptions("sweep", {"verbose_name": "sweep"}),
        migrations.AlterField(
            "sweep",
            "project",
            models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="sweeps"),
        ),
        migrations.AlterField(
            "sweep",
            "snapshot",
            models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="sweeps"),
        ),
        migrations.RenameField("sweep", "prunes", "pruning_enabled"),
        migrations.RenameField("trial", "search", "sweep"),
        migrations.AddConstraint(
            "sweep",
            models.CheckConstraint(condition=models.Q(method__in=["random", "tpe"]), name="sweep_method_known"),
        ),
        migrations.AddConstraint("trial", models.UniqueConstraint(fields=["sweep", "number"], name="trial_once")),
    ]
