"""The statements of the hot path. Each is one pass over indexes; PostgreSQL plans each once for a connection.

A dispatch is `UPDATE … FROM (SELECT … FOR UPDATE SKIP LOCKED)`: concurrent callers step over each other's
rows, so nobody waits and no task goes to more people than it requires. `available_slots` says how many more it
takes, and a CHECK constraint keeps it from falling below zero whatever happens.
"""

from plateau.database.prepared_statements import PreparedStatement

PARAMETER_TYPES = {
    "user_id": "bigint",
    "organization_id": "bigint",
    "token_project_id": "bigint",
    "project_id": "bigint",
    "task_id": "bigint",
    "count": "int",
    "lease_seconds": "int",
    "client_id": "uuid",
    "queue_version": "int",
    "cursor_position": "float8",
    "cursor_shuffle": "int",
    "cursor_task_id": "bigint",
    "lease_kind": "text",
    "is_qualification": "bool",
    "source": "text",
    "value": "jsonb",
    "schema_version": "int",
    "guideline_version": "int",
    "supersedes_id": "bigint",
    "active_ms": "int",
    "rework_ms": "int",
    "pre_annotation_shown": "bool",
    "state": "text",
    "annotation_count": "smallint",
    "available_slots": "smallint",
    "is_resolution": "bool",
    "first_annotations": "int",
    "open": "int",
    "review": "int",
    "done": "int",
    "skipped": "int",
}

# In the order of the fields of `QueueContext`.
CONTEXT_COLUMNS = """
    p.id, p.kind, p.overlap > 1 OR p.max_annotations_per_task > 1, p.gold_fraction, p.qualification_tasks,
    coalesce(pm.max_annotations, p.max_annotations_per_person), p.queue_version,
    pm.paused_at IS NOT NULL, coalesce(pm.annotation_count, 0), coalesce(pm.qualification_count, 0),
    pm.cursor_queue_version, pm.cursor_position, pm.cursor_shuffle, pm.cursor_task_id,
    p.is_open_to_everyone OR coalesce(pm.is_assigned, false), p.archived_at IS NOT NULL
"""
_JOIN_MEMBERSHIP = "LEFT JOIN labeling_projectmembership pm ON pm.project_id = p.id AND pm.user_id = %(user_id)s"
_VISIBLE_PROJECT = """
    p.organization_id = %(organization_id)s AND (%(token_project_id)s IS NULL OR p.id = %(token_project_id)s)
"""
QUEUE_CONTEXT = PreparedStatement(
    "queue_context",
    f"""
    SELECT {CONTEXT_COLUMNS} FROM projects_project p {_JOIN_MEMBERSHIP}
    WHERE p.id = %(project_id)s AND {_VISIBLE_PROJECT}
    """,  # noqa: S608  # built from constants; values are bound
    PARAMETER_TYPES,
)
# Asked only where a project is not for everyone and the person is not assigned themselves.
IS_IN_ASSIGNED_TEAM = """
SELECT EXISTS (
    SELECT 1 FROM projects_project_teams pt JOIN projects_team_members tm ON tm.team_id = pt.team_id
    WHERE pt.project_id = %(project_id)s AND tm.user_id = %(user_id)s)
"""

