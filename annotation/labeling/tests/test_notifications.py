"""What people are told of tasks."""

import pytest

from annotation.labeling.models import Annotation, Task
from annotation.labeling.notification_kinds import tell_conflict
from annotation.labeling.tests.factories import TaskFactory
from plateau.notifications.tests.test_notifications import inbox

pytestmark = pytest.mark.django_db


def test_an_annotation_that_is_sent_back_is_told_to_its_author(people, make_project, answer_all):
    project = make_project(items=1)
    answer_all(people.actor("annotator"), project)
    task = Task.objects.get(project=project)
    Task.objects.filter(pk=task.pk).update(state="review")
    annotation = Annotation.objects.get(task=task)
    body = {
        "annotation_id": annotation.pk,
        "verdict": "rejected",
        "reason": "Look closer",
    }
    headers = {"Idempotency-Key": "6f1c1f6e-2f0f-4b7c-8f6e-0d6a3c1b2a90"}
    for _ in range(2):  # sent twice by an unsteady line, told once
        answer = people.client("reviewer").post(
            f"/api/v1/tasks/{task.pk}/review/", body, content_type="application/json", headers=headers
        )
        assert answer.status_code in (200, 201), answer.json()
    [row] = inbox(people, "annotator")
    assert (row["kind"], row["link"]) == ("task.returned", f"/label/{project.pk}?task={task.pk}")
    assert row["parameters"]["text"] == "Look closer"
    assert row["actor"]


def test_comments_are_told_to_who_is_mentioned_or_involved(people, make_project, answer_all):
    project = make_project(items=1)
    answer_all(people.actor("annotator"), project)
    task = Task.objects.get(project=project)
    text = "@manager@ours.example is this an apple?"
    answer = people.client("reviewer").post(
        f"/api/v1/tasks/{task.pk}/comments/", {"text": text}, content_type="application/json"
    )
    assert answer.status_code == 201
    assert [row["kind"] for row in inbox(people, "annotator")] == ["comment.created"]
    assert [row["kind"] for row in inbox(people, "manager")] == ["comment.mentioned"]
    assert inbox(people, "manager")[0]["link"] == f"/review/{project.pk}?task={task.pk}"
    assert inbox(people, "reviewer") == []
    assert inbox(people, "manager", "theirs") == []


def test_a_disagreement_that_nobody_else_can_settle_is_told_to_managers(people):
    actor = people.actor("annotator")
    task = TaskFactory(project__organization_id=actor.organization_id)
    tell_conflict(actor=actor, task=task)
    tell_conflict(actor=actor, task=task)
    [row] = inbox(people, "manager")
    assert (row["kind"], row["parameters"]["count"]) == ("task.conflict", 2)
    assert inbox(people, "annotator") == []
