"""Who reaches a project, and who answers its tasks."""

import itertools
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.labeling import queue, services
from annotation.labeling.errors import LabelingBlocked, TaskLeased, TaskLeaseLost
from annotation.labeling.models import Annotation, Draft, Lease, ProjectMembership, Task
from annotation.labeling.notification_kinds import tell_commented
from annotation.labeling.tests.factories import CommentFactory
from annotation.projects.models import Project
from annotation.projects.tests.factories import TeamFactory
from plateau.access.scopes import Reach
from plateau.access.visibility import current_reach_rules
from plateau.datalake.models import Asset, Dataset, Item
from plateau.http.errors import NotFound
from plateau.identity.models import Membership, Role
from plateau.jobs.models import Job
from plateau.jobs.tests.factories import JobFactory
from plateau.notifications.models import Notification

pytestmark = pytest.mark.django_db
APPLE = {"label": "apple"}


def give(actor, task_id, value=APPLE):
    return queue.submit_annotation(actor=actor, task_id=task_id, value=value, client_id=uuid.uuid4())


def assign(project, actor, **fields):
    ProjectMembership.objects.update_or_create(
        project=project, user_id=actor.user_id, defaults={"is_assigned": True, **fields}
    )


def test_querysets_the_queue_and_the_list_of_members_say_the_same(people, make_project):
    """Of every kind of membership, and every reach of a role."""
    project = make_project(items=1)
    task = Task.objects.get()
    member = people.members["ours", "annotator"]
    team = TeamFactory(organization=project.organization)
    project.teams.add(team)
    reached = {}
    cases = itertools.product(Reach, (False, True), (False, True), (False, True), (None, project.pk, project.pk + 1))
    for reach, is_open, is_assigned, is_in_team, token_project in cases:
        Project.objects.update(is_open_to_everyone=is_open)
        Role.objects.filter(pk=member.role_id).update(reach=reach)
        ProjectMembership.objects.update_or_create(
            project=project, user=member.user, defaults={"is_assigned": is_assigned}
        )
        team.members.set([member.user] if is_in_team else [])
        actor = replace(people.actor("annotator"), reach=reach, project_id=token_project)
        expected = reach == Reach.ALL or (reach == Reach.OPEN and is_open) or is_assigned or is_in_team
        if token_project is None:
            rows = Membership.objects.filter(pk__in=current_reach_rules().members(project.pk))
            assert rows.filter(pk=member.pk).exists() == expected
        expected = expected and token_project in (None, project.pk)
        for rows in (Project, Task, Dataset, Item, Asset):
            assert rows.objects.visible_to(actor).exists() == expected, (rows, actor)
        try:
            queue.get_task(actor=actor, task_id=task.pk)
            reached[actor, is_open, is_assigned, is_in_team] = True
        except NotFound:
            reached[actor, is_open, is_assigned, is_in_team] = False
        assert reached[actor, is_open, is_assigned, is_in_team] == expected
    assert set(reached.values()) == {True, False}


def test_a_dataset_that_no_project_labels_is_for_those_who_read_data(people, make_project):
    project = make_project(items=1)
    dataset = Dataset.objects.create(organization=project.organization, name="Spare")
    seen = {
        role: Dataset.objects.visible_to(people.actor(role)).filter(pk=dataset.pk).exists()
        for role in ("annotator", "reviewer", "scientist", "customer", "admin")
    }
    assert seen == {"annotator": False, "reviewer": True, "scientist": True, "customer": False, "admin": True}


def test_pictures_of_tasks_stay_when_their_dataset_is_taken_out_of_the_project(people, make_project):
    project, other = make_project(items=1), make_project(items=0, name="Closed")
    Project.objects.filter(pk=other.pk).update(is_open_to_everyone=False)
    taken_out = project.dataset_id
    Project.objects.filter(pk=other.pk).update(dataset_id=taken_out)
    Project.objects.filter(pk=project.pk).update(dataset_id=other.dataset_id)
    actor = people.actor("annotator")
    assert not Dataset.objects.visible_to(actor).filter(pk=taken_out).exists()
    assert Asset.objects.visible_to(actor).get() == Item.objects.visible_to(actor).get().asset


def test_jobs_follow_project_and_dataset(people, make_project):
    project = make_project(items=1)
    Project.objects.update(is_open_to_everyone=False)
    job = {"organization": project.organization, "created_by": None}
    of_project = JobFactory(**job, project_id=project.pk)
    of_dataset = JobFactory(**job, dataset_id=project.dataset_id)
    of_neither = JobFactory(**job)

    def seen(role):
        return set(Job.objects.visible_to(people.actor(role)))

    assert seen("admin") == {of_project, of_dataset, of_neither}
    assert (seen("scientist"), seen("customer")) == ({of_neither}, set())
    assign(project, people.actor("customer"))
    assert seen("customer") == {of_project, of_dataset}


def test_an_answer_a_skip_and_a_draft_need_the_lease(people, make_project):
    make_project(items=2)
    actor, task = people.actor("annotator"), Task.objects.earliest("pk")
    with pytest.raises(TaskLeaseLost):
        give(actor, task.pk)
    with pytest.raises(TaskLeaseLost):
        queue.skip_task(actor=actor, task_id=task.pk, reason="dark")
    with pytest.raises(TaskLeased):
        services.save_draft(actor=actor, task=task, value=APPLE, revision=1)
    with pytest.raises(TaskLeased):
        queue.lease_task(actor=actor, task_id=task.pk)
    assert (Annotation.objects.count(), Draft.objects.count(), Lease.objects.count()) == (0, 0, 0)


