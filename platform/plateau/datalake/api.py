"""Routes of datasets, uploads and pictures."""

from datetime import timedelta
from typing import Any, ClassVar

from django.core.files.storage import default_storage
from django.db.models import Count
from django.http import FileResponse, HttpResponse, HttpResponseBase, HttpResponseRedirect
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from labelkit.media import MEDIA_TYPES
from labelkit.messages import Message
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Actor, Scope
from plateau.audit.services import record_asset_access, record_item_accesses
from plateau.datalake import erasure, multipart, services
from plateau.datalake.errors import (
    DatasetDeleted,
    DatasetInUse,
    DatasetNameTaken,
    DatasetNotDeleted,
    ErasureInProgress,
    FileSizeMismatch,
    ItemNotInDataset,
    MultipartUnavailable,
    PartMissing,
    UploadEmpty,
    UploadStarted,
)
from plateau.datalake.filters import DATASETS, ERASURES, ITEMS, UPLOADS
from plateau.datalake.models import Asset, Dataset, Erasure, IngestBatch, Item, MultipartFile
from plateau.datalake.schemas import (
    BatchDetail,
    BatchOut,
    DatasetChange,
    DatasetIn,
    DatasetOut,
    ErasureIn,
    ErasureOut,
    ErasureQuestion,
    FindingOut,
    ImpactOut,
    ItemOut,
    MultipartFileIn,
    MultipartFileOut,
    PartNumbers,
    PresignedPart,
    PresignedParts,
    StagedOut,
)
from plateau.http.errors import InvalidInput, MissingScope, NotFound
from plateau.http.etags import IF_MATCH, unchanged
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import parse
from plateau.jobs.api import job_out
from plateau.storage.presigned import is_direct, presign_download
from plateau.texts import translate

EXCERPT_LENGTH = 1000
UPLOAD: dict[str, Any] = {
    "multipart/form-data": {
        "type": "object",
        "properties": {
            "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
            "paths": {"type": "array", "items": {"type": "string"}, "description": "Names with their folders"},
        },
        "required": ["files"],
    }
}


def _dataset(row: Dataset) -> DatasetOut:
    return DatasetOut(
        id=row.pk,
        name=row.name,
        note=row.note,
        retention_days=row.retention_days,
        items=row.item_count,
        created_at=row.created_at,
        deleted_at=row.deleted_at,
        erased_at=row.deleted_at + timedelta(days=erasure.RESTORABLE_DAYS) if row.deleted_at else None,
    )


class DatasetList(Endpoint):
    """Datasets."""

    scopes: ClassVar = {"GET": Scope.DATA_READ, "POST": Scope.DATA_WRITE}

    @document(summary="Datasets", out=Page[DatasetOut], query=DATASETS, errors=[InvalidInput])
    def get(self, request: Request) -> Response:
        """One page."""
        rows = Dataset.objects.visible_to(self.actor)
        return Response(DATASETS.page(request, rows, _dataset))

    @document(summary="Make a dataset", body=DatasetIn, out=DatasetOut, status=201, errors=[DatasetNameTaken])
    def post(self, request: Request) -> Response:
        """Make one."""
        body = parse(DatasetIn, request.data)
        return Response(_dataset(services.create_dataset(actor=self.actor, **body.model_dump())), status=201)


