"""Learning curves with their points, forecasts and backtests as rows: nothing is trained."""

import factory
from factory.django import DjangoModelFactory

from annotation.projects.tests.factories import ProjectFactory
from annotation.snapshots.tests.factories import SnapshotFactory
from plateau.jobs.tests.factories import project_job
from workers.learning_curves.models import (
    ActiveLearningSimulation,
    CurvePoint,
    ForecastBacktest,
    LearningCurve,
    StoredForecast,
)


class LearningCurveFactory(DjangoModelFactory):
    class Meta:
        model = LearningCurve

    project = factory.SubFactory(ProjectFactory)
    snapshot = factory.SubFactory(SnapshotFactory, project=factory.SelfAttribute("..project"))
    recipe = "image_probe"
    sizes = factory.LazyFunction(lambda: [1])
    seeds = factory.LazyFunction(lambda: [0])
    job = project_job("learning-curve")


class CurvePointFactory(DjangoModelFactory):
    class Meta:
        model = CurvePoint

    learning_curve = factory.SubFactory(LearningCurveFactory)
    n = 1
    seed = 0
    accuracy = 0.5
    macro_f1 = 0.5
    test_items = 200
    per_class = factory.LazyFunction(dict)
    training_seconds = 1.0


class StoredForecastFactory(DjangoModelFactory):
    class Meta:
        model = StoredForecast

    learning_curve = factory.SubFactory(LearningCurveFactory)
    target = 0.9
    forecast = factory.LazyFunction(lambda: {"current_labels": 640})


class ForecastBacktestFactory(DjangoModelFactory):
    class Meta:
        model = ForecastBacktest

    stored_forecast = factory.SubFactory(StoredForecastFactory)
    n = factory.Sequence(lambda number: number + 1)
    score = 0.8
    low_80 = 0.7
    median = 0.8
    high_80 = 0.9
    scaled_error = 0.1
    is_in_80 = True
    is_in_95 = True


class ActiveLearningSimulationFactory(DjangoModelFactory):
    class Meta:
        model = ActiveLearningSimulation

    project = factory.SubFactory(ProjectFactory)
    snapshot = factory.SubFactory(SnapshotFactory, project=factory.SelfAttribute("..project"))
    job = project_job("active-learning-simulation")
