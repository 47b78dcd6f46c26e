"""Fields of models take the names of MLflow and of the field; stored MLmodel problems and export facts follow."""

from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

import registry.model_versions.models

PROBLEMS = {"no_card": "mlmodel_missing", "unreadable_card": "mlmodel_unreadable"}


def _rename(apps: Any, problems: dict[str, str], largest: tuple[str, str], outputs: tuple[str, str]) -> None:
    versions = apps.get_model("model_versions", "ModelVersion").objects
    for former, present in problems.items():
        for version in versions.filter(facts__problem=former).only("facts").iterator(chunk_size=500):
            versions.filter(pk=version.pk).update(facts=version.facts | {"problem": present})
    exports = apps.get_model("model_versions", "BrowserExport").objects
    for export in exports.exclude(facts={}).only("facts").iterator(chunk_size=20):
        facts = {largest[1] if key == largest[0] else key: value for key, value in export.facts.items()}
        facts["samples"] = [
            {outputs[1] if key == outputs[0] else key: value for key, value in sample.items()}
            for sample in facts.get("samples", [])
        ]
        exports.filter(pk=export.pk).update(facts=facts)


def forwards(apps: Any, schema_editor: Any) -> None:
    """Rename what is stored as JSON."""
    _rename(apps, PROBLEMS, ("largest", "max_abs_difference"), ("said", "outputs"))


def backwards(apps: Any, schema_editor: Any) -> None:
    """Restore the names of 0.2.0."""
    inverse = {present: former for former, present in PROBLEMS.items()}
    _rename(apps, inverse, ("max_abs_difference", "largest"), ("outputs", "said"))


class Migration(migrations.Migration):
    dependencies = [("model_versions", "0007_verdict_by_number")]

    operations = [
        migrations.RenameModel("AliasMove", "AliasChange"),
        migrations.RenameField("aliaschange", "before", "previous_version"),
        migrations.RenameField("aliaschange", "verdict_id", "contract_evaluation_id"),
        migrations.RenameField("aliaschange", "rollback", "is_rollback"),
        migrations.RenameField("aliaschange", "moved_by", "changed_by"),
        migrations.RenameField("aliaschange", "moved_at", "changed_at"),
        migrations.AlterField(
            "aliaschange",
            "version",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="alias_changes",
                to="model_versions.modelversion",
            ),
        ),
        migrations.RenameField("registeredmodel", "note", "description"),
        migrations.RenameField("registeredmodel", "newest", "latest_version"),
        migrations.RenameField("modelversion", "note", "description"),
        migrations.RenameField("modelversion", "erased", "erased_items"),
        migrations.RenameField("modelversion", "places", "artifact_paths"),
        migrations.RenameField("modelversion", "gone_at", "deleted_at"),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER INDEX version_places RENAME TO version_artifact_paths",
                    "ALTER INDEX version_artifact_paths RENAME TO version_places",
                )
            ],
            state_operations=[
                migrations.RemoveIndex("modelversion", "version_places"),
                migrations.AddIndex("modelversion", GinIndex(fields=["artifact_paths"], name="version_artifact_paths")),
            ],
        ),
        migrations.RenameField("modelfile", "size", "size_bytes"),
        migrations.RenameField("evaluation", "answered_by", "predicted_by"),
        migrations.RenameField("evaluation", "outcomes", "predictions"),
        migrations.RenameField("browserexport", "size", "size_bytes"),
        migrations.RenameField("browserexport", "problem", "error"),
        migrations.RenameField("browserexport", "made_at", "updated_at"),
        migrations.RenameField("modelpolicy", "protected", "protected_aliases"),
        migrations.AlterField(
            "modelpolicy",
            "protected_aliases",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=256),
                default=registry.model_versions.models._default_protected_aliases,
                size=None,
            ),
        ),
        migrations.RunPython(forwards, backwards),
    ]