class DatasetDetail(Endpoint):
    """One dataset."""

    scopes: ClassVar = {"GET": Scope.DATA_READ, "PATCH": Scope.DATA_WRITE, "DELETE": Scope.DATA_ERASE}

    @document(
        summary="Delete a dataset; it can be restored for 30 days, then its items are erased",
        out=DatasetOut,
        errors=[NotFound, DatasetInUse, DatasetDeleted],
    )
    def delete(self, request: Request, dataset_id: int) -> Response:
        """The deleted dataset."""
        row = Dataset.objects.visible_to(self.actor).get_or_404(pk=dataset_id)
        return Response(_dataset(services.delete_dataset(actor=self.actor, dataset=row)))

    @document(summary="A dataset", out=DatasetOut, errors=[NotFound])
    def get(self, request: Request, dataset_id: int) -> Response:
        """The dataset."""
        rows = Dataset.objects.visible_to(self.actor)
        return Response(_dataset(rows.get_or_404(pk=dataset_id)))

    @document(
        summary="Rename a dataset, change its note, or (with the scope `data.erase`) how long its items are kept",
        body=DatasetChange,
        headers=IF_MATCH,
        out=DatasetOut,
        errors=[NotFound, InvalidInput, MissingScope, DatasetNameTaken],
    )
    def patch(self, request: Request, dataset_id: int) -> Response:
        """Change it.

        Raises:
            MissingScope: how long items are kept is for those who may erase them.
        """
        body = parse(DatasetChange, request.data)
        sets_retention = "retention_days" in body.model_fields_set
        if sets_retention and not self.actor.may(Scope.DATA_ERASE):
            raise MissingScope(
                Message("Changing the retention period needs the scope `{data_erase}`.", data_erase=Scope.DATA_ERASE)
            )
        row = Dataset.objects.visible_to(self.actor).get_or_404(pk=dataset_id)
        with unchanged(request, row, lambda: _dataset(row)):
            changed = erasure.change_dataset(
                actor=self.actor, dataset=row, name=body.name, note=body.note,
                retention_days=body.retention_days, sets_retention=sets_retention,
            )  # fmt: skip
        return Response(_dataset(changed))


class DatasetRestore(Endpoint):
    """A dataset back again."""

    scopes: ClassVar = {"POST": Scope.DATA_ERASE}

    @document(summary="Restore a deleted dataset", out=DatasetOut, errors=[NotFound, DatasetNotDeleted])
    def post(self, request: Request, dataset_id: int) -> Response:
        """With the items that are not erased yet."""
        row = Dataset.objects.visible_to(self.actor).get_or_404(pk=dataset_id)
        return Response(_dataset(services.restore_dataset(actor=self.actor, dataset=row)))


class ErasurePreview(Endpoint):
    """What an erasure would touch."""

    scopes: ClassVar = {"POST": Scope.DATA_ERASE}
    unrecorded: ClassVar = {"POST": "nothing is written"}

    @document(
        summary="What erasing items would touch", body=ErasureQuestion, out=ImpactOut, errors=[NotFound, InvalidInput]
    )
    def post(self, request: Request, dataset_id: int) -> Response:
        """Say it; nothing is changed."""
        dataset = Dataset.objects.visible_to(self.actor).get_or_404(pk=dataset_id)
        body = parse(ErasureQuestion, request.data)
        if body.retention_days is not None:
            return Response(_impact({"items": erasure.older_than(dataset=dataset, retention_days=body.retention_days)}))
        items, impact = erasure.preview(actor=self.actor, dataset=dataset, item_ids=body.item_ids)
        return Response(_impact({"items": items, "counts": impact.counts, "resources": impact.resources}))


class DatasetErasures(Endpoint):
    """Erasing items of a dataset."""

    scopes: ClassVar = {"POST": Scope.DATA_ERASE}

    @document(
        summary="Erase items for good, everywhere they went",
        body=ErasureIn,
        out=ErasureOut,
        status=202,
        errors=[NotFound, ErasureInProgress, ItemNotInDataset],
    )
    def post(self, request: Request, dataset_id: int) -> Response:
        """An erasure that a worker carries out."""
        dataset = Dataset.objects.visible_to(self.actor).get_or_404(pk=dataset_id)
        body = parse(ErasureIn, request.data)
        row = erasure.submit_erasure(actor=self.actor, dataset=dataset, reason=body.reason, item_ids=body.item_ids)
        return Response(_erasure(row), status=202)


class ErasureList(Endpoint):
    """Erasures of the organization."""

    scopes: ClassVar = {"GET": Scope.DATA_ERASE}

    @document(summary="Erasures, newest first", out=Page[ErasureOut], query=ERASURES, errors=[InvalidInput])
    def get(self, request: Request) -> Response:
        """One page."""
        rows = Erasure.objects.visible_to(self.actor).select_related("job", "dataset", "created_by")
        return Response(ERASURES.page(request, rows.defer("item_ids", "files"), _erasure))


