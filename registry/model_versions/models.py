"""Models and their versions: what was registered, how it came to be, how well it does, where it is pointed at."""

from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from labelkit.graph_formats import DEFAULT_GRAPH_FORMAT, GRAPH_FORMATS
from plateau.access.visibility import ScopedQuerySet

QUOTA_BYTES = 50 * 1024**3


class RegisteredModel(models.Model):
    """A name under which versions are registered; `description` is its model card in Markdown."""

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="registered_models")
    name = models.CharField(max_length=256)
    description = models.TextField(default="", blank=True)
    latest_version = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ScopedQuerySet["RegisteredModel"].as_manager()

    class Meta:
        verbose_name = "model"
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "name"], name="model_name_once")]


class VersionOrigin(models.TextChoices):
    """Who registered a version: one of our workers, or somebody with the stock client."""

    RECIPE = "recipe"
    CLIENT = "client"


class VersionState(models.TextChoices):
    """Archived versions are out of the way and can come back; of deleted ones only the record is left."""

    READY = "ready"
    ARCHIVED = "archived"
    DELETED = "deleted"


class ModelVersion(models.Model):
    """One version in the registry, traced to snapshot, recipe, seed and code where these are known.

    `metrics` were measured on the test set; each has `value`, `low` and `high` (95 %). `facts` is what the model's
    own file says: `flavors`, `signature`, `size` in bytes, `labels`, `image_size`, and `kind` where it does not give
    classes of pictures. MLflow is the truth for `aliases`, `description` and `source`; `mlflow_sync` brings them here.
    `erased_items` of its snapshot's items were taken out for good since: it may still know them.
    `artifact_paths` are the folders of the storage that it holds, and those above them (`artifact_paths.py`); null
    until they were looked up. `content_hash` is that of its files (`hashes.py`), empty until they
    were read; `ModelFile` has each.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="model_versions")
    snapshot = models.ForeignKey(
        "snapshots.Snapshot", on_delete=models.PROTECT, null=True, related_name="model_versions"
    )
    name = models.CharField(max_length=256)
    version = models.IntegerField()
    state = models.CharField(max_length=8, choices=VersionState.choices, db_default=VersionState.READY)
    origin = models.CharField(max_length=8, choices=VersionOrigin.choices, db_default=VersionOrigin.CLIENT)
    mlflow_run_id = models.CharField(max_length=64, default="", blank=True)
    source = models.CharField(max_length=500, db_default="", blank=True)
    description = models.TextField(db_default="", blank=True)
    aliases = ArrayField(models.CharField(max_length=256), default=list)
    facts = models.JSONField(default=dict)
    recipe = models.CharField(max_length=40, default="", blank=True)
    params = models.JSONField(default=dict)
    seed = models.IntegerField(null=True)
    code_version = models.CharField(max_length=64, default="", blank=True)
    metrics = models.JSONField(default=dict)
    per_class = models.JSONField(default=list)
    erased_items = models.IntegerField(db_default=0)
    artifact_paths = ArrayField(models.TextField(), null=True)
    content_hash = models.CharField(max_length=64, db_default="", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["ModelVersion"].as_manager()

    class Meta:
        verbose_name = "model version"
        constraints: ClassVar = [
            # Once a whole model is deleted, MLflow counts from 1 again under its name: another version, another row.
            models.UniqueConstraint(
                fields=["project", "name", "version"],
                name="model_version_once",
                condition=~models.Q(state=VersionState.DELETED),
            ),
            models.CheckConstraint(condition=models.Q(state__in=VersionState.values), name="version_state_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "-id"], name="version_list"),
            GinIndex(fields=["artifact_paths"], name="version_artifact_paths"),
        ]

    @property
    def is_onnx(self) -> bool:
        """Whether it is ONNX: such a model can be run here without running code of anybody's."""
        return "onnx" in self.facts.get("flavors", [])

    @property
    def output_kind(self) -> str:
        """What its graph says of a picture, a key of `GRAPH_FORMATS`: such a model is served and run in the browser.

        Empty where it has no graph, or where its metadata does not name labels and the side of its input.
        """
        kind = self.facts.get("kind", DEFAULT_GRAPH_FORMAT)
        has_metadata = "labels" in self.facts and "image_size" in self.facts
        return kind if self.is_onnx and has_metadata and kind in GRAPH_FORMATS else ""

    @property
    def browser_output_kind(self) -> str:
        """What its graph gives in the browser, a key of `IN_BROWSER`; empty where it cannot run there."""
        makes_pictures = self.is_onnx and self.facts.get("kind") == "picture" and "image_size" in self.facts
        return "picture" if makes_pictures else self.output_kind

    @property
    def is_evaluable(self) -> bool:
        """Whether a worker can run it on items: it has such a graph, or a recipe of ours wrote it."""
        return bool(self.output_kind) or "plateau" in self.facts.get("flavors", [])


