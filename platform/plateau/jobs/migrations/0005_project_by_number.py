"""A job names its project by number: projects stand on jobs, not the other way round.

The column, its index and its foreign key stay in the database as they are: nothing is locked, moved or lost, and
going back is as easy.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0004_route")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="job", name="project"),
                migrations.AddField(
                    model_name="job",
                    name="project_id",
                    field=models.BigIntegerField(db_index=True, null=True),
                ),
            ],
        ),
    ]
