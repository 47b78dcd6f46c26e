"""Assignment, and counters that nobody waits for: see `models.ProjectMembership`."""

from collections.abc import Iterable

from django.db import connection

from annotation.labeling.models import ProjectMembership, Task
from annotation.projects.models import Project, Team


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


def assign(*, project: Project, user_ids: Iterable[int | None]) -> None:
    """Make people members of a project; None and 0 are passed over."""
    for user_id in {user_id for user_id in user_ids if user_id}:
        ProjectMembership.objects.update_or_create(project=project, user_id=user_id, defaults={"is_assigned": True})


def hand_over(from_user: int, to_user: int) -> None:
    """Give what an invited person was assigned to the account by which they accepted, which is new here."""
    ProjectMembership.objects.filter(user_id=from_user).update(user_id=to_user)
    Team.members.through.objects.filter(user_id=from_user).update(user_id=to_user)
    Task.objects.filter(assignee_id=from_user).update(assignee_id=to_user)
