"""Routes of models."""

from typing import ClassVar

from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.labeling.models import Annotation
from annotation.projects.models import Project
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.datalake.models import Item
from plateau.http.errors import Conflict, Invalid, NotFound, ProjectArchived
from plateau.http.etags import IF_MATCH, unchanged
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.query import QueryModel, RowId, parse_query
from plateau.http.validation import parse
from plateau.jobs import services as jobs
from plateau.jobs.api import JobOut, job_out
from plateau.jobs.queries import find_unfinished_jobs
from registry.model_versions import lineage, queries, services
from registry.model_versions.filters import DERIVED, ERRORS, LABELS, METRICS, MODELS, VERSIONS
from registry.model_versions.job_kinds import EVALUATE, EvaluationPayload
from registry.model_versions.models import ModelPolicy, ModelVersion, RegisteredModel, VersionState
from registry.model_versions.schemas import (
    AliasIn,
    AteIt,
    Comparison,
    LabelOfModel,
    LineageOut,
    MetricSpecOut,
    MistakeOut,
    ModelOut,
    NoteIn,
    PolicyIn,
    PolicyOut,
    RollbackIn,
    VersionDetail,
    VersionOut,
)


class MetricList(Endpoint):
    """Metrics that models are evaluated by."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(summary="Metrics: titles, units and directions", out=Page[MetricSpecOut], query=METRICS)
    def get(self, request: Request) -> Response:
        """The catalog in its order: of those for an annotation type, the first is its primary one."""
        return Response(METRICS.page(request, queries.metric_specs()))


class ModelList(Endpoint):
    """Registered models of the organization."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(summary="Models, newest first", out=Page[ModelOut], query=MODELS)
    def get(self, request: Request) -> Response:
        """One page."""
        found = MODELS.rows(request, RegisteredModel.objects.visible_to(self.actor).select_related("project"))
        return Response(found.page(queries.models_out(found.rows)))


class VersionList(Endpoint):
    """Model versions of the organization."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(
        summary="Model versions, newest first",
        out=Page[VersionOut],
        query=VERSIONS,
        refusals=[Invalid],
    )
    def get(self, request: Request) -> Response:
        """One page."""
        rows = queries.with_all(self.actor).defer("per_class")
        return Response(VERSIONS.page(request, rows, queries.version_out))


class VersionOne(Endpoint):
    """One version."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ, "PATCH": Scope.MODELS_WRITE, "DELETE": Scope.MODELS_WRITE}

    @document(summary="A model version", out=VersionDetail, refusals=[NotFound])
    def get(self, request: Request, version_id: int) -> Response:
        """With its figures, its moves and what needs it."""
        return Response(queries.detail_of(queries.with_all(self.actor).one(pk=version_id)))

    @document(
        summary="Write a version's card",
        body=NoteIn,
        out=VersionDetail,
        headers=IF_MATCH,
        refusals=[NotFound, Conflict],
    )
    def patch(self, request: Request, version_id: int) -> Response:
        """In Markdown."""
        given = parse(NoteIn, request.data)
        row = queries.with_all(self.actor).one(pk=version_id)
        with unchanged(request, row, lambda: queries.detail_of(queries.with_all(self.actor).one(pk=version_id))):
            services.write_note(actor=self.actor, version=row, note=given.note)
        return Response(queries.detail_of(queries.with_all(self.actor).one(pk=version_id)))

    @document(summary="Delete a version", status=204, refusals=[NotFound, Conflict])
    def delete(self, request: Request, version_id: int) -> Response:
        """Its record stays."""
        services.delete(actor=self.actor, version=ModelVersion.objects.visible_to(self.actor).one(pk=version_id))
        return Response(status=204)


class _Act(Endpoint):
    scopes: ClassVar = {"POST": Scope.MODELS_WRITE}

    def _version(self, version_id: int) -> ModelVersion:
        row: ModelVersion = queries.with_all(self.actor).one(pk=version_id)
        return row

    def _detail(self, version_id: int) -> Response:
        return Response(queries.detail_of(self._version(version_id)))


