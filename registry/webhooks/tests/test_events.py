"""One catalog of events: what people are told in their inbox is what webhooks can subscribe to."""

import re
from pathlib import Path

import pytest
from django.utils import timezone

from annotation.labeling.notification_kinds import tell_sent_back
from annotation.labeling.tests.factories import AnnotationFactory, TaskFactory
from plateau.jobs.models import JobState
from plateau.jobs.notification_kinds import tell_of_end
from plateau.jobs.tests.factories import JobFactory
from plateau.notifications.kinds import NOTIFICATION_KINDS
from plateau.notifications.tests.test_notifications import inbox
from registry.webhooks import dispatcher, services
from registry.webhooks.models import Delivery
from registry.webhooks.tests.factories import DeliveryFactory, WebhookFactory

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}
ROOT = Path(__file__).parents[3]


@pytest.fixture
def hook(people):
    """A webhook for every event."""
    return WebhookFactory(organization=people.organizations["ours"], events=sorted(NOTIFICATION_KINDS))


def sent() -> list[tuple[str, dict]]:
    return list(Delivery.objects.order_by("pk").values_list("event", "payload"))


def test_the_catalog_names_each_event_once_by_subject_and_act():
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+", key) and len(key) <= 30 for key in NOTIFICATION_KINDS)
    assert all(kind.subject and kind.text for kind in NOTIFICATION_KINDS.for_people())
    assert {"task.returned", "import.finished", "snapshot.created", "run.finished"} <= set(NOTIFICATION_KINDS)


def test_the_screens_have_a_title_for_each_event():
    titles = (ROOT / "frontend/src/shared/ui/event-kinds.ts").read_text()
    assert [key for key in NOTIFICATION_KINDS if f'"{key}": i18n._(' not in titles] == []


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        ("ingest", "import.finished"),
        ("import_labels", "import.finished"),
        ("snapshot", "snapshot.created"),
        ("train", "run.finished"),
        ("selection", "job.finished"),
    ],
)
def test_the_end_of_a_job_is_told_by_what_it_made(hook, kind, event):
    job = JobFactory(organization=hook.organization, kind=kind, state=JobState.DONE, ended_at=timezone.now())
    tell_of_end(job)
    [(name, payload)] = sent()
    assert (name, payload["number"]) == (event, job.pk)
    assert payload["link"].endswith(f"/jobs?job={job.pk}")


def test_a_job_that_fails_goes_to_inbox_and_webhooks(people, hook):
    owner = people.members["ours", "scientist"].user
    job = JobFactory(organization=hook.organization, created_by=owner, state=JobState.FAILED, error="out of memory")
    tell_of_end(job)
    assert [row["kind"] for row in inbox(people, "scientist")] == ["job.failed"]
    assert [(name, payload["error"]) for name, payload in sent()] == [("job.failed", "out of memory")]


def test_a_comment_is_sent_once_however_many_people_are_told(people, hook, make_project):
    project = make_project(items=1)
    task = project.task_set.get()
    for role in ("annotator", "reviewer"):
        AnnotationFactory(task=task, project=project, user=people.members["ours", role].user)
    text = "@manager@ours.example is this an apple?"
    people.client("admin").post(f"/api/v1/tasks/{task.pk}/comments/", {"text": text}, **JSON)
    assert [name for name, _ in sent()] == ["comment.created", "comment.mentioned"]
    assert sent()[0][1]["text"] == text


def test_a_returned_annotation_is_sent_to_other_systems(people, hook):
    task = TaskFactory(project__organization=hook.organization)
    tell_sent_back(actor=people.actor("reviewer"), task=task, author_id=None, reason="Look closer")
    [(name, payload)] = sent()
    assert (name, payload["task"], payload["text"]) == ("task.returned", task.pk, "Look closer")


def test_only_subscribers_of_the_organization_are_sent_to(hook):
    WebhookFactory(events=["job.failed"])  # of another organization
    WebhookFactory(organization=hook.organization, events=["alias.moved"])
    tell_of_end(JobFactory(organization=hook.organization, state=JobState.FAILED))
    assert [row.webhook_id for row in Delivery.objects.all()] == [hook.pk]


def test_events_are_chosen_from_the_catalog_and_changed_later(people, settings):
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    client = people.client("manager")
    body = {"url": "http://127.0.0.1:9/hook", "events": ["job.failed"]}
    unknown = client.post("/api/v1/webhooks/", body | {"events": ["job.exploded"]}, **JSON)
    assert (unknown.status_code, unknown.json()["code"]) == (400, "unknown_event")
    hook = client.post("/api/v1/webhooks/", body, **JSON).json()
    head = {"headers": {"If-Match": f'"{hook["etag"]}"'}} | JSON
    changed = client.patch(f"/api/v1/webhooks/{hook['id']}/", {"events": ["run.finished", "alias.moved"]}, **head)
    assert changed.json()["events"] == ["alias.moved", "run.finished"]
    assert changed.json()["url"] == body["url"]
    assert client.patch(f"/api/v1/webhooks/{hook['id']}/", {"events": ["job.failed"]}, **head).status_code == 412
    events = client.get("/api/v1/webhooks/events/").json()["results"]
    assert {row["event"] for row in events} == set(NOTIFICATION_KINDS)
    machines = {row["event"] for row in events if not row["notifies_people"]}
    assert machines == {"alias.moved", "alias.removed", "version.registered"}
    told = people.client("annotator").get("/api/v1/notifications/settings/").json()["kinds"]
    assert {row["kind"] for row in told} == {row["event"] for row in events} - machines


def test_a_test_delivery_and_a_delivery_again_are_sent(people, settings):
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    hook, _ = services.create_webhook(
        actor=people.actor("manager"), url="http://127.0.0.1:9/hook", events=["alias.moved"]
    )
    client = people.client("manager")
    assert client.post(f"/api/v1/webhooks/{hook.pk}/test/").status_code == 202
    failed = DeliveryFactory(project=None, webhook=hook, state="failed", attempts=8, response="HTTP 500")
    address = f"/api/v1/webhook-deliveries/{failed.pk}/redeliver/"
    again = client.post(address)
    assert (again.status_code, again.json()["state"], again.json()["attempts"]) == (202, "pending", 0)
    assert dispatcher.dispatch_due_deliveries() == 2
    rows = client.get(f"/api/v1/webhooks/{hook.pk}/deliveries/").json()["results"]
    assert sorted((row["event"], row["attempts"]) for row in rows) == [("alias.moved", 1), ("webhook.test", 1)]
    assert people.client("manager", "theirs").post(address).status_code == 404
