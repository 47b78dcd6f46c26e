"""Retention, multipart files and the impact of erasures get the names of the field."""

import django.db.models.deletion
from django.db import migrations, models


def _rename_report_key(old: str, new: str) -> str:
    return f"""
        UPDATE datalake_erasure SET report = (report - '{old}') || jsonb_build_object('{new}', report -> '{old}')
        WHERE report ? '{old}'
    """  # noqa: S608  # constants from below


class Migration(migrations.Migration):
    dependencies = [("datalake", "0009_media_types")]

    operations = [
        migrations.RenameField("dataset", "keep_days", "retention_days"),
        migrations.RenameModel("PartedFile", "MultipartFile"),
        migrations.AlterField(
            "multipartfile",
            "batch",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="multipart_files", to="datalake.ingestbatch"
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE datalake_multipartfile RENAME CONSTRAINT parted_name_once TO multipart_name_once",
                    "ALTER TABLE datalake_multipartfile RENAME CONSTRAINT multipart_name_once TO parted_name_once",
                )
            ],
            state_operations=[
                migrations.RemoveConstraint("multipartfile", "parted_name_once"),
                migrations.AddConstraint(
                    "multipartfile",
                    models.UniqueConstraint(fields=("batch", "name"), name="multipart_name_once"),
                ),
            ],
        ),
        migrations.RunSQL(_rename_report_key("named", "resources"), _rename_report_key("resources", "named")),
    ]
