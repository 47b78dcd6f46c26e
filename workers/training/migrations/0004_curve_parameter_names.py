"""Parameters of learning curves, of their schedules and jobs get the field's names (`workers.recipes.names_0_2`).

They are of an app that stands above this one, and may have been renamed before or not: they are looked up by either
name, and are skipped where the app was never installed.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import migrations

from workers.recipes.names_0_2 import named_as_before, renamed

Rename = Callable[[str, dict[str, Any]], dict[str, Any]]
MODELS = ("study", "learningcurve", "liveplan", "learningcurveschedule")


def _models(apps: Any) -> Iterator[Any]:
    known = apps.all_models.get("learning_curves", {})
    return (known[name] for name in MODELS if name in known)


def _each(rename: Rename) -> Callable[[Any, Any], None]:
    def run(apps: Any, schema_editor: Any) -> None:
        for model in _models(apps):
            for row in model.objects.only("recipe", "params").iterator():
                row.params = rename(row.recipe, row.params)
                row.save(update_fields=["params"])
        jobs = apps.get_model("jobs", "Job").objects.exclude(kind="train")
        for job in jobs.filter(payload__has_keys=["recipe", "params"]).only("payload").iterator():
            job.payload = job.payload | {"params": rename(job.payload["recipe"], job.payload["params"])}
            job.save(update_fields=["payload"])

    return run


class Migration(migrations.Migration):
    dependencies = [("training", "0003_version_parameter_names")]
    operations = [migrations.RunPython(_each(renamed), _each(named_as_before))]
