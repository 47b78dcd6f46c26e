"""What an organization may read of the storage is a row. Those that there are keep their folder, `imports/SLUG/`."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("datalake", "0013_translated_findings"), ("identity", "0015_token_trees")]

    operations = [
        migrations.CreateModel(
            name="StorageSource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(db_index=False, max_length=60)),
                ("prefix", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organization",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="identity.organization"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "name"), name="storage_source_name_once"),
                    models.CheckConstraint(
                        condition=models.Q(("prefix__startswith", "imports/")), name="storage_source_below_imports"
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            """
INSERT INTO datalake_storagesource (organization_id, name, prefix, created_at)
SELECT id, slug, 'imports/' || slug, now() FROM identity_organization
""",
            migrations.RunSQL.noop,
        ),
    ]
