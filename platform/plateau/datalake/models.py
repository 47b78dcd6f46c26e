"""Bytes and what they are: assets, datasets, items, and how they came in."""

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from labelkit.geometries import Frame
from labelkit.media import MEDIA_TYPES, MediaFacts, MediaType
from plateau.access.scopes import Actor
from plateau.access.visibility import ScopedQuerySet, current_reach_rules, reaches_everything
from plateau.jobs.models import JobState
from plateau.texts.fields import MessageField


class AssetQuerySet(ScopedQuerySet["Asset"]):
    """Assets: who reaches an item of one reaches it."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of the items that the caller reaches."""
        rows = super().visible_to(actor)
        if reaches_everything(actor):
            return rows
        return rows.filter(models.Exists(Item.objects.visible_to(actor).filter(asset=models.OuterRef("pk"))))


class Asset(models.Model):
    """A file that its media type probed, stored once for each organization by its SHA-256.

    `facts` are those of its media type. `width` and `height` are read from them by the database, for lists, exports and
    the queue; null for media without pixels. `display_key` is the file that the editor shows, `thumbnail_key` the one
    of lists, empty where there is nothing to see. `fingerprint` (256 bytes, or none) is for finding near-duplicates.
    """

    organization_path: ClassVar[str] = "organization_id"

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=20)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    facts = models.JSONField(default=dict)
    width = models.GeneratedField(
        expression=Cast(KT("facts__width"), models.IntegerField()),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )
    height = models.GeneratedField(
        expression=Cast(KT("facts__height"), models.IntegerField()),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )
    storage_key = models.CharField(max_length=200)
    display_key = models.CharField(max_length=200)
    display_type = models.CharField(max_length=100)
    thumbnail_key = models.CharField(max_length=200, default="", blank=True)
    thumbnail_type = models.CharField(max_length=100, default="", blank=True)
    fingerprint = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AssetQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "sha256"], name="one_asset_per_file")]

    @property
    def medium(self) -> MediaType:
        """Its media type.

        Raises:
            KeyError: the package that brought it is not installed.
        """
        return MEDIA_TYPES[self.media_type]

    @property
    def typed_facts(self) -> MediaFacts:
        """Its facts as its media type has them."""
        facts: MediaFacts = self.medium.load_facts(self.facts)
        return facts

    @property
    def has_tiles(self) -> bool:
        """Whether the editor shows it in tiles."""
        return self.medium.has_tiles(self.typed_facts)


class Dataset(models.Model):
    """A named pile of items; each is erased `retention_days` after it came in, or never.

    `item_count` is kept by triggers of the database, whichever way items come and go. Deleted, it is out of the lists
    and takes nothing in; it can be restored until its items are erased.
    """

    organization_path: ClassVar[str] = "organization_id"
    dataset_path: ClassVar[str] = "id"

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    name = models.CharField(max_length=120)
    note = models.TextField(default="", blank=True)
    retention_days = models.IntegerField(null=True)
    item_count = models.BigIntegerField(db_default=0, editable=False)
    deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Dataset"].as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "name"], name="dataset_name_once")]


class ItemQuerySet(ScopedQuerySet["Item"]):
    """Items: also those of a dataset that a project no longer takes in, where the project kept the task."""

    def in_reach_of(self, actor: Actor) -> models.Q:
        """By dataset, or by a task."""
        return super().in_reach_of(actor) | current_reach_rules().tasks_of(actor, "pk")


class Item(models.Model):
    """One thing to be labeled: an asset, an address of a file that was not read, or content of its own.

    The address of a text is `text:` and its SHA-256, that of a row `row:` and one (see `MediaType.uri_scheme`).
    `width` and `height` of an address are what a file stated, if one did; those of an asset are the asset's.
    """

    organization_path: ClassVar[str] = "dataset__organization_id"
    dataset_path: ClassVar[str] = "dataset_id"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="items", db_index=False)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, null=True, db_index=False)
    uri = models.CharField(max_length=2000, default="", blank=True)
    text = models.TextField(db_default="", blank=True)
    name = models.CharField(max_length=500)
    meta = models.JSONField(default=dict)
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        # Items without pixels are not in the indexes of assets: an import writes them by the million.
        indexes: ClassVar = [
            models.Index(fields=["dataset", "name"], name="item_by_name"),
            # Without it the first page of a small dataset walks through every newer item of the large ones.
            models.Index(fields=["dataset", "-id"], name="item_newest"),
            models.Index(fields=["asset"], name="item_by_asset", condition=models.Q(asset__isnull=False)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dataset", "asset"], condition=models.Q(asset__isnull=False), name="asset_once_in_dataset"
            ),
            models.UniqueConstraint(
                fields=["dataset", "uri"], condition=~models.Q(uri=""), name="address_once_in_dataset"
            ),
            models.CheckConstraint(
                condition=models.Q(asset__isnull=False) | ~models.Q(uri=""), name="item_has_asset_or_address"
            ),
        ]

    @property
    def known_size(self) -> tuple[int, int] | None:
        """Width and height in pixels; None where nobody knows them."""
        sized = self.asset if self.asset is not None else self
        return (sized.width, sized.height) if sized.width and sized.height else None

    @property
    def medium(self) -> MediaType | None:
        """Its media type; None of an address whose file was not read."""
        return self.asset.medium if self.asset is not None else MEDIA_TYPES.of_uri(self.uri)

    @property
    def frame(self) -> Frame:
        """What annotations of it must lie in."""
        if self.asset is not None:
            return self.asset.typed_facts.frame()
        return Frame(self.width, self.height, len(self.text) or None)


