"""Registered models and their versions as rows, without files."""

import factory
from factory.django import DjangoModelFactory

from annotation.projects.tests.factories import ProjectFactory
from annotation.snapshots.tests.factories import SnapshotFactory
from plateau.datalake.tests.factories import store_file
from registry.model_versions.models import (
    AliasChange,
    BrowserExport,
    Evaluation,
    ModelPolicy,
    ModelVersion,
    PredictionSource,
    RegisteredModel,
    Variant,
)


class RegisteredModelFactory(DjangoModelFactory):
    class Meta:
        model = RegisteredModel

    project = factory.SubFactory(ProjectFactory)
    name = "fruit"


class ModelVersionFactory(DjangoModelFactory):
    """A version that says of itself what it takes and gives, but has no graph: nothing serves it."""

    class Meta:
        model = ModelVersion

    project = factory.SubFactory(ProjectFactory)
    snapshot = factory.SubFactory(SnapshotFactory, project=factory.SelfAttribute("..project"))
    name = "fruit"
    version = factory.Sequence(lambda number: number + 1)
    recipe = "image_probe"
    seed = 0
    mlflow_run_id = factory.Sequence(lambda number: f"{number:032x}")
    facts = factory.LazyFunction(lambda: {"labels": ["apple", "pear"], "image_size": 8})


class EvaluationFactory(DjangoModelFactory):
    """An evaluation on no item."""

    class Meta:
        model = Evaluation

    version = factory.SubFactory(ModelVersionFactory)
    snapshot = factory.SelfAttribute("version.snapshot")
    predicted_by = PredictionSource.WORKER
    items = 0
    labels = factory.LazyFunction(lambda: ["apple", "pear"])
    confusion = factory.LazyFunction(lambda: [[0, 0], [0, 0]])
    metrics = factory.LazyFunction(
        lambda: {key: {"value": 0.5, "low": 0.4, "high": 0.6} for key in ("accuracy", "macro_f1")}
    )
    per_class = factory.LazyFunction(list)
    predictions = factory.LazyFunction(list)


class BrowserExportFactory(DjangoModelFactory):
    class Meta:
        model = BrowserExport

    version = factory.SubFactory(ModelVersionFactory)
    variant = Variant.FP32
    storage_key = factory.LazyFunction(lambda: store_file("exports/model.onnx"))
    size_bytes = 1


class AliasChangeFactory(DjangoModelFactory):
    class Meta:
        model = AliasChange

    version = factory.SubFactory(ModelVersionFactory)
    project = factory.SelfAttribute("version.project")
    name = factory.SelfAttribute("version.name")
    alias = "production"
    protected = False


class ModelPolicyFactory(DjangoModelFactory):
    class Meta:
        model = ModelPolicy

    project = factory.SubFactory(ProjectFactory)
