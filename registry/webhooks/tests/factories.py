"""Webhooks, and messages on their way to them."""

import factory
from factory.django import DjangoModelFactory

from annotation.projects.tests.factories import ProjectFactory
from plateau.identity.tests.factories import OrganizationFactory
from plateau.secrets.encryption import encrypt
from registry.webhooks.models import Delivery, Webhook


class WebhookFactory(DjangoModelFactory):
    class Meta:
        model = Webhook

    organization = factory.SubFactory(OrganizationFactory)
    url = "https://receiver.example/"
    events = factory.LazyFunction(lambda: ["alias.moved"])
    secret = factory.LazyFunction(lambda: encrypt("whsec_AA=="))


class DeliveryFactory(DjangoModelFactory):
    class Meta:
        model = Delivery

    project = factory.SubFactory(ProjectFactory)
    webhook = factory.SubFactory(WebhookFactory, organization=factory.SelfAttribute("..project.organization"))
    event = "alias.moved"
    payload = factory.LazyFunction(dict)
