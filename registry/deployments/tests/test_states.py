"""How a deployment is said to be."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registry.deployments.models import Deployment, Replica
from registry.deployments.reports import deployments_out
from registry.deployments.tests.factories import DeploymentFactory, ReplicaFactory

pytestmark = pytest.mark.django_db


def state_of(deployment: Deployment) -> str:
    return deployments_out([Deployment.objects.get(pk=deployment.pk)])[0].state


def test_a_new_deployment_starts_and_only_later_lacks_a_serving_process():
    deployment = DeploymentFactory()
    assert state_of(deployment) == "starting"
    Deployment.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    assert state_of(deployment) == "unavailable"


def test_a_new_deployment_whose_serving_process_fell_silent_lacks_it():
    deployment = DeploymentFactory()
    replica = ReplicaFactory(deployment=deployment, version=deployment.version)
    Replica.objects.filter(pk=replica.pk).update(heartbeat_at=timezone.now())
    assert state_of(deployment) == "serving"
    Replica.objects.filter(pk=replica.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=20))
    assert state_of(deployment) == "unavailable"
