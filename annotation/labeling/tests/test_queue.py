import threading
import uuid
from collections import Counter
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models import F
from django.db.utils import DatabaseError
from django.utils import timezone

from annotation.labeling import queue, services
from annotation.labeling.errors import AnnotatedElsewhere, IdempotencyKeyReused, TaskLeaseLost
from annotation.labeling.models import Annotation, Draft, Lease, ProjectMembership, Skip, Task
from annotation.labeling.queue import submitting
from annotation.labeling.queue.context import START_OF_QUEUE
from annotation.labeling.queue.lease_statements import LEASE_NEXT
from annotation.labeling.queue.locking import lock_task
from annotation.projects.tests.factories import TeamFactory
from plateau.datalake import services as datalake
from plateau.http.errors import Conflict, InvalidInput, NotFound, ProjectArchived
from plateau.jobs.models import Job, JobState

APPLE = {"label": "apple"}


def take(actor, project, count=1, **options):
    return queue.lease_next_tasks(actor=actor, project_id=project.pk, count=count, **options).tasks


def post(client, path):
    return client.post(f"/api/v1/{path}", {}, content_type="application/json").json()


def give(actor, task_id, value=APPLE, key=None):
    return queue.submit_annotation(actor=actor, task_id=task_id, value=value, client_id=key or uuid.uuid4())


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
    assert first.id == second.id
    assert (first.is_replayed, second.is_replayed) == (False, True)
    assert Annotation.objects.count() == 1


@pytest.mark.django_db
def test_a_key_that_came_with_another_answer_is_refused(people, make_project):
    project, actor, key = make_project(), people.actor("annotator"), uuid.uuid4()
    task = take(actor, project)[0]["id"]
    give(actor, task, key=key)
    with pytest.raises(IdempotencyKeyReused):
        give(actor, task, {"label": "pear"}, key=key)


@pytest.mark.django_db
def test_a_better_answer_supersedes_and_the_first_one_stays(people, make_project):
    project, actor = make_project(), people.actor("annotator")
    task = take(actor, project)[0]["id"]
    first = give(actor, task).id
    second = give(actor, task, {"label": "pear"}).id
    row = Annotation.objects.get(pk=second)
    assert row.supersedes_id == first
    assert Annotation.objects.get(pk=first).value == APPLE
    assert Task.objects.get(pk=task).annotation_id == second


@pytest.mark.django_db
def test_an_answer_to_a_task_that_went_to_somebody_else_is_refused_and_changes_nothing(people, make_project):
    project = make_project()
    slow, quick = people.actor("annotator"), people.actor("manager")
    task = take(slow, project)[0]["id"]
    Lease.objects.filter(task_id=task).update(expires_at=timezone.now() - timedelta(seconds=1))
    services.release_expired_leases()
    Task.objects.exclude(pk=task).update(state="skipped")
    assert take(quick, project)[0]["id"] == task
    with pytest.raises(TaskLeaseLost):
        give(slow, task)
    give(quick, task)
    with pytest.raises(TaskLeaseLost):
        give(slow, task)
    assert Annotation.objects.count() == 1


@pytest.mark.django_db
def test_an_expired_lease_that_nobody_took_still_takes_the_answer(people, make_project):
    project, actor = make_project(), people.actor("annotator")
    task = take(actor, project)[0]["id"]
    Lease.objects.filter(task_id=task).update(expires_at=timezone.now() - timedelta(hours=1))
    give(actor, task)
    assert Task.objects.get(pk=task).state == "done"


@pytest.mark.django_db
def test_an_empty_queue_frees_expired_leases_without_waiting_for_the_scheduler(people, make_project):
    project = make_project(items=1)
    task = take(people.actor("annotator"), project)[0]["id"]
    assert take(people.actor("manager"), project) == []
    Lease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert [payload["id"] for payload in take(people.actor("manager"), project)] == [task]


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
    with pytest.raises(ProjectArchived):
        take(people.actor("annotator"), project)


