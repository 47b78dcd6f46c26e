"""Scopes are dotted, as the audit log's actions are: `projects.read` for `projects:read`."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("identity", "0007_project_by_number")]

    operations = [
        migrations.RunSQL(
            "UPDATE identity_apitoken SET scopes = replace(scopes::text, ':', '.')::jsonb",
            "UPDATE identity_apitoken SET scopes = replace(scopes::text, '.', ':')::jsonb",
        )
    ]
