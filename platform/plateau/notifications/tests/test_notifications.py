"""Who is told what, and what they see of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from plateau.jobs import services as jobs
from plateau.jobs.models import Job, JobState
from plateau.jobs.tests.factories import JobFactory
from plateau.notifications.kinds import NOTIFICATION_KINDS, NotificationKind
from plateau.notifications.models import Email, Notification, NotificationChoice
from plateau.notifications.services import delete_old, notify
from plateau.notifications.tests.factories import EmailFactory, NotificationChoiceFactory, NotificationFactory

pytestmark = pytest.mark.django_db
KIND = NotificationKind(key="task.conflict", subject="", text="")


def inbox(people, role: str, organization: str = "ours", **query: object) -> list[dict]:
    return people.client(role, organization).get("/api/v1/notifications/", query).json()["results"]


def unread(people, role: str) -> int:
    return people.client(role).get("/api/v1/notifications/unread-count/").json()["count"]


def test_everybody_sees_their_own_and_marks_them_read(people):
    annotator = people.members["ours", "annotator"]
    notification = NotificationFactory(organization=annotator.organization, recipient=annotator.user)
    path = f"/api/v1/notifications/{notification.pk}/"
    for role, organization in (("reviewer", "ours"), ("annotator", "theirs")):
        stranger = people.client(role, organization)
        response = stranger.patch(path, {"is_read": True}, content_type="application/json")
        assert response.status_code == 404
        assert inbox(people, role, organization) == []
    [row] = inbox(people, "annotator", is_read="false")
    assert (row["id"], row["is_read"], row["link"], unread(people, "annotator")) == (
        notification.pk,
        False,
        notification.link,
        1,
    )
    client = people.client("annotator")
    for is_read in (True, False):
        body = {"is_read": is_read}
        response = client.patch(path, body, content_type="application/json")
        assert response.json()["is_read"] is is_read
    assert client.post("/api/v1/notifications/read/").status_code == 204
    assert unread(people, "annotator") == 0
    assert len(inbox(people, "annotator", is_read="true", kind="task.returned")) == 1
    assert inbox(people, "annotator", kind="job.failed") == []


def test_choices_decide_what_comes_to_the_inbox(people, settings):
    settings.EMAIL_HOST = ""
    client, member = people.client("annotator"), people.members["ours", "annotator"]
    before = client.get("/api/v1/notifications/settings/").json()
    assert not before["is_email_set_up"]
    assert {row["kind"] for row in before["kinds"]} == {kind.key for kind in NOTIFICATION_KINDS.for_people()}
    body = {"kinds": [{"kind": "task.conflict", "in_app": False, "by_email": True}]}
    answer = client.put("/api/v1/notifications/settings/", body, content_type="application/json").json()
    assert next(row for row in answer["kinds"] if row["kind"] == "task.conflict")["in_app"] is False
    notify(KIND, project_id=None, organization_id=member.organization_id, recipients=[member.user_id], link="/")
    assert not Notification.objects.exists()  # no mail server, and not in the product
    assert not Email.objects.exists()


def test_strangers_the_deactivated_and_the_one_who_did_it_are_not_told(people):
    ours = people.members["ours", "annotator"]
    away = people.members["ours", "reviewer"]
    away.is_active = False
    away.save()
    theirs = people.members["theirs", "annotator"]
    told = [ours.user_id, away.user_id, theirs.user_id, None]
    notify(
        KIND, project_id=None, organization_id=ours.organization_id, recipients=told, link="/", actor_id=ours.user_id
    )
    assert not Notification.objects.exists()
    notify(KIND, project_id=None, organization_id=ours.organization_id, recipients=told, link="/")
    assert list(Notification.objects.values_list("recipient_id", flat=True)) == [ours.user_id]


def test_an_unread_group_counts_up_and_begins_anew_once_read(people):
    member = people.members["ours", "manager"]
    told = {"organization_id": member.organization_id, "recipients": [member.user_id], "link": "/"}
    for _ in range(3):
        notify(KIND, project_id=None, group="project-1", **told)
    notify(KIND, project_id=None, group="project-2", **told)
    assert [row["parameters"]["count"] for row in inbox(people, "manager")] == [1, 3]
    Notification.objects.update(read_at=timezone.now())
    notify(KIND, project_id=None, group="project-1", **told)
    assert inbox(people, "manager")[0]["parameters"]["count"] == 1


def test_an_erased_person_leaves_nothing_here(people):
    member, admin = people.members["ours", "annotator"], people.members["ours", "admin"]
    NotificationFactory(organization=member.organization, recipient=member.user)
    NotificationFactory(organization=member.organization, recipient=admin.user, actor=member.user)
    NotificationChoiceFactory(user=member.user)
    EmailFactory(organization=member.organization, recipient=member.user)
    assert people.client("admin").post(f"/api/v1/members/{member.pk}/erase/").status_code == 204
    assert [rows.objects.count() for rows in (Notification, NotificationChoice, Email)] == [0, 0, 0]


def test_only_what_was_read_long_ago_is_deleted():
    NotificationFactory()
    NotificationFactory(read_at=timezone.now() - timedelta(days=20))
    NotificationFactory(read_at=timezone.now() - timedelta(days=40))
    assert delete_old(days=30) == 1


def ended(member, *, state: JobState, minutes: float = 5, result: dict | None = None) -> Job:
    job = JobFactory(organization=member.organization, created_by=member.user)
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(minutes=minutes))
    claim = jobs.claim_job(job_id=job.pk, worker="test")
    jobs.end(claim=claim, state=state, result=result or {}, error="out of memory\n\ntrace")
    return job


@pytest.mark.parametrize(
    ("state", "minutes", "result", "kinds"),
    [
        (JobState.FAILED, 0, {}, ["job.failed"]),
        (JobState.DONE, 5, {}, ["job.finished"]),
        (JobState.DONE, 0, {}, []),
        (JobState.DONE, 0, {"rejected": 3}, ["import.rejected"]),
        (JobState.CANCELLED, 5, {}, []),
    ],
)
def test_who_ordered_a_job_is_told_how_it_ended(people, state, minutes, result, kinds):
    job = ended(people.members["ours", "scientist"], state=state, minutes=minutes, result=result)
    rows = inbox(people, "scientist")
    assert [row["kind"] for row in rows] == kinds
    for row in rows:
        assert row["link"] == f"/jobs?job={job.pk}"
        assert row["parameters"]["error"] == "out of memory"
        assert row["parameters"]["rejected"] == result.get("rejected", 0)


def test_a_job_whose_worker_is_lost_for_good_is_told_as_failed(people):
    member = people.members["ours", "scientist"]
    job = JobFactory(organization=member.organization, created_by=member.user, max_attempts=1)
    jobs.claim_job(job_id=job.pk, worker="test")
    Job.objects.update(lease_until=timezone.now() - timedelta(minutes=1))
    jobs.requeue_lost()
    jobs.requeue_lost()
    assert [row["kind"] for row in inbox(people, "scientist")] == ["job.failed"]