class VersionArchive(_Act):
    """Out of the way."""

    @document(summary="Archive a version", out=VersionDetail, refusals=[NotFound, Conflict])
    def post(self, request: Request, version_id: int) -> Response:
        """It can come back."""
        services.archive(actor=self.actor, version=self._version(version_id))
        return self._detail(version_id)


class VersionRestore(_Act):
    """Back again."""

    @document(summary="Restore an archived version", out=VersionDetail, refusals=[NotFound, Conflict])
    def post(self, request: Request, version_id: int) -> Response:
        """As it was."""
        services.restore(actor=self.actor, version=self._version(version_id))
        return self._detail(version_id)


class VersionAliases(_Act):
    """Where aliases point."""

    @document(summary="Point an alias at a version", body=AliasIn, out=VersionDetail, refusals=[NotFound, Conflict])
    def post(self, request: Request, version_id: int) -> Response:
        """A protected one asks for a passed contract or a reason."""
        given = parse(AliasIn, request.data)
        services.point_alias(
            actor=self.actor, version=self._version(version_id), alias=given.alias, reason=given.reason
        )
        return self._detail(version_id)


class VersionAlias(Endpoint):
    """One alias."""

    scopes: ClassVar = {"DELETE": Scope.MODELS_WRITE}

    @document(summary="Take an alias away", status=204, refusals=[NotFound, Conflict])
    def delete(self, request: Request, version_id: int, alias: str) -> Response:
        """It points nowhere then."""
        row = ModelVersion.objects.visible_to(self.actor).one(pk=version_id)
        services.take_alias(actor=self.actor, version=row, alias=alias)
        return Response(status=204)


class AliasRollback(Endpoint):
    """One step back."""

    scopes: ClassVar = {"POST": Scope.MODELS_WRITE}

    @document(
        summary="Point an alias back where it pointed before", body=RollbackIn, out=VersionDetail,
        refusals=[NotFound, Conflict],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """The version that it points at now."""
        given = parse(RollbackIn, request.data)
        models = RegisteredModel.objects.visible_to(self.actor)
        model = models.one(project_id=given.project_id, name=given.name)
        move = services.roll_back(actor=self.actor, project_id=model.project_id, name=model.name, alias=given.alias)
        return Response(queries.detail_of(queries.with_all(self.actor).one(pk=move.version_id)))


class VersionMistakes(Endpoint):
    """What it got wrong."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(summary="A version's worst mistakes", out=Page[MistakeOut], query=ERRORS, refusals=[NotFound, Conflict])
    def get(self, request: Request, version_id: int) -> Response:
        """The surest first."""
        version = ModelVersion.objects.visible_to(self.actor).one(pk=version_id)
        found = ERRORS.rows(request, queries.mistakes_of(version))
        return Response(found.page(queries.mistakes_out(version, found.rows)))


class ComparisonQuery(QueryModel):
    """Which two versions."""

    a: RowId = Field(description="The version before")
    b: RowId = Field(description="The version that may be better")


class VersionComparison(Endpoint):
    """Two versions side by side."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(
        summary="Compare two versions in pairs",
        out=Comparison,
        query=ComparisonQuery,
        refusals=[NotFound, Invalid, Conflict],
    )
    def get(self, request: Request) -> Response:
        """B minus A."""
        rows = queries.with_all(self.actor)
        query = parse_query(ComparisonQuery, request)
        return Response(queries.comparison_of(rows.one(pk=query.a), rows.one(pk=query.b)))


