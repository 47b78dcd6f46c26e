"""The statements that lease tasks.

A dispatch is `UPDATE … FROM (SELECT … FOR UPDATE SKIP LOCKED)`: concurrent callers step over each other's
rows, so nobody waits and no task goes to more people than it requires. `available_slots` says how many more it
takes, and a CHECK constraint keeps it from falling below zero whatever happens.
"""

from annotation.labeling.queue.parameters import PARAMETER_TYPES
from annotation.labeling.queue.task_payloads import TASK_COLUMNS, TASK_JOINS
from plateau.database.prepared_statements import PreparedStatement

# That a person has, or had, task `q`.
IS_HANDLED_BY_USER = """
    EXISTS (SELECT 1 FROM labeling_lease l WHERE l.user_id = %(user_id)s AND l.task_id = q.id)
    OR EXISTS (SELECT 1 FROM labeling_annotation own WHERE own.task_id = q.id AND own.user_id = %(user_id)s)
    OR EXISTS (SELECT 1 FROM labeling_skip k WHERE k.task_id = q.id AND k.user_id = %(user_id)s)
"""
# Nobody has handled a task that requires one annotation and has no annotations or skips: no look-up for the usual case.
_IS_NEW_TO_USER = f"""
    ((q.required_annotations = 1 AND q.annotation_count = 0 AND q.skip_count = 0) OR NOT ({IS_HANDLED_BY_USER}))
"""
_IS_AVAILABLE = "q.project_id = %(project_id)s AND q.state = 'open' AND q.available_slots > 0"
_FROM_QUEUE_HEAD = "ORDER BY q.position, q.shuffle, q.id LIMIT %(count)s FOR UPDATE SKIP LOCKED"
LEASE_FROM_QUEUE = f"""
    pick AS MATERIALIZED (SELECT id FROM (
        SELECT f.id FROM (SELECT q.id FROM labeling_task q
            WHERE q.assignee_id = %(user_id)s AND {_IS_AVAILABLE} AND NOT EXISTS (
                SELECT 1 FROM labeling_lease l WHERE l.user_id = %(user_id)s AND l.task_id = q.id)
            {_FROM_QUEUE_HEAD}) f
        UNION ALL
        SELECT f.id FROM projects_team_members tm CROSS JOIN LATERAL (
            SELECT q.id FROM labeling_task q
            WHERE q.team_id = tm.team_id AND q.assignee_id IS NULL AND {_IS_AVAILABLE} AND {_IS_NEW_TO_USER}
            {_FROM_QUEUE_HEAD}) f
        WHERE tm.user_id = %(user_id)s
        UNION ALL
        SELECT f.id FROM (SELECT q.id FROM labeling_task q
            WHERE {_IS_AVAILABLE} AND q.assignee_id IS NULL AND q.team_id IS NULL AND {_IS_NEW_TO_USER}
              AND (q.position, q.shuffle, q.id) > (%(cursor_position)s, %(cursor_shuffle)s, %(cursor_task_id)s)
            {_FROM_QUEUE_HEAD}) f
        ) heads LIMIT %(count)s),
    t AS (
        UPDATE labeling_task SET available_slots = available_slots - 1 FROM pick WHERE labeling_task.id = pick.id
        RETURNING labeling_task.*),
    new_lease AS (
        INSERT INTO labeling_lease (user_id, task_id, kind, expires_at)
        SELECT %(user_id)s, t.id, 'annotation', now() + %(lease_seconds)s * interval '1 second' FROM t)
"""  # noqa: S608  # built from constants; values are bound
LEASE_NEXT = PreparedStatement(
    "queue_lease_next",
    f"""
    WITH {LEASE_FROM_QUEUE}
    SELECT {TASK_COLUMNS} FROM t {TASK_JOINS}
    ORDER BY t.assignee_id IS NULL, t.team_id IS NULL, t.position, t.shuffle, t.id
    """,  # noqa: S608  # built from constants; values are bound
    PARAMETER_TYPES,
)
READ_HELD_TASKS = PreparedStatement(
    "queue_held_tasks",
    f"""
    SELECT {TASK_COLUMNS} FROM labeling_lease l JOIN labeling_task t ON t.id = l.task_id {TASK_JOINS}
    WHERE l.user_id = %(user_id)s AND t.project_id = %(project_id)s AND l.expires_at > now() AND l.kind <> 'review'
    ORDER BY d.id IS NULL, t.position, t.shuffle, t.id LIMIT %(count)s
    """,  # noqa: S608  # built from constants; values are bound
    PARAMETER_TYPES,
)
# A task that somebody asks for by its number.
LEASE_TASK = """
WITH new_lease AS (
    INSERT INTO labeling_lease (user_id, task_id, kind, expires_at)
    VALUES (%(user_id)s, %(task_id)s, 'annotation', now() + %(lease_seconds)s * interval '1 second')
    ON CONFLICT (user_id, task_id) DO UPDATE SET kind = excluded.kind, expires_at = excluded.expires_at)
UPDATE labeling_task SET available_slots = available_slots - 1 WHERE id = %(task_id)s
"""
RENEW_LEASE = """
UPDATE labeling_lease SET expires_at = now() + %(lease_seconds)s * interval '1 second'
WHERE user_id = %(user_id)s AND task_id = %(task_id)s
"""
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
RELEASE_EXPIRED_LEASES = """
WITH t AS MATERIALIZED (
    SELECT q.id FROM labeling_task q
    WHERE q.id IN (
        SELECT l.task_id FROM labeling_lease l JOIN labeling_task x ON x.id = l.task_id
        WHERE l.expires_at < now() AND (%(project_id)s::bigint IS NULL OR x.project_id = %(project_id)s::bigint))
    FOR UPDATE SKIP LOCKED),
expired AS (
    DELETE FROM labeling_lease l USING t WHERE l.task_id = t.id AND l.expires_at < now()
    RETURNING l.user_id, l.task_id, l.kind),
remembered AS (
    INSERT INTO labeling_expiredlease (user_id, task_id, expired_at)
    SELECT user_id, task_id, now() FROM expired WHERE kind = 'annotation'
    ON CONFLICT (user_id, task_id) DO UPDATE SET expired_at = excluded.expired_at),
freed AS (SELECT task_id, count(*) AS slots FROM expired WHERE kind = 'annotation' GROUP BY task_id)
UPDATE labeling_task SET available_slots = available_slots + freed.slots FROM freed
WHERE labeling_task.id = freed.task_id
"""
