"""A notification names its project: who leaves the project is not shown any more what was told of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_event_names")]

    operations = [
        migrations.AddField(model_name="notification", name="project_id", field=models.BigIntegerField(null=True)),
        migrations.RunSQL(
            r"""
UPDATE notifications_notification
SET project_id = (substring(link FROM '^/(?:label|review|projects)/([0-9]{1,18})'))::bigint
WHERE link ~ '^/(label|review|projects)/[0-9]{1,18}'
""",
            migrations.RunSQL.noop,
        ),
    ]
