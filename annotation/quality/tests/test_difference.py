"""Two annotations of a task set against each other."""

import pytest

from annotation.labeling.models import PreAnnotation
from annotation.labeling.tests.factories import AnnotationFactory, TaskFactory

pytestmark = pytest.mark.django_db


def box(name, label, x):
    return {"id": name, "label": label, "shape": "box", "x": x, "y": 0, "w": 10, "h": 10}


@pytest.fixture
def task(people):
    return TaskFactory(
        project__organization=people.organizations["ours"], project__kind="boxes", item__name="street.png"
    )


def difference(people, task, first, second, role="reviewer", organization="ours"):
    address = f"/api/v1/tasks/{task.pk}/difference/?first={first}&second={second}"
    return people.client(role, organization).get(address)


def test_two_annotations_are_compared_region_by_region(people, task):
    first = AnnotationFactory(task=task, value={"regions": [box("a", "car", 0), box("b", "car", 50)]})
    second = AnnotationFactory(task=task, value={"regions": [box("c", "bus", 0), box("d", "car", 90)]})
    answer = difference(people, task, first.pk, second.pk).json()
    assert (answer["same_count"], answer["changed_count"]) == (0, 1)
    assert (answer["only_first_count"], answer["only_second_count"]) == (1, 1)
    assert [(row["state"], row["changes"]) for row in answer["parts"]] == [
        ("changed", ["label"]),
        ("only_first", []),
        ("only_second", []),
    ]
    assert answer["parts"][0]["first"]["label"] == "car"
    assert answer["parts"][0]["second"]["label"] == "bus"
    assert answer["similarity"] == 0


def test_a_prediction_is_compared_with_an_annotation_and_what_differs_comes_first(people, task):
    annotation = AnnotationFactory(task=task, value={"regions": [box("a", "car", 0), box("b", "car", 50)]})
    PreAnnotation.objects.create(task=task, value={"regions": [box("p", "car", 0)]}, model="detector v1")
    answer = difference(people, task, annotation.pk, "prediction").json()
    assert [row["state"] for row in answer["parts"]] == ["only_first", "same"]
    assert answer["similarity"] == pytest.approx(2 / 3, abs=1e-4)


def test_a_history_names_the_annotations_that_can_be_compared(people, task):
    annotation = AnnotationFactory(task=task, value={"regions": []})
    rows = people.client("reviewer").get(f"/api/v1/tasks/{task.pk}/history/").json()["results"]
    assert [row["annotation_id"] for row in rows] == [annotation.pk]


def test_annotations_of_other_tasks_and_organizations_are_not_there(people, task):
    own = AnnotationFactory(task=task, value={"regions": []})
    other = AnnotationFactory(value={"regions": []})
    assert difference(people, task, own.pk, other.pk).status_code == 404
    assert difference(people, task, own.pk, "prediction").status_code == 404
    assert difference(people, task, own.pk, own.pk, organization="theirs").status_code == 404
    assert difference(people, task, own.pk, own.pk, role="annotator").status_code == 403
    assert difference(people, task, own.pk, "latest").json()["code"] == "invalid_parameter"
