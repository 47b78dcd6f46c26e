"""Who asks, in which state: every operation of the OpenAPI document, of sign-in and of MLflow's door.

`tests/test_permissions.py` says which role may do what; here each operation is tried by callers whose token or session
is of no use any more, or not yet: whatever the role, nothing answers them.
"""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from plateau.identity.auth_flows_api import AUTH_FLOWS
from plateau.identity.models import ApiToken, MemberSession, Membership, Organization
from plateau.identity.services import create_token
from registry.mlflow_proxy import proxy, routes
from registry.mlflow_proxy.tests.test_proxy import call as through_gate
from tests.api_document import OPENAPI
from tests.test_permissions import MATRIX

ROLES = ("customer", "annotator", "reviewer", "manager", "scientist", "admin")
# Open to everybody, signed in or not.
PUBLIC = {route for (_, route), roles in MATRIX.items() if roles is None} | {"schema/"}
# What a person may do about themselves, while scopes are kept back for want of a second factor.
SELF = {
    "me/", "me/organization/", "me/invitations/accept/", "sessions/", "sessions/{session_id}/", "tokens/",
    "tokens/{token_id}/",
}  # fmt: skip
OPERATIONS = sorted(
    (method.upper(), path.removeprefix("/api/v1/"))
    for path, methods in OPENAPI["paths"].items()
    for method in methods
    if method in ("get", "post", "put", "patch", "delete")
)
CLOSED = [(method, path) for method, path in OPERATIONS if path not in PUBLIC]


def plain(route: str) -> str:
    return re.sub(r"<\w+:(\w+)>", r"{\1}", route)


def test_the_document_and_the_matrix_name_the_same_operations():
    assert {(method, path) for method, path in OPERATIONS if path != "schema/"} == {
        (method, plain(route)) for method, route in MATRIX
    }


def ask(client: Client, method: str, path: str, **extra: str) -> tuple[int, str]:
    address = re.sub(r"\{\w+\}", "1", path)
    response = client.generic(method, f"/api/v1/{address}", data="{}", content_type="application/json", **extra)
    return response.status_code, response.json()["code"] if response[
        "Content-Type"
    ] == "application/problem+json" else ""


def unexpected_answers(
    clients: dict[str, Client], expected: tuple[int, str], only: list[tuple[str, str]], **extra: str
) -> list:
    unexpected = []
    for role, client in clients.items():
        for method, path in only:
            response = ask(client, method, path, **extra)
            if response != expected:
                unexpected.append((role, method, path, response))
    return unexpected


def tokens(people) -> dict[str, Client]:
    return {role: people.client(role) for role in ROLES}


def sessions(people) -> dict[str, Client]:
    clients = {}
    for role in ROLES:
        clients[role] = Client()
        clients[role].force_login(people.members["ours", role].user)
    return clients


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["expired", "revoked", "closed", "person closed", "made up"])
def test_a_token_that_is_of_no_use_any_more_opens_nothing(people, state):
    clients = tokens(people)
    if state == "expired":
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif state == "revoked":
        ApiToken.objects.update(revoked_at=timezone.now())
    elif state == "closed":
        Membership.objects.update(is_active=False)
    elif state == "person closed":
        for member in people.members.values():
            member.user.is_active = False
            member.user.save()
    else:
        clients = {"nobody": Client(headers={"Authorization": "Bearer plt_" + "x" * 43})}
    assert unexpected_answers(clients, (401, "invalid_token"), CLOSED) == []


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["expired", "idle", "closed", "new password"])
def test_a_session_that_is_over_opens_nothing(people, state):
    clients = sessions(people)
    if state == "expired":
        MemberSession.objects.update(expire_date=timezone.now() - timedelta(hours=1))
    elif state == "idle":
        MemberSession.objects.update(last_seen_at=timezone.now() - timedelta(days=8))
    elif state == "closed":
        Membership.objects.update(is_active=False)
    else:
        MemberSession.objects.update(auth_hash="0" * 64)
    assert unexpected_answers(clients, (401, "not_signed_in"), CLOSED) == []
    for role, client in clients.items():
        for address, _, methods in AUTH_FLOWS:
            if "factors" in address or "again" in address or address == "password":
                for method in methods:
                    response = client.generic(
                        method, f"/api/auth/{address}", data="{}", content_type="application/json"
                    )
                    assert response.status_code == 401, (role, method, address)