@pytest.mark.django_db
def test_answers_cannot_be_changed_in_the_database(people, make_project):
    project, actor = make_project(), people.actor("annotator")
    annotation = give(actor, take(actor, project)[0]["id"]).id
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
    with pytest.raises(InvalidInput) as refused:
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
    response = client.post(
        f"/api/v1/tasks/{task['id']}/annotations/?next=1",
        {"value": APPLE, "active_ms": 900},
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )
    assert response.status_code == 201
    following = response.json()["next_tasks"][0]
    assert following["id"] != task["id"]
    assert Lease.objects.get(task_id=following["id"]).user_id == people.actor("annotator").user_id


@pytest.mark.django_db
def test_a_skipped_task_keeps_its_reason_and_can_be_put_back(people, make_project):
    project, client = make_project(items=1), people.client("manager")
    task = client.post(f"/api/v1/projects/{project.pk}/queue/next/", {}, content_type="application/json").json()[
        "tasks"
    ][0]
    client.post(f"/api/v1/tasks/{task['id']}/skip/", {"reason": "too dark"}, content_type="application/json")
    assert (Task.objects.get().state, Skip.objects.get().reason) == ("skipped", "too dark")
    assert client.post(f"/api/v1/projects/{project.pk}/queue/reopen/", {}, content_type="application/json").json() == {
        "count": 1
    }
    assert Task.objects.get().state == "open"


@pytest.mark.django_db
@pytest.mark.parametrize("overlap", [1, 3])
def test_a_skip_is_taken_back_by_whoever_skipped_and_by_nobody_else(people, make_project, overlap):
    project, client = make_project(items=1), people.client("annotator")
    Task.objects.update(required_annotations=overlap, available_slots=overlap)
    before = Task.objects.values("state", "skip_count", "available_slots")
    actor = people.actor("annotator")
    task = queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks[0]
    held = before.get()
    queue.skip_task(actor=actor, task_id=task["id"], reason="dark")
    path = f"/api/v1/tasks/{task['id']}/skip/"
    assert people.client("manager").delete(path).status_code == 404
    answer = client.delete(path)
    assert (answer.status_code, answer.json()["id"]) == (200, task["id"])
    assert before.get() == held
    assert (Lease.objects.get().user_id, Skip.objects.count()) == (actor.user_id, 0)
    assert client.delete(path).status_code == 404
    progress = people.client("manager").get(f"/api/v1/projects/{project.pk}/members/me/").json()
    assert (
        progress["leased_by_others_count"],
        client.get(f"/api/v1/projects/{project.pk}/").json()["tasks"]["open"],
    ) == (
        1,
        1,
    )


@pytest.mark.django_db
def test_a_skip_is_not_taken_back_once_somebody_else_has_the_task(people, make_project):
    project = make_project(items=1)
    Task.objects.update(required_annotations=2, available_slots=2)
    task = queue.lease_next_tasks(actor=people.actor("annotator"), project_id=project.pk).tasks[0]
    queue.skip_task(actor=people.actor("annotator"), task_id=task["id"], reason="dark")
    for role in ("manager", "scientist"):
        queue.lease_next_tasks(actor=people.actor(role), project_id=project.pk)
    answer = people.client("annotator").delete(f"/api/v1/tasks/{task['id']}/skip/")
    assert (answer.status_code, answer.json()["code"]) == (409, "task_lease_lost")


@pytest.mark.django_db
@pytest.mark.parametrize("overlap", [1, 3])
def test_a_skip_whose_receipt_was_lost_counts_once_when_it_is_sent_again(people, make_project, overlap):
    project = make_project(items=2)
    Task.objects.update(required_annotations=overlap, available_slots=overlap)
    actor = people.actor("annotator")
    task = queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks[0]
    for _ in range(2):
        following = queue.skip_task(actor=actor, task_id=task["id"], reason="dark", lease_next=True)
    row = Task.objects.get(pk=task["id"])
    assert (row.skip_count, row.available_slots, row.state) == (1, overlap, "skipped" if overlap == 1 else "open")
    assert len(following.tasks) <= 1


@pytest.mark.django_db
def test_the_hand_out_is_one_pass_over_the_queues_indexes(people, make_project):
    project, actor = make_project(items=60), people.actor("annotator")
    take(actor, project)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE labeling_task; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute("DEALLOCATE queue_lease_next")
        cursor.execute(LEASE_NEXT._prepare)
        parameters = {
            "user_id": actor.user_id,
            "project_id": project.pk,
            "count": 1,
            "lease_seconds": 9,
            **START_OF_QUEUE,
        }
        cursor.execute(f"EXPLAIN {LEASE_NEXT._execute}", parameters)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    for index in ("task_queue_all", "task_queue_person", "task_queue_team"):
        assert index in plan
    assert "Seq Scan on labeling_task" not in plan


