"""Who is a member of the organization but not of the project gets nothing of it, on any route, in any list."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from annotation.labeling.models import ProjectMembership, Task
from annotation.labeling.tests.factories import AnnotationFactory, TaskFactory
from annotation.projects.models import Project
from annotation.quality.tests.factories import ReviewFactory
from plateau.access.scopes import Reach
from plateau.identity.models import Role
from tests.api_document import query_parameters
from tests.roles import ALL, M, X
from tests.route_parameters import ROUTE_PARAMETERS, RouteRows
from tests.test_permissions import BODIES, MATRIX, NOTHING_TO_SHOW, PARAMETER, PLACEHOLDER, call, filled, list_routes

pytestmark = pytest.mark.django_db

# What belongs to no project, and who of the organization sees it: whoever has the scope. See docs/security/access.md.
OUTSIDE_PROJECTS = {
    "member_id": "people belong to the organization",
    "session_id": "the caller's own",
    "team_id": "teams of the organization are assigned to projects",
    "token_id": "the caller's own",
    "notification_id": "the caller's own",
    "segmentation_model_id": "assists whoever labels in the organization",
    "webhook_id": "tells of what its maker reaches",
    "view_id": "the caller's own, or shared on a list of the organization",
    "area_id": "an application's, of the organization",
    "collection_id": "an application's, of the organization",
    "result_id": "an application's, of the organization",
}
LISTS_OUTSIDE_PROJECTS = {
    "organization/tokens/", "sessions/", "tokens/", "members/", "roles/", "teams/", "segmentation-models/",
    "webhooks/", "webhooks/events/",
    "audit-log/", "audit-log/accesses/", "audit-log/accesses/by-user/", "project-types/", "samples/", "recipes/",
    "metrics/", "demand/areas/", "mesh-collections/", "saved-views/",
}  # fmt: skip
APPLICATION_JOBS = ("mesh-", "demand-")  # of no project
NON_MEMBERS = sorted(ALL - {X})


def closed(rows: RouteRows) -> RouteRows:
    """All rows, of a project that is not open to everyone."""
    rows.make_all()
    Project.objects.filter(pk=rows["project_id"]).update(is_open_to_everyone=False)
    return rows


def belongs_to_project(route: str) -> bool:
    names = {name for name in PARAMETER.findall(route) if not isinstance(ROUTE_PARAMETERS[name], int | str)}
    return bool(names - set(OUTSIDE_PROJECTS))


def answered(client: Client, role: str, rows: RouteRows) -> dict[tuple[str, str], int]:
    """Status of every route on rows of a project that the role may call."""
    statuses = {}
    for (method, route), allowed in MATRIX.items():
        if role in (allowed or ()) and belongs_to_project(route):
            with transaction.atomic():
                statuses[method, route] = call(client, method, route, rows).status_code
                transaction.set_rollback(True)
    return statuses


@pytest.mark.parametrize("role", NON_MEMBERS)
def test_nothing_of_a_closed_project_is_there_for_who_is_no_member_of_it(role, people, their_rows):
    statuses = answered(people.client(role, "theirs"), role, closed(their_rows))
    assert {route: status for route, status in statuses.items() if status != 404} == {}
    assert len(statuses) > 15


@pytest.mark.parametrize("role", [M, "customer", "annotator"])
def test_a_member_of_it_gets_what_the_role_may(role, people, their_rows):
    rows = closed(their_rows)
    user = people.members["theirs", role].user
    ProjectMembership.objects.update_or_create(project_id=rows["project_id"], user=user, defaults={"is_assigned": True})
    missing = {route for route, status in answered(people.client(role, "theirs"), role, rows).items() if status == 404}
    assert missing <= set(NOTHING_TO_SHOW)


def test_a_customer_gets_nothing_of_an_open_project_that_was_not_given(people, their_rows):
    their_rows.make_all()
    statuses = answered(people.client("customer", "theirs"), "customer", their_rows)
    assert {route: status for route, status in statuses.items() if status != 404} == {}


def test_ids_of_a_closed_project_in_bodies_lead_nowhere(people, their_rows):
    admin, manager = people.members["theirs", "admin"], people.client(M, "theirs")
    rows, own = closed(their_rows), RouteRows(admin)
    own.make_all()
    tried = set()
    for (method, route), allowed in MATRIX.items():
        body = BODIES.get((method, route), {})
        if M not in (allowed or ()) or not PLACEHOLDER.search(str(body)):
            continue
        tried.add(route)
        path = PARAMETER.sub(lambda match: str(own[match["name"]]), route)
        head = {"If-Match": "*"}
        response = manager.generic(
            method,
            f"/api/v1/{path}",
            data=json.dumps(filled(body, rows)),
            content_type="application/json",
            headers=head,
        )
        if route == "leases/renew/":
            assert response.json() == {"count": 0}
        elif route == "tasks/<int:task_id>/review/":
            assert response.status_code == 409, "the annotation is not the task's"
        else:
            assert response.status_code == 404, (method, route, response.content)
    assert len(tried) > 8


def rows_of(client: Client, route: str) -> Any:
    cache.clear()
    answer = client.get(f"/api/v1/{route}")
    if answer.status_code != 200:
        return answer.status_code
    return [row for row in answer.json()["results"] if not str(row.get("kind", "")).startswith(APPLICATION_JOBS)]


@pytest.mark.parametrize("role", NON_MEMBERS)
def test_lists_show_nothing_of_a_closed_project(role, people, their_rows):
    client = people.client(role, "theirs")
    lists = [route for route in list_routes() if route not in LISTS_OUTSIDE_PROJECTS]
    before = {route: rows_of(client, route) for route in lists}
    rows = closed(their_rows)
    rejected = AnnotationFactory(task=rows.row(TaskFactory), user=people.members["theirs", role].user)
    ReviewFactory(annotation=rejected, verdict="rejected")
    Task.objects.filter(pk=rejected.task_id).update(state="open", assignee=rejected.user)
    assert {route: rows_of(client, route) for route in lists} == before


def test_built_in_roles_reach_what_is_written_here():
    reach = dict(Role.objects.filter(organization=None).values_list("key", "reach"))
    assert {key for key, of in reach.items() if of == Reach.ALL} == {X}
    assert {key for key, of in reach.items() if of == Reach.GIVEN} == {"customer"}


def id_parameters(route: str) -> dict[str, str]:
    """Query parameters of a GET that name a row, and the route parameter whose row that is."""
    names = {"a": "version_id", "b": "version_id", "first": "annotation_id", "second": "annotation_id"}
    path = PARAMETER.sub(r"{\g<name>}", route)
    return {name: names.get(name, name) for name in query_parameters(path) if names.get(name, name) in ROUTE_PARAMETERS}


def test_ids_of_a_closed_project_in_queries_find_nothing(people, their_rows):
    """Asked of lists, and of rows of a project that the caller does reach."""
    admin, manager = people.members["theirs", "admin"], people.client(M, "theirs")
    rows, own = closed(their_rows), RouteRows(admin)
    own.make_all()
    tried = []
    for (method, route), allowed in MATRIX.items():
        if method != "GET" or M not in (allowed or ()):
            continue
        path = PARAMETER.sub(lambda match: str(own[match["name"]]), route)
        for name, parameter in id_parameters(route).items():
            of_no_project = parameter in OUTSIDE_PROJECTS or parameter in ("user_id", "name", "variant")
            if of_no_project or isinstance(ROUTE_PARAMETERS[parameter], int | str):
                continue
            others = {key: own[value] for key, value in id_parameters(route).items() if key in ("a", "b")}
            cache.clear()
            answer = manager.get(f"/api/v1/{path}", others | {name: rows[parameter]})
            tried.append((route, name))
            body = answer.json()
            found = body.get("results", body.get("count"))
            assert answer.status_code in (400, 404, 409) or not found, (route, name, answer.content[:300])
    assert len(tried) > 10
