"""Projects of regions of any geometry are `mixed`: `shapes` was also the name of the meshes."""

from typing import Any

from django.db import migrations


def _rename(apps: Any, old: str, new: str) -> None:
    apps.get_model("projects", "Project").objects.filter(kind=old).update(kind=new)


def forwards(apps: Any, schema_editor: Any) -> None:
    """Rename the stored kind."""
    _rename(apps, "shapes", "mixed")


def backwards(apps: Any, schema_editor: Any) -> None:
    """Restore the stored kind."""
    _rename(apps, "mixed", "shapes")


class Migration(migrations.Migration):
    dependencies = [("projects", "0002_teams_and_queue_rules")]

    operations = [migrations.RunPython(forwards, backwards)]
