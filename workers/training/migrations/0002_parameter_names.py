"""Parameters of runs, and of the jobs that train them, get the field's names (`workers.recipes.names_0_2`)."""

from collections.abc import Callable
from typing import Any

from django.db import migrations

from workers.recipes.names_0_2 import named_as_before, renamed

Rename = Callable[[str, dict[str, Any]], dict[str, Any]]


def _each(rename: Rename) -> Callable[[Any, Any], None]:
    def run(apps: Any, schema_editor: Any) -> None:
        runs, jobs = apps.get_model("training", "TrainingRun").objects, apps.get_model("jobs", "Job").objects
        for row in runs.only("recipe", "params").iterator():
            row.params = rename(row.recipe, row.params)
            row.save(update_fields=["params"])
        for job in jobs.filter(kind="train", payload__has_key="params").only("payload").iterator():
            job.payload = job.payload | {"params": rename(job.payload["recipe"], job.payload["params"])}
            job.save(update_fields=["payload"])

    return run


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial"), ("jobs", "0005_project_by_number")]
    operations = [migrations.RunPython(_each(renamed), _each(named_as_before))]
