"""What several people edit: a change that rests on an old state is refused, and what is left out stays."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.api_document import OPENAPI
from tests.route_parameters import RouteRows
from tests.test_permissions import BODIES_BY_PATH, filled
from tests.test_query_counts import is_served

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}
EDITABLE = [
    (method.upper(), path.removeprefix("/api/v1/"))
    for path, methods in OPENAPI["paths"].items()
    for method, operation in methods.items()
    if method in ("put", "patch")
    and any(parameter["name"] == "If-Match" for parameter in operation.get("parameters", []))
    and is_served(path.removeprefix("/api/v1/"))
]


def send(client: Client, method: str, path: str, rows: RouteRows, tag: str | None) -> Any:
    head = {} if tag is None else {"If-Match": tag}
    body = json.dumps(filled(BODIES_BY_PATH.get((method, path), {}), rows))
    return client.generic(method, f"/api/v1/{path.format_map(rows)}", body, headers=head, **JSON)


def test_every_edit_compares_states(people, their_rows):
    """Each operation that takes `If-Match`: rejected by an old tag, done by the present one; a PUT needs one."""
    assert len(EDITABLE) >= 12
    their_rows.make_all()
    client = people.client("admin", "theirs")
    for method, path in EDITABLE:
        stale = send(client, method, path, their_rows, '"of-long-ago"')
        assert (stale.status_code, stale.json()["code"]) == (412, "stale_state"), (path, stale.content)
        assert stale["ETag"] == f'"{stale.json()["etag"]}"', path
        fresh = send(client, method, path, their_rows, stale["ETag"])
        assert fresh.status_code not in (412, 428, 500), (path, fresh.content)
        if fresh.status_code == 200:
            assert fresh["ETag"] == f'"{fresh.json()["etag"]}"', path
        if method == "PUT":
            blind = send(client, method, path, their_rows, None)
            assert (blind.status_code, blind.json()["code"]) == (428, "if_match_required"), (path, blind.content)
        wrong = send(client, method, path, their_rows, "without quotation marks")
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "If-Match"), path


def labels(*names: str) -> dict[str, Any]:
    return {"labels": [{"id": name.lower(), "name": name, "color": "#123456"} for name in names]}


def test_the_second_of_two_schema_edits_does_not_drop_the_label_of_the_first(people, make_project):
    project = make_project()
    first, second = people.client("manager"), people.client("admin")
    address = f"/api/v1/projects/{project.pk}/label-schema/"
    read = first.get(f"/api/v1/projects/{project.pk}/")
    assert read["ETag"] == f'"{read.json()["etag"]}"'
    blind = second.put(address, labels("Apple", "Pear", "Plum"), **JSON)
    assert (blind.status_code, blind.json()["code"]) == (428, "if_match_required")
    head = {"If-Match": read["ETag"]}
    assert first.put(address, labels("Apple", "Pear", "Plum"), headers=head, **JSON).status_code == 200
    late = second.put(address, labels("Apple", "Pear", "Fig"), headers=head, **JSON)
    assert late.status_code == 412
    there = [label["id"] for label in second.get(f"/api/v1/projects/{project.pk}/").json()["labels"]]
    assert there == ["apple", "pear", "plum"]
    whole = labels("Apple", "Pear", "Plum", "Fig")
    assert second.put(address, whole, headers={"If-Match": late["ETag"]}, **JSON).status_code == 200
    assert first.put(address, whole, headers={"If-Match": "*"}, **JSON).status_code == 200


def test_work_of_annotators_does_not_change_the_tag(people, make_project, answer_all):
    project, client = make_project(items=2), people.client("manager")
    before = client.get(f"/api/v1/projects/{project.pk}/").json()
    answer_all(people.actor("annotator"), project)
    after = client.get(f"/api/v1/projects/{project.pk}/").json()
    assert before["tasks"] != after["tasks"]
    assert before["etag"] == after["etag"]


def test_what_is_left_out_of_a_patch_stays(people, make_project):
    project, client = make_project(), people.client("manager")
    address = f"/api/v1/projects/{project.pk}/queue-settings/"
    first = client.patch(address, {"overlap": 2, "gold_fraction": 0.1, "hourly_cost": 30.0}, **JSON).json()[
        "queue_settings"
    ]
    second = client.patch(address, {"review_fraction": 0.5}, **JSON).json()["queue_settings"]
    assert second == first | {"review_fraction": 0.5}
    assert (second["overlap"], second["gold_fraction"], second["hourly_cost"]) == (2, 0.1, 30.0)
    address = f"/api/v1/projects/{project.pk}/cost-model/"
    first = client.patch(address, {"cost_per_label": 0.2, "months": 6}, **JSON).json()
    second = client.patch(address, {"fn_cost": 5}, **JSON).json()
    assert {**second, "etag": ""} == {**first, "fn_cost": 5.0, "etag": ""}
    user = people.actor("annotator").user_id
    team = client.post("/api/v1/teams/", {"name": "Day", "members": [user]}, **JSON).json()
    renamed = client.patch(f"/api/v1/teams/{team['id']}/", {"name": "Night"}, **JSON).json()
    assert (renamed["name"], renamed["members"]) == ("Night", [user])
