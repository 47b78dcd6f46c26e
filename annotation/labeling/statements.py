"""The statements of the hot path. Each is one pass over indexes; PostgreSQL plans each once for a connection.

A hand-out is `UPDATE … FROM (SELECT … FOR UPDATE SKIP LOCKED)`: concurrent callers step over each other's
rows, so nobody waits and no task goes to more people than it wants. `room` says how many more it takes, and
a CHECK constraint keeps it from falling below zero whatever happens.
"""

from plateau.database.prepared_statements import Prepared

TYPES = {
    "user": "bigint",
    "organization": "bigint",
    "bound": "bigint",
    "project": "bigint",
    "task": "bigint",
    "count": "int",
    "seconds": "int",
    "client": "uuid",
    "low_position": "float8",
    "low_shuffle": "int",
    "low_id": "bigint",
    "kind": "text",
    "practice": "bool",
    "source": "text",
    "value": "jsonb",
    "schema": "int",
    "guideline": "int",
    "supersedes": "bigint",
    "active": "int",
    "prelabel": "bool",
    "state": "text",
    "given": "smallint",
    "room": "smallint",
    "resolve": "bool",
    "answered": "int",
    "open": "int",
    "review": "int",
    "done": "int",
    "skipped": "int",
    "rework": "int",
}

RULES = """
    p.id, p.kind, p.overlap > 1 OR p.max_answers > 1, p.gold_share, p.practice, coalesce(s.cap, p.person_cap),
    p.queue_epoch, s.paused_why, s.paused_at IS NOT NULL, coalesce(s.answered, 0), coalesce(s.practiced, 0),
    s.low_epoch, s.low_position, s.low_shuffle, s.low_id,
    p.everyone OR coalesce(s.assigned, false), p.archived_at IS NOT NULL
"""
# Asked only where a project is not for everyone and the person has no seat of their own.
BY_TEAM = """
SELECT EXISTS (
    SELECT 1 FROM projects_project_teams pt JOIN projects_team_members tm ON tm.team_id = pt.team_id
    WHERE pt.project_id = %(project)s AND tm.user_id = %(user)s)
"""
_SEAT = "LEFT JOIN labeling_seat s ON s.project_id = p.id AND s.user_id = %(user)s"
_VISIBLE = """
    p.organization_id = %(organization)s AND (%(bound)s IS NULL OR p.id = %(bound)s)
"""
PROJECT = Prepared(
    "queue_project",
    f"SELECT {RULES} FROM projects_project p {_SEAT} WHERE p.id = %(project)s AND {_VISIBLE}",  # noqa: S608
    TYPES,
)

