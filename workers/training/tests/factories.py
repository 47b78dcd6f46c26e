"""Trainings as rows: nothing is trained."""

import factory
from factory.django import DjangoModelFactory

from annotation.projects.tests.factories import ProjectFactory
from annotation.snapshots.tests.factories import SnapshotFactory
from plateau.jobs.tests.factories import project_job
from workers.training.models import TrainingRun


class TrainingRunFactory(DjangoModelFactory):
    class Meta:
        model = TrainingRun

    project = factory.SubFactory(ProjectFactory)
    snapshot = factory.SubFactory(SnapshotFactory, project=factory.SelfAttribute("..project"))
    recipe = "image_probe"
    seed = 0
    job = project_job("train")
