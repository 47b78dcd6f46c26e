"""Kinds of notifications have the names of events, which webhooks use too."""

from typing import Any

from django.db import migrations

_NAMES = {
    "sent_back": "task.returned",
    "commented": "comment.created",
    "mentioned": "comment.mentioned",
    "conflict": "task.conflict",
    "contract_to_sign": "contract.to_sign",
    "contract_evaluated": "contract.verdict",
    "job_failed": "job.failed",
    "job_done": "job.finished",
    "import_rejected": "import.rejected",
}


def _rename(apps: Any, names: dict[str, str]) -> None:
    for model in ("Notification", "NotificationChoice", "Email"):
        rows = apps.get_model("notifications", model).objects
        for before, after in names.items():
            rows.filter(kind=before).update(kind=after)


def forwards(apps: Any, schema_editor: Any) -> None:
    """Rename."""
    _rename(apps, _NAMES)


def backwards(apps: Any, schema_editor: Any) -> None:
    """As they were."""
    _rename(apps, {after: before for before, after in _NAMES.items()})


class Migration(migrations.Migration):
    """Rows alone."""

    dependencies = [("notifications", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
