import uuid

import pytest

from annotation.labeling import queue, services
from annotation.labeling.models import Task

pytestmark = pytest.mark.django_db
BOX = {"x": 1, "y": 1, "w": 9, "h": 9}


def label(people, project, role, value, ms=2000):
    actor = people.actor(role)
    task = queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks[0]["id"]
    queue.submit_annotation(actor=actor, task_id=task, value=value, client_id=uuid.uuid4(), active_ms=ms)
    return task


def test_the_agreement_report_names_labels_people_and_the_tasks_behind_a_confusion(people, make_project):
    project = make_project(items=12)
    project.overlap = project.max_annotations_per_task = 2
    project.save()
    services.apply_overlap(project=project)
    for number in range(12):
        label(people, project, "annotator", {"label": "apple" if number % 2 else "pear"})
    for number, task in enumerate(Task.objects.order_by("position", "shuffle", "pk")):
        own_label = task.annotations.get().value["label"]
        other_label = "pear" if own_label == "apple" else "apple"
        value = {"label": other_label if number % 4 == 0 else own_label}
        got = label(people, project, "manager", value)
        assert got == task.pk
    body = people.client("reviewer").get(f"/api/v1/projects/{project.pk}/agreement/").json()
    wrong = [
        t.pk for t in Task.objects.all() if len({str(n.value) for n in t.annotations.filter(source="person")}) == 2
    ]
    assert body["task_count"] == 12
    assert body["similarity"]["value"] == pytest.approx(1 - len(wrong) / 12)
    assert (
        body["krippendorff_alpha"]["low"] <= body["krippendorff_alpha"]["value"] <= body["krippendorff_alpha"]["high"]
    )
    assert {row["name"] for row in body["people"]} == {"Annotator", "Manager"}
    assert sorted(body["confusions"][0]["task_ids"]) == sorted(wrong)
    assert set(body["least_similar_task_ids"][: len(wrong)]) == set(wrong)
    assert body["guidelines"][0]["similarity"]["items"] == 12


def test_the_overview_counts_work_quality_and_cost(people, make_project):
    project = make_project(items=5)
    project.hourly_cost = 36.0
    project.save()
    for _ in range(2):
        label(people, project, "annotator", {"label": "apple"}, ms=100_000)
    body = people.client("manager").get(f"/api/v1/projects/{project.pk}/overview/").json()
    assert (body["open"], body["done"], body["days"][0]["annotation_count"]) == (3, 2, 2)
    assert body["cost_per_accepted"] == pytest.approx(1.0)
    assert body["completion"] is None  # one day's work says nothing about the pace
    assert body["first_pass_rate"] == {"value": None, "low": 0.0, "high": 1.0, "items": 0}


def test_every_filter_pages_through_all_rows_once(people, make_project):
    project = make_project(items=9)
    project.overlap = project.max_annotations_per_task = 2
    project.save()
    services.apply_overlap(project=project)
    for role in ("annotator", "manager"):
        for number in range(9):
            label(people, project, role, {"label": "apple" if number % 2 else "pear"})
    client, user = people.client("reviewer"), people.actor("annotator").user_id
    done = Task.objects.filter(state="done").count()
    by_person = Task.objects.filter(annotation__user_id=user).count()
    for query, expected in (
        ("state=done", done),
        ("state=all&ordering=agreement&has_agreement=true", 9),
        (f"state=all&annotator_id={user}", by_person),
    ):
        ids, page = [], ""
        while True:
            body = client.get(f"/api/v1/projects/{project.pk}/tasks/?{query}&limit=2{page}").json()
            ids += [row["id"] for row in body["results"]]
            if body["next"] is None:
                break
            page = f"&cursor={body['next']}"
        assert len(ids) == len(set(ids)) == expected, query


def test_a_wrong_cursor_or_state_is_named(people, make_project):
    project, client = make_project(), people.client("reviewer")
    for query, code in (
        ("cursor=x", "invalid_cursor"),
        ("state=lost", "invalid_parameter"),
        ("ordering=agreement&cursor=nan", "invalid_cursor"),
        ("ordering=lost", "invalid_parameter"),
    ):
        assert client.get(f"/api/v1/projects/{project.pk}/tasks/?{query}").json()["code"] == code, query


def test_many_tasks_are_assigned_prioritized_and_required_once_more(people, make_project, answer_all):
    project, client = make_project(items=4), people.client("manager")
    user = people.actor("annotator").user_id

    def bulk(**body):
        path = f"/api/v1/projects/{project.pk}/tasks/bulk/"
        return client.post(path, body, content_type="application/json").json()["count"]

    last = Task.objects.order_by("-position", "-shuffle").first()
    assert bulk(action="set_priority", task_ids=[last.pk], priority=5) == 1
    assert queue.lease_next_tasks(actor=people.actor("admin"), project_id=project.pk).tasks[0]["id"] == last.pk
    assert bulk(action="assign", state="open", user_id=user) == 4
    assert queue.lease_next_tasks(actor=people.actor("manager"), project_id=project.pk).tasks == []
    answer_all(people.actor("annotator"), project)
    assert Task.objects.filter(state="done").count() == 3
    assert bulk(action="require_one_more", state="done") == 3
    counts = services.count_tasks_by_state(project_ids=[project.pk])[project.pk]
    assert counts == {"open": 4, "review": 0, "done": 0, "skipped": 0}
    theirs = people.actor("annotator", "theirs").user_id
    response = client.post(
        f"/api/v1/projects/{project.pk}/tasks/bulk/",
        {"action": "assign", "state": "open", "user_id": theirs},
        content_type="application/json",
    )
    assert response.status_code == 404