# What a task looks like to the person who holds it: their own answer, never another person's.
TASK_COLUMNS = """
    t.id, t.project_id, t.position, t.shuffle, i.id, i.name, i.uri, i.text, i.meta, a.id, a.width, a.height,
    d.value, d.revision, n.value, n.id, pre.value, pre.score, pre.model,
    (SELECT count(*) FROM labeling_comment c WHERE c.task_id = t.id AND c.resolved_at IS NULL)
"""
TASK_JOINS = """
    JOIN datalake_item i ON i.id = t.item_id
    LEFT JOIN datalake_asset a ON a.id = i.asset_id
    LEFT JOIN labeling_draft d ON d.task_id = t.id AND d.user_id = %(user)s
    LEFT JOIN LATERAL (
        SELECT m.id, m.value FROM labeling_annotation m
        WHERE t.given > 0 AND m.task_id = t.id AND m.user_id = %(user)s ORDER BY m.id DESC LIMIT 1) n ON true
    LEFT JOIN labeling_prelabel pre ON pre.task_id = t.id AND NOT pre.hidden
"""
# That a person has or had task `q`.
MINE = """
    EXISTS (SELECT 1 FROM labeling_lease l WHERE l.user_id = %(user)s AND l.task_id = q.id)
    OR EXISTS (SELECT 1 FROM labeling_annotation m WHERE m.task_id = q.id AND m.user_id = %(user)s)
    OR EXISTS (SELECT 1 FROM labeling_skip k WHERE k.task_id = q.id AND k.user_id = %(user)s)
"""
# A task that wants one answer and has seen nobody cannot be mine: no look-up for the usual case.
_NOT_MINE = f"((q.wanted = 1 AND q.given = 0 AND q.skips = 0) OR NOT ({MINE}))"
_HEAD = "q.project_id = %(project)s AND q.state = 'open' AND q.room > 0"
_ORDER = "ORDER BY q.position, q.shuffle, q.id LIMIT %(count)s"
_HAND_OUT = f"""
    pick AS MATERIALIZED (SELECT id FROM (
        SELECT f.id FROM (SELECT q.id FROM labeling_task q
            WHERE q.assignee_id = %(user)s AND {_HEAD} AND NOT EXISTS (
                SELECT 1 FROM labeling_lease l WHERE l.user_id = %(user)s AND l.task_id = q.id)
            {_ORDER} FOR UPDATE SKIP LOCKED) f
        UNION ALL
        SELECT f.id FROM projects_team_members tm CROSS JOIN LATERAL (
            SELECT q.id FROM labeling_task q
            WHERE q.team_id = tm.team_id AND q.assignee_id IS NULL AND {_HEAD} AND {_NOT_MINE}
            {_ORDER} FOR UPDATE SKIP LOCKED) f
        WHERE tm.user_id = %(user)s
        UNION ALL
        SELECT f.id FROM (SELECT q.id FROM labeling_task q
            WHERE {_HEAD} AND q.assignee_id IS NULL AND q.team_id IS NULL AND {_NOT_MINE}
              AND (q.position, q.shuffle, q.id) > (%(low_position)s, %(low_shuffle)s, %(low_id)s)
            {_ORDER} FOR UPDATE SKIP LOCKED) f
        ) heads LIMIT %(count)s),
    t AS (
        UPDATE labeling_task SET room = room - 1 FROM pick WHERE labeling_task.id = pick.id
        RETURNING labeling_task.*),
    held AS (
        INSERT INTO labeling_lease (user_id, task_id, kind, until)
        SELECT %(user)s, t.id, 'answer', now() + %(seconds)s * interval '1 second' FROM t)
"""  # noqa: S608  # built from constants above; values are bound
NEXT = Prepared(
    "queue_next",
    f"""
    WITH {_HAND_OUT}
    SELECT {TASK_COLUMNS} FROM t {TASK_JOINS}
    ORDER BY t.assignee_id IS NULL, t.team_id IS NULL, t.position, t.shuffle, t.id
    """,  # noqa: S608  # as above
    TYPES,
)
HELD = Prepared(
    "queue_held",
    f"""
    SELECT {TASK_COLUMNS} FROM labeling_lease l JOIN labeling_task t ON t.id = l.task_id {TASK_JOINS}
    WHERE l.user_id = %(user)s AND t.project_id = %(project)s AND l.until > now() AND l.kind <> 'review'
    ORDER BY d.id IS NULL, t.position, t.shuffle, t.id LIMIT %(count)s
    """,  # noqa: S608  # as above
    TYPES,
)
LOW = Prepared(
    "queue_low",
    """
    INSERT INTO labeling_seat AS s (project_id, user_id, low_epoch, low_position, low_shuffle, low_id)
    VALUES (%(project)s, %(user)s, %(schema)s, %(low_position)s, %(low_shuffle)s, %(low_id)s)
    ON CONFLICT (project_id, user_id) DO UPDATE SET low_epoch = excluded.low_epoch,
        low_position = excluded.low_position, low_shuffle = excluded.low_shuffle, low_id = excluded.low_id
    """,
    TYPES,
)
LOCK = Prepared(
    "queue_lock",
    f"""
    SELECT t.state, t.wanted, t.given, t.room, t.skips, t.shuffle, t.annotation_id, l.kind,
           i.text, a.width, a.height, p.schema_version, p.guideline_version, p.review_share,
           n.id, n.value, own.id, {RULES}
    FROM labeling_task t
    JOIN projects_project p ON p.id = t.project_id
    JOIN datalake_item i ON i.id = t.item_id
    LEFT JOIN datalake_asset a ON a.id = i.asset_id
    LEFT JOIN labeling_lease l ON l.user_id = %(user)s AND l.task_id = t.id AND l.kind <> 'review'
    LEFT JOIN labeling_annotation n ON n.task_id = t.id AND n.client_id = %(client)s
    LEFT JOIN LATERAL (
        SELECT m.id FROM labeling_annotation m
        WHERE m.task_id = t.id AND m.user_id = %(user)s AND m.source = 'person' ORDER BY m.id DESC LIMIT 1) own ON true
    {_SEAT}
    WHERE t.id = %(task)s AND {_VISIBLE}
    FOR UPDATE OF t
    """,  # noqa: S608  # as above
    TYPES,
)
# The seat counts what the person did and what it moved; see `models.Seat`.
_COUNT = """
    INSERT INTO labeling_seat AS s (project_id, user_id, answered, active_ms, open, review, done, skipped)
    VALUES (%(project)s, %(user)s, %(answered)s, %(active)s, %(open)s, %(review)s, %(done)s, %(skipped)s)
    ON CONFLICT (project_id, user_id) DO UPDATE SET answered = s.answered + excluded.answered,
        active_ms = s.active_ms + excluded.active_ms, open = s.open + excluded.open,
        review = s.review + excluded.review, done = s.done + excluded.done, skipped = s.skipped + excluded.skipped
"""
_DAY = """
    INSERT INTO labeling_workday AS w (project_id, user_id, day, answered, finished, active_ms, rework_ms)
    VALUES (%(project)s, %(user)s, (now() AT TIME ZONE 'utc')::date, %(answered)s, %(done)s, %(active)s, %(rework)s)
    ON CONFLICT (project_id, user_id, day) DO UPDATE SET answered = w.answered + excluded.answered,
        finished = w.finished + excluded.finished, active_ms = w.active_ms + excluded.active_ms,
        rework_ms = w.rework_ms + excluded.rework_ms
"""
_TAKE = f"""
    made AS (
        INSERT INTO labeling_annotation (project_id, task_id, user_id, client_id, source, value, schema_version,
            guideline_version, supersedes_id, active_ms, prelabel_shown, created_at)
        VALUES (%(project)s, %(task)s, %(user)s, %(client)s, %(source)s, %(value)s, %(schema)s, %(guideline)s,
            %(supersedes)s, %(active)s, %(prelabel)s, now())
        RETURNING id),
    gone AS (DELETE FROM labeling_lease WHERE user_id = %(user)s AND task_id = %(task)s AND kind <> 'review'
        RETURNING 1),
    draft AS (DELETE FROM labeling_draft WHERE user_id = %(user)s AND task_id = %(task)s),
    seat AS ({_COUNT}),
    day AS ({_DAY}),
    moved AS (
        UPDATE labeling_task SET state = %(state)s, given = %(given)s, room = %(room)s,
            annotation_id = CASE WHEN %(resolve)s THEN made.id ELSE annotation_id END
        FROM made WHERE labeling_task.id = %(task)s)
"""  # noqa: S608  # as above
ANSWER = Prepared(
    "queue_answer", f"WITH {_TAKE} SELECT made.id, (SELECT count(*) FROM gone) FROM made", TYPES  # noqa: S608  # as above
)  # fmt: skip
# Both in one pass. What the first half changes the second one does not see: the answered task is still mine in it,
# so it is not handed out again.
ANSWER_AND_NEXT = Prepared(
    "queue_answer_and_next",
    f"""
    WITH {_TAKE}, {_HAND_OUT}
    SELECT made.id, (SELECT count(*) FROM gone), {TASK_COLUMNS} FROM made LEFT JOIN (t {TASK_JOINS}) ON true
    """,  # noqa: S608  # as above
    TYPES,
)
# Gold and practice answers: the task does not move.
ASIDE = Prepared(
    "queue_aside",
    f"""
    WITH n AS (
        INSERT INTO labeling_annotation (project_id, task_id, user_id, client_id, source, value, schema_version,
            guideline_version, supersedes_id, active_ms, created_at)
        VALUES (%(project)s, %(task)s, %(user)s, %(client)s, %(source)s, %(value)s, %(schema)s, %(guideline)s,
            %(supersedes)s, %(active)s, now())
        RETURNING id),
    gone AS (DELETE FROM labeling_lease WHERE user_id = %(user)s AND task_id = %(task)s AND kind <> 'review'
        RETURNING 1),
    draft AS (DELETE FROM labeling_draft WHERE user_id = %(user)s AND task_id = %(task)s),
    seat AS ({_COUNT})
    SELECT n.id, (SELECT count(*) FROM gone) FROM n
    """,  # noqa: S608  # as above
    TYPES,
)
FREE = """
WITH t AS MATERIALIZED (
    SELECT q.id FROM labeling_task q
    WHERE q.id IN (SELECT l.task_id FROM labeling_lease l JOIN labeling_task x ON x.id = l.task_id
                   WHERE l.until < now() AND (%(project)s::bigint IS NULL OR x.project_id = %(project)s::bigint))
    FOR UPDATE SKIP LOCKED),
gone AS (DELETE FROM labeling_lease l USING t WHERE l.task_id = t.id AND l.until < now() RETURNING l.task_id, l.kind),
back AS (SELECT task_id, count(*) AS number FROM gone WHERE kind = 'answer' GROUP BY task_id)
UPDATE labeling_task SET room = room + back.number FROM back WHERE labeling_task.id = back.task_id
"""
