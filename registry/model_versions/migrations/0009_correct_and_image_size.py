"""Stored JSON takes the field's words: `correct` for `right`, `image_size` for `input_side`.

The MLmodel files of registered models keep their words: what was hashed is never rewritten (`mlflow_sync.py`).
"""

from typing import Any

from django.db import migrations

_FACTS = """
    UPDATE model_versions_modelversion
    SET facts = (facts - %(former)s) || jsonb_build_object(%(present)s, facts -> %(former)s)
    WHERE jsonb_exists(facts, %(former)s)
"""
_CLASSES = """
    UPDATE {table}
    SET per_class = (
        SELECT jsonb_agg(
            CASE WHEN jsonb_exists(class, %(former)s)
            THEN (class - %(former)s) || jsonb_build_object(%(present)s, class -> %(former)s) ELSE class END
            ORDER BY number
        )
        FROM jsonb_array_elements(per_class) WITH ORDINALITY AS classes(class, number)
    )
    WHERE jsonb_exists(per_class -> 0, %(former)s)
"""
_TABLES = ("model_versions_modelversion", "model_versions_evaluation")


def _rename(editor: Any, correct: tuple[str, str], image_size: tuple[str, str]) -> None:
    with editor.connection.cursor() as cursor:
        cursor.execute(_FACTS, dict(zip(("former", "present"), image_size, strict=True)))
        for table in _TABLES:
            cursor.execute(_CLASSES.format(table=table), dict(zip(("former", "present"), correct, strict=True)))


def forwards(apps: Any, schema_editor: Any) -> None:
    """Take the present names."""
    _rename(schema_editor, ("right", "correct"), ("input_side", "image_size"))


def backwards(apps: Any, schema_editor: Any) -> None:
    """Restore the names of 0.2.0."""
    _rename(schema_editor, ("correct", "right"), ("image_size", "input_side"))


class Migration(migrations.Migration):
    dependencies = [("model_versions", "0008_field_names")]

    operations = [migrations.RunPython(forwards, backwards)]