def test_comments_are_created_and_resolved(people, make_project):
    make_project(items=1)
    task, client = Task.objects.get().pk, people.client("annotator")
    response = client.post(
        f"/api/v1/tasks/{task}/comments/", {"text": "why?", "region": "r1"}, content_type="application/json"
    )
    assert response.status_code == 201
    client.patch(f"/api/v1/comments/{response.json()['id']}/", {"is_resolved": True}, content_type="application/json")
    row = client.get(f"/api/v1/tasks/{task}/comments/").json()["results"][0]
    assert (row["text"], row["region"], row["is_resolved"], row["author"]) == ("why?", "r1", True, "Annotator")


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("row_number", [{"number": 10.0}, {"number": 8.0}]),
        ("multi_classification", [{"labels": ["apple", "pear"]}, {"labels": ["apple"]}]),
        ("boxes", [{"regions": [{"id": "a", **BOX, "label": label}]} for label in ("apple", "pear")]),
    ],
)
def test_every_kind_has_its_report_of_agreement(people, make_project, kind, values):
    project = make_project(items=2, kind=kind)
    project.overlap = project.max_annotations_per_task = 2
    project.save()
    services.apply_overlap(project=project)
    for role, value in zip(("annotator", "manager"), values, strict=True):
        for _ in range(2):
            label(people, project, role, value)
    response = people.client("reviewer").get(f"/api/v1/projects/{project.pk}/agreement/")
    assert response.status_code == 200, response.content
    body = response.json()
    assert (body["task_count"], body["fleiss_kappa"], body["pairs"]) == (2, None, [])
    expected = {"row_number": 0.8, "multi_classification": 0.5, "boxes": 0.0}[kind]
    assert body["similarity"]["value"] == pytest.approx(expected)
    of_labels = {row["label"]: row["similarity"]["value"] for row in body["labels"]}
    assert (
        of_labels
        == {
            "row_number": {"apple": None, "pear": None},
            "multi_classification": {"apple": 1.0, "pear": 0.0},
            "boxes": {"apple": 0.0, "pear": 0.0},
        }[kind]
    )
    assert [row["count"] for row in body["confusions"]] == ([2] if kind == "boxes" else [])


def test_conflicts_are_counted_and_listed_until_somebody_decides(people, make_project):
    project = make_project(items=2)
    project.overlap, project.max_annotations_per_task = 2, 3
    project.save()
    services.apply_overlap(project=project)
    task = label(people, project, "annotator", {"label": "apple"})
    assert label(people, project, "manager", {"label": "pear"}) == task
    client = people.client("manager")

    def conflicts():
        return [
            row["id"]
            for row in client.get(f"/api/v1/projects/{project.pk}/tasks/?state=all&is_conflict=true").json()["results"]
        ]

    assert client.get(f"/api/v1/projects/{project.pk}/").json()["conflict_count"] == 1
    assert client.get("/api/v1/projects/").json()["results"][0]["conflict_count"] == 1
    assert conflicts() == [task]
    others = client.get(f"/api/v1/projects/{project.pk}/tasks/?state=all&is_conflict=false").json()["results"]
    assert [row["id"] for row in others] == [row.pk for row in Task.objects.exclude(pk=task)]
    assert label(people, project, "scientist", {"label": "pear"}) == task
    assert conflicts() == []


def test_tasks_are_found_by_a_label_of_the_item_or_of_a_region(people, make_project):
    project = make_project(items=3, kind="boxes")
    pear = {"regions": [{"id": "r", "label": "pear", "shape": "box", **BOX}]}
    apple = {"regions": [{"id": "r", "label": "apple", "shape": "box", **BOX}]}
    label(people, project, "annotator", apple)
    wanted = label(people, project, "annotator", pear)
    rows = people.client("manager").get(f"/api/v1/projects/{project.pk}/tasks/?label=pear").json()["results"]
    assert [row["id"] for row in rows] == [wanted]
    assert rows[0]["marks"] == [{"label": "pear", "shape": "box", "x": 1, "y": 1, "w": 9, "h": 9}]
    assert (rows[0]["width"], rows[0]["height"]) == (32, 32)


def test_the_note_of_a_project_can_be_changed(people, make_project):
    project, client = make_project(items=1), people.client("manager")
    path = f"/api/v1/projects/{project.pk}/"
    etag = client.get(path).json()["etag"]
    changed = client.patch(
        path, {"note": "Pallets."}, content_type="application/json", headers={"If-Match": f'"{etag}"'}
    )
    assert changed.json()["note"] == "Pallets."
