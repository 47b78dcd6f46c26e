"""Jobs as rows: nothing is handed to a queue."""

import factory
from factory.django import DjangoModelFactory

from plateau.identity.tests.factories import OrganizationFactory
from plateau.jobs.models import Job


class JobFactory(DjangoModelFactory):
    """A queued job of no registered kind."""

    class Meta:
        model = Job

    organization = factory.SubFactory(OrganizationFactory)
    project_id = None
    kind = "test"
    queue = "cpu"


def project_job(kind: str, project: str = "project") -> factory.SubFactory:
    """Declare a job in the project that the attribute `project` of the declaring factory leads to, dotted."""
    return factory.SubFactory(
        JobFactory,
        kind=kind,
        organization=factory.SelfAttribute(f"..{project}.organization"),
        project_id=factory.SelfAttribute(f"..{project}.pk"),
    )