def rules(project, **changes):
    for name, value in changes.items():
        setattr(project, name, value)
    project.save()
    services.apply_overlap(project=project)


@pytest.mark.django_db(transaction=True)
def test_a_task_goes_to_as_many_people_as_it_wants_and_never_twice_to_one(people, make_project):
    project = make_project(items=40)
    rules(project, overlap=3, max_annotations_per_task=3)
    got: list[tuple[str, int]] = []
    lock = threading.Lock()

    def work(role):
        actor = people.actor(role)
        try:
            while tasks := take(actor, project):
                give(actor, tasks[0]["id"])
                with lock:
                    got.append((role, tasks[0]["id"]))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(role,)) for role in ("annotator", "manager", "scientist", "admin")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(set(got)) == 120
    assert set(Counter(task for _, task in got).values()) == {3}
    assert not Lease.objects.exists()
    assert services.count_tasks_by_state(project_ids=[project.pk])[project.pk] == {
        "open": 0,
        "review": 0,
        "done": 40,
        "skipped": 0,
    }


@pytest.mark.django_db
def test_only_the_drawn_share_of_tasks_overlaps(people, make_project):
    project = make_project(items=200)
    rules(project, overlap=2, max_annotations_per_task=2, overlap_fraction=0.3)
    assert 30 < Task.objects.filter(required_annotations=2).count() < 90
    assert not Task.objects.exclude(required_annotations=F("available_slots")).exists()


@pytest.mark.django_db
def test_answers_that_differ_ask_for_more_until_they_agree_or_the_maximum_is_reached(people, make_project):
    project = make_project(items=1)
    rules(project, overlap=2, max_annotations_per_task=3)
    for role, label in (("annotator", "apple"), ("manager", "pear")):
        give(people.actor(role), take(people.actor(role), project)[0]["id"], {"label": label})
    task = Task.objects.get()
    assert (task.state, task.required_annotations, task.agreement) == ("open", 3, 0.0)
    give(people.actor("scientist"), take(people.actor("scientist"), project)[0]["id"], {"label": "pear"})
    task.refresh_from_db()
    assert (task.state, task.annotation.value) == ("done", {"label": "pear"})
    assert take(people.actor("admin"), project) == []


@pytest.mark.django_db
def test_boxes_of_three_people_are_matched_and_averaged(people, make_project):
    project = make_project(items=1, kind="boxes")
    rules(project, overlap=3, max_annotations_per_task=3)
    for shift, role in enumerate(("annotator", "manager", "scientist")):
        box = {"id": f"b{shift}", "label": "apple", "x": 4 + shift, "y": 4, "w": 12, "h": 10}
        stray = {"id": "s", "label": "pear", "x": 25, "y": 25, "w": 5, "h": 5}
        value = {"regions": [box, stray] if shift == 0 else [box]}
        give(people.actor(role), take(people.actor(role), project)[0]["id"], value)
    annotation = Task.objects.get().annotation
    assert annotation.source == "consensus"
    assert [(region["x"], region["w"], region["label"]) for region in annotation.value["regions"]] == [
        (5.0, 12.0, "apple")
    ]


@pytest.mark.django_db
def test_work_for_a_person_or_a_team_comes_first_and_goes_to_nobody_else(people, make_project):
    project, actor, colleague = make_project(items=4), people.actor("annotator"), people.actor("manager")
    first, second, third, fourth = Task.objects.order_by("pk")
    team = TeamFactory(organization=project.organization)
    team.members.add(actor.user_id)
    Task.objects.filter(pk=fourth.pk).update(assignee=actor.user_id)
    Task.objects.filter(pk=third.pk).update(team=team)
    assert {payload["id"] for payload in take(colleague, project, 4)} == {first.pk, second.pk}
    assert [payload["id"] for payload in take(actor, project, 4)] == [fourth.pk, third.pk]