class ModelFile(models.Model):
    """A file of a version as it was when its hash was recorded: `path` below the folder, `size` in bytes, SHA-256."""

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="files")
    path = models.TextField()
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)


class PredictionSource(models.TextChoices):
    """Who made the predictions of an evaluation: one of our workers, or the model's author."""

    WORKER = "worker"
    AUTHOR = "author"


class StoredPrediction(NamedTuple):
    """A row of `Evaluation.predictions`; labels by their index in the evaluation's `labels`."""

    item_id: int
    true_label: int
    predicted_label: int
    confidence: float | None


class Evaluation(models.Model):
    """A version's predictions for a snapshot's held-out items, and metrics of them; never changed.

    `predictions` has a `StoredPrediction` for each item;
    `confusion` counts (true, answered); `profile` counts confidence, brightness and contrast of the held-out pictures
    in equal bins of 0 to 1, to hold what comes in later against. Kinds without one label an item have `draws` instead
    of `predictions`: their metrics over bootstrap samples that are the same for every model of the snapshot.
    """

    organization_path: ClassVar[str] = "version__project__organization_id"
    project_path: ClassVar[str] = "version__project_id"

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="evaluations")
    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="evaluations")
    predicted_by = models.CharField(max_length=8, choices=PredictionSource.choices)
    items = models.IntegerField()
    labels = models.JSONField()
    confusion = models.JSONField()
    metrics = models.JSONField()
    per_class = models.JSONField()
    predictions = models.JSONField()
    draws = models.JSONField(default=dict, db_default={})
    profile = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Evaluation"].as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["version", "-id"], name="evaluation_newest")]


class Variant(models.TextChoices):
    """Number formats of a browser export."""

    FP32 = "fp32"
    FP16 = "fp16"
    INT8 = "int8"


class BrowserExport(models.Model):
    """A version made ready for the browser in one number format.

    `facts` holds what it costs against the version itself on the test set: the kind's `metric`, its `value`,
    `difference` (paired, with 95 % interval), `max_abs_difference` of a probability, `items`; and `samples`, inputs as
    PNG with what the server's graph says of them, for the browser to check itself against.
    """

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="exports")
    variant = models.CharField(max_length=4, choices=Variant.choices)
    storage_key = models.CharField(max_length=200, default="", blank=True)
    size_bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, db_default="", blank=True)
    error = models.CharField(max_length=300, default="", blank=True)
    facts = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "variant"], name="export_once")]


class AliasChange(models.Model):
    """An alias was pointed at a version, or removed (`version` null); never changed.

    `contract_evaluation_id` is the evaluation that approved it, `reason` that of an override.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE)
    name = models.CharField(max_length=256)
    alias = models.CharField(max_length=256)
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, null=True, related_name="alias_changes")
    previous_version = models.ForeignKey(ModelVersion, on_delete=models.SET_NULL, null=True, related_name="+")
    protected = models.BooleanField()
    # By number, since contracts stand on versions; the database holds that there is such an evaluation.
    contract_evaluation_id = models.BigIntegerField(null=True, db_index=True)
    reason = models.CharField(max_length=500, default="", blank=True)
    is_rollback = models.BooleanField(default=False)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    changed_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["AliasChange"].as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "name", "alias", "-id"], name="alias_history")]


def _default_protected_aliases() -> list[str]:
    return ["production"]


class ModelPolicy(models.Model):
    """A project's rules for its models: which aliases need approval, and how much its artifacts may weigh."""

    project = models.OneToOneField(
        "projects.Project", on_delete=models.CASCADE, primary_key=True, related_name="model_policy"
    )
    protected_aliases = ArrayField(models.CharField(max_length=256), default=_default_protected_aliases)
    quota_bytes = models.BigIntegerField(default=QUOTA_BYTES)
    used_bytes = models.BigIntegerField(default=0)

    @classmethod
    def for_project(cls, project_id: int) -> "ModelPolicy":
        """The project's, or the one that holds where none was written."""
        policy: Any = cls.objects.filter(project_id=project_id).first()
        return policy or cls(project_id=project_id)

    def protects(self, name: str) -> bool:
        """Whether an alias, or a stage of MLflow's, needs approval; capitals make no other name of it."""
        return name.casefold() in {alias.casefold() for alias in self.protected_aliases}
