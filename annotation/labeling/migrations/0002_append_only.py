"""Answers are append-only, held by the database itself; autovacuum keeps the queue's head short."""

from django.db import migrations

_TRIGGER = """
CREATE FUNCTION labeling_annotation_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.task_id, NEW.client_id, NEW.value, NEW.schema_version, NEW.guideline_version, NEW.created_at)
       IS DISTINCT FROM
       (OLD.id, OLD.task_id, OLD.client_id, OLD.value, OLD.schema_version, OLD.guideline_version, OLD.created_at)
    THEN RAISE EXCEPTION 'annotations are append-only: write a new one that supersedes %', OLD.id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_append_only BEFORE UPDATE ON labeling_annotation
    FOR EACH ROW EXECUTE FUNCTION labeling_annotation_append_only();
"""
_BACK = """
DROP TRIGGER annotation_append_only ON labeling_annotation;
DROP FUNCTION labeling_annotation_append_only();
"""
_VACUUM = """
ALTER TABLE labeling_task SET (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_cost_delay = 0, fillfactor = 80)
"""


class Migration(migrations.Migration):
    """A trigger and table settings."""

    dependencies = [("labeling", "0001_initial")]  # Django's own form

    operations = [  # Django's own form
        migrations.RunSQL(_TRIGGER, _BACK),
        migrations.RunSQL(_VACUUM, "ALTER TABLE labeling_task RESET (autovacuum_vacuum_scale_factor)"),
    ]
