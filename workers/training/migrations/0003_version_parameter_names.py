"""Parameters of registered models get the field's names (`workers.recipes.names_0_2`)."""

from collections.abc import Callable
from typing import Any

from django.db import migrations

from workers.recipes.names_0_2 import named_as_before, renamed

Rename = Callable[[str, dict[str, Any]], dict[str, Any]]


def _each(rename: Rename) -> Callable[[Any, Any], None]:
    def run(apps: Any, schema_editor: Any) -> None:
        versions = apps.get_model("model_versions", "ModelVersion").objects
        for row in versions.exclude(recipe="").only("recipe", "params").iterator():
            row.params = rename(row.recipe, row.params)
            row.save(update_fields=["params"])

    return run


class Migration(migrations.Migration):
    dependencies = [("training", "0002_parameter_names"), ("model_versions", "0007_verdict_by_number")]
    operations = [migrations.RunPython(_each(renamed), _each(named_as_before))]
