"""Splits get the names of the field: `sealed` is `test`, `neither` is `excluded`. Manifests and hashes stay."""

from django.db import migrations, models

_SPLITS = [("train", "Train"), ("test", "Test"), ("excluded", "Excluded")]
_RENAMED = {
    "rows": "item_count",
    "train": "train_count",
    "sealed": "test_count",
    "left_out": "excluded_count",
    "erased": "erased_count",
}


def _values(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"UPDATE {table} SET split = CASE split WHEN 'sealed' THEN 'test' ELSE 'excluded' END "  # noqa: S608
        "WHERE split IN ('sealed', 'neither')",
        f"UPDATE {table} SET split = CASE split WHEN 'test' THEN 'sealed' ELSE 'neither' END "  # noqa: S608
        "WHERE split IN ('test', 'excluded')",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0004_rename_queue_rules"),
        ("snapshots", "0003_mixed_geometries"),
    ]

    operations = [
        migrations.RenameModel("SplitSide", "SplitAssignment"),
        migrations.RemoveConstraint("splitassignment", "side_known"),
        migrations.RenameField("splitassignment", "side", "split"),
        migrations.RenameField("snapshotentry", "side", "split"),
        *(migrations.RenameField("snapshot", old_name, new_name) for old_name, new_name in _RENAMED.items()),
        migrations.AlterField("splitassignment", "split", models.CharField(choices=_SPLITS, max_length=8)),
        migrations.AlterField("snapshotentry", "split", models.CharField(choices=_SPLITS, max_length=8)),
        migrations.AlterField(
            "splitassignment",
            "project",
            models.ForeignKey(
                on_delete=models.deletion.CASCADE, related_name="split_assignments", to="projects.project"
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE snapshots_splitassignment RENAME CONSTRAINT one_side TO split_assignment_once",
                    "ALTER TABLE snapshots_splitassignment RENAME CONSTRAINT split_assignment_once TO one_side",
                )
            ],
            state_operations=[
                migrations.RemoveConstraint("splitassignment", "one_side"),
                migrations.AddConstraint(
                    "splitassignment",
                    models.UniqueConstraint(fields=("project", "item"), name="split_assignment_once"),
                ),
            ],
        ),
        _values("snapshots_splitassignment"),
        _values("snapshots_snapshotentry"),
        migrations.AddConstraint(
            "splitassignment",
            models.CheckConstraint(
                condition=models.Q(("split__in", ["train", "test", "excluded"])), name="split_known"
            ),
        ),
    ]
