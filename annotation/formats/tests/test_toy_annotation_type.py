"""An annotation type that no file but this one knows keeps the promises, and goes through the API, out and in."""

import uuid
from typing import Any, ClassVar

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotation.formats.imports import run_import
from annotation.labeling import queue
from annotation.labeling.models import Task
from labelkit.annotations import ANNOTATION_TYPES, AnnotationType
from labelkit.annotations.base import invalid_at
from labelkit.media import MEDIA_TYPES
from labelkit.project_types import PROJECT_TYPES, ProjectType
from labelkit.tests.conformance import CASES, CLASS_LABELS, PROMISES, Case
from labelkit.validation import StrictModel, validate_model
from plateau.jobs import services as jobs
from plateau.jobs.handlers import Running
from plateau.jobs.models import Job

pytestmark = pytest.mark.django_db


class RankingIn(StrictModel):
    """Labels, the best first."""

    ranking: list[str]


class Ranking(AnnotationType):
    """Labels in order of preference, each at most once."""

    key = "ranking"
    label_path: ClassVar[str] = "$.ranking[*]"

    def validate(self, value, *, schema, frame):
        ranking = validate_model(RankingIn, value).ranking
        for label in ranking:
            if label not in schema.labels or ranking.count(label) > 1:
                raise invalid_at("value.ranking", f"{label!r} must be a label of this project, and stand here once")
        return {"ranking": ranking}

    def is_readable(self, value):
        ranking = value.get("ranking", []) if isinstance(value, dict) else None
        return isinstance(ranking, list) and all(isinstance(label, str) for label in ranking)

    def labels_used(self, value):
        for label in value.get("ranking", ()):
            yield label, ""

    def relabel(self, value, moves):
        ranking = [moves.get(label, label) for label in value.get("ranking", ())]
        return {**value, "ranking": [label for label in ranking if label is not None]}

    def similarity(self, first: dict[str, Any], second: dict[str, Any]) -> float:
        pairs = list(zip(first["ranking"], second["ranking"], strict=False))
        longest = max(len(first["ranking"]), len(second["ranking"]))
        return sum(a == b for a, b in pairs) / longest if longest else 1.0

    def find_consensus(self, values):
        rankings = [tuple(value["ranking"]) for value in values]
        best = max(rankings, key=rankings.count)
        return {"ranking": list(best)}, rankings.count(best) / len(rankings)


RANKINGS = st.lists(st.sampled_from(["cat", "dog", "inu"]), unique=True).map(lambda ranking: {"ranking": ranking})
TOY = Case(Ranking(), CLASS_LABELS, RANKINGS)


@pytest.fixture
def ranking():
    project_type = ProjectType("ranking", "Labels in an order", MEDIA_TYPES["image"], Ranking())
    with ANNOTATION_TYPES.including(Ranking()), PROJECT_TYPES.including(project_type):
        yield


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
@given(data=st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_toy_keeps_the_promises(promise, data):
    promise(TOY, data)


@pytest.mark.parametrize("key", [*CASES, "ranking"])
@given(data=st.data())
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_database_finds_the_labels_that_the_type_says_are_used(key, data):
    case = TOY if key == "ranking" else CASES[key]
    value = data.draw(case.canonical())
    with connection.cursor() as cursor:
        path = case.annotation_type.label_path
        cursor.execute(
            "SELECT jsonb_path_query(%s::jsonb, %s::jsonpath) #>> '{}'", [orjson.dumps(value).decode(), path]
        )
        labels = {row[0] for row in cursor.fetchall()}
    assert labels == {label for label, _ in case.annotation_type.labels_used(value)}


def test_the_toy_is_labeled_relabeled_exported_and_imported(ranking, people, make_project):
    client = people.client("manager")
    body = {
        "name": "Favorites", "kind": "ranking", "dataset_id": make_project(items=2).dataset_id,
        "labels": [{"id": key, "name": key.title(), "color": f"#00000{n}"} for n, key in enumerate(("apple", "pear"))],
    }  # fmt: skip
    response = client.post("/api/v1/projects/", body, content_type="application/json")
    assert response.status_code == 201, response.content
    project, actor = response.json()["id"], people.actor("annotator")
    for order in (["pear", "apple"], ["apple"]):
        task = queue.lease_next_tasks(actor=actor, project_id=project).tasks[0]["id"]
        queue.submit_annotation(actor=actor, task_id=task, value={"ranking": order}, client_id=uuid.uuid4())
    listed = client.get(f"/api/v1/projects/{project}/formats/").json()["results"]
    assert [row["key"] for row in listed] == ["jsonl"]
    data = b"".join(client.get(f"/api/v1/projects/{project}/export/?format=jsonl").streaming_content)
    response = client.post("/api/v1/projects/", {**body, "name": "Again"}, content_type="application/json")
    again = response.json()["id"]
    response = client.post(
        f"/api/v1/projects/{again}/labels/import/",
        {"format": "jsonl", "file": SimpleUploadedFile("labels.jsonl", data)},
    )
    assert response.status_code == 201, response.content
    job = Job.objects.get(pk=response.json()["id"])
    claim = jobs.claim_job(job_id=job.pk, worker="test")
    run_import(Running(claim=claim, job=job))
    rankings = [
        [row.annotation.value for row in Task.objects.filter(project=pk).order_by("item_id")] for pk in (project, again)
    ]
    assert rankings[0] == rankings[1]
    change = {"labels": body["labels"][:1], "moves": {"pear": ""}}
    response = client.put(
        f"/api/v1/projects/{project}/label-schema/", change, content_type="application/json", headers={"If-Match": "*"}
    )
    assert response.status_code == 200, response.content
    assert {str(row.annotation.value) for row in Task.objects.filter(project=project)} == {"{'ranking': ['apple']}"}


def test_an_unknown_kind_is_refused_by_the_names_that_there_are(ranking, people, make_project):
    body = {"name": "Odd", "kind": "stars", "dataset_id": make_project(items=1).dataset_id, "labels": CLASS_LABELS}
    response = people.client("manager").post("/api/v1/projects/", body, content_type="application/json")
    assert response.status_code == 400
    assert "or 'ranking'" in str(response.json())
