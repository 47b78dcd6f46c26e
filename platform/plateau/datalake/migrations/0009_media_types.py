"""Files of any media type: what is known of them are facts, of which the database reads a picture's size."""

import django.db.models.fields.json
import django.db.models.functions.comparison
from django.db import migrations, models

_FACTS = """
UPDATE datalake_asset SET facts = jsonb_build_object('width', width, 'height', height),
    thumbnail_type = CASE WHEN least(width, height) <= 64 THEN 'image/png' ELSE 'image/jpeg' END
"""
_COLUMNS = """
UPDATE datalake_asset SET width = (facts ->> 'width')::integer, height = (facts ->> 'height')::integer
"""


def _read_from_facts(name: str) -> models.GeneratedField:
    return models.GeneratedField(
        db_persist=True,
        expression=django.db.models.functions.comparison.Cast(
            django.db.models.fields.json.KT(f"facts__{name}"), models.IntegerField()
        ),
        output_field=models.IntegerField(null=True),
    )


class Migration(migrations.Migration):
    dependencies = [("datalake", "0008_item_size")]

    operations = [
        migrations.RenameField("asset", "media_type", "content_type"),
        migrations.AlterField("asset", "content_type", models.CharField(max_length=100)),
        migrations.AlterField("asset", "display_type", models.CharField(max_length=100)),
        migrations.AddField(
            "asset", "media_type", models.CharField(max_length=20, default="image"), preserve_default=False
        ),
        migrations.AddField("asset", "facts", models.JSONField(default=dict)),
        migrations.AddField("asset", "thumbnail_type", models.CharField(max_length=100, default="", blank=True)),
        migrations.AlterField("asset", "thumbnail_key", models.CharField(max_length=200, default="", blank=True)),
        migrations.AlterField("asset", "fingerprint", models.BinaryField(default=bytes)),
        migrations.AlterField("asset", "width", models.IntegerField(null=True)),
        migrations.AlterField("asset", "height", models.IntegerField(null=True)),
        migrations.RunSQL(_FACTS, _COLUMNS),
        migrations.RemoveField("asset", "width"),
        migrations.RemoveField("asset", "height"),
        migrations.AddField("asset", "width", _read_from_facts("width")),
        migrations.AddField("asset", "height", _read_from_facts("height")),
    ]
