"""Roles say which projects they reach: admins all, customers what they are given, all others those that are open."""

from typing import Any

from django.db import migrations, models


def set_reach(apps: Any, _editor: Any) -> None:
    """Who manages members reaches everything; other own roles of organizations stay as they were."""
    role = apps.get_model("identity", "Role")
    role.objects.filter(scopes__contains=["members.write"]).update(reach="all")
    role.objects.filter(organization=None, key="customer").update(reach="given")


class Migration(migrations.Migration):
    dependencies = [("identity", "0013_preferences")]

    operations = [
        migrations.AddField(
            model_name="role",
            name="reach",
            field=models.CharField(
                choices=[("all", "all"), ("open", "open"), ("given", "given")],
                db_default="open",
                default="open",
                max_length=8,
            ),
        ),
        migrations.RunPython(set_reach, migrations.RunPython.noop),
    ]
