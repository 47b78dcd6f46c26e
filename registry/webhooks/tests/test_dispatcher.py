"""Receivers that hang hold neither each other's messages nor those of other organizations, nor a worker's threads."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from plateau.network.tests import slow
from plateau.network.tests.slow import Slow
from registry.webhooks import dispatcher, services
from registry.webhooks.models import Delivery
from registry.webhooks.tasks import wake_dispatcher

LONG = 20


@pytest.fixture
def hears(settings) -> Iterator[tuple[str, threading.Event]]:
    """A receiver that takes what it is sent."""
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    heard = threading.Event()

    class Good(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()
            heard.set()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Good)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", heard
    server.shutdown()
    server.server_close()


@pytest.fixture
def hangs() -> Iterator[Slow]:
    server = Slow(slow.drip_headers)
    yield server
    server.stop()
    dispatcher.DISPATCHER.wait(LONG)


def announce(actor) -> None:
    services.enqueue_deliveries(organization_id=actor.organization_id, event="alias.moved", payload={"model": "m"})


def until(true) -> None:
    end = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_another_organizations_message_goes_through_while_ten_slow_ones_hang(people, hears, hangs, monkeypatch):
    monkeypatch.setattr(services, "_wake_dispatcher", wake_dispatcher)  # as a worker does it, in this process
    monkeypatch.setattr(services, "TIMEOUT_SECONDS", LONG * 10)  # none is over by itself
    url, heard = hears
    for number in range(10):
        services.create_webhook(actor=people.actor("manager"), url=hangs.url(f"/{number}"), events=["alias.moved"])
    services.create_webhook(actor=people.actor("manager", "theirs"), url=url, events=["alias.moved"])
    announce(people.actor("manager"))
    until(lambda: hangs.open == dispatcher.MAX_PER_ORGANIZATION)
    announce(people.actor("manager", "theirs"))
    assert heard.wait(LONG)
    until(lambda: Delivery.objects.filter(state="delivered").count() == 1)
    assert hangs.open == hangs.most_open == dispatcher.MAX_PER_ORGANIZATION
    assert Delivery.objects.filter(state="pending").count() == 10
    wake_dispatcher()  # holds no thread of the worker, however long they hang


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_drips_is_cut_and_its_messages_are_tried_again_later(people, hears, hangs, monkeypatch):
    monkeypatch.setattr(services, "TIMEOUT_SECONDS", 0.5)
    for number in range(4):
        services.create_webhook(actor=people.actor("manager"), url=hangs.url(f"/{number}"), events=["alias.moved"])
    announce(people.actor("manager"))
    assert dispatcher.dispatch_due_deliveries() == 4
    rows = Delivery.objects.all()
    assert {(row.state, row.attempts) for row in rows} == {("pending", 1)}
    assert all("TooSlow" in row.response for row in rows)


@pytest.mark.django_db(transaction=True)
def test_a_message_under_way_is_sent_by_nobody_else_and_its_end_is_written_once(people, hears):
    url, _ = hears
    services.create_webhook(actor=people.actor("manager"), url=url, events=["alias.moved"])
    announce(people.actor("manager"))
    row = services.claim_delivery(excluded_organizations=[])
    assert row is not None
    assert services.claim_delivery(excluded_organizations=[]) is None
    Delivery.objects.update(attempts=2)  # another process took it since
    services.record_attempt(delivery=row, is_delivered=True, response="HTTP 200")
    assert Delivery.objects.get().state == "pending"
    row.attempts = 2
    services.record_attempt(delivery=row, is_delivered=True, response="HTTP 200")
    assert Delivery.objects.get().state == "delivered"


@pytest.mark.django_db(transaction=True)
def test_a_webhook_removed_while_its_message_is_under_way_leaves_nothing(people, hears):
    url, _ = hears
    hook, _ = services.create_webhook(actor=people.actor("manager"), url=url, events=["alias.moved"])
    announce(people.actor("manager"))
    row = services.claim_delivery(excluded_organizations=[])
    assert row is not None
    services.delete_webhook(actor=people.actor("manager"), webhook=hook)
    services.record_attempt(delivery=row, is_delivered=False, response="HTTP 500")
    assert not Delivery.objects.exists()
