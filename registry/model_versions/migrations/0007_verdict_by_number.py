"""A move of an alias names its verdict by number: contracts stand on versions, not the other way round.

The column, its index and its foreign key stay in the database as they are: nothing is locked, moved or lost, and
going back is as easy.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("model_versions", "0006_by_place")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="aliasmove", name="verdict"),
                migrations.AddField(
                    model_name="aliasmove",
                    name="verdict_id",
                    field=models.BigIntegerField(db_index=True, null=True),
                ),
            ],
        ),
    ]
