"""Counters that nobody waits for: see `models.Seat`."""

from django.db import connection


def count_moves(*, project_id: int, user_id: int | None, moves: dict[str, int]) -> None:
    """Note in a seat how many tasks came into each state (or left it)."""
    columns = {name: moves.get(name, 0) for name in ("open", "review", "done", "skipped")}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO labeling_seat AS s (project_id, user_id, open, review, done, skipped)
            VALUES (%(project)s, %(user)s, %(open)s, %(review)s, %(done)s, %(skipped)s)
            ON CONFLICT (project_id, user_id) DO UPDATE SET open = s.open + excluded.open,
                review = s.review + excluded.review, done = s.done + excluded.done,
                skipped = s.skipped + excluded.skipped
            """,
            {"project": project_id, "user": user_id, **columns},
        )