def _impact(report: dict[str, Any]) -> ImpactOut:
    return ImpactOut.model_validate({"items": 0, "counts": {}, "resources": []} | report)


def _erasure(row: Erasure) -> ErasureOut:
    return ErasureOut(
        id=row.pk,
        dataset_id=row.dataset_id,
        dataset=row.dataset.name,
        reason=row.reason,
        before=row.before,
        created_by=row.created_by.name if row.created_by else "",
        created_at=row.created_at,
        job=job_out(row.job) if row.job else None,
        report=_impact(row.report),
    )


class ItemList(Endpoint):
    """Items of a dataset."""

    scopes: ClassVar = {"GET": Scope.DATA_READ}

    @document(
        summary="Items of a dataset, newest first", out=Page[ItemOut], query=ITEMS, errors=[NotFound, InvalidInput]
    )
    def get(self, request: Request, dataset_id: int) -> Response:
        """One page."""
        dataset = Dataset.objects.visible_to(self.actor).get_or_404(pk=dataset_id)
        rows = Item.objects.visible_to(self.actor).filter(dataset=dataset).select_related("asset")
        page = ITEMS.page(request, rows.defer("asset__fingerprint"), _item)
        shown_ids = [row.id for row in page.results if MEDIA_TYPES.of_uri(row.uri)]
        record_item_accesses(organization_id=self.actor.organization_id, user_id=self.actor.user_id, item_ids=shown_ids)
        return Response(page)


def _item(row: Item) -> ItemOut:
    size = row.known_size
    return ItemOut(
        id=row.pk,
        name=row.name,
        uri=row.uri,
        excerpt=row.text[:EXCERPT_LENGTH],
        meta=row.meta,
        asset_id=row.asset_id,
        media_type=medium.key if (medium := row.medium) else None,
        facts=row.asset.facts if row.asset else {},
        width=size[0] if size else None,
        height=size[1] if size else None,
        created_at=row.created_at,
    )


def _batch(row: IngestBatch) -> BatchOut:
    return BatchOut(
        id=row.pk,
        dataset_id=row.dataset_id,
        state=row.current_state,
        files=row.files.count() if (counted := vars(row).get("file_count")) is None else counted,
        added=row.added,
        duplicates=row.duplicates,
        rejected=row.rejected,
        job=job_out(row.job) if row.job else None,
        created_by=row.created_by.name if row.created_by else "",
        created_at=row.created_at,
    )


def _detail(row: IngestBatch) -> BatchDetail:
    findings = [
        FindingOut(name=translate(finding.name), code=finding.code, message=translate(finding.message))
        for finding in row.findings.order_by("pk")[:200]
    ]
    staged = [StagedOut(name=file.name, size=file.size) for file in row.files.order_by("pk")[:10_000]]
    return BatchDetail(**_batch(row).model_dump(), findings=findings, staged=staged)


class BatchList(Endpoint):
    """Uploads into a dataset."""

    scopes: ClassVar = {"GET": Scope.DATA_READ, "POST": Scope.DATA_WRITE}

    @document(
        summary="Uploads into a dataset, newest first",
        out=Page[BatchOut],
        query=UPLOADS,
        errors=[NotFound, InvalidInput],
    )
    def get(self, request: Request, dataset_id: int) -> Response:
        """One page."""
        dataset = Dataset.objects.visible_to(self.actor).get_or_404(pk=dataset_id)
        rows = IngestBatch.objects.visible_to(self.actor).filter(dataset=dataset).select_related("job", "created_by")
        return Response(UPLOADS.page(request, rows.annotate(file_count=Count("files")), _batch))

    @document(summary="Open an upload", out=BatchDetail, status=201, errors=[NotFound, DatasetDeleted])
    def post(self, request: Request, dataset_id: int) -> Response:
        """Open one."""
        dataset = Dataset.objects.visible_to(self.actor).get_or_404(pk=dataset_id)
        return Response(_detail(services.open_batch(actor=self.actor, dataset=dataset)), status=201)


