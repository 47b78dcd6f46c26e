"""What annotators and managers are told of tasks."""

from typing import Any

from annotation.labeling.models import Annotation, Comment, Task
from plateau.access.scopes import Actor, Scope
from plateau.identity.models import Membership
from plateau.identity.queries import users_who_may
from plateau.notifications.kinds import NotificationKind
from plateau.notifications.services import notify, publish

SENT_BACK = NotificationKind(
    key="task.returned",
    subject="Sent back: task {task} in {project}",
    text="A reviewer sent your annotation of task {task} in {project} back. Reason: {text}",
)
COMMENTED = NotificationKind(
    key="comment.created",
    subject="Comment on task {task} in {project}",
    text="{actor} commented on a task that you worked on: {text}",
)
MENTIONED = NotificationKind(
    key="comment.mentioned",
    subject="You were mentioned on task {task} in {project}",
    text="{actor} mentioned you: {text}",
    is_emailed=True,
)
CONFLICT = NotificationKind(
    key="task.conflict",
    subject="Conflicts to resolve in {project}",
    text="Annotators disagree on tasks of {project} ({count}). Decide which annotation is right.",
)


def _task_link(task: Task) -> str:
    return f"/label/{task.project_id}?task={task.pk}"


def _review_link(task: Task) -> str:
    return f"/review/{task.project_id}?task={task.pk}"


def tell_sent_back(*, actor: Actor, task: Task, author_id: int | None, reason: str) -> None:
    """Tell the author of an annotation that a reviewer sent it back to them."""
    notify(
        SENT_BACK,
        organization_id=actor.organization_id,
        project_id=task.project_id,
        recipients=[author_id],
        link=_task_link(task),
        parameters={"project": task.project.name, "task": task.pk, "text": reason[:300]},
        actor_id=actor.user_id,
    )


def tell_commented(*, actor: Actor, comment: Comment) -> None:
    """Tell whoever is mentioned in a comment, and whoever annotated the task, holds it or commented on it before.

    Somebody is mentioned by `@` and their name or e-mail address.
    """
    task = comment.task
    parameters = {"project": task.project.name, "task": task.pk, "text": comment.text[:300]}
    mentioned = _mentioned(actor, comment.text)
    involved = {
        *Annotation.objects.filter(task=task).values_list("user_id", flat=True),
        *Comment.objects.filter(task=task).values_list("user_id", flat=True),
        task.assignee_id,
    }
    reviewers = set(users_who_may(organization_id=actor.organization_id, scope=Scope.LABELS_REVIEW))
    link_of_task = _review_link(task)
    scope: dict[str, Any] = {"organization_id": actor.organization_id, "project_id": task.project_id}
    publish(COMMENTED, **scope, payload=parameters, link=link_of_task)
    if mentioned:
        publish(MENTIONED, **scope, payload=parameters, link=link_of_task)
    for kind, user_ids in ((MENTIONED, mentioned), (COMMENTED, involved - mentioned)):
        for recipients, link in ((user_ids & reviewers, _review_link(task)), (user_ids - reviewers, _task_link(task))):
            notify(
                kind,
                **scope,
                recipients=recipients,
                link=link,
                parameters=parameters,
                actor_id=actor.user_id,
                is_published=False,
            )


def _mentioned(actor: Actor, text: str) -> set[int | None]:
    if "@" not in text:
        return set()
    words = text.casefold()
    people = (
        Membership.objects.visible_to(actor).filter(is_active=True).values_list("user_id", "user__name", "user__email")
    )
    return {
        user_id
        for user_id, name, email in people
        if any(f"@{handle.casefold()}" in words for handle in (name, email) if handle)
    }


def tell_conflict(*, actor: Actor, task: Task) -> None:
    """Tell those who decide that annotators disagree on a task; of one project, one notification counts up."""
    organization_id = task.project.organization_id
    notify(
        CONFLICT,
        organization_id=organization_id,
        project_id=task.project_id,
        recipients=users_who_may(organization_id=organization_id, scope=Scope.PROJECTS_WRITE),
        link=f"/projects/{task.project_id}/quality?tab=agreement",
        parameters={"project": task.project.name},
        actor_id=actor.user_id,
        group=f"project-{task.project_id}",
    )
