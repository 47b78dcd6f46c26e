"""Projects with a first version of labels and guidelines, and teams."""

import factory
from factory.django import DjangoModelFactory

from annotation.projects.models import (
    DefaultView,
    Guideline,
    GuidelinePicture,
    LabelSchema,
    Project,
    SavedView,
    Team,
)
from plateau.datalake.tests.factories import DatasetFactory, store_file
from plateau.identity.tests.factories import OrganizationFactory, UserFactory

LABELS = (
    {"id": "apple", "name": "Apple", "color": "#b91c1c", "key": "1"},
    {"id": "pear", "name": "Pear", "color": "#15803d", "key": "2"},
)


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda number: f"Team {number}")


class LabelSchemaFactory(DjangoModelFactory):
    class Meta:
        model = LabelSchema

    project = factory.SubFactory("annotation.projects.tests.factories.ProjectFactory", schema=None)
    version = 1
    labels = factory.LazyFunction(lambda: [dict(label) for label in LABELS])


class GuidelineFactory(DjangoModelFactory):
    class Meta:
        model = Guideline

    project = factory.SubFactory("annotation.projects.tests.factories.ProjectFactory", guideline=None)
    version = 1
    text = ""


class ProjectFactory(DjangoModelFactory):
    """A project on an empty dataset, with the labels `apple` and `pear`."""

    class Meta:
        model = Project
        skip_postgeneration_save = True

    organization = factory.SubFactory(OrganizationFactory)
    dataset = factory.SubFactory(DatasetFactory, organization=factory.SelfAttribute("..organization"))
    name = factory.Sequence(lambda number: f"Project {number}")
    kind = "classification"
    schema = factory.RelatedFactory(LabelSchemaFactory, factory_related_name="project")
    guideline = factory.RelatedFactory(GuidelineFactory, factory_related_name="project")


class SavedViewFactory(DjangoModelFactory):
    """A view that everybody in the organization may use."""

    class Meta:
        model = SavedView

    organization = factory.SubFactory(OrganizationFactory)
    owner = factory.SubFactory(UserFactory)
    list_key = "jobs"
    name = factory.Sequence(lambda number: f"View {number}")
    query = factory.LazyFunction(lambda: {"state": "failed"})
    is_shared = True


class DefaultViewFactory(DjangoModelFactory):
    class Meta:
        model = DefaultView

    user = factory.SubFactory(UserFactory)
    view = factory.SubFactory(SavedViewFactory)


class GuidelinePictureFactory(DjangoModelFactory):
    class Meta:
        model = GuidelinePicture

    project = factory.SubFactory(ProjectFactory)
    sha256 = factory.Sequence(lambda number: f"{number:064x}")
    content_type = "image/png"
    storage_key = factory.LazyFunction(lambda: store_file("guidelines/picture.png"))