class UploadDetail(Endpoint):
    """One upload."""

    scopes: ClassVar = {"GET": Scope.DATA_READ}

    @document(summary="How far an upload is, and what was set aside", out=BatchDetail, errors=[NotFound])
    def get(self, request: Request, batch_id: int) -> Response:
        """The upload."""
        row = IngestBatch.objects.visible_to(self.actor).select_related("job").get_or_404(pk=batch_id)
        return Response(_detail(row))


class BatchFiles(Endpoint):
    """Files of an upload."""

    scopes: ClassVar = {"POST": Scope.DATA_WRITE}
    unrecorded: ClassVar = {"POST": "staged files are of nobody's data until their upload starts, which is recorded"}
    parser_classes = (MultiPartParser,)

    @document(
        summary="Add files of any media type, tables (.csv, .tsv), lists (.jsonl) or zips of these",
        body=UPLOAD,
        out=BatchOut,
        errors=[NotFound, UploadStarted],
    )
    def post(self, request: Request, batch_id: int) -> Response:
        """Keep the files of the form field `files`; sending one again replaces it."""
        row = IngestBatch.objects.visible_to(self.actor).select_related("job").get_or_404(pk=batch_id)
        files = request.FILES.getlist("files")
        if not files:
            message = "send one or more files in the form field `files`"
            raise InvalidInput.in_field("files", message)
        paths = request.POST.getlist("paths") or [file.name or "" for file in files]
        if len(paths) != len(files):
            message = "give one per file in the same order, or none"
            raise InvalidInput.in_field("paths", message)
        for file, path in zip(files, paths, strict=True):
            services.stage_file(batch=row, name=path, file=file)
        return Response(_batch(row))


class UploadMultipartFiles(Endpoint):
    """Large files of an upload."""

    scopes: ClassVar = {"POST": Scope.DATA_WRITE}
    unrecorded: ClassVar = {"POST": "staged files are of nobody's data until their upload starts, which is recorded"}

    @document(
        summary="Begin, or go on with, a large file that goes to the storage in parts",
        body=MultipartFileIn,
        out=MultipartFileOut,
        errors=[NotFound, UploadStarted, InvalidInput],
    )
    def post(self, request: Request, batch_id: int) -> Response:
        """Open it, or say what is missing."""
        batch = IngestBatch.objects.visible_to(self.actor).get_or_404(pk=batch_id)
        body = parse(MultipartFileIn, request.data)
        row = multipart.begin_multipart_file(batch=batch, name=body.name, size=body.size)
        if row is None:
            return Response(MultipartFileOut(id=None, part_size=0, parts=0, missing=[]))
        return Response(
            MultipartFileOut(id=row.pk, part_size=row.part_size, parts=row.parts, missing=multipart.missing_parts(row))
        )


class PresignParts(Endpoint):
    """Where parts go."""

    scopes: ClassVar = {"POST": Scope.DATA_WRITE}
    unrecorded: ClassVar = {"POST": "staged files are of nobody's data until their upload starts, which is recorded"}

    @document(
        summary="Addresses to PUT parts of a file to, for five minutes",
        body=PartNumbers,
        out=PresignedParts,
        errors=[NotFound, MultipartUnavailable, InvalidInput],
    )
    def post(self, request: Request, multipart_file_id: int) -> Response:
        """The addresses."""
        row = MultipartFile.objects.visible_to(self.actor).get_or_404(pk=multipart_file_id)
        urls = multipart.presign_parts(row, parse(PartNumbers, request.data).numbers)
        parts = [PresignedPart(number=number, size=row.size_of(number), url=url) for number, url in urls.items()]
        return Response(PresignedParts(parts=parts))


