"""A provider of sign-ins that hangs: its own organization waits a while, nobody else at all."""

from collections.abc import Iterator

import pytest
from django.test import Client

from plateau.http.outbound_routes import is_outbound_route
from plateau.identity import security
from plateau.identity.models import Organization
from plateau.identity.tests.factories import SingleSignOnFactory
from plateau.identity.tests.test_identity import post
from plateau.network import outbound
from plateau.network.outbound import in_request
from plateau.network.tests import slow
from plateau.network.tests.slow import Slow

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}
ANY_STATE = {"If-Match": "*"}


@pytest.fixture(params=[slow.silent, slow.drip_headers, slow.drip_body], ids=lambda manner: manner.__name__)
def hangs(request, settings, monkeypatch) -> Iterator[Slow]:
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setattr(outbound, "SECONDS_OF_REQUEST", 0.5)
    server = Slow(request.param)
    yield server
    server.stop()


def at(issuer: str, organization: str = "ours") -> None:
    SingleSignOnFactory(organization=Organization.objects.get(name=organization), issuer=issuer)


def body(issuer: str) -> dict[str, str]:
    return {"issuer": issuer, "client_id": "plateau", "secret": "s", "default_role": ""}


def test_a_provider_that_hangs_is_given_up(people, hangs):
    refused = people.client("admin").put(
        "/api/v1/organization/single-sign-on/", body(hangs.url("")), headers=ANY_STATE, **JSON
    )
    assert refused.status_code == 400
    assert "no whole answer within" in refused.json()["detail"]
    at(hangs.url(""))
    away = post(Client(), "session/sso/", {"organization": "ours"})
    assert (away.status_code, away.json()["code"]) == (503, "unavailable")
    assert int(away["Retry-After"]) > 0
    assert hangs.ended.wait(20)


def test_a_card_without_end_is_no_card(people, settings):
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    server = Slow(slow.endless)
    refused = people.client("admin").put(
        "/api/v1/organization/single-sign-on/", body(server.url("")), headers=ANY_STATE, **JSON
    )
    server.stop()
    assert refused.status_code == 400
    assert "more than 1,048,576 bytes" in refused.json()["detail"]


def test_few_requests_of_an_organization_wait_for_its_provider_and_the_others_are_told_when_to_come_back(people):
    at("https://sign-in.ours.example")
    ours = Organization.objects.get(name="ours")
    back = f"/api/auth/sso/{ours.slug}/callback"
    with in_request(ours.pk), in_request(ours.pk):
        answers = [
            post(Client(), "session/sso/", {"organization": ours.slug}),
            people.client("admin").put(
                "/api/v1/organization/single-sign-on/", body("https://x.ours.example"), headers=ANY_STATE, **JSON
            ),
            post(people.client("manager"), "webhooks/", {"url": "https://x.ours.example/", "events": ["alias.moved"]}),
            Client().get(back, {"code": "c", "state": "s"}),
        ]
        assert [response.status_code for response in answers] == [503] * 4
        assert all(
            int(response["Retry-After"]) > 0 and response.json()["code"] == "unavailable" for response in answers
        )
        theirs = people.client("admin", "theirs").put(
            "/api/v1/organization/single-sign-on/", body("http://127.0.0.1:9"), headers=ANY_STATE, **JSON
        )
        assert theirs.status_code == 400  # it was tried
    assert Client().get(back, {"code": "c", "state": "s"}).status_code != 503
    assert security.SingleSignOn.objects.count() == 1


@pytest.mark.parametrize("path", [
    "/api/v1/session/sso/", "/api/v1/organization/single-sign-on/", "/api/v1/webhooks/", "/api/auth/sso/ours/callback",
])  # fmt: skip
def test_requests_that_wait_for_others_addresses_take_turns_of_their_own(path):
    assert is_outbound_route(path)
    assert not is_outbound_route("/api/v1/session/")
    assert not is_outbound_route(f"{path}x")