class VersionEvaluate(Endpoint):
    """Judge a version again."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @document(
        summary="Judge a version on the newest snapshot",
        out=JobOut,
        status=201,
        refusals=[NotFound, Conflict, ProjectArchived],
    )
    def post(self, request: Request, version_id: int) -> Response:
        """A worker runs it on the sealed split.

        Raises:
            Conflict: it cannot be run here, there is no snapshot, or it is under way.
        """
        row = ModelVersion.objects.visible_to(self.actor).active(pk=version_id)
        if not row.judgeable or row.state == VersionState.DELETED:
            raise Conflict(
                "Only ONNX classifiers with labels and input_side in their metadata are run here. For others, send "
                "their answers to the sealed items."
            )
        snapshot = queries.newest_snapshot(row.project_id)
        if snapshot is None or snapshot.sealed == 0:
            raise Conflict("There is no ready snapshot with sealed items. Freeze one first.")
        if find_unfinished_jobs(EVALUATE, project=row.project_id, version=row.pk).exists():
            raise Conflict("It is being judged already.")
        order = EvaluationPayload(snapshot_id=snapshot.pk, version_id=row.pk)
        job = jobs.submit(EVALUATE, order, actor=self.actor, project_id=row.project_id)
        return Response(job_out(job), status=201)


class VersionLineage(Endpoint):
    """Back to the labels."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(summary="What a version learned from", out=LineageOut, refusals=[NotFound])
    def get(self, request: Request, version_id: int) -> Response:
        """By person and guideline."""
        return Response(lineage.lineage_of(queries.with_all(self.actor).one(pk=version_id)))


class VersionLabels(Endpoint):
    """Every label."""

    scopes: ClassVar = {"GET": Scope.SNAPSHOTS_READ}

    @document(
        summary="The label versions that made a version", out=Page[LabelOfModel], query=LABELS,
        refusals=[NotFound, Invalid],
    )  # fmt: skip
    def get(self, request: Request, version_id: int) -> Response:
        """One page."""
        row = queries.with_all(self.actor).one(pk=version_id)
        return Response(LABELS.page(request, lineage.labels_of(row), lineage.label_out))


class ItemModels(Endpoint):
    """From an item to models."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(summary="Every version that learned from an item", out=Page[AteIt], query=DERIVED, refusals=[NotFound])
    def get(self, request: Request, item_id: int) -> Response:
        """Live ones first."""
        Item.objects.visible_to(self.actor).one(pk=item_id)
        return Response(DERIVED.page(request, lineage.eaters(self.actor, item_id=item_id)))


class AnnotationModels(Endpoint):
    """From a label to models."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(summary="Every version that learned from a label", out=Page[AteIt], query=DERIVED, refusals=[NotFound])
    def get(self, request: Request, annotation_id: int) -> Response:
        """Live ones first."""
        Annotation.objects.visible_to(self.actor).one(pk=annotation_id)
        return Response(DERIVED.page(request, lineage.eaters(self.actor, annotation_id=annotation_id)))


class Policy(Endpoint):
    """A project's rules for its models."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ, "PUT": Scope.MODELS_APPROVE}

    @document(summary="Rules for models", out=PolicyOut, refusals=[NotFound])
    def get(self, request: Request, project_id: int) -> Response:
        """As they are."""
        return Response(_policy(Project.objects.visible_to(self.actor).one(pk=project_id).pk))

    @document(
        summary="Change the rules for models",
        body=PolicyIn,
        out=PolicyOut,
        headers=IF_MATCH,
        refusals=[NotFound, ProjectArchived],
    )
    def put(self, request: Request, project_id: int) -> Response:
        """All of them.

        Raises:
            Invalid: an alias cannot be one.
        """
        given = parse(PolicyIn, request.data)
        for alias in given.protected:
            if not alias or len(alias) > 255 or "\x00" in alias:
                raise Invalid("protected: an alias has 1 to 255 characters", [{"field": "protected", "message": "?"}])
        project = Project.objects.visible_to(self.actor).active(pk=project_id)
        with unchanged(request, project, lambda: _policy(project.pk)):
            services.change_policy(
                actor=self.actor, project_id=project.pk, protected=given.protected, quota_bytes=given.quota_bytes
            )
        return Response(_policy(project.pk))


def _policy(project_id: int) -> PolicyOut:
    row = ModelPolicy.of(project_id)
    return PolicyOut(protected=row.protected, quota_bytes=row.quota_bytes, used_bytes=row.used_bytes)