def test_who_reviews_takes_any_free_task_and_others_those_assigned_to_them(people, make_project):
    make_project(items=2)
    first, second = Task.objects.order_by("pk")
    reviewer, actor = people.actor("reviewer"), people.actor("annotator")
    queue.lease_task(actor=reviewer, task_id=first.pk)
    with pytest.raises(TaskLeased):
        queue.lease_task(actor=people.actor("manager"), task_id=first.pk)
    Task.objects.filter(pk=second.pk).update(assignee=actor.user_id)
    queue.lease_task(actor=actor, task_id=second.pk)
    give(reviewer, first.pk)
    give(actor, second.pk)
    assert set(Task.objects.values_list("state", "available_slots")) == {("done", 0)}


def test_whoever_held_a_task_until_the_lease_ran_out_may_still_answer_it(people, make_project):
    project = make_project(items=1)
    actor = people.actor("annotator")
    task = queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks[0]["id"]
    services.release_leases(actor=actor, project=project)
    with pytest.raises(TaskLeaseLost):
        give(people.actor("manager"), task)
    give(actor, task)
    assert Task.objects.get().state == "done"
    limit = timezone.now() - timedelta(days=services.TAKEN_UP_DAYS + 1)
    Task.objects.get().expired_leases.update(expired_at=limit)
    assert services.forget_expired_leases() == 1


@pytest.mark.parametrize(
    ("membership", "is_correction_allowed"),
    [({"paused_at": timezone.now()}, False), ({"max_annotations": 1, "annotation_count": 1}, True)],
)
def test_who_is_paused_or_at_the_limit_answers_nothing(membership, is_correction_allowed, people, make_project):
    project = make_project(items=3)
    actor = people.actor("annotator")
    done, held = (row["id"] for row in queue.lease_next_tasks(actor=actor, project_id=project.pk, count=2).tasks)
    give(actor, done)
    ProjectMembership.objects.filter(user_id=actor.user_id).update(**membership)
    for act in (lambda: give(actor, held), lambda: queue.lease_task(actor=actor, task_id=held)):
        with pytest.raises(LabelingBlocked):
            act()
    if is_correction_allowed:
        give(actor, done, {"label": "pear"})
    else:
        with pytest.raises(LabelingBlocked):
            give(actor, done, {"label": "pear"})
        with pytest.raises(LabelingBlocked):
            queue.skip_task(actor=actor, task_id=held, reason="dark")
    assert Annotation.objects.filter(task_id=held).count() == 0


def test_who_is_taken_out_of_a_project_answers_and_holds_nothing_any_more(people, make_project):
    project = make_project(items=1)
    actor = people.actor("annotator")
    task = queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks[0]["id"]
    Project.objects.update(is_open_to_everyone=False)
    with pytest.raises(NotFound):
        give(actor, task)
    assert services.renew_leases(actor=actor, task_ids=[task], seconds=60) == 0


def test_who_closes_a_project_stays_in_it_with_its_creator(people, make_project):
    project = make_project(items=1)
    address = f"/api/v1/projects/{project.pk}/queue-settings/"
    manager = people.client("manager")
    body = {"is_open_to_everyone": False}
    answer = manager.patch(address, body, content_type="application/json", headers={"If-Match": "*"})
    assert answer.status_code == 200
    assert manager.get(f"/api/v1/projects/{project.pk}/").status_code == 200
    assigned = ProjectMembership.objects.filter(is_assigned=True).values_list("user_id", flat=True)
    assert set(assigned) == {people.actor("manager").user_id, project.created_by_id}


def test_nobody_is_told_of_a_project_that_they_do_not_reach(people, make_project):
    project = make_project(items=1)
    assign(project, people.actor("annotator"))
    Project.objects.update(is_open_to_everyone=False)
    text = "@annotator@ours.example @scientist@ours.example @customer@ours.example"
    comment = CommentFactory(task=Task.objects.get(), text=text)
    tell_commented(actor=people.actor("admin"), comment=comment)
    assert list(Notification.objects.values_list("recipient__email", flat=True)) == ["annotator@ours.example"]
    annotator = people.client("annotator")
    assert len(annotator.get("/api/v1/notifications/").json()["results"]) == 1
    ProjectMembership.objects.update(is_assigned=False)
    assert annotator.get("/api/v1/notifications/").json()["results"] == []
    assert annotator.get("/api/v1/notifications/unread-count/").json()["count"] == 0


def test_nobody_lets_themselves_in_by_a_team(people, make_project):
    project = make_project(items=1)
    team = TeamFactory(organization=project.organization)
    project.teams.add(team)
    Project.objects.update(is_open_to_everyone=False)
    manager, me = people.client("manager"), people.actor("manager").user_id
    head = {"content_type": "application/json", "headers": {"If-Match": "*"}}
    for refused in (
        manager.patch(f"/api/v1/teams/{team.pk}/", {"members": [me]}, **head),
        manager.delete(f"/api/v1/teams/{team.pk}/"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "team_of_others")
    assert manager.get(f"/api/v1/projects/{project.pk}/").status_code == 404
    admin = people.client("admin")
    assert admin.patch(f"/api/v1/teams/{team.pk}/", {"members": [me]}, **head).status_code == 200
    assert manager.get(f"/api/v1/projects/{project.pk}/").status_code == 200
