"""Who may call what. Every method of every endpoint has a row here; a route without one fails."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from annotation.labeling.models import Task
from annotation.labeling.tests.factories import AnnotationFactory, TaskFactory
from annotation.quality.tests.factories import ReviewFactory
from plateau.access.endpoint import Endpoint
from plateau.audit.tests.factories import DataAccessFactory
from plateau.datalake.tests.factories import DatasetFactory, ErasureFactory
from tests.api_document import query_parameters
from tests.applications import of_applications
from tests.roles import ALL, EVERYONE, GRANTED, REVIEWING, SEEING, STAFF, M, S, X
from tests.route_parameters import RouteRows

PARAMETER = re.compile(r"<\w+:(?P<name>\w+)>")
# (method, route): the roles that may; None: open to all, signed in or not.
MATRIX: dict[tuple[str, str], set[str] | None] = {
    ("GET", "session/"): None,
    ("POST", "session/"): None,
    ("DELETE", "session/"): None,
    ("POST", "password-reset/"): None,
    ("POST", "password-reset/confirm/"): None,
    ("POST", "session/sso/"): None,
    ("GET", "sessions/"): ALL,
    ("DELETE", "sessions/"): ALL,
    ("DELETE", "sessions/<str:session_id>/"): ALL,
    ("GET", "me/"): ALL,
    ("PATCH", "me/"): ALL,
    ("POST", "me/organization/"): ALL,
    ("POST", "me/invitations/accept/"): ALL,
    ("GET", "roles/"): STAFF,
    ("GET", "members/"): STAFF,
    ("POST", "members/"): {X},
    ("PATCH", "members/<int:member_id>/"): {X},
    ("POST", "members/<int:member_id>/invitation/"): {X},
    ("POST", "members/<int:member_id>/erase/"): {X},
    ("DELETE", "members/<int:member_id>/factors/"): {X},
    ("DELETE", "members/<int:member_id>/sessions/"): {X},
    ("DELETE", "members/<int:member_id>/tokens/"): {X},
    ("GET", "organization/tokens/"): {X},
    ("DELETE", "organization/tokens/<int:token_id>/"): {X},
    ("GET", "organization/usage/"): {X},
    ("GET", "organization/security/"): {X},
    ("PUT", "organization/security/"): {X},
    ("PUT", "organization/single-sign-on/"): {X},
    ("DELETE", "organization/single-sign-on/"): {X},
    ("GET", "tokens/"): ALL,
    ("POST", "tokens/"): ALL,
    ("DELETE", "tokens/<int:token_id>/"): ALL,
    ("GET", "audit-log/"): {X},
    ("GET", "audit-log/check/"): {X},
    ("GET", "audit-log/export/"): {X},
    ("GET", "audit-log/export/csv/"): {X},
    ("GET", "audit-log/accesses/by-user/"): {X},
    ("GET", "audit-log/accesses/"): {X},
    ("GET", "notifications/"): ALL,
    ("GET", "notifications/unread-count/"): ALL,
    ("POST", "notifications/read/"): ALL,
    ("GET", "notifications/settings/"): ALL,
    ("PUT", "notifications/settings/"): ALL,
    ("PATCH", "notifications/<int:notification_id>/"): ALL,
    ("GET", "jobs/"): SEEING,
    ("GET", "jobs/<int:job_id>/"): SEEING,
    ("GET", "jobs/<int:job_id>/output/"): SEEING,
    ("POST", "jobs/<int:job_id>/cancel/"): STAFF,
    ("POST", "jobs/<int:job_id>/requeue/"): STAFF,
    ("POST", "jobs/<int:job_id>/restart/"): STAFF,
    ("PUT", "jobs/<int:job_id>/priority/"): STAFF,
    ("GET", "datasets/"): REVIEWING,
    ("POST", "datasets/"): STAFF,
    ("GET", "datasets/<int:dataset_id>/"): REVIEWING,
    ("PATCH", "datasets/<int:dataset_id>/"): STAFF,
    ("DELETE", "datasets/<int:dataset_id>/"): {"admin"},
    ("POST", "datasets/<int:dataset_id>/restore/"): {"admin"},
    ("POST", "datasets/<int:dataset_id>/erasures/"): {"admin"},
    ("POST", "datasets/<int:dataset_id>/erasures/preview/"): {"admin"},
    ("GET", "erasures/"): {"admin"},
    ("GET", "datasets/<int:dataset_id>/items/"): REVIEWING,
    ("GET", "datasets/<int:dataset_id>/items/facets/"): REVIEWING,
    ("GET", "datasets/<int:dataset_id>/uploads/"): REVIEWING,
    ("POST", "datasets/<int:dataset_id>/uploads/"): STAFF,
    ("GET", "uploads/<int:batch_id>/"): REVIEWING,
    ("POST", "uploads/<int:batch_id>/files/"): STAFF,
    ("POST", "uploads/<int:batch_id>/multipart-files/"): STAFF,
    ("POST", "multipart-files/<int:multipart_file_id>/presign/"): STAFF,
    ("POST", "multipart-files/<int:multipart_file_id>/complete/"): STAFF,
    ("POST", "uploads/<int:batch_id>/start/"): STAFF,
    ("GET", "assets/<int:asset_id>/content/"): ALL,
    ("GET", "assets/<int:asset_id>/thumbnail/"): ALL,
    ("GET", "assets/<int:asset_id>/tiles/overview/"): ALL,
    ("GET", "assets/<int:asset_id>/tiles/<int:level>/<int:column>/<int:row>/"): ALL,
    ("GET", "items/<int:item_id>/content/"): ALL,
    ("GET", "project-types/"): ALL,
    ("GET", "samples/"): ALL,
    ("POST", "samples/"): STAFF,
    ("POST", "projects/<int:project_id>/guideline-pictures/"): {M, X},
    ("GET", "projects/<int:project_id>/guideline-pictures/<int:picture_id>/"): ALL,
    ("GET", "projects/"): ALL,
    ("POST", "projects/"): {M, X},
    ("GET", "projects/<int:project_id>/"): ALL,
    ("PATCH", "projects/<int:project_id>/"): {M, X},
    ("POST", "projects/<int:project_id>/datasets/"): {M, X},
    ("DELETE", "projects/<int:project_id>/datasets/<int:dataset_id>/"): {M, X},
    ("POST", "projects/<int:project_id>/archive/"): {M, X},
    ("POST", "projects/<int:project_id>/restore/"): {M, X},
    ("PUT", "projects/<int:project_id>/label-schema/"): {M, X},
    ("POST", "projects/<int:project_id>/tasks/import/"): STAFF,
    ("POST", "projects/<int:project_id>/queue/next/"): EVERYONE,
    ("POST", "projects/<int:project_id>/queue/release/"): EVERYONE,
    ("POST", "projects/<int:project_id>/queue/reopen/"): {M, X},
    ("POST", "projects/<int:project_id>/queue/reorder/"): {M, X},
    ("GET", "projects/<int:project_id>/members/me/"): EVERYONE,
    ("POST", "leases/renew/"): EVERYONE,
    ("GET", "tasks/<int:task_id>/"): EVERYONE,
    ("POST", "tasks/<int:task_id>/annotations/"): EVERYONE,
    ("POST", "tasks/<int:task_id>/lease/"): EVERYONE,
    ("POST", "tasks/<int:task_id>/skip/"): EVERYONE,
    ("DELETE", "tasks/<int:task_id>/skip/"): EVERYONE,
    ("PUT", "tasks/<int:task_id>/draft/"): EVERYONE,
    ("POST", "projects/<int:project_id>/label-schema/preview/"): {M, X},
    ("PATCH", "projects/<int:project_id>/queue-settings/"): {M, X},
    ("GET", "projects/<int:project_id>/tasks/"): REVIEWING,
    ("GET", "projects/<int:project_id>/tasks/facets/"): REVIEWING,
    ("POST", "projects/<int:project_id>/tasks/bulk/"): {M, X},
    ("GET", "tasks/<int:task_id>/comments/"): EVERYONE,
    ("POST", "tasks/<int:task_id>/comments/"): EVERYONE,
    ("PATCH", "comments/<int:comment_id>/"): EVERYONE,
    ("POST", "projects/<int:project_id>/review/next/"): REVIEWING,
    ("GET", "tasks/<int:task_id>/review/"): REVIEWING,
    ("POST", "tasks/<int:task_id>/review/"): REVIEWING,
    ("GET", "tasks/<int:task_id>/history/"): REVIEWING,
    ("GET", "tasks/<int:task_id>/difference/"): REVIEWING,
    ("GET", "tasks/returned/"): EVERYONE,
    ("PUT", "tasks/<int:task_id>/gold/"): {M, X},
    ("DELETE", "tasks/<int:task_id>/gold/"): {M, X},
    ("GET", "projects/<int:project_id>/gold/"): {M, X},
    ("GET", "projects/<int:project_id>/members/"): STAFF,
    ("PATCH", "projects/<int:project_id>/members/<int:user_id>/"): {M, X},
    ("GET", "projects/<int:project_id>/overview/"): SEEING,
    ("GET", "projects/<int:project_id>/agreement/"): REVIEWING,
    ("POST", "projects/<int:project_id>/consensus/"): {M, X},
    ("GET", "projects/<int:project_id>/label-issues/"): REVIEWING,
    ("POST", "projects/<int:project_id>/label-issues/"): STAFF,
    ("GET", "saved-views/"): ALL,
    ("POST", "saved-views/"): ALL,
    ("PATCH", "saved-views/<int:view_id>/"): ALL,
    ("DELETE", "saved-views/<int:view_id>/"): ALL,
    ("POST", "saved-views/<int:view_id>/default/"): ALL,
    ("DELETE", "saved-views/<int:view_id>/default/"): ALL,
    ("GET", "teams/"): STAFF,
    ("POST", "teams/"): {M, X},
    ("PATCH", "teams/<int:team_id>/"): {M, X},
    ("DELETE", "teams/<int:team_id>/"): {M, X},
    ("GET", "projects/<int:project_id>/formats/"): STAFF,
    ("GET", "projects/<int:project_id>/export/"): STAFF,
    ("POST", "projects/<int:project_id>/labels/import/"): {M, X},
    ("GET", "projects/<int:project_id>/snapshots/"): STAFF,
    ("POST", "projects/<int:project_id>/snapshots/"): STAFF,
    ("GET", "snapshots/<int:snapshot_id>/"): STAFF,
    ("GET", "snapshots/<int:snapshot_id>/manifest/"): STAFF,
    ("GET", "recipes/"): SEEING,
    ("GET", "projects/<int:project_id>/runs/"): SEEING,
    ("POST", "projects/<int:project_id>/runs/"): STAFF,
    ("GET", "runs/<int:run_id>/"): SEEING,
    ("GET", "projects/<int:project_id>/sweeps/"): SEEING,
    ("POST", "projects/<int:project_id>/sweeps/"): STAFF,
    ("GET", "sweeps/<int:sweep_id>/"): SEEING,
    ("POST", "sweeps/<int:sweep_id>/stop/"): STAFF,
    ("GET", "projects/<int:project_id>/learning-curves/"): SEEING,
    ("POST", "projects/<int:project_id>/learning-curves/"): STAFF,
    ("GET", "learning-curves/<int:learning_curve_id>/"): SEEING,
    ("GET", "segmentation-models/"): EVERYONE,
    ("POST", "segmentation-models/"): {S, X},
    ("GET", "segmentation-models/<int:segmentation_model_id>/"): EVERYONE,
    ("DELETE", "segmentation-models/<int:segmentation_model_id>/"): {S, X},
    ("GET", "learning-curves/<int:learning_curve_id>/forecast/"): SEEING,
    ("GET", "projects/<int:project_id>/cost-model/"): SEEING,
    ("PATCH", "projects/<int:project_id>/cost-model/"): STAFF,
    ("GET", "projects/<int:project_id>/forecast-backtests/"): SEEING,
    ("GET", "projects/<int:project_id>/learning-curve-schedule/"): ALL,
    ("PUT", "projects/<int:project_id>/learning-curve-schedule/"): STAFF,
    ("GET", "projects/<int:project_id>/ablations/"): SEEING,
    ("POST", "projects/<int:project_id>/ablations/"): STAFF,
    ("GET", "projects/<int:project_id>/active-learning-simulations/"): SEEING,
    ("POST", "projects/<int:project_id>/active-learning-simulations/"): STAFF,
    ("GET", "forecasts/"): SEEING,
    ("GET", "projects/<int:project_id>/pre-annotation-effect/"): SEEING,
    ("POST", "forecasts/"): SEEING,
    ("GET", "contracts/"): SEEING,
    ("POST", "contracts/sample-size/"): SEEING,
    ("POST", "projects/<int:project_id>/contracts/"): STAFF,
    ("GET", "projects/<int:project_id>/contract-signers/"): STAFF,
    ("GET", "contracts/<int:contract_id>/"): SEEING,
    ("PUT", "contracts/<int:contract_id>/"): STAFF,
    ("POST", "contracts/<int:contract_id>/sign/"): SEEING,
    ("POST", "contracts/<int:contract_id>/withdraw/"): STAFF,
    ("POST", "contracts/<int:contract_id>/evaluations/"): STAFF,
    ("GET", "contracts/<int:contract_id>/report/"): SEEING,
    ("GET", "evaluations/<int:evaluation_id>/item-results/"): SEEING,
    ("GET", "metrics/"): SEEING,
    ("GET", "models/"): SEEING,
    ("GET", "model-versions/compare/"): SEEING,
    ("POST", "models/<int:model_id>/aliases/<str:alias>/rollback/"): {S, X},
    ("GET", "model-versions/"): SEEING,
    ("GET", "model-versions/<int:version_id>/"): SEEING,
    ("PATCH", "model-versions/<int:version_id>/"): {S, X},
    ("DELETE", "model-versions/<int:version_id>/"): {S, X},
    ("POST", "model-versions/<int:version_id>/archive/"): {S, X},
    ("POST", "model-versions/<int:version_id>/restore/"): {S, X},
    ("POST", "model-versions/<int:version_id>/aliases/"): {S, X},
    ("DELETE", "model-versions/<int:version_id>/aliases/<str:alias>/"): {S, X},
    ("GET", "model-versions/<int:version_id>/errors/"): SEEING,
    ("POST", "model-versions/<int:version_id>/evaluate/"): STAFF,
    ("POST", "model-versions/<int:version_id>/predictions/"): {S, X},
    ("GET", "model-versions/<int:version_id>/lineage/"): SEEING,
    ("GET", "model-versions/<int:version_id>/labels/"): STAFF,
    ("GET", "model-versions/<int:version_id>/batch-predictions/"): SEEING,
    ("POST", "model-versions/<int:version_id>/batch-predictions/"): {S, X},
    ("GET", "model-versions/<int:version_id>/exports/"): SEEING,
    ("POST", "model-versions/<int:version_id>/exports/"): STAFF,
    ("GET", "model-versions/<int:version_id>/exports/<str:variant>/"): SEEING,
    ("GET", "model-versions/<int:version_id>/exports/<str:variant>/model.onnx"): SEEING,
    ("GET", "model-versions/<int:version_id>/exports/<str:variant>/folder.zip"): SEEING,
    ("GET", "batch-predictions/<int:batch_prediction_id>/result/"): SEEING,
    ("GET", "items/<int:item_id>/models/"): SEEING,
    ("GET", "annotations/<int:annotation_id>/models/"): SEEING,
    ("GET", "projects/<int:project_id>/model-policy/"): SEEING,
    ("PUT", "projects/<int:project_id>/model-policy/"): {M, X},
    ("GET", "experiments/"): SEEING,
    ("GET", "tracked-runs/"): SEEING,
    ("GET", "tracked-runs/<str:tracked_run_id>/"): SEEING,
    ("GET", "tracked-runs/<str:tracked_run_id>/curves/"): SEEING,
    ("PUT", "tracked-runs/<str:tracked_run_id>/note/"): {S, X},
    ("GET", "tracked-runs/<str:tracked_run_id>/artifacts/"): SEEING,
    ("GET", "tracked-runs/<str:tracked_run_id>/artifacts/content/"): SEEING,
    ("GET", "deployments/"): SEEING,
    ("POST", "deployments/"): {S, X},
    ("GET", "deployments/<str:name>/"): SEEING,
    ("PATCH", "deployments/<str:name>/"): {S, X},
    ("DELETE", "deployments/<str:name>/"): {S, X},
    ("POST", "deployments/<str:name>/restore/"): {S, X},
    ("POST", "deployments/<str:name>/predict/"): SEEING,
    ("GET", "webhooks/"): {M, X},
    ("POST", "webhooks/"): {M, X},
    ("GET", "webhooks/events/"): {M, X},
    ("PATCH", "webhooks/<int:webhook_id>/"): {M, X},
    ("POST", "webhooks/<int:webhook_id>/test/"): {M, X},
    ("POST", "webhook-deliveries/<int:delivery_id>/redeliver/"): {M, X},
    ("DELETE", "webhooks/<int:webhook_id>/"): {M, X},
    ("POST", "webhooks/<int:webhook_id>/restore/"): {M, X},
    ("GET", "webhooks/<int:webhook_id>/deliveries/"): {M, X},
}
LABELS = [{"id": "apple", "name": "A", "color": "#123456"}]
# `<name>` in a body stands for the row of the route parameter of that name.
BODIES: dict[tuple[str, str], dict[str, object]] = {
    ("POST", "password-reset/"): {"email": "nobody@ours.example"},
    ("PUT", "notifications/settings/"): {"kinds": []},
    ("PATCH", "notifications/<int:notification_id>/"): {"is_read": True},
    ("PATCH", "projects/<int:project_id>/"): {"target": 0.8},
    ("POST", "projects/<int:project_id>/label-schema/preview/"): {"labels": LABELS},
    ("POST", "projects/<int:project_id>/tasks/bulk/"): {"action": "reopen", "state": "skipped"},
    ("POST", "tasks/<int:task_id>/comments/"): {"text": "hm"},
    ("PATCH", "comments/<int:comment_id>/"): {"is_resolved": True},
    ("POST", "tasks/<int:task_id>/review/"): {"annotation_id": "<annotation_id>", "verdict": "accepted"},
    ("PUT", "tasks/<int:task_id>/gold/"): {"value": {"label": "apple"}},
    ("PATCH", "teams/<int:team_id>/"): {"name": "Day"},
    ("POST", "projects/"): {"name": "New", "kind": "classification", "dataset_id": "<dataset_id>", "labels": LABELS},
    ("POST", "teams/"): {"name": "Day", "members": []},
    ("POST", "saved-views/"): {"list_key": "jobs", "name": "Failed"},
    ("PATCH", "saved-views/<int:view_id>/"): {"name": "Failed jobs"},
    ("POST", "leases/renew/"): {"task_ids": ["<task_id>"]},
    ("POST", "tasks/<int:task_id>/annotations/"): {"value": {"label": "apple"}},
    ("POST", "tasks/<int:task_id>/skip/"): {"reason": "x"},
    ("PUT", "tasks/<int:task_id>/draft/"): {"value": {}, "revision": 1},
    ("PUT", "projects/<int:project_id>/label-schema/"): {"labels": LABELS},
    ("POST", "projects/<int:project_id>/runs/"): {"snapshot_id": "<snapshot_id>", "recipe": "image_probe"},
    ("POST", "projects/<int:project_id>/learning-curves/"): {"snapshot_id": "<snapshot_id>", "recipe": "image_probe"},
    ("POST", "projects/<int:project_id>/sweeps/"): {
        "snapshot_id": "<snapshot_id>",
        "recipe": "image_probe",
        "trial_count": 2,
    },
}


for application in of_applications():
    MATRIX |= application.PERMISSIONS
    BODIES |= application.BODIES

PLACEHOLDER = re.compile(r"<(?P<name>\w+)>")
TERMS = {"target": 0.9, "expected": 0.95}
POINTS = [{"n": 10, "score": 0.5}, {"n": 20, "score": 0.6}, {"n": 40, "score": 0.7}]
BODIES |= {
    ("PUT", "jobs/<int:job_id>/priority/"): {"priority": 1},
    ("PATCH", "datasets/<int:dataset_id>/"): {"note": "n"},
    ("POST", "projects/<int:project_id>/datasets/"): {"dataset_id": "<dataset_id>"},
    ("POST", "uploads/<int:batch_id>/multipart-files/"): {"name": "x.zip", "size": 1},
    ("POST", "multipart-files/<int:multipart_file_id>/presign/"): {"numbers": [1]},
    ("POST", "datasets/<int:dataset_id>/erasures/"): {"item_ids": ["<item_id>"], "reason": "asked"},
    ("POST", "datasets/<int:dataset_id>/erasures/preview/"): {"item_ids": ["<item_id>"]},
    ("PUT", "organization/security/"): {
        "require_second_factor": False,
        "ip_allowlist": [],
        "idle_hours": 12,
        "max_token_days": 365,
    },
    ("PUT", "organization/single-sign-on/"): {"issuer": "http://127.0.0.1:9", "client_id": "x", "secret": "x"},
    ("POST", "me/organization/"): {"organization_id": 1},
    ("POST", "me/invitations/accept/"): {"uid": "MQ", "token": "x"},
    ("POST", "forecasts/"): {"points": POINTS, "target": 0.9},
    ("PUT", "projects/<int:project_id>/learning-curve-schedule/"): {"recipe": "image_probe", "every_labels": 100},
    ("POST", "projects/<int:project_id>/ablations/"): {
        "snapshot_id": "<snapshot_id>",
        "recipe": "image_cnn",
        "parameter": "mixing",
    },
    ("POST", "projects/<int:project_id>/active-learning-simulations/"): {"snapshot_id": "<snapshot_id>"},
    ("POST", "contracts/sample-size/"): {"terms": TERMS},
    ("POST", "projects/<int:project_id>/contracts/"): {
        "title": "Good enough",
        "terms": TERMS,
        "customer_ids": [1],
        "maker_ids": [2],
    },
    ("PUT", "contracts/<int:contract_id>/"): {
        "title": "Good enough",
        "terms": TERMS,
        "customer_ids": [1],
        "maker_ids": [2],
    },
    ("POST", "contracts/<int:contract_id>/sign/"): {"party": "customer", "terms_hash": "0" * 64},
    ("POST", "contracts/<int:contract_id>/withdraw/"): {"reason": "another one"},
    ("POST", "contracts/<int:contract_id>/evaluations/"): {"model_version_id": "<version_id>"},
    ("PATCH", "model-versions/<int:version_id>/"): {"description": "n"},
    ("POST", "model-versions/<int:version_id>/aliases/"): {"alias": "x"},
    ("POST", "model-versions/<int:version_id>/batch-predictions/"): {"dataset_id": "<dataset_id>"},
    ("PUT", "projects/<int:project_id>/model-policy/"): {"protected_aliases": ["production"], "quota_bytes": 2**30},
    ("PUT", "tracked-runs/<str:tracked_run_id>/note/"): {"text": "n"},
    ("POST", "deployments/"): {"name": "new", "version_id": "<version_id>"},
    ("PATCH", "deployments/<str:name>/"): {"sample_fraction": 0.1},
    ("PATCH", "webhooks/<int:webhook_id>/"): {"events": ["alias.moved"]},
    ("POST", "webhooks/"): {"url": "http://127.0.0.1/x", "events": ["alias.moved"]},
}


BODIES_BY_PATH = {(method, PARAMETER.sub(r"{\g<name>}", route)): body for (method, route), body in BODIES.items()}


def endpoints(patterns: list, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Route and pattern of every endpoint of ours."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from endpoints(pattern.url_patterns, prefix + str(pattern.pattern))
        elif issubclass(getattr(pattern.callback, "view_class", object), Endpoint):
            yield (prefix + str(pattern.pattern)).removeprefix("api/v1/"), pattern


def routes() -> list[tuple[str, str]]:
    """Every method of every endpoint below /api/v1/."""
    return [
        (method, route)
        for route, pattern in endpoints(get_resolver().url_patterns)
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if hasattr(pattern.callback.view_class, method.lower())
    ]


def filled(value: Any, rows: RouteRows) -> Any:
    """A body with rows for its placeholders."""
    if isinstance(value, dict):
        return {key: filled(part, rows) for key, part in value.items()}
    if isinstance(value, list):
        return [filled(part, rows) for part in value]
    match = PLACEHOLDER.fullmatch(value) if isinstance(value, str) else None
    return rows[match["name"]] if match else value


def call(client: Client, method: str, route: str, rows: RouteRows):
    path = PARAMETER.sub(lambda match: str(rows[match["name"]]), route)
    body = filled(BODIES.get((method, route), {}), rows)
    head = {"If-Match": "*"} if method in ("PUT", "PATCH") else {}
    return client.generic(
        method, f"/api/v1/{path}", data=json.dumps(body), content_type="application/json", headers=head
    )


def test_every_endpoint_has_a_name_of_its_own():
    names = [pattern.name for _, pattern in endpoints(get_resolver().url_patterns)]
    assert None not in names
    assert sorted(set(names)) == sorted(names)


def test_every_endpoint_has_a_row():
    assert sorted(routes()) == sorted(MATRIX)


def test_every_endpoint_names_its_scopes():
    for pattern in get_resolver().url_patterns:
        view = getattr(getattr(pattern, "callback", None), "view_class", None)
        if view is not None and issubclass(view, Endpoint):
            methods = {method for method in ("GET", "POST", "PUT", "PATCH", "DELETE") if hasattr(view, method.lower())}
            assert set(view.scopes) == methods, view


@pytest.mark.django_db
def test_built_in_roles_grant_what_is_written_here():
    from plateau.identity.models import Role

    assert {role.key: set(role.granted()) for role in Role.objects.filter(organization=None)} == GRANTED


@pytest.mark.django_db
def test_roles_reach_what_their_row_says_and_nobody_else_does(people, their_rows, mlflow_tables):
    their_rows.make_all()
    wrong = []
    for role in sorted(ALL):
        client = people.client(role, "theirs")
        for (method, route), allowed in MATRIX.items():
            ends_session = route.startswith("session/") or (method, route) == ("DELETE", "tokens/<int:token_id>/")
            if ends_session or route.startswith("password-reset/"):
                continue
            status = call(client, method, route, their_rows).status_code
            if (status == 403) == (role in (allowed or ALL)) or status in (401, 500):
                wrong.append((role, method, route, status))
    assert wrong == []


@pytest.mark.django_db
def test_nobody_signed_in_gets_nothing(people, their_rows):
    for (method, route), allowed in MATRIX.items():
        if allowed is not None:
            response = call(Client(), method, route, their_rows)
            assert (response.status_code, response.json()["code"]) == (401, "not_signed_in"), (method, route)


# Whoever's row it is, there is nothing of the kind.
NOTHING_TO_SHOW = {
    ("DELETE", "tasks/<int:task_id>/skip/"): "the task was not skipped by the admin",
    ("GET", "assets/<int:asset_id>/tiles/overview/"): "a small picture has no tiles",
    ("GET", "assets/<int:asset_id>/tiles/<int:level>/<int:column>/<int:row>/"): "a small picture has no tiles",
}


@pytest.mark.django_db
def test_another_organizations_row_is_404_on_every_route_with_an_id(people, their_rows, mlflow_tables):
    """And the organization's own admin, to whom the row is shown, is not answered with 404 on the same route."""
    stranger, admin = people.client("admin", "ours"), people.client("admin", "theirs")
    their_rows.make_all()
    missing = set()
    for method, route in MATRIX:
        if PARAMETER.search(route):
            response = call(stranger, method, route, their_rows)
            assert response.status_code == 404, (method, route)
            assert response.json()["code"] == "not_found", (method, route)
            with transaction.atomic():
                if call(admin, method, route, their_rows).status_code == 404:
                    missing.add((method, route))
                transaction.set_rollback(True)
    assert missing == set(NOTHING_TO_SHOW)


