"""Thousands of versions are listed and searched in pages, with as many queries as a few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.model_versions.models import ModelVersion, RegisteredModel
from registry.model_versions.tests.factories import EvaluationFactory, ModelVersionFactory

pytestmark = pytest.mark.django_db


def fill(project, models: int, versions: int) -> None:
    RegisteredModel.objects.bulk_create(
        [RegisteredModel(project=project, name=f"model-{number}", latest_version=versions) for number in range(models)]
    )
    ModelVersion.objects.bulk_create(
        [
            ModelVersion(
                project=project,
                name=f"model-{number}",
                version=version,
                aliases=["champion"] if version == 1 else [],
                metrics={"accuracy": {"value": 0.9, "low": 0.8, "high": 0.95}},
            )
            for number in range(models)
            for version in range(1, versions + 1)
        ]
    )


def asked(client, path: str) -> tuple[int, dict]:
    client.get(f"/api/v1/{path}")
    with CaptureQueriesContext(connection) as queries:
        page = client.get(f"/api/v1/{path}").json()
    return len(queries), page


LISTS = ["models/", "models/?search=odel-1", "model-versions/", "model-versions/?name=model-1&limit=200"]


def test_a_thousand_versions_take_as_many_queries_as_ten(people, make_project):
    project, client = make_project(items=0), people.client("scientist")
    fill(project, 5, 2)
    few = {path: asked(client, path)[0] for path in LISTS}
    ModelVersion.objects.all().delete()
    RegisteredModel.objects.all().delete()
    fill(project, 50, 20)
    queries = {path: asked(client, path) for path in LISTS}
    assert {path: count for path, (count, _) in queries.items()} == few
    assert all(body["results"] for _, body in queries.values())


def test_a_model_shows_its_newest_version_where_its_aliases_point_and_how_many_there_are(people, make_project):
    fill(make_project(items=0), 2, 3)
    row = people.client("scientist").get("/api/v1/models/?search=model-1").json()["results"][0]
    assert (row["name"], row["latest_version"], row["version_count"], row["aliases"]) == (
        "model-1",
        3,
        3,
        {"champion": 1},
    )
    assert row["metrics"]["accuracy"]["value"] == 0.9


def test_pages_bring_every_version_once(people, make_project):
    fill(make_project(items=0), 3, 50)
    client, ids, cursor = people.client("scientist"), [], ""
    while True:
        page = client.get(f"/api/v1/model-versions/?limit=40{cursor}").json()
        ids += [row["id"] for row in page["results"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(ids) == len(set(ids)) == 150
    assert client.get("/api/v1/model-versions/?state=none").status_code == 400
    assert client.get("/api/v1/model-versions/?state=archived").json()["results"] == []


def test_correct_predictions_are_listed_as_errors_are(people, make_project):
    project = make_project(items=3)
    items = list(project.dataset.items.order_by("pk").values_list("pk", flat=True))
    version = ModelVersionFactory(project=project)
    EvaluationFactory(
        version=version, predictions=[[items[0], 0, 0, 0.7], [items[1], 0, 1, 0.9], [items[2], 0, 0, 0.8]], items=3
    )
    client, address = people.client("scientist"), f"/api/v1/model-versions/{version.pk}/errors/"

    def listed(query: str) -> list[int]:
        return [row["item_id"] for row in client.get(f"{address}{query}").json()["results"]]

    assert listed("") == [items[1]]
    assert listed("?is_correct=true&true_label=Apple&predicted_label=Apple") == [items[2], items[0]]
    assert listed("?is_correct=true&true_label=Pear") == []
    assert client.get(f"{address}?is_correct=maybe").status_code == 400
