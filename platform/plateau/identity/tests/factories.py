"""Organizations, their members, and what these sign in with."""

from datetime import timedelta
from functools import cache
from importlib import import_module

import factory
from django.apps import apps
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone
from factory.django import DjangoModelFactory

from plateau.access.scopes import Scope
from plateau.identity.models import ApiToken, MemberSession, Membership, Organization, Role, SingleSignOn, User
from plateau.secrets.encryption import encrypt

PASSWORD = "correct horse battery"


class QuickHasher(PBKDF2PasswordHasher):
    """The product's hash in one round, which every process can check."""

    iterations = 1


@cache
def hashed_password() -> str:
    """The hash of `PASSWORD`."""
    return QuickHasher().encode(PASSWORD, salt="salt-of-the-tests")


def restore_built_in_roles() -> None:
    """Make the roles of a migration again where a test with real transactions emptied the table."""
    if not Role.objects.filter(organization=None).exists():
        import_module("plateau.identity.migrations.0010_built_in_roles").create_roles(apps, None)
        import_module("plateau.identity.migrations.0014_reach_of_roles").set_reach(apps, None)


def built_in_role(key: str) -> Role:
    """A role that comes with the product."""
    return Role.objects.get(organization=None, key=key)


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda number: f"Organization {number}")
    slug = factory.Sequence(lambda number: f"organization-{number}")


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda number: f"person-{number}@plateau.example")
    name = factory.Sequence(lambda number: f"Person {number}")
    password = factory.LazyFunction(hashed_password)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    organization = factory.SubFactory(OrganizationFactory)
    user = factory.SubFactory(UserFactory)
    role = factory.LazyFunction(lambda: built_in_role("annotator"))


class ApiTokenFactory(DjangoModelFactory):
    """A token whose secret nobody has; `plateau.identity.services.create_token` gives one that can be used."""

    class Meta:
        model = ApiToken

    membership = factory.SubFactory(MembershipFactory)
    name = "Notebook"
    prefix = factory.Sequence(lambda number: f"plt_{number:07}")
    digest = factory.Sequence(lambda number: f"{number:064x}")
    scopes = factory.LazyFunction(lambda: [Scope.SELF])


class MemberSessionFactory(DjangoModelFactory):
    class Meta:
        model = MemberSession

    session_key = factory.Sequence(lambda number: f"session-{number}")
    session_data = ""
    expire_date = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))
    user = factory.SubFactory(UserFactory)
    auth_hash = factory.LazyAttribute(lambda session: session.user.get_session_auth_hash())


class SingleSignOnFactory(DjangoModelFactory):
    class Meta:
        model = SingleSignOn

    organization = factory.SubFactory(OrganizationFactory)
    issuer = "https://sign-in.example"
    client_id = "plateau"
    secret = factory.LazyFunction(lambda: encrypt("secret"))
