"""Jobs that import labels store the names of the field; people of imported projects have addresses at `imported`."""

from django.db import migrations

_PAYLOAD = {"prelabels": "pre_annotation_model", "hidden_share": "hidden_fraction"}
_RESULT = {
    "answers": "annotation_count",
    "tasks": "task_count",
    "already_labeled": "already_labeled_count",
    "unlabeled": "unlabeled_count",
    "dropped": "dropped_count",
}


def _rename_key(column: str, old: str, new: str) -> migrations.RunSQL:
    return migrations.RunSQL(_sql(column, old, new), _sql(column, new, old))


def _sql(column: str, old: str, new: str) -> str:
    return f"""
        UPDATE jobs_job SET {column} = ({column} - '{old}') || jsonb_build_object('{new}', {column} -> '{old}')
        WHERE kind = 'import_labels' AND {column} ? '{old}'
    """  # noqa: S608  # constants from above


def _rename_domain(old: str, new: str) -> str:
    return f"UPDATE identity_user SET email = replace(email, '@{old}', '@{new}') WHERE email LIKE '%@{old}'"  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0012_sign_in_rules"),
        ("jobs", "0005_project_by_number"),
        ("projects", "0004_rename_queue_rules"),
    ]

    operations = [
        *(_rename_key("payload", old, new) for old, new in _PAYLOAD.items()),
        *(_rename_key("result", old, new) for old, new in _RESULT.items()),
        migrations.RunSQL(
            _rename_domain("brought-over.invalid", "imported.invalid"),
            _rename_domain("imported.invalid", "brought-over.invalid"),
        ),
    ]
