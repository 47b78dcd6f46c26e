import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models

import annotation.labeling.models


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0007_rename_queue_columns"),
        ("projects", "0006_saved_views"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="annotation",
            name="label_ids",
            field=models.GeneratedField(
                db_persist=True,
                expression=annotation.labeling.models.LabelIds("value"),
                output_field=models.JSONField(),
            ),
        ),
        migrations.AddIndex(
            model_name="annotation",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["label_ids"], name="annotation_by_label", opclasses=["jsonb_path_ops"]
            ),
        ),
    ]