# What a task looks like to the person who holds it: their own annotation, never another person's.
TASK_COLUMNS = """
    t.id, t.project_id, t.position, t.shuffle, i.id, i.name, i.uri, i.text, i.meta, a.id, a.width, a.height,
    d.value, d.revision, n.value, n.id, pre.value, pre.score, pre.model,
    (SELECT count(*) FROM labeling_comment c WHERE c.task_id = t.id AND c.resolved_at IS NULL)
"""
TASK_JOINS = """
    JOIN datalake_item i ON i.id = t.item_id
    LEFT JOIN datalake_asset a ON a.id = i.asset_id
    LEFT JOIN labeling_draft d ON d.task_id = t.id AND d.user_id = %(user_id)s
    LEFT JOIN LATERAL (
        SELECT own.id, own.value FROM labeling_annotation own
        WHERE t.annotation_count > 0 AND own.task_id = t.id AND own.user_id = %(user_id)s
        ORDER BY own.id DESC LIMIT 1) n ON true
    LEFT JOIN labeling_preannotation pre ON pre.task_id = t.id AND NOT pre.is_hidden
"""
# That a person has, or had, task `q`.
HANDLED_BY_USER = """
    EXISTS (SELECT 1 FROM labeling_lease l WHERE l.user_id = %(user_id)s AND l.task_id = q.id)
    OR EXISTS (SELECT 1 FROM labeling_annotation own WHERE own.task_id = q.id AND own.user_id = %(user_id)s)
    OR EXISTS (SELECT 1 FROM labeling_skip k WHERE k.task_id = q.id AND k.user_id = %(user_id)s)
"""
# Nobody has handled a task that requires one annotation and has no annotations or skips: no look-up for the usual case.
_NEW_TO_USER = f"""
    ((q.required_annotations = 1 AND q.annotation_count = 0 AND q.skip_count = 0) OR NOT ({HANDLED_BY_USER}))
"""
_AVAILABLE = "q.project_id = %(project_id)s AND q.state = 'open' AND q.available_slots > 0"
_FROM_QUEUE_HEAD = "ORDER BY q.position, q.shuffle, q.id LIMIT %(count)s FOR UPDATE SKIP LOCKED"
_DISPATCH = f"""
    pick AS MATERIALIZED (SELECT id FROM (
        SELECT f.id FROM (SELECT q.id FROM labeling_task q
            WHERE q.assignee_id = %(user_id)s AND {_AVAILABLE} AND NOT EXISTS (
                SELECT 1 FROM labeling_lease l WHERE l.user_id = %(user_id)s AND l.task_id = q.id)
            {_FROM_QUEUE_HEAD}) f
        UNION ALL
        SELECT f.id FROM projects_team_members tm CROSS JOIN LATERAL (
            SELECT q.id FROM labeling_task q
            WHERE q.team_id = tm.team_id AND q.assignee_id IS NULL AND {_AVAILABLE} AND {_NEW_TO_USER}
            {_FROM_QUEUE_HEAD}) f
        WHERE tm.user_id = %(user_id)s
        UNION ALL
        SELECT f.id FROM (SELECT q.id FROM labeling_task q
            WHERE {_AVAILABLE} AND q.assignee_id IS NULL AND q.team_id IS NULL AND {_NEW_TO_USER}
              AND (q.position, q.shuffle, q.id) > (%(cursor_position)s, %(cursor_shuffle)s, %(cursor_task_id)s)
            {_FROM_QUEUE_HEAD}) f
        ) heads LIMIT %(count)s),
    t AS (
        UPDATE labeling_task SET available_slots = available_slots - 1 FROM pick WHERE labeling_task.id = pick.id
        RETURNING labeling_task.*),
    new_lease AS (
        INSERT INTO labeling_lease (user_id, task_id, kind, expires_at)
        SELECT %(user_id)s, t.id, 'annotation', now() + %(lease_seconds)s * interval '1 second' FROM t)
"""  # noqa: S608  # built from constants above; values are bound
LEASE_NEXT = PreparedStatement(
    "queue_lease_next",
    f"""
    WITH {_DISPATCH}
    SELECT {TASK_COLUMNS} FROM t {TASK_JOINS}
    ORDER BY t.assignee_id IS NULL, t.team_id IS NULL, t.position, t.shuffle, t.id
    """,  # noqa: S608  # as above
    PARAMETER_TYPES,
)
HELD_TASKS = PreparedStatement(
    "queue_held_tasks",
    f"""
    SELECT {TASK_COLUMNS} FROM labeling_lease l JOIN labeling_task t ON t.id = l.task_id {TASK_JOINS}
    WHERE l.user_id = %(user_id)s AND t.project_id = %(project_id)s AND l.expires_at > now() AND l.kind <> 'review'
    ORDER BY d.id IS NULL, t.position, t.shuffle, t.id LIMIT %(count)s
    """,  # noqa: S608  # as above
    PARAMETER_TYPES,
)
SAVE_CURSOR = PreparedStatement(
    "queue_save_cursor",
    """
    INSERT INTO labeling_projectmembership AS pm
        (project_id, user_id, cursor_queue_version, cursor_position, cursor_shuffle, cursor_task_id)
    VALUES (%(project_id)s, %(user_id)s, %(queue_version)s, %(cursor_position)s, %(cursor_shuffle)s,
        %(cursor_task_id)s)
    ON CONFLICT (project_id, user_id) DO UPDATE SET cursor_queue_version = excluded.cursor_queue_version,
        cursor_position = excluded.cursor_position, cursor_shuffle = excluded.cursor_shuffle,
        cursor_task_id = excluded.cursor_task_id
    """,
    PARAMETER_TYPES,
)
# In the order of the fields of `LockedTask`, then of `QueueContext`.
LOCK_TASK = PreparedStatement(
    "queue_lock_task",
    f"""
    SELECT t.state, t.required_annotations, t.annotation_count, t.available_slots, t.skip_count, t.shuffle,
           t.annotation_id, l.kind, i.text, a.width, a.height, p.schema_version, p.guideline_version,
           p.review_fraction, same_request.id, same_request.value, own.id, {CONTEXT_COLUMNS}
    FROM labeling_task t
    JOIN projects_project p ON p.id = t.project_id
    JOIN datalake_item i ON i.id = t.item_id
    LEFT JOIN datalake_asset a ON a.id = i.asset_id
    LEFT JOIN labeling_lease l ON l.user_id = %(user_id)s AND l.task_id = t.id AND l.kind <> 'review'
    LEFT JOIN labeling_annotation same_request
        ON same_request.task_id = t.id AND same_request.client_id = %(client_id)s
    LEFT JOIN LATERAL (
        SELECT n.id FROM labeling_annotation n
        WHERE n.task_id = t.id AND n.user_id = %(user_id)s AND n.source = 'person'
        ORDER BY n.id DESC LIMIT 1) own ON true
    {_JOIN_MEMBERSHIP}
    WHERE t.id = %(task_id)s AND {_VISIBLE_PROJECT}
    FOR UPDATE OF t
    """,  # noqa: S608  # as above
    PARAMETER_TYPES,
)
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
_SUBMIT = f"""
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
"""  # noqa: S608  # as above
SUBMIT = PreparedStatement(
    "queue_submit",
    f"WITH {_SUBMIT} SELECT new_annotation.id, (SELECT count(*) FROM ended_lease) FROM new_annotation",  # noqa: S608  # as above
    PARAMETER_TYPES,
)
# Both in one pass. What the first half changes the second one does not see: the annotated task still counts as handled
# by this person in it, so it is not dispatched again.
SUBMIT_AND_LEASE_NEXT = PreparedStatement(
    "queue_submit_and_lease_next",
    f"""
    WITH {_SUBMIT}, {_DISPATCH}
    SELECT new_annotation.id, (SELECT count(*) FROM ended_lease), {TASK_COLUMNS}
    FROM new_annotation LEFT JOIN (t {TASK_JOINS}) ON true
    """,  # noqa: S608  # as above
    PARAMETER_TYPES,
)
# Annotations of gold and qualification tasks: the task does not move.
SUBMIT_CALIBRATION = PreparedStatement(
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
    """,  # noqa: S608  # as above
    PARAMETER_TYPES,
)
RELEASE_EXPIRED_LEASES = """
WITH t AS MATERIALIZED (
    SELECT q.id FROM labeling_task q
    WHERE q.id IN (
        SELECT l.task_id FROM labeling_lease l JOIN labeling_task x ON x.id = l.task_id
        WHERE l.expires_at < now() AND (%(project_id)s::bigint IS NULL OR x.project_id = %(project_id)s::bigint))
    FOR UPDATE SKIP LOCKED),
expired AS (
    DELETE FROM labeling_lease l USING t WHERE l.task_id = t.id AND l.expires_at < now() RETURNING l.task_id, l.kind),
freed AS (SELECT task_id, count(*) AS slots FROM expired WHERE kind = 'annotation' GROUP BY task_id)
UPDATE labeling_task SET available_slots = available_slots + freed.slots FROM freed
WHERE labeling_task.id = freed.task_id
"""
SKIP = """
WITH ended_lease AS (DELETE FROM labeling_lease WHERE user_id = %(user_id)s AND task_id = %(task_id)s),
ended_draft AS (DELETE FROM labeling_draft WHERE user_id = %(user_id)s AND task_id = %(task_id)s),
new_skip AS (
    INSERT INTO labeling_skip (task_id, user_id, reason, created_at)
    VALUES (%(task_id)s, %(user_id)s, %(reason)s, now()))
UPDATE labeling_task SET state = %(state)s, skip_count = skip_count + 1, available_slots = %(available_slots)s
WHERE id = %(task_id)s
"""
TASK = f"""
SELECT {TASK_COLUMNS} FROM labeling_task t JOIN projects_project p ON p.id = t.project_id {TASK_JOINS}
WHERE t.id = %(task_id)s AND p.organization_id = %(organization_id)s
  AND (%(token_project_id)s::bigint IS NULL OR p.id = %(token_project_id)s::bigint)
"""  # noqa: S608  # built from constants; values are bound
RESOLVED_VALUE = """
SELECT n.value FROM labeling_task t JOIN labeling_annotation n ON n.id = t.annotation_id WHERE t.id = %s
"""
