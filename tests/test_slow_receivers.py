"""Receivers of webhooks that hang hold no worker: what others wait for is done meanwhile."""

import pytest

from annotation.snapshots.services import create_snapshot
from plateau.jobs.models import Job
from plateau.network.tests import slow
from plateau.network.tests.slow import Slow
from registry.webhooks import dispatcher, services
from registry.webhooks.models import Delivery

pytestmark = [pytest.mark.processes, pytest.mark.timeout(180)]


def test_another_organizations_snapshot_is_frozen_while_ten_receivers_hang(
    people, make_project, answer_all, stack, settings
):
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    server = Slow(slow.drip_headers)
    try:
        ours, theirs = people.actor("manager"), people.actor("manager", "theirs")
        for number in range(10):
            services.create_webhook(actor=ours, url=server.url(f"/{number}"), events=["alias.moved"])
        project = make_project(organization="theirs")
        answer_all(theirs, project)
        stack.worker()
        for _ in range(4):  # each tells the worker, which has three threads
            services.enqueue_deliveries(organization_id=ours.organization_id, event="alias.moved", payload={})
        stack.wait(lambda: server.open == dispatcher.MAX_PER_ORGANIZATION, 30, "messages under way")
        snapshot = create_snapshot(actor=theirs, project=project)
        stack.wait(lambda: Job.objects.get(pk=snapshot.job_id).state == "done", 60, "snapshot")
        assert Delivery.objects.filter(state="pending").count() == 40  # and not one receiver let go
    finally:
        server.stop()
