"""A token names its project by number: projects stand on identity, not the other way round.

The column, its index and its foreign key stay in the database as they are: nothing is locked, moved or lost, and
going back is as easy.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0006_singlesignon_membersession_address_and_more")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="apitoken", name="project"),
                migrations.AddField(
                    model_name="apitoken",
                    name="project_id",
                    field=models.BigIntegerField(blank=True, db_index=True, null=True),
                ),
            ],
        ),
    ]