def list_routes() -> list[str]:
    """Lists that have no id in their path."""
    routes = [route for method, route in MATRIX if method == "GET" and not PARAMETER.search(route)]
    return [route for route in routes if "cursor" in query_parameters(route)]


@pytest.mark.django_db
def test_lists_show_nothing_of_another_organization(people, their_rows):
    stranger, admin = people.client("admin", "ours"), people.client("admin", "theirs")
    stranger.get("/api/v1/me/")  # the first call notes the token's use
    before = {route: rows_of(stranger, route) for route in list_routes()}
    their_rows.make_all()
    ErasureFactory(dataset=their_rows.row(DatasetFactory))
    user = people.members["theirs", "annotator"].user
    DataAccessFactory(organization=people.organizations["theirs"], user=user, item_id=their_rows["item_id"])
    rejected = AnnotationFactory(task=their_rows.row(TaskFactory), user=people.members["theirs", "admin"].user)
    ReviewFactory(annotation=rejected, verdict="rejected")
    Task.objects.filter(pk=rejected.task_id).update(state="open", assignee=rejected.user)
    without_rows = {route for route in list_routes() if not rows_of(admin, route)}
    assert without_rows == set()
    assert {route: rows_of(stranger, route) for route in list_routes()} == before


def rows_of(client: Client, route: str) -> list[dict]:
    return client.get(f"/api/v1/{route}").json()["results"]