@pytest.mark.django_db
def test_a_closed_project_a_cap_and_a_pause_say_why_nothing_comes(people, make_project):
    project, actor = make_project(items=4), people.actor("annotator")

    def blocked_reason(actor=actor):
        return queue.lease_next_tasks(actor=actor, project_id=project.pk).blocked_reason

    rules(project, is_open_to_everyone=False)
    assert blocked_reason(people.actor("admin")) == "not_assigned"
    with pytest.raises(NotFound):
        blocked_reason()
    rules(project, is_open_to_everyone=True, max_annotations_per_person=1)
    give(actor, take(actor, project)[0]["id"])
    assert blocked_reason() == "limit_reached"
    ProjectMembership.objects.filter(user_id=actor.user_id).update(paused_at=timezone.now(), pause_reason="break")
    assert blocked_reason() == "paused"


@pytest.mark.django_db
def test_counts_by_state_follow_every_way_a_task_can_go(people, make_project):
    project, actor = make_project(items=30), people.actor("manager")
    rules(project, review_fraction=0.5)
    for number, task in enumerate(take(actor, project, 10) + take(actor, project, 10)):
        if number % 4 == 0:
            queue.skip_task(actor=actor, task_id=task["id"], reason="dark")
        elif number % 4 != 1:
            give(actor, task["id"])
    services.reopen_skipped_tasks(actor=actor, project=project)
    services.release_leases(actor=actor, project=project)
    counts = services.count_tasks_by_state(project_ids=[project.pk])[project.pk]
    real = {state: Task.objects.filter(state=state).count() for state in counts}
    assert counts == real
    assert counts["review"] > 0
    assert Task.objects.filter(state="open").exclude(available_slots=1).count() == 0


@pytest.mark.django_db
def test_the_same_answer_arriving_twice_at_once_is_taken_once(people, make_project, monkeypatch):
    """The second of two requests reads before the first one ends: its insert hits the unique key; it looks again."""
    project, actor, key = make_project(), people.actor("annotator"), uuid.uuid4()
    task = take(actor, project)[0]["id"]
    give(actor, task, key=key)
    calls = []

    def old_reading(cursor, parameters):
        locked, context = lock_task(cursor, parameters)
        calls.append(1)
        return (
            (
                locked._replace(
                    replayed_annotation_id=None, lease_kind="annotation", own_annotation_id=None, state="open"
                ),
                context,
            )
            if len(calls) == 1
            else (locked, context)
        )

    monkeypatch.setattr(submitting, "lock_task", old_reading)
    assert give(actor, task, key=key).is_replayed
    assert Annotation.objects.count() == 1


@pytest.mark.django_db
def test_an_answer_made_from_an_older_one_of_my_own_is_not_laid_over_the_newer(people, make_project):
    project, actor = make_project(), people.actor("annotator")
    task = take(actor, project)[0]
    assert task["annotation_id"] == 0

    def annotate(value, parent_annotation_id):
        return queue.submit_annotation(
            actor=actor,
            task_id=task["id"],
            value=value,
            client_id=uuid.uuid4(),
            parent_annotation_id=parent_annotation_id,
        )

    first = annotate(APPLE, 0)
    with pytest.raises(AnnotatedElsewhere):
        annotate({"label": "pear"}, 0)
    assert queue.get_task(actor=actor, task_id=task["id"])["annotation_id"] == first.id
    annotate({"label": "pear"}, first.id)
    assert Task.objects.get(pk=task["id"]).annotation.value == {"label": "pear"}


@pytest.mark.django_db
def test_an_empty_queue_says_whether_data_is_on_its_way(people, make_project):
    project = make_project(items=0)
    path = f"/api/v1/projects/{project.pk}/members/me/"
    batch = datalake.open_batch(actor=people.actor("manager"), dataset=project.dataset)
    annotator = people.client("annotator")
    assert annotator.get(path).json()["is_importing"] is False
    file = SimpleUploadedFile("a.txt", b"a")
    datalake.stage_file(batch=batch, name="a.txt", file=file)
    assert annotator.get(path).json()["is_importing"] is False  # nobody has started it
    datalake.start_batch(actor=people.actor("manager"), batch=batch)
    assert annotator.get(path).json()["is_importing"] is True
    Job.objects.update(state=JobState.DONE)
    assert annotator.get(path).json()["is_importing"] is False