class BatchState(models.TextChoices):
    """An upload's way."""

    OPEN = "open"
    STARTED = "started"


class IngestBatch(models.Model):
    """Files that were sent together; its job turns them into items."""

    organization_path: ClassVar[str] = "dataset__organization_id"
    dataset_path: ClassVar[str] = "dataset_id"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="batches")
    state = models.CharField(max_length=8, choices=BatchState.choices, default=BatchState.OPEN)
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True)
    added = models.IntegerField(default=0)
    duplicates = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["IngestBatch"].as_manager()

    class Meta:
        verbose_name = "upload"

    @property
    def current_state(self) -> BatchState:
        """The state, where one whose job ended without taking everything in is open again, and goes on where that
        stopped."""
        over = self.job is None or self.job.state in (JobState.FAILED, JobState.CANCELLED)
        return BatchState.OPEN if over else BatchState(self.state)


class StagedFile(models.Model):
    """A file as it was sent. `entries_done` is where a resumed job goes on inside it."""

    batch = models.ForeignKey(IngestBatch, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=500)
    size = models.BigIntegerField()
    storage_key = models.CharField(max_length=200)
    entries_done = models.IntegerField(default=0)
    finished = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "name"], name="staged_name_once")]


class MultipartFile(models.Model):
    """A large file on its way in parts, from a browser straight to the storage; then it is a `StagedFile`."""

    organization_path: ClassVar[str] = "batch__dataset__organization_id"
    dataset_path: ClassVar[str] = "batch__dataset_id"

    batch = models.ForeignKey(IngestBatch, on_delete=models.CASCADE, related_name="multipart_files")
    name = models.CharField(max_length=500)
    size = models.BigIntegerField()
    part_size = models.BigIntegerField()
    storage_key = models.CharField(max_length=200)
    upload_id = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["MultipartFile"].as_manager()

    class Meta:
        verbose_name = "upload in parts"
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "name"], name="multipart_name_once")]

    @property
    def parts(self) -> int:
        """How many there are to be."""
        return -(-self.size // self.part_size)

    def size_of(self, number: int) -> int:
        """Bytes of part `number`, counted from 1; the last one has the rest."""
        return min(self.part_size, self.size - (number - 1) * self.part_size)


class IngestFinding(models.Model):
    """One file or row that was set aside, and why, as a text with its parts: it is translated for whoever reads it."""

    batch = models.ForeignKey(IngestBatch, on_delete=models.CASCADE, related_name="findings")
    name = MessageField()
    code = models.CharField(max_length=40)
    message = MessageField()


class Erasure(models.Model):
    """Items taken out for good, everywhere they went: `item_ids`, or all of `dataset` that came in before `before`.

    `files` are still to be deleted; `report` names what was touched: `items`, `counts`,
    `resources` (see `hooks.Impact`).
    """

    organization_path: ClassVar[str] = "organization_id"
    dataset_path: ClassVar[str] = "dataset_id"

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE)
    item_ids = ArrayField(models.BigIntegerField(), default=list)
    before = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300)
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True)
    files = ArrayField(models.CharField(max_length=300), default=list)
    report = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Erasure"].as_manager()


class ErasedFile(models.Model):
    """The hash of a file that was erased: workers' caches on other machines drop it by this."""

    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)


class StorageSource(models.Model):
    """A folder of the storage, below `imports/`, that an operator lets an organization read as `storage:NAME/…`."""

    organization_path: ClassVar[str] = "organization_id"
    may_stand_alone: ClassVar[bool] = True

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    name = models.SlugField(max_length=60, db_index=False)
    prefix = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["StorageSource"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="storage_source_name_once"),
            models.CheckConstraint(
                condition=models.Q(prefix__startswith="imports/"), name="storage_source_below_imports"
            ),
        ]
