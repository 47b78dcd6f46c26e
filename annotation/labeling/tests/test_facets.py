"""Filters of tasks, and how many tasks each would leave."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotation.labeling import facets
from annotation.labeling.filters import TASKS
from annotation.labeling.models import Task
from annotation.labeling.tests.factories import AnnotationFactory, PreAnnotationFactory, TaskFactory
from annotation.projects.tests.factories import ProjectFactory
from annotation.snapshots.tests.factories import SplitAssignmentFactory
from plateau.datalake.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(people):
    """Three tasks: a car by night in the north, a bus in the south, and one that nobody annotated."""
    project = ProjectFactory(organization=people.organizations["ours"], kind="boxes")
    values = [
        {"regions": [{"id": "a", "label": "car", "attributes": {"cut": True}}, {"id": "b", "label": "car"}]},
        {"regions": [{"id": "c", "label": "bus", "attributes": {"view": ["front"]}}]},
    ]
    for value, meta, score in zip(values, ({"site": "north", "hour": 22}, {"site": "south"}), (0.2, 0.99), strict=True):
        task = TaskFactory(project=project, item__meta=meta, state="open")
        annotation = AnnotationFactory(task=task, project=project, value=value)
        Task.objects.filter(pk=task.pk).update(annotation=annotation, state="done")
        PreAnnotationFactory(task=task, score=score)
    TaskFactory(project=project, item__meta={"site": "north"})
    return project


def found(people, project, query):
    rows = people.client("reviewer").get(f"/api/v1/projects/{project.pk}/tasks/?state=all&{query}").json()["results"]
    return len(rows)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("label=car", 1),
        ("label=cut", 0),
        ("meta=site:north", 2),
        ("meta=hour:22", 1),
        ("meta=hour", 1),
        ("attribute=cut:true", 1),
        ("attribute=view:front", 1),
        ("attribute=view", 1),
        ("attribute=gone", 0),
        ("confidence=0-50", 1),
        ("confidence=95-100", 1),
        ("annotated_within_days=1", 2),
        ("split=none", 3),
        ("split=test", 0),
        ("meta=site:north&label=car", 1),
    ],
)
def test_tasks_are_filtered_by_what_their_items_and_annotations_are(people, project, query, count):
    assert found(people, project, query) == count


def test_an_old_annotation_is_left_out(project, monkeypatch):
    query, later = TASKS.query(state="all", annotated_within_days=7), timezone.now() + timedelta(days=9)
    tasks = Task.objects.filter(project=project)
    assert TASKS.filtered(query, tasks).count() == 2
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert TASKS.filtered(query, tasks).count() == 0


def test_the_split_of_an_item_is_that_of_the_project(people, project):
    item = Task.objects.filter(project=project).first().item
    SplitAssignmentFactory(project=project, item=item, split="test")
    assert (found(people, project, "split=test"), found(people, project, "split=none")) == (1, 2)


def counts(people, project, query=""):
    answer = people.client("reviewer").get(f"/api/v1/projects/{project.pk}/tasks/facets/?state=all{query}").json()
    return answer | {
        name: {row["value"]: row["count"] for row in rows} for name, rows in answer.items() if isinstance(rows, list)
    }


def test_each_choice_of_a_filter_is_counted_under_the_other_filters(people, project):
    whole = counts(people, project)
    assert (whole["count"], whole["is_complete"]) == (3, True)
    assert whole["state"] == {"done": 2, "open": 1}
    assert whole["label"] == {"car": 1, "bus": 1}  # tasks, not regions
    assert whole["meta"] == {"site:north": 2, "site:south": 1, "hour:22": 1}
    assert whole["attribute"] == {"cut:true": 1, "view:front": 1}
    assert whole["confidence"] == {"0-50": 1, "95-100": 1}
    assert whole["split"] == {"none": 3}
    north = counts(people, project, "&meta=site:north&label=car")
    assert north["count"] == 1
    assert north["label"] == {"car": 1}
    assert north["meta"] == {"site:north": 1, "hour:22": 1}
    assert north["state"] == {"done": 1}


def test_counting_takes_as_many_statements_for_many_tasks_and_stops_at_a_limit(people, project, monkeypatch):
    client = people.client("reviewer")
    address = f"/api/v1/projects/{project.pk}/tasks/facets/?state=all&label=car"
    client.get(address)
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        asked.append(len(queries))
        for _ in range(5):
            TaskFactory(project=project)
    assert asked[0] == asked[1]
    monkeypatch.setattr(facets, "MAX_COUNTED", 4)
    answer = counts(people, project)
    assert (answer["count"], answer["is_complete"], sum(answer["state"].values())) == (4, False, 4)


def test_an_index_serves_the_filter_by_label(people, project):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT 1 FROM labeling_annotation WHERE label_ids @> '[\"car\"]'")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "annotation_by_label" in plan


def test_items_of_a_dataset_are_filtered_and_counted_by_metadata(people, project):
    client = people.client("reviewer")
    address = f"/api/v1/datasets/{project.dataset_id}/items/"

    def names(query):
        return len(client.get(f"{address}?{query}").json()["results"])

    item = Item.objects.filter(dataset=project.dataset, meta={"site": "south"})
    counted = client.get(f"{address}facets/").json()
    assert (counted["count"], counted["is_complete"]) == (3, True)
    assert {row["value"]: row["count"] for row in counted["meta"]} == {"site:north": 2, "site:south": 1, "hour:22": 1}
    north = client.get(f"{address}facets/?meta=site:north").json()
    assert (north["count"], len(north["meta"])) == (2, 3)  # its own choices are counted without it
    assert [names("meta=site:north"), names("meta=hour:22"), names("meta=hour"), names("meta=gone")] == [2, 1, 1, 0]
    item.update(created_at=timezone.now() - timedelta(days=9))
    assert [names("added_within_days=7"), names("added_within_days=30")] == [2, 3]
    assert client.get(f"{address}?added_within_days=0").status_code == 400
