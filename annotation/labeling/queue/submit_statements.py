"""The statements that save an annotation. Each is one pass over indexes."""

from annotation.labeling.queue.lease_statements import LEASE_FROM_QUEUE
from annotation.labeling.queue.parameters import PARAMETER_TYPES
from annotation.labeling.queue.task_payloads import TASK_COLUMNS, TASK_JOINS
from plateau.database.prepared_statements import PreparedStatement

# The membership counts what the person did and which states it moved tasks to; see `models.ProjectMembership`.
_COUNT_FOR_MEMBER = """
    INSERT INTO labeling_projectmembership AS pm
        (project_id, user_id, annotation_count, active_ms, open, review, done, skipped)
    VALUES (%(project_id)s, %(user_id)s, %(first_annotations)s, %(active_ms)s, %(open)s, %(review)s, %(done)s,
        %(skipped)s)
    ON CONFLICT (project_id, user_id) DO UPDATE SET
        annotation_count = pm.annotation_count + excluded.annotation_count,
        active_ms = pm.active_ms + excluded.active_ms, open = pm.open + excluded.open,
        review = pm.review + excluded.review, done = pm.done + excluded.done, skipped = pm.skipped + excluded.skipped
"""
_COUNT_FOR_DAY = """
    INSERT INTO labeling_workday AS w
        (project_id, user_id, day, annotation_count, completed_count, active_ms, rework_ms)
    VALUES (%(project_id)s, %(user_id)s, (now() AT TIME ZONE 'utc')::date, %(first_annotations)s, %(done)s,
        %(active_ms)s, %(rework_ms)s)
    ON CONFLICT (project_id, user_id, day) DO UPDATE SET
        annotation_count = w.annotation_count + excluded.annotation_count,
        completed_count = w.completed_count + excluded.completed_count,
        active_ms = w.active_ms + excluded.active_ms, rework_ms = w.rework_ms + excluded.rework_ms
"""
_END_LEASE_AND_DRAFT = """
    ended_lease AS (
        DELETE FROM labeling_lease
        WHERE user_id = %(user_id)s AND task_id = %(task_id)s AND kind <> 'review' RETURNING 1),
    ended_draft AS (DELETE FROM labeling_draft WHERE user_id = %(user_id)s AND task_id = %(task_id)s)
"""
_SAVE_ANNOTATION = f"""
    new_annotation AS (
        INSERT INTO labeling_annotation (project_id, task_id, user_id, client_id, source, value, schema_version,
            guideline_version, supersedes_id, active_ms, pre_annotation_shown, created_at)
        VALUES (%(project_id)s, %(task_id)s, %(user_id)s, %(client_id)s, %(source)s, %(value)s, %(schema_version)s,
            %(guideline_version)s, %(supersedes_id)s, %(active_ms)s, %(pre_annotation_shown)s, now())
        RETURNING id),
    {_END_LEASE_AND_DRAFT},
    counted_member AS ({_COUNT_FOR_MEMBER}),
    counted_day AS ({_COUNT_FOR_DAY}),
    moved_task AS (
        UPDATE labeling_task SET state = %(state)s, annotation_count = %(annotation_count)s,
            available_slots = %(available_slots)s,
            annotation_id = CASE WHEN %(is_resolution)s THEN new_annotation.id ELSE annotation_id END
        FROM new_annotation WHERE labeling_task.id = %(task_id)s)
"""  # noqa: S608  # built from constants; values are bound
SAVE_ANNOTATION = PreparedStatement(
    "queue_submit",
    f"WITH {_SAVE_ANNOTATION} SELECT new_annotation.id, (SELECT count(*) FROM ended_lease) FROM new_annotation",  # noqa: S608  # built from constants; values are bound
    PARAMETER_TYPES,
)
# Both in one pass. What the first half changes the second one does not see: the annotated task still counts as handled
# by this person in it, so it is not dispatched again.
SAVE_ANNOTATION_AND_LEASE_NEXT = PreparedStatement(
    "queue_submit_and_lease_next",
    f"""
    WITH {_SAVE_ANNOTATION}, {LEASE_FROM_QUEUE}
    SELECT new_annotation.id, (SELECT count(*) FROM ended_lease), {TASK_COLUMNS}
    FROM new_annotation LEFT JOIN (t {TASK_JOINS}) ON true
    """,  # noqa: S608  # built from constants; values are bound
    PARAMETER_TYPES,
)
# Annotations of gold and qualification tasks: the task does not move.
SAVE_CALIBRATION_ANNOTATION = PreparedStatement(
    "queue_submit_calibration",
    f"""
    WITH new_annotation AS (
        INSERT INTO labeling_annotation (project_id, task_id, user_id, client_id, source, value, schema_version,
            guideline_version, supersedes_id, active_ms, created_at)
        VALUES (%(project_id)s, %(task_id)s, %(user_id)s, %(client_id)s, %(source)s, %(value)s, %(schema_version)s,
            %(guideline_version)s, %(supersedes_id)s, %(active_ms)s, now())
        RETURNING id),
    {_END_LEASE_AND_DRAFT},
    counted_member AS ({_COUNT_FOR_MEMBER})
    SELECT new_annotation.id, (SELECT count(*) FROM ended_lease) FROM new_annotation
    """,  # noqa: S608  # built from constants; values are bound
    PARAMETER_TYPES,
)
