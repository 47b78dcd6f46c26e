"""Every factory makes a row that the model's own validation takes, within one organization."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from factory.django import DjangoModelFactory

from plateau.identity.models import Organization
from tests.route_parameters import NoFactory, RouteRows
from tests.test_layers import our_apps

pytestmark = pytest.mark.django_db
WITHOUT_FACTORIES = {
    "registry.mlflow_store": "MLflow alone writes its tables",
    "workers.demo": "it has no tables",
}


def factories_of(app: Any) -> list[type[DjangoModelFactory]]:
    module = import_module(f"{app.name}.tests.factories")
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, DjangoModelFactory) and value.__module__ == module.__name__
    ]


FACTORIES = [
    factory
    for app in our_apps()
    if any(True for _ in app.get_models()) and app.name not in WITHOUT_FACTORIES
    for factory in factories_of(app)
]


def organizations_of(row: Model) -> set[int]:
    """Organizations that a row belongs to, by itself and by whatever it names."""
    if isinstance(row, Organization):
        return {row.pk}
    organizations = set()
    for field in row._meta.concrete_fields:
        if field.is_relation and (named := getattr(row, field.name)) is not None:
            organizations |= organizations_of(named)
    return organizations


@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: factory.__name__)
def test_a_factory_makes_valid_rows_within_one_organization(factory):
    first, second = factory(), factory()
    assert first.pk is not None
    assert first.pk != second.pk
    row = type(first).objects.get(pk=first.pk)
    fields = row._meta.concrete_fields
    empty = {field.name for field in fields if getattr(row, field.attname) in field.empty_values}
    row.full_clean(exclude=empty | {field.name for field in fields if field.generated})
    assert len(organizations_of(row)) <= 1


def test_whatever_belongs_to_an_organization_has_a_factory():
    """But rows that nothing makes except the product itself: counts, seals, settings."""
    with_factory = {factory._meta.model for factory in FACTORIES}
    scoped = {model for model in apps.get_models() if hasattr(model, "organization_path")}
    assert {model.__name__ for model in scoped - with_factory} == {
        "Ablation", "AuditSeal", "DailyDataAccess", "Feedback", "Quota", "Role", "Route",
    }  # fmt: skip


def test_a_route_parameter_without_a_factory_is_named(people):
    with pytest.raises(NoFactory, match="'unknown_id'"):
        RouteRows(people.members["theirs", "admin"])["unknown_id"]


def test_rows_of_routes_stand_in_one_project(their_rows):
    projects = set()
    their_rows.make_all()
    for row in their_rows.created_rows():
        if (project_id := getattr(row, "project_id", None)) is not None:
            projects.add(project_id)
    assert projects == {their_rows["project_id"]}
