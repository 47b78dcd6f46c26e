import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone
from plateau.kernel.errors import Conflict, Invalid, NotFound

from annotation.labeling import queue, services
from annotation.labeling.models import Annotation, Draft, Task

APPLE = {"label": "apple"}


def take(actor, project, count=1, **options):
    return queue.lease_next(actor=actor, project_id=project.pk, count=count, **options)


def post(client, path):
    return client.post(f"/api/v1/{path}", {}, content_type="application/json").json()


def give(actor, task_id, value=APPLE, key=None):
    return queue.submit(actor=actor, task_id=task_id, value=value, client_id=key or uuid.uuid4())


@pytest.mark.django_db(transaction=True)
def test_no_task_goes_to_two_people_under_load(people, make_project):
    project = make_project(items=120)
    got: list[int] = []
    lock = threading.Lock()

    def work(role):
        actor = people.actor(role)
        try:
            while tasks := take(actor, project):
                give(actor, tasks[0]["id"])
                with lock:
                    got.append(tasks[0]["id"])
        finally:
            connection.close()

    threads = [
        threading.Thread(target=work, args=(role,)) for role in ("annotator", "manager", "scientist", "admin") * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(set(got)) == 120
    assert Annotation.objects.count() == 120


@pytest.mark.django_db
def test_a_reload_gets_the_same_tasks_back(people, make_project):
    project, actor = make_project(items=6), people.actor("annotator")
    first = [task["id"] for task in take(actor, project, 3)]
    again = [task["id"] for task in take(actor, project, 4, resume=True)]
    assert set(first) < set(again)
    assert len(again) == 4


@pytest.mark.django_db
def test_the_same_key_sent_twice_is_one_answer(people, make_project):
    project, actor, key = make_project(), people.actor("annotator"), uuid.uuid4()
    task = take(actor, project)[0]["id"]
    first = give(actor, task, key=key)
    second = give(actor, task, key=key)
    assert first[0] == second[0]
    assert (first[3], second[3]) == (False, True)
    assert Annotation.objects.count() == 1


@pytest.mark.django_db
def test_a_key_that_came_with_another_answer_is_refused(people, make_project):
    project, actor, key = make_project(), people.actor("annotator"), uuid.uuid4()
    task = take(actor, project)[0]["id"]
    give(actor, task, key=key)
    with pytest.raises(queue.KeyReused):
        give(actor, task, {"label": "pear"}, key=key)


@pytest.mark.django_db
def test_a_better_answer_supersedes_and_the_first_one_stays(people, make_project):
    project, actor = make_project(), people.actor("annotator")
    task = take(actor, project)[0]["id"]
    first = give(actor, task)[0]
    second = give(actor, task, {"label": "pear"})[0]
    row = Annotation.objects.get(pk=second)
    assert row.supersedes_id == first
    assert Annotation.objects.get(pk=first).value == APPLE
    assert Task.objects.get(pk=task).annotation_id == second


@pytest.mark.django_db
def test_an_answer_to_a_task_that_went_to_somebody_else_is_refused_and_changes_nothing(people, make_project):
    project = make_project()
    slow, quick = people.actor("annotator"), people.actor("manager")
    task = take(slow, project)[0]["id"]
    Task.objects.filter(pk=task).update(lease_until=timezone.now() - timedelta(seconds=1))
    services.reopen_expired()
    Task.objects.exclude(pk=task).update(state="skipped")
    assert take(quick, project)[0]["id"] == task
    with pytest.raises(queue.LeaseLost):
        give(slow, task)
    give(quick, task)
    with pytest.raises(queue.LeaseLost):
        give(slow, task)
    assert Annotation.objects.count() == 1


@pytest.mark.django_db
def test_an_expired_lease_that_nobody_took_still_takes_the_answer(people, make_project):
    project, actor = make_project(), people.actor("annotator")
    task = take(actor, project)[0]["id"]
    Task.objects.filter(pk=task).update(lease_until=timezone.now() - timedelta(hours=1))
    give(actor, task)
    assert Task.objects.get(pk=task).state == "done"


@pytest.mark.django_db
def test_an_empty_queue_frees_expired_leases_without_waiting_for_the_scheduler(people, make_project):
    project = make_project(items=1)
    task = take(people.actor("annotator"), project)[0]["id"]
    assert take(people.actor("manager"), project) == []
    Task.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert [one["id"] for one in take(people.actor("manager"), project)] == [task]


@pytest.mark.django_db
def test_another_organizations_project_and_task_read_as_missing(people, make_project):
    project = make_project(organization="theirs")
    task = take(people.actor("annotator", "theirs"), project)[0]["id"]
    with pytest.raises(NotFound):
        take(people.actor("admin"), project)
    with pytest.raises(NotFound):
        give(people.actor("admin"), task)


@pytest.mark.django_db
def test_an_archived_project_hands_nothing_out(people, make_project):
    project = make_project()
    project.archived_at = timezone.now()
    project.save()
    with pytest.raises(NotFound):
        take(people.actor("annotator"), project)


@pytest.mark.django_db
def test_answers_cannot_be_changed_in_the_database(people, make_project):
    project, actor = make_project(), people.actor("annotator")
    annotation = give(actor, take(actor, project)[0]["id"])[0]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Annotation.objects.filter(pk=annotation).update(value={"label": "pear"})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"regions": [{"id": "a", "label": "apple", "x": 20, "y": 0, "w": 20, "h": 5}]}, "value.regions.0"),
        ({"regions": [{"id": "a", "label": "plum", "x": 0, "y": 0, "w": 2, "h": 2}]}, "value.regions.0"),
        ({"regions": [{"id": "a", "label": "apple", "x": 0, "y": 0, "w": 0, "h": 2}]}, "regions.0.w"),
        ({"regions": [{"id": "a", "label": "apple", "x": 0, "y": 0, "w": 1, "h": 2}] * 2}, "value.regions.1"),
        ({"label": "apple"}, "regions"),
    ],
)
def test_a_wrong_box_is_named_by_its_place(people, make_project, value, field):
    project, actor = make_project(kind="boxes"), people.actor("annotator")
    task = take(actor, project)[0]["id"]
    with pytest.raises(Invalid) as refused:
        give(actor, task, value)
    assert refused.value.extra["errors"][0]["field"] == field
    assert Annotation.objects.count() == 0


