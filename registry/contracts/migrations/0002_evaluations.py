"""Looks are evaluations; their results and jobs take the names of acceptance sampling.

Terms stay as they were signed (`terms.py`): what was hashed is never rewritten.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

VERDICTS = {"open": "inconclusive"}
RESULT_KEYS = {"mistakes": "errors"}
PART_KEYS = {
    "good": "expected",
    "right": "correct",
    "missing": "additional_samples_needed",
    "design_items": "sample_size",
    "design_errors": "acceptance_number",
}
ERROR_KEYS = {"truth": "true_label", "answered": "predicted_label"}
FACT_KEYS = {"judged_before": "versions_evaluated_before", "withdrawn_because": "withdrawal_reason"}


def _renamed(row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in row.items()}


def _inverse(names: dict[str, str]) -> dict[str, str]:
    return {new: old for old, new in names.items()}


def _rename_results(apps: Any, tables: list[dict[str, str]]) -> None:
    verdicts, result_keys, part_keys, error_keys, fact_keys = tables
    evaluations = apps.get_model("contracts", "ContractEvaluation").objects
    for row in evaluations.exclude(verdict="").only("result", "verdict").iterator(chunk_size=200):
        result = _renamed(row.result, result_keys)
        row.verdict = verdicts.get(row.verdict, row.verdict)
        if "verdict" in result:
            result["verdict"] = verdicts.get(result["verdict"], result["verdict"])
        for part in result.get("parts", []):
            part["state"] = verdicts.get(part.get("state", ""), part.get("state", ""))
        result["parts"] = [_renamed(part, part_keys) for part in result.get("parts", [])]
        errors = result_keys.get("mistakes", "mistakes")
        result[errors] = [_renamed(error, error_keys) for error in result.get(errors, [])]
        row.result = result
        row.save(update_fields=["result", "verdict"])
    contracts = apps.get_model("contracts", "Contract").objects
    for contract in contracts.exclude(facts={}).only("facts").iterator(chunk_size=200):
        contract.facts = _renamed(contract.facts, fact_keys)
        contract.save(update_fields=["facts"])


def forwards(apps: Any, schema_editor: Any) -> None:
    """Rename what is stored as JSON, and the verdict."""
    _rename_results(apps, [VERDICTS, RESULT_KEYS, PART_KEYS, ERROR_KEYS, FACT_KEYS])


def backwards(apps: Any, schema_editor: Any) -> None:
    """Restore the names of 0.2.0."""
    _rename_results(apps, [_inverse(names) for names in (VERDICTS, RESULT_KEYS, PART_KEYS, ERROR_KEYS, FACT_KEYS)])


_RENAME_KEY = """
    UPDATE jobs_job SET
        kind = '{kind}',
        payload = (payload - '{old}') || jsonb_build_object('{new}', payload->'{old}'),
        result = CASE WHEN result ? '{old}'
            THEN (result - '{old}') || jsonb_build_object('{new}', result->'{old}') ELSE result END
    WHERE kind = '{former}'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0001_initial"),
        ("jobs", "0005_project_by_number"),
        ("model_versions", "0007_verdict_by_number"),
        ("snapshots", "0001_initial"),
    ]

    operations = [
        migrations.RenameModel("Look", "ContractEvaluation"),
        migrations.RenameField("contractevaluation", "outcomes", "item_results"),
        migrations.RenameField("contractevaluation", "judged_at", "evaluated_at"),
        migrations.AlterField(
            "contractevaluation",
            "contract",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="evaluations", to="contracts.contract"
            ),
        ),
        migrations.AlterField(
            "contractevaluation",
            "model_version",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contract_evaluations",
                to="model_versions.modelversion",
            ),
        ),
        migrations.AlterField(
            "contractevaluation",
            "snapshot",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contract_evaluations",
                to="snapshots.snapshot",
            ),
        ),
        migrations.AlterField(
            "contractevaluation",
            "job",
            models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="contract_evaluation", to="jobs.job"
            ),
        ),
        migrations.AlterField("contractevaluation", "verdict", models.CharField(blank=True, default="", max_length=12)),
        migrations.RunPython(forwards, backwards),
        migrations.RunSQL(
            _RENAME_KEY.format(kind="evaluate_contract", former="judge", old="look_id", new="evaluation_id"),
            _RENAME_KEY.format(kind="judge", former="evaluate_contract", old="evaluation_id", new="look_id"),
        ),
    ]
