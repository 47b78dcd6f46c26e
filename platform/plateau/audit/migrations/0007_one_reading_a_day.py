"""Built beside the writers of a table that is busy."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A unique index; `prepare` drops one that was left half built."""

    atomic = False
    dependencies = [("audit", "0006_texts_seen")]  # Django's own form

    operations = [  # Django's own form
        migrations.RunSQL(
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS one_reading_a_day ON audit_viewing "
            "(item_id, user_id, day) WHERE item_id IS NOT NULL",
            "DROP INDEX CONCURRENTLY IF EXISTS one_reading_a_day",
            state_operations=[
                migrations.AddConstraint(
                    "viewing",
                    models.UniqueConstraint(
                        fields=["item_id", "user", "day"],
                        name="one_reading_a_day",
                        condition=models.Q(item_id__isnull=False),
                    ),
                )
            ],
        )
    ]
