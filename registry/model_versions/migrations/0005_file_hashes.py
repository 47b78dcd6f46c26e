import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Versions of earlier releases have neither places nor hash yet; the mirror's task fills in both, see `hashes.py`."""

    dependencies = [
        ("model_versions", "0004_erasure"),
    ]

    operations = [
        migrations.AddField(
            model_name="modelversion",
            name="content_hash",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
        migrations.AddField(
            model_name="modelversion",
            name="places",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None),
        ),
        migrations.CreateModel(
            name="ModelFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.TextField()),
                ("size", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="model_versions.modelversion",
                    ),
                ),
            ],
        ),
    ]
