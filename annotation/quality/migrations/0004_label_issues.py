"""Doubts are label issues, in their table, their jobs and the results of these."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

KIND = ("doubts", "label-issues")
RESULT_KEY = ("doubtful", "label_issues")


def _rename_jobs(before: int, after: int) -> Any:
    def rename(apps: Any, schema_editor: Any) -> None:
        for job in apps.get_model("jobs", "Job").objects.filter(kind=KIND[before]).iterator():
            job.kind = KIND[after]
            if isinstance(job.result, dict) and RESULT_KEY[before] in job.result:
                job.result[RESULT_KEY[after]] = job.result.pop(RESULT_KEY[before])
            job.save(update_fields=["kind", "result"])

    return rename


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0005_project_by_number"),
        ("labeling", "0007_rename_queue_columns"),
        ("quality", "0003_rename_gold_and_reviews"),
    ]

    operations = [
        migrations.RenameModel("LabelDoubt", "LabelIssue"),
        migrations.AlterField(
            "labelissue",
            "task",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="label_issues", to="labeling.task"
            ),
        ),
        migrations.RenameField("labelissue", "suggested", "suggested_label"),
        migrations.RenameField("labelissue", "twin", "duplicate_task"),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE quality_labelissue RENAME CONSTRAINT one_doubt_of_a_kind TO label_issue_once",
                    "ALTER TABLE quality_labelissue RENAME CONSTRAINT label_issue_once TO one_doubt_of_a_kind",
                )
            ],
            state_operations=[
                migrations.RemoveConstraint("labelissue", "one_doubt_of_a_kind"),
                migrations.AddConstraint(
                    "labelissue", models.UniqueConstraint(fields=("task", "reason"), name="label_issue_once")
                ),
            ],
        ),
        migrations.RunPython(_rename_jobs(0, 1), _rename_jobs(1, 0)),
    ]