@pytest.mark.django_db
def test_from_outside_the_allowed_networks_nothing_opens(people):
    everybody = tokens(people) | {f"{role} by session": client for role, client in sessions(people).items()}
    Organization.objects.update(ip_allowlist=["10.0.0.0/8"])
    assert unexpected_answers(everybody, (403, "address_not_allowed"), CLOSED, REMOTE_ADDR="203.0.113.9") == []


@pytest.mark.django_db
def test_without_the_second_factor_that_is_asked_for_a_session_reaches_only_itself(people):
    Organization.objects.update(require_second_factor=True)
    only = [(method, path) for method, path in CLOSED if path not in SELF]
    assert unexpected_answers(sessions(people), (403, "missing_scope"), only) == []


@pytest.mark.django_db
def test_a_token_with_no_scope_but_self_reaches_only_its_owner(people):
    clients = {}
    for role in ROLES:
        secret = create_token(actor=people.actor(role), name="x", scopes=["self"])[1]
        clients[role] = Client(headers={"Authorization": f"Bearer {secret}"})
    only = [(method, path) for method, path in CLOSED if path not in SELF]
    assert unexpected_answers(clients, (403, "missing_scope"), only) == []


@pytest.mark.django_db
def test_the_steps_of_signing_in_tell_nobody_anything(people):
    """Every address of sign-in by every method: nothing but a challenge is answered to nobody."""
    for address, _, methods in AUTH_FLOWS:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            response = Client().generic(method, f"/api/auth/{address}", data="{}", content_type="application/json")
            if method not in methods:
                assert response.status_code in (401, 405), (method, address)
            elif (method, address) == ("GET", "passkey"):
                assert response.status_code == 200  # a challenge, the same for everybody
            elif (method, address) == ("POST", "passkey"):
                assert response.status_code == 400
            else:
                assert response.status_code == 401, (method, address)


# --- MLflow's door ---------------------------------------------------------------------------------------------------


def proxied_calls() -> list[tuple[str, str, str]]:
    """(method, path, scope) of each of MLflow's own rules that is open."""
    from mlflow.server import app

    calls = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "1", rule.rule)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            opened = routes.find_route(method, path)
            if opened is not None:
                calls.append((method, f"/mlflow{path}", opened.scope))
    return calls


@pytest.mark.django_db
def test_each_open_route_of_mlflow_asks_for_its_scope(people, make_project, mlflow_tables):
    make_project()
    opened = proxied_calls()
    assert len(opened) > 50
    for role in ROLES:
        token = people.token(role)
        scopes = people.actor(role).scopes
        for method, path, scope in opened:
            response = through_gate(method, path, token, {})
            refused = isinstance(response, tuple) and response[0] == 403
            if scope not in scopes:
                assert refused, (role, method, path, response)
            elif "mlflow-artifacts" not in path:  # there the path leads into no run of the caller's
                assert not refused, (role, method, path, response)


@pytest.mark.django_db
def test_mlflows_door_is_shut_for_tokens_that_are_of_no_use(people, make_project):
    make_project()
    secrets = {role: people.token(role) for role in ROLES}
    for change, expected in (
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, 401),
        ({"expires_at": None, "revoked_at": timezone.now()}, 401),
    ):
        ApiToken.objects.update(**change)
        for role, token in secrets.items():
            for method, path, _ in proxied_calls():
                assert through_gate(method, path, token, {})[0] == expected, (role, method, path)
    ApiToken.objects.update(revoked_at=None)
    Organization.objects.update(ip_allowlist=["10.0.0.0/8"])
    for role, token in secrets.items():
        for method, path, _ in proxied_calls():
            assert through_gate(method, path, token, {}, REMOTE_ADDR="203.0.113.9")[0] == 403, (role, method, path)


@pytest.mark.django_db
def test_another_organizations_project_is_404_at_every_door(people, make_project):
    make_project()
    foreign = make_project(organization="theirs")
    token = people.token("admin")
    for method, path, _ in proxied_calls():
        named = path.replace("/mlflow/", f"/mlflow/project-{foreign.pk}/", 1)
        assert through_gate(method, named, token, {}) == (404, "RESOURCE_DOES_NOT_EXIST"), (method, path)
    assert proxy.MOUNT == "/mlflow"