@pytest.mark.django_db
def test_a_late_draft_does_not_overwrite_a_newer_one(people, make_project):
    project, actor = make_project(), people.actor("annotator")
    task = Task.objects.get(pk=take(actor, project)[0]["id"])
    assert services.save_draft(actor=actor, task=task, value={"label": "pear"}, revision=5)
    assert not services.save_draft(actor=actor, task=task, value={"label": "apple"}, revision=4)
    assert Draft.objects.get().value == {"label": "pear"}
    assert take(actor, project, resume=True)[0]["draft"] == {"value": {"label": "pear"}, "revision": 5}
    with pytest.raises(Conflict):
        services.save_draft(actor=people.actor("manager"), task=task, value={}, revision=9)
    give(actor, task.pk)
    assert not Draft.objects.exists()


@pytest.mark.django_db
def test_submitting_with_next_leases_in_the_same_round_trip(people, make_project):
    project, client = make_project(items=3), people.client("annotator")
    task = client.post(f"/api/v1/projects/{project.pk}/queue/next/", {}, content_type="application/json").json()[
        "tasks"
    ][0]
    answer = client.post(
        f"/api/v1/tasks/{task['id']}/annotations/?next=1",
        {"value": APPLE, "active_ms": 900},
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )
    assert answer.status_code == 201
    following = answer.json()["next"][0]
    assert following["id"] != task["id"]
    assert Task.objects.get(pk=following["id"]).state == "leased"


@pytest.mark.django_db
def test_a_skipped_task_keeps_its_reason_and_can_be_put_back(people, make_project):
    project, client = make_project(items=1), people.client("manager")
    task = client.post(f"/api/v1/projects/{project.pk}/queue/next/", {}, content_type="application/json").json()[
        "tasks"
    ][0]
    client.post(f"/api/v1/tasks/{task['id']}/skip/", {"reason": "too dark"}, content_type="application/json")
    row = Task.objects.get()
    assert (row.state, row.skip_reason) == ("skipped", "too dark")
    assert client.post(f"/api/v1/projects/{project.pk}/queue/reopen/", {}, content_type="application/json").json() == {
        "number": 1
    }
    assert Task.objects.get().state == "open"


@pytest.mark.django_db
def test_the_hand_out_uses_the_queues_index(people, make_project):
    project = make_project(items=60)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE labeling_task; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(
            f"EXPLAIN SELECT id FROM labeling_task WHERE project_id = {project.pk} AND state = 'open' "
            "ORDER BY priority DESC, shuffle, id LIMIT 1 FOR UPDATE SKIP LOCKED"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "task_queue" in plan
    assert "Sort" not in plan
