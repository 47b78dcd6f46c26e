"""The newest items of a dataset by index; built beside the writers."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """One index."""

    atomic = False
    dependencies = [("datalake", "0006_item_count")]  # Django's own form

    operations = [  # Django's own form
        AddIndexConcurrently("item", models.Index(fields=["dataset", "-id"], name="item_newest")),
    ]
