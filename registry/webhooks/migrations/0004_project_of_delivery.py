"""A delivery names the project of its event: who does not reach the project does not see it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0008_added_datasets"), ("webhooks", "0003_webhook_names")]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="project",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="projects.project"
            ),
        ),
        migrations.RunSQL(
            r"""
UPDATE webhooks_delivery SET project_id = p.id FROM projects_project p
WHERE p.id::text = coalesce(payload ->> 'project_id',
                            substring(payload ->> 'link' FROM '/(?:label|review|projects)/([0-9]{1,18})'))
""",
            migrations.RunSQL.noop,
        ),
    ]
