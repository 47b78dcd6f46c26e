"""Mesh collections, their meshes, and results of a picture."""

import factory
from factory.django import DjangoModelFactory

from labelkit.tests.pictures import make_png
from plateau.datalake.tests.factories import store_file
from plateau.identity.tests.factories import OrganizationFactory
from plateau.jobs.tests.factories import JobFactory
from workers.applications.meshes.models import Mesh3D, MeshCollection, MeshResult


class MeshCollectionFactory(DjangoModelFactory):
    class Meta:
        model = MeshCollection

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda number: f"Chairs {number}")


class Mesh3DFactory(DjangoModelFactory):
    """A rendered mesh."""

    class Meta:
        model = Mesh3D

    collection = factory.SubFactory(MeshCollectionFactory)
    name = "chair"
    sha256 = factory.Sequence(lambda number: f"{number:064x}")
    mesh_key = "meshes/none"
    views_key = "meshes/none"


class MeshResultFactory(DjangoModelFactory):
    class Meta:
        model = MeshResult

    collection = factory.SubFactory(MeshCollectionFactory)
    job = factory.SubFactory(
        JobFactory, kind="mesh-reconstruct", organization=factory.SelfAttribute("..collection.organization")
    )
    image_key = factory.LazyFunction(lambda: store_file("meshes/photo.png", make_png(0)))
