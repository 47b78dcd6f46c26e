"""Counters that nobody waits for: see `models.ProjectMembership`."""

from django.db import connection


def record_state_changes(*, project_id: int, user_id: int | None, changes: dict[str, int]) -> None:
    """Count in a membership how many tasks came into each state, or left it where the number is negative."""
    columns = {state: changes.get(state, 0) for state in ("open", "review", "done", "skipped")}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO labeling_projectmembership AS pm (project_id, user_id, open, review, done, skipped)
            VALUES (%(project)s, %(user)s, %(open)s, %(review)s, %(done)s, %(skipped)s)
            ON CONFLICT (project_id, user_id) DO UPDATE SET open = pm.open + excluded.open,
                review = pm.review + excluded.review, done = pm.done + excluded.done,
                skipped = pm.skipped + excluded.skipped
            """,
            {"project": project_id, "user": user_id, **columns},
        )
