"""What was in the old columns goes into the new ones; nobody loses a lease or a count."""

from django.db import migrations

_SQL = """
UPDATE labeling_annotation n SET project_id = t.project_id FROM labeling_task t WHERE t.id = n.task_id;
INSERT INTO labeling_lease (user_id, task_id, kind, until)
    SELECT lease_user_id, id, 'answer', lease_until FROM labeling_task WHERE state = 'leased';
INSERT INTO labeling_skip (task_id, user_id, reason, created_at)
    SELECT id, answered_by_id, skip_reason, coalesce(answered_at, now()) FROM labeling_task WHERE state = 'skipped';
UPDATE labeling_task SET position = -priority, given = (state = 'done')::int, skips = (state = 'skipped')::int,
    room = (state IN ('open', 'skipped'))::int;
INSERT INTO labeling_seat (project_id, user_id, answered, active_ms)
    SELECT project_id, user_id, count(DISTINCT task_id), sum(active_ms) FROM labeling_annotation
    WHERE user_id IS NOT NULL GROUP BY project_id, user_id;
INSERT INTO labeling_seat (project_id, user_id, open, done, skipped)
    SELECT project_id, NULL, count(*) FILTER (WHERE state IN ('open', 'leased')),
        count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE state = 'skipped')
    FROM labeling_task GROUP BY project_id;
INSERT INTO labeling_workday (project_id, user_id, day, answered, finished, active_ms)
    SELECT project_id, user_id, (created_at AT TIME ZONE 'utc')::date, count(DISTINCT task_id),
        count(DISTINCT task_id), sum(active_ms)
    FROM labeling_annotation WHERE user_id IS NOT NULL GROUP BY 1, 2, 3;
UPDATE projects_project p SET
    schema_version = coalesce((SELECT max(version) FROM projects_labelschema s WHERE s.project_id = p.id), 1),
    guideline_version = coalesce((SELECT max(version) FROM projects_guideline g WHERE g.project_id = p.id), 1);
"""
_STATES = """
ALTER TABLE labeling_task DROP CONSTRAINT leased_has_holder, DROP CONSTRAINT task_state_known;
"""


class Migration(migrations.Migration):
    """Data only, and the two constraints that stood in its way."""

    dependencies = [("labeling", "0003_several_answers"), ("projects", "0002_teams_and_queue_rules")]

    operations = [
        migrations.RunSQL(
            _STATES,
            state_operations=[
                migrations.RemoveConstraint(model_name="task", name="leased_has_holder"),
                migrations.RemoveConstraint(model_name="task", name="task_state_known"),
            ],
        ),
        migrations.RunSQL(_SQL),
        migrations.RunSQL("UPDATE labeling_task SET state = 'open' WHERE state = 'leased'"),
    ]
