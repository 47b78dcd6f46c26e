import base64
import hashlib
import hmac
from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.projects.models import Project
from plateau.network.addresses import Unsafe, check
from plateau.secrets.encryption import decrypt
from registry.webhooks import dispatcher, services
from registry.webhooks.models import Delivery, Webhook
from registry.webhooks.tests.factories import WebhookFactory


def at(*addresses: str):
    return lambda _host, _port: list(addresses)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "0.0.0.0",
        "224.0.0.1",
    ],
)
def test_private_addresses_are_refused_whatever_name_leads_there(address):
    with pytest.raises(Unsafe, match="not a public address"):
        check("https://hooks.example.com/x", resolve=at(address))
    with pytest.raises(Unsafe):  # one bad address of several is enough
        check("https://hooks.example.com/x", resolve=at("93.184.216.34", address))


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "file:///etc/passwd", "https://", "https://u:p@a.example/", "x", "http://[::1"]
)
def test_what_is_no_address_for_a_webhook_is_refused(url):
    with pytest.raises(Unsafe):
        check(url, resolve=at("93.184.216.34"))


def test_the_address_that_was_checked_is_the_one_that_is_connected_to():
    target = check("https://hooks.example.com:8443/a?b=c", resolve=at("93.184.216.34"))
    assert (target.ip, target.port, target.path, target.host) == ("93.184.216.34", 8443, "/a?b=c", "hooks.example.com")
    assert check("http://in.example/", ["10.0.0.0/8"], resolve=at("10.1.2.3")).ip == "10.1.2.3"


def test_a_signature_can_be_checked_by_anybody_with_the_secret():
    secret = "whsec_" + base64.b64encode(b"k" * 32).decode()
    signature = services.sign_body(secret, "msg_1", 1700000000, b"{}")
    wanted = hmac.new(b"k" * 32, b"msg_1.1700000000.{}", hashlib.sha256).digest()
    assert signature == "v1," + base64.b64encode(wanted).decode()


@pytest.mark.django_db
def test_what_nobody_takes_is_tried_again_later_and_given_up_at_last(people, settings, monkeypatch):
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    hook, _ = services.create_webhook(
        actor=people.actor("manager"), url="http://127.0.0.1:9/hook", events=["alias.moved"]
    )
    services.enqueue_deliveries(organization_id=hook.organization_id, event="alias.moved", payload={"model": "m"})
    services.enqueue_deliveries(organization_id=hook.organization_id, event="version.registered", payload={})
    row = Delivery.objects.get()
    assert dispatcher.dispatch_due_deliveries() == 1
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("pending", 1)
    assert row.response
    assert row.next_attempt_at > timezone.now()
    assert dispatcher.dispatch_due_deliveries() == 0
    for _ in range(len(services.RETRY_DELAYS)):
        Delivery.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
        dispatcher.dispatch_due_deliveries()
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("failed", len(services.RETRY_DELAYS) + 1)


@pytest.mark.django_db
def test_a_private_address_is_refused_when_it_is_added_and_again_when_it_is_sent_to(people, settings):
    client = people.client("manager")
    body = {"url": "http://127.0.0.1:9/", "events": ["alias.moved"]}
    response = client.post("/api/v1/webhooks/", body, content_type="application/json")
    assert response.status_code == 400
    assert "not a public address" in response.json()["detail"]
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    created = client.post("/api/v1/webhooks/", body, content_type="application/json").json()
    assert Webhook.objects.get(pk=created["id"]).secret != created["secret"]
    assert decrypt(Webhook.objects.get(pk=created["id"]).secret) == created["secret"]
    assert created["secret"].startswith("whsec_")
    assert client.get("/api/v1/webhooks/").json()["results"][0]["secret"] == ""
    settings.OUTBOUND_NETWORKS = []
    services.enqueue_deliveries(organization_id=Webhook.objects.get().organization_id, event="alias.moved", payload={})
    dispatcher.dispatch_due_deliveries()
    assert "not a public address" in Delivery.objects.get().response


@pytest.mark.django_db
def test_a_webhook_is_told_of_the_projects_that_whoever_gave_its_address_reaches(people, make_project, settings):
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    project = make_project(items=0)
    manager, admin = people.actor("manager"), people.actor("admin")
    of_manager, of_admin = (
        services.create_webhook(actor=actor, url="http://127.0.0.1:9/", events=["alias.moved"])[0]
        for actor in (manager, admin)
    )

    def told():
        Delivery.objects.all().delete()
        event = {"event": "alias.moved", "payload": {"project_id": project.pk}}
        services.enqueue_deliveries(organization_id=project.organization_id, project_id=project.pk, **event)
        return set(Delivery.objects.values_list("webhook", flat=True))

    assert told() == {of_manager.pk, of_admin.pk}
    people.members["ours", "manager"].is_active = False
    people.members["ours", "manager"].save()
    assert told() == {of_manager.pk, of_admin.pk}
    Project.objects.update(is_open_to_everyone=False)
    assert told() == {of_admin.pk}
    people.members["ours", "manager"].is_active = True
    people.members["ours", "manager"].save()
    assert told() == {of_admin.pk}
    client = people.client("manager")
    assert client.get(f"/api/v1/webhooks/{of_admin.pk}/deliveries/").json()["results"] == []
    services.change_webhook(actor=manager, webhook=of_admin, url="http://127.0.0.1:9/mine", events=None)
    assert Delivery.objects.count() == 0
    assert told() == set()


@pytest.mark.django_db
def test_a_deleted_webhook_gets_nothing_until_it_is_restored(people):
    hook = WebhookFactory(organization=people.organizations["ours"], events=["model.registered"])
    client, address = people.client("manager"), f"/api/v1/webhooks/{hook.pk}/"

    def pending() -> int:
        services.enqueue_deliveries(organization_id=hook.organization_id, event="model.registered", payload={})
        return Delivery.objects.filter(webhook=hook, state="pending").count()

    def urls(query: str) -> list[str]:
        return [row["url"] for row in client.get(f"/api/v1/webhooks/{query}").json()["results"]]

    assert pending() == 1
    assert client.post(f"{address}restore/").json()["code"] == "webhook_not_deleted"
    assert client.delete(address).status_code == 204
    assert pending() == 0
    assert (urls(""), urls("?state=deleted")) == ([], [hook.url])
    for method, path in (("post", "test/"), ("get", "deliveries/"), ("delete", "")):
        assert getattr(client, method)(f"{address}{path}").status_code == 404
    assert people.client("manager", "theirs").post(f"{address}restore/").status_code == 404
    assert client.post(f"{address}restore/").json()["deleted_at"] is None
    assert pending() == 1
    Webhook.objects.update(deleted_at=timezone.now() - timedelta(days=30, minutes=1))
    assert (services.purge_deleted(), Webhook.objects.count(), Delivery.objects.count()) == (1, 0, 0)
