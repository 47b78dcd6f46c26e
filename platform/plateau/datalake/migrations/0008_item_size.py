"""The size that a file states for an item whose pixels were not read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns that may be empty: no table is rewritten."""

    dependencies = [("datalake", "0007_item_newest")]  # Django's own form

    operations = [  # Django's own form
        migrations.AddField("item", "width", models.IntegerField(null=True)),
        migrations.AddField("item", "height", models.IntegerField(null=True)),
    ]
