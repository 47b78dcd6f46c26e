"""Sweeps and their trials as rows."""

import factory
from factory.django import DjangoModelFactory

from annotation.projects.tests.factories import ProjectFactory
from annotation.snapshots.tests.factories import SnapshotFactory
from plateau.jobs.tests.factories import project_job
from workers.sweeps.models import SearchMethod, Sweep, Trial


class SweepFactory(DjangoModelFactory):
    class Meta:
        model = Sweep

    project = factory.SubFactory(ProjectFactory)
    snapshot = factory.SubFactory(SnapshotFactory, project=factory.SelfAttribute("..project"))
    recipe = "image_probe"
    method = SearchMethod.TPE
    seed = 0
    space = factory.LazyFunction(dict)


class TrialFactory(DjangoModelFactory):
    class Meta:
        model = Trial

    sweep = factory.SubFactory(SweepFactory)
    number = factory.Sequence(lambda number: number)
    job = project_job("trial", "sweep.project")
