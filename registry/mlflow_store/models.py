"""MLflow's own tables, to be read and never written: its code alone writes them."""

from typing import NoReturn, TypeVar

from django.db import models

DELETED_STAGE = "Deleted_Internal"
M = TypeVar("M", bound=models.Model)


class ReadOnly(Exception):
    """Somebody tried to write a table of MLflow's."""


def _reject_write() -> NoReturn:
    raise ReadOnly("MLflow's tables are written by MLflow alone.")


class ReadOnlyQuerySet(models.QuerySet[M]):
    """Reads; every way to write raises `ReadOnly`."""

    def create(self, **_: object) -> NoReturn:
        """Reject the write: MLflow alone writes its tables."""
        _reject_write()

    def update(self, **_: object) -> NoReturn:
        """Reject the write: MLflow alone writes its tables."""
        _reject_write()

    def delete(self) -> NoReturn:
        """Reject the write: MLflow alone writes its tables."""
        _reject_write()

    def bulk_create(self, *_: object, **__: object) -> NoReturn:
        """Reject the write: MLflow alone writes its tables."""
        _reject_write()


class Tracked(models.Model):
    """A row of MLflow's."""

    class Meta:
        abstract = True
        managed = False

    def save(self, *_: object, **__: object) -> NoReturn:
        """Reject the write: MLflow alone writes its tables."""
        _reject_write()

    def delete(self, *_: object, **__: object) -> NoReturn:
        """Reject the write: MLflow alone writes its tables."""
        _reject_write()


class TrackedModel(Tracked):
    """A registered model."""

    pk = models.CompositePrimaryKey("workspace", "name")
    workspace = models.CharField(max_length=63)
    name = models.CharField(max_length=256)
    description = models.CharField(max_length=5000, null=True)
    creation_time = models.BigIntegerField()

    objects = ReadOnlyQuerySet["TrackedModel"].as_manager()

    class Meta(Tracked.Meta):
        db_table = 'mlflow"."registered_models'


class TrackedVersion(Tracked):
    """A model version; times are milliseconds since 1970."""

    pk = models.CompositePrimaryKey("workspace", "name", "version")
    workspace = models.CharField(max_length=63)
    name = models.CharField(max_length=256)
    version = models.IntegerField()
    description = models.CharField(max_length=5000, null=True)
    user_id = models.CharField(max_length=256, null=True)
    current_stage = models.CharField(max_length=20, null=True)
    source = models.CharField(max_length=500, null=True)
    storage_location = models.CharField(max_length=500, null=True)
    run_id = models.CharField(max_length=32, null=True)
    creation_time = models.BigIntegerField()

    objects = ReadOnlyQuerySet["TrackedVersion"].as_manager()

    class Meta(Tracked.Meta):
        db_table = 'mlflow"."model_versions'


class TrackedAlias(Tracked):
    """An alias of a registered model."""

    pk = models.CompositePrimaryKey("workspace", "name", "alias")
    workspace = models.CharField(max_length=63)
    name = models.CharField(max_length=256)
    alias = models.CharField(max_length=256)
    version = models.IntegerField()

    objects = ReadOnlyQuerySet["TrackedAlias"].as_manager()

    class Meta(Tracked.Meta):
        db_table = 'mlflow"."registered_model_aliases'


class TrackedVersionTag(Tracked):
    """A tag of a model version."""

    pk = models.CompositePrimaryKey("workspace", "name", "version", "key")
    workspace = models.CharField(max_length=63)
    name = models.CharField(max_length=256)
    version = models.IntegerField()
    key = models.CharField(max_length=250)
    value = models.TextField(null=True)

    objects = ReadOnlyQuerySet["TrackedVersionTag"].as_manager()

    class Meta(Tracked.Meta):
        db_table = 'mlflow"."model_version_tags'


class TrackedRun(Tracked):
    """A run; times are milliseconds since 1970."""

    run_uuid = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=250, null=True)
    user_id = models.CharField(max_length=256, null=True)
    experiment = models.ForeignKey("TrackedExperiment", models.DO_NOTHING, related_name="runs")
    status = models.CharField(max_length=20, null=True)
    start_time = models.BigIntegerField(null=True)
    end_time = models.BigIntegerField(null=True)
    lifecycle_stage = models.CharField(max_length=20)
    deleted_time = models.BigIntegerField(null=True)
    artifact_uri = models.CharField(max_length=200, null=True)

    objects = ReadOnlyQuerySet["TrackedRun"].as_manager()

    class Meta(Tracked.Meta):
        db_table = 'mlflow"."runs'
        verbose_name = "run"


class TrackedRunTag(Tracked):
    """A tag of a run."""

    pk = models.CompositePrimaryKey("run_uuid", "key")
    run_uuid = models.CharField(max_length=32)
    key = models.CharField(max_length=250)
    value = models.TextField(null=True)

    objects = ReadOnlyQuerySet["TrackedRunTag"].as_manager()

    class Meta(Tracked.Meta):
        db_table = 'mlflow"."tags'


class TrackedParam(Tracked):
    """A parameter of a run."""

    pk = models.CompositePrimaryKey("run_uuid", "key")
    run_uuid = models.CharField(max_length=32)
    key = models.CharField(max_length=250)
    value = models.CharField(max_length=8000)

    objects = ReadOnlyQuerySet["TrackedParam"].as_manager()

    class Meta(Tracked.Meta):
        db_table = 'mlflow"."params'


class TrackedLatestMetric(Tracked):
    """The newest value of a metric of a run."""

    pk = models.CompositePrimaryKey("run_uuid", "key")
    run_uuid = models.CharField(max_length=32)
    key = models.CharField(max_length=250)
    value = models.FloatField()
    is_nan = models.BooleanField()
    step = models.BigIntegerField()

    objects = ReadOnlyQuerySet["TrackedLatestMetric"].as_manager()

    class Meta(Tracked.Meta):
        db_table = 'mlflow"."latest_metrics'


class TrackedExperiment(Tracked):
    """An experiment."""

    experiment_id = models.IntegerField(primary_key=True)
    workspace = models.CharField(max_length=63)
    name = models.CharField(max_length=256)
    lifecycle_stage = models.CharField(max_length=32)

    objects = ReadOnlyQuerySet["TrackedExperiment"].as_manager()

    class Meta(Tracked.Meta):
        db_table = 'mlflow"."experiments'


class TrackedLoggedModel(Tracked):
    """A model that was logged, registered or not; `artifact_location` says where its files lie."""

    model_id = models.CharField(max_length=32, primary_key=True)
    experiment_id = models.IntegerField()
    name = models.CharField(max_length=500)
    creation_timestamp_ms = models.BigIntegerField()
    artifact_location = models.CharField(max_length=1000)
    source_run_id = models.CharField(max_length=32, null=True)

    objects = ReadOnlyQuerySet["TrackedLoggedModel"].as_manager()

    class Meta(Tracked.Meta):
        db_table = 'mlflow"."logged_models'