class CompleteMultipartFile(Endpoint):
    """All parts are there."""

    scopes: ClassVar = {"POST": Scope.DATA_WRITE}
    unrecorded: ClassVar = {"POST": "staged files are of nobody's data until their upload starts, which is recorded"}

    @document(
        summary="Take a file in parts into its upload", out=StagedOut, errors=[NotFound, PartMissing, FileSizeMismatch]
    )
    def post(self, request: Request, multipart_file_id: int) -> Response:
        """Check it, and take it."""
        row = MultipartFile.objects.visible_to(self.actor).select_related("batch").get_or_404(pk=multipart_file_id)
        file = multipart.complete_multipart_file(row)
        return Response(StagedOut(name=file.name, size=file.size))


class BatchStart(Endpoint):
    """Begin to take an upload in."""

    scopes: ClassVar = {"POST": Scope.DATA_WRITE}

    @document(summary="Start an upload", out=BatchOut, errors=[NotFound, UploadStarted, UploadEmpty])
    def post(self, request: Request, batch_id: int) -> Response:
        """Hand it to a worker."""
        row = IngestBatch.objects.visible_to(self.actor).get_or_404(pk=batch_id)
        return Response(_batch(services.start_batch(actor=self.actor, batch=row)))


def file_response(key: str, media_type: str) -> HttpResponseBase:
    """The bytes, or a short-lived address where the storage gives one."""
    response: HttpResponseBase
    if is_direct():
        response = HttpResponseRedirect(presign_download(key, media_type))
        response["Cache-Control"] = "private, max-age=240"
        return response
    try:
        response = FileResponse(default_storage.open(key), content_type=media_type)
    except FileNotFoundError:
        return HttpResponse(status=404)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


class AssetContent(Endpoint):
    """The file as people see it."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_READ}

    @document(summary="The file as the editor shows it, pictures upright", out=bytes, errors=[NotFound], media="*/*")
    def get(self, request: Request, asset_id: int) -> HttpResponseBase:
        """Its bytes."""
        row = Asset.objects.visible_to(self.actor).only("display_key", "display_type").get_or_404(pk=asset_id)
        record_asset_access(actor=self.actor, asset_id=asset_id)
        return file_response(row.display_key, row.display_type)


class AssetThumbnail(Endpoint):
    """A small picture."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_READ}

    @document(summary="At most 256 pixels a side", out=bytes, errors=[NotFound], media="image/*")
    def get(self, request: Request, asset_id: int) -> HttpResponseBase:
        """Its bytes."""
        row = Asset.objects.visible_to(self.actor).only("thumbnail_key", "thumbnail_type").get_or_404(pk=asset_id)
        if not row.thumbnail_key:
            raise NotFound("This file has no thumbnail.")
        record_asset_access(actor=self.actor, asset_id=asset_id)
        return file_response(row.thumbnail_key, row.thumbnail_type)


class AssetTile(Endpoint):
    """A piece of a large picture."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_READ}

    @document(
        summary="A tile of 512 pixels: level 0 is the picture itself, each further one half the size",
        out=bytes,
        errors=[NotFound],
        media="image/jpeg",
    )
    def get(self, request: Request, asset_id: int, level: int, column: int, row: int) -> HttpResponseBase:
        """Its bytes."""
        return _tile(self.actor, asset_id, f"{level}-{column}-{row}")


class AssetOverview(Endpoint):
    """All of a large picture, small."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_READ}

    @document(summary="A large picture at most 2,048 pixels a side", out=bytes, errors=[NotFound], media="image/jpeg")
    def get(self, request: Request, asset_id: int) -> HttpResponseBase:
        """Its bytes."""
        return _tile(self.actor, asset_id, "overview")


def _tile(actor: Actor, asset_id: int, name: str) -> HttpResponseBase:
    row = Asset.objects.visible_to(actor).only("storage_key", "media_type", "facts").get_or_404(pk=asset_id)
    if not row.has_tiles:
        raise NotFound("This file has no tiles; it is shown as a whole.")
    record_asset_access(actor=actor, asset_id=asset_id)
    return file_response(f"{row.storage_key}.tiles/{name}", "image/jpeg")
