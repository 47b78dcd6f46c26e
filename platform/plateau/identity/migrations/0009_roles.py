"""Roles become rows. The column with their names is kept beside the reference until `0011`, for `0010` to read."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0008_dotted_scopes")]

    operations = [
        migrations.RemoveConstraint(model_name="membership", name="membership_role_known"),
        migrations.RenameField(model_name="membership", old_name="role", new_name="role_key"),
        migrations.AlterField(
            model_name="membership", name="role_key", field=models.CharField(max_length=16, null=True)
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=32)),
                ("title", models.CharField(max_length=80)),
                ("scopes", models.JSONField(default=list)),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="own_roles",
                        to="identity.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["organization", "key"], name="role_key_unique", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="membership",
            name="role",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.RESTRICT, to="identity.role"),
        ),
        migrations.AddField(
            model_name="singlesignon",
            name="default_role",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.RESTRICT, to="identity.role"),
        ),
    ]
