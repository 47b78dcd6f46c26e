"""What people are told, as rows."""

import factory
from factory.django import DjangoModelFactory

from plateau.identity.tests.factories import OrganizationFactory, UserFactory
from plateau.notifications.models import Email, Notification, NotificationChoice


class NotificationFactory(DjangoModelFactory):
    """An unread notification."""

    class Meta:
        model = Notification

    organization = factory.SubFactory(OrganizationFactory)
    recipient = factory.SubFactory(UserFactory)
    kind = "task.returned"
    link = "/label/1?task=1"
    parameters = factory.LazyFunction(lambda: {"project": "Fruit", "task": 1, "text": "Look closer", "count": 1})


class NotificationChoiceFactory(DjangoModelFactory):
    """Somebody wants e-mails of one kind."""

    class Meta:
        model = NotificationChoice

    user = factory.SubFactory(UserFactory)
    kind = "task.returned"
    in_app = True
    by_email = True


class EmailFactory(DjangoModelFactory):
    """An invitation that waits to be sent."""

    class Meta:
        model = Email

    organization = factory.SubFactory(OrganizationFactory)
    recipient = factory.SubFactory(UserFactory)
    kind = "invitation"
