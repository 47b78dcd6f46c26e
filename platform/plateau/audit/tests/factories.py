"""Rows of the audit log and of the data access log."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from plateau.audit.models import AuditEvent, DataAccess
from plateau.identity.tests.factories import OrganizationFactory, UserFactory


class AuditEventFactory(DjangoModelFactory):
    class Meta:
        model = AuditEvent

    organization = factory.SubFactory(OrganizationFactory)
    action = "test.done"
    subject = "test"
    subject_id = factory.Sequence(str)


class DataAccessFactory(DjangoModelFactory):
    class Meta:
        model = DataAccess

    organization = factory.SubFactory(OrganizationFactory)
    user = factory.SubFactory(UserFactory)
    item_id = factory.Sequence(lambda number: number + 1)
    day = factory.LazyFunction(lambda: timezone.now().date())
