"""Deployments, the processes that serve them, and batch predictions."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from annotation.projects.tests.factories import ProjectFactory
from plateau.jobs.tests.factories import project_job
from registry.deployments.models import BatchPrediction, Deployment, DeploymentStatsHourly, Replica
from registry.model_versions.tests.factories import ModelVersionFactory


class DeploymentFactory(DjangoModelFactory):
    """A deployment of a fixed version."""

    class Meta:
        model = Deployment

    project = factory.SubFactory(ProjectFactory)
    organization = factory.SelfAttribute("project.organization")
    version = factory.SubFactory(ModelVersionFactory, project=factory.SelfAttribute("..project"))
    name = factory.Sequence(lambda number: f"shop-{number}")
    model_name = factory.SelfAttribute("version.name")


class ReplicaFactory(DjangoModelFactory):
    class Meta:
        model = Replica

    deployment = factory.SubFactory(DeploymentFactory)
    version = factory.SelfAttribute("deployment.version")
    process = factory.Sequence(lambda number: f"process-{number}")
    heartbeat_at = factory.LazyFunction(timezone.now)


class DeploymentStatsHourlyFactory(DjangoModelFactory):
    class Meta:
        model = DeploymentStatsHourly

    deployment = factory.SubFactory(DeploymentFactory)
    version = factory.SelfAttribute("deployment.version")
    hour = factory.LazyFunction(lambda: timezone.now().replace(minute=0, second=0, microsecond=0))


class BatchPredictionFactory(DjangoModelFactory):
    class Meta:
        model = BatchPrediction

    project = factory.SubFactory(ProjectFactory)
    version = factory.SubFactory(ModelVersionFactory, project=factory.SelfAttribute("..project"))
    job = project_job("predict")
