"""Former labels of apps: tables, and rows of Django's own tables, take the present ones before migrations run.

Django knows a migration by its app's label, so that a renamed app would look like a new one with nothing applied.
"""

from django.db import connection, transaction

# Up to 0.2.0. Longer than the apps' names were, and the same words as their rooms.
FORMER_LABELS = {
    "acceptance": "contracts",
    "assistants": "segmentation_models",
    "budget": "learning_curves",
    "search": "sweeps",
    "serving": "batch_inference",
    "shapes": "meshes",
    "tracking": "mlflow_store",
    "versions": "model_versions",
}


def adopt_present_labels() -> list[str]:
    """Rename whatever has a former label.

    Returns:
        The former labels that were in the database.
    """
    return [former for former, present in FORMER_LABELS.items() if _rename(former, present)]


def restore_former_labels() -> None:
    """Undo `adopt_present_labels`, for code of 0.2.0 and before."""
    for former, present in FORMER_LABELS.items():
        _rename(present, former)


def _rename(label: str, new_label: str) -> bool:
    """All of an app, or nothing of it; whether there was something."""
    quoted = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        own_tables = [table for table in tables if table.startswith(f"{label}_")]
        for table in own_tables:
            cursor.execute(f"ALTER TABLE {quoted(table)} RENAME TO {quoted(new_label + table.removeprefix(label))}")
        rows = 0
        if "django_migrations" in tables:
            cursor.execute("UPDATE django_migrations SET app = %s WHERE app = %s", [new_label, label])
            rows += cursor.rowcount
        if "django_content_type" in tables:
            cursor.execute("UPDATE django_content_type SET app_label = %s WHERE app_label = %s", [new_label, label])
            rows += cursor.rowcount
        return bool(own_tables or rows)
