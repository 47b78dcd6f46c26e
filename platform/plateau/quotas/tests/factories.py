"""Rows of quotas."""

from factory.declarations import Sequence, SubFactory
from factory.django import DjangoModelFactory

from plateau.identity.tests.factories import OrganizationFactory
from plateau.quotas.models import OrganizationQuota, QuotaKind, StorageUsage, StoredFile


class OrganizationQuotaFactory(DjangoModelFactory):
    """A limit of items."""

    class Meta:
        model = OrganizationQuota

    organization = SubFactory(OrganizationFactory)
    kind = QuotaKind.ITEMS
    limit = 1000


class StorageUsageFactory(DjangoModelFactory):
    """Of an organization that has stored nothing."""

    class Meta:
        model = StorageUsage

    organization = SubFactory(OrganizationFactory)


class StoredFileFactory(DjangoModelFactory):
    """A file of one kilobyte."""

    class Meta:
        model = StoredFile

    key = Sequence("files/{}".format)
    organization = SubFactory(OrganizationFactory)
    size = 1000
