"""Times in the results of trainings are `train_seconds` and `prediction_ms`."""

from typing import Any

from django.db import migrations

NAMES = {"seconds": "train_seconds", "milliseconds_an_answer": "prediction_ms"}


def _rename(result: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in result.items()}


def _rename_results(names: dict[str, str]) -> Any:
    def rename(apps: Any, schema_editor: Any) -> None:
        jobs = apps.get_model("jobs", "Job").objects.filter(kind="train")
        for job in jobs.only("result").iterator():
            job.result = _rename(job.result, names)
            if job.result.get("baseline"):
                job.result["baseline"] = _rename(job.result["baseline"], names)
            job.save(update_fields=["result"])

    return rename


class Migration(migrations.Migration):
    dependencies = [("training", "0004_curve_parameter_names")]
    operations = [
        migrations.RunPython(_rename_results(NAMES), _rename_results({new: old for old, new in NAMES.items()}))
    ]
