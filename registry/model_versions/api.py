"""Routes of models."""

from typing import ClassVar

from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.labeling.models import Annotation
from annotation.projects.models import Project
from labelkit.messages import Message
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.audit.services import record
from plateau.datalake.models import Item
from plateau.http.errors import NotFound, ProjectArchived
from plateau.http.etags import IF_MATCH, unchanged
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.query import QueryModel, RowId, parse_query
from plateau.http.validation import parse
from plateau.jobs import services as jobs
from plateau.jobs.api import JobOut, job_out
from plateau.jobs.queries import find_unfinished_jobs
from registry.mlflow_store.errors import MlflowRejected
from registry.model_versions import lineage, queries, services
from registry.model_versions.errors import (
    AliasInUse,
    AliasProtected,
    EvaluationInProgress,
    InvalidAlias,
    NoPreviousVersion,
    NoReadySnapshot,
    OverrideNotAllowed,
    VersionDeleted,
    VersionInUse,
    VersionNotArchived,
    VersionNotEvaluable,
    VersionNotEvaluated,
    VersionNotReady,
    VersionsNotComparable,
)
from registry.model_versions.filters import DERIVED, ERRORS, LABELS, METRICS, MODELS, VERSIONS
from registry.model_versions.job_kinds import EVALUATE, EvaluatePayload
from registry.model_versions.models import ModelPolicy, ModelVersion, RegisteredModel, VersionState
from registry.model_versions.schemas import (
    AliasIn,
    DerivedModelOut,
    DescriptionIn,
    HeldOutPredictionOut,
    LineageOut,
    MetricSpecOut,
    ModelOut,
    ModelPolicyIn,
    ModelPolicyOut,
    TrainingLabelOut,
    VersionComparisonOut,
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
        models = MODELS.rows(request, RegisteredModel.objects.visible_to(self.actor).select_related("project"))
        return Response(models.page(queries.models_out(models.rows)))


class VersionList(Endpoint):
    """Model versions of the organization."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(
        summary="Model versions, newest first",
        out=Page[VersionOut],
        query=VERSIONS,
    )
    def get(self, request: Request) -> Response:
        """One page."""
        rows = queries.versions_for_detail(self.actor).defer("per_class")
        return Response(VERSIONS.page(request, rows, queries.version_out))


class VersionDetailView(Endpoint):
    """One version."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ, "PATCH": Scope.MODELS_WRITE, "DELETE": Scope.MODELS_WRITE}

    @document(summary="A model version", out=VersionDetail, errors=[NotFound])
    def get(self, request: Request, version_id: int) -> Response:
        """With its figures, its moves and what needs it."""
        return Response(queries.version_detail(queries.versions_for_detail(self.actor).get_or_404(pk=version_id)))

    @document(
        summary="Set a version's description",
        body=DescriptionIn,
        out=VersionDetail,
        headers=IF_MATCH,
        errors=[NotFound, MlflowRejected],
    )
    def patch(self, request: Request, version_id: int) -> Response:
        """In Markdown."""
        body = parse(DescriptionIn, request.data)
        row = queries.versions_for_detail(self.actor).get_or_404(pk=version_id)
        with unchanged(
            request,
            row,
            lambda: queries.version_detail(queries.versions_for_detail(self.actor).get_or_404(pk=version_id)),
        ):
            services.set_description(actor=self.actor, version=row, description=body.description)
        return Response(queries.version_detail(queries.versions_for_detail(self.actor).get_or_404(pk=version_id)))

    @document(summary="Delete a version", status=204, errors=[NotFound, VersionDeleted, VersionInUse])
    def delete(self, request: Request, version_id: int) -> Response:
        """Its record stays."""
        services.delete_version(
            actor=self.actor, version=ModelVersion.objects.visible_to(self.actor).get_or_404(pk=version_id)
        )
        return Response(status=204)


class _VersionAction(Endpoint):
    scopes: ClassVar = {"POST": Scope.MODELS_WRITE}

    def _version(self, version_id: int) -> ModelVersion:
        row: ModelVersion = queries.versions_for_detail(self.actor).get_or_404(pk=version_id)
        return row

    def _detail(self, version_id: int) -> Response:
        return Response(queries.version_detail(self._version(version_id)))


class VersionArchive(_VersionAction):
    """Archiving."""

    @document(summary="Archive a version", out=VersionDetail, errors=[NotFound, VersionNotReady, VersionInUse])
    def post(self, request: Request, version_id: int) -> Response:
        """It can come back."""
        services.archive_version(actor=self.actor, version=self._version(version_id))
        return self._detail(version_id)


class VersionRestore(_VersionAction):
    """Restoring."""

    @document(summary="Restore an archived version", out=VersionDetail, errors=[NotFound, VersionNotArchived])
    def post(self, request: Request, version_id: int) -> Response:
        """As it was."""
        services.restore_version(actor=self.actor, version=self._version(version_id))
        return self._detail(version_id)


class VersionAliases(_VersionAction):
    """Aliases of a version."""

    @document(
        summary="Point an alias at a version",
        body=AliasIn,
        out=VersionDetail,
        errors=[NotFound, InvalidAlias, VersionNotReady, AliasProtected, OverrideNotAllowed, MlflowRejected],
    )
    def post(self, request: Request, version_id: int) -> Response:
        """A protected one asks for a passed contract or a reason."""
        body = parse(AliasIn, request.data)
        services.point_alias(actor=self.actor, version=self._version(version_id), alias=body.alias, reason=body.reason)
        return self._detail(version_id)


class RemovalQuery(QueryModel):
    """Why a protected alias is removed."""

    reason: str = Field(default="", max_length=500)


class VersionAlias(Endpoint):
    """One alias."""

    scopes: ClassVar = {"DELETE": Scope.MODELS_WRITE}

    @document(
        summary="Remove an alias",
        status=204,
        query=RemovalQuery,
        errors=[NotFound, AliasInUse, AliasProtected, OverrideNotAllowed],
    )
    def delete(self, request: Request, version_id: int, alias: str) -> Response:
        """It points nowhere then; a protected one asks for a reason."""
        reason = parse_query(RemovalQuery, request).reason
        row = ModelVersion.objects.visible_to(self.actor).get_or_404(pk=version_id)
        services.remove_alias(actor=self.actor, version=row, alias=alias, reason=reason)
        return Response(status=204)


class AliasRollback(Endpoint):
    """Rollback of an alias."""

    scopes: ClassVar = {"POST": Scope.MODELS_WRITE}

    @document(
        summary="Point an alias back where it pointed before",
        out=VersionDetail,
        errors=[NotFound, NoPreviousVersion, VersionNotReady],
    )
    def post(self, request: Request, model_id: int, alias: str) -> Response:
        """The version that it points at now."""
        model = RegisteredModel.objects.visible_to(self.actor).get_or_404(pk=model_id)
        change = services.roll_back_alias(actor=self.actor, project_id=model.project_id, name=model.name, alias=alias)
        return Response(
            queries.version_detail(queries.versions_for_detail(self.actor).get_or_404(pk=change.version_id))
        )


class VersionErrors(Endpoint):
    """Errors of a version."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(
        summary="Errors of a version on the held-out test set, or what it got right, by confidence",
        out=Page[HeldOutPredictionOut],
        query=ERRORS,
        errors=[NotFound, VersionNotEvaluated],
    )
    def get(self, request: Request, version_id: int) -> Response:
        """The most confident first."""
        version = ModelVersion.objects.visible_to(self.actor).get_or_404(pk=version_id)
        listed = ERRORS.rows(request, queries.predictions_by_confidence(version))
        return Response(listed.page(queries.predictions_out(version, listed.rows)))


class ComparisonQuery(QueryModel):
    """Which two versions."""

    a: RowId = Field(description="The version before")
    b: RowId = Field(description="The version that may be better")


class VersionComparison(Endpoint):
    """Two versions side by side."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(
        summary="Compare two versions in pairs",
        out=VersionComparisonOut,
        query=ComparisonQuery,
        errors=[NotFound, VersionsNotComparable],
    )
    def get(self, request: Request) -> Response:
        """B minus A."""
        rows = queries.versions_for_detail(self.actor)
        query = parse_query(ComparisonQuery, request)
        return Response(queries.compare_versions(rows.get_or_404(pk=query.a), rows.get_or_404(pk=query.b)))


class VersionEvaluate(Endpoint):
    """Evaluation of a version by a worker."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @document(
        summary="Evaluate a version on the newest snapshot",
        out=JobOut,
        status=201,
        errors=[NotFound, VersionNotEvaluable, NoReadySnapshot, EvaluationInProgress, ProjectArchived],
    )
    def post(self, request: Request, version_id: int) -> Response:
        """A worker runs it on the held-out test set.

        Raises:
            VersionNotEvaluable: workers cannot run it.
            NoReadySnapshot: there is nothing to evaluate on.
            EvaluationInProgress: it is being evaluated.
        """
        row = ModelVersion.objects.visible_to(self.actor).get_active(pk=version_id)
        if not row.is_evaluable or row.state == VersionState.DELETED:
            raise VersionNotEvaluable(
                "Only ONNX classifiers with labels and image_size in their metadata can run here. "
                "For other models, upload predictions for the held-out test set."
            )
        snapshot = queries.newest_snapshot(row.project_id)
        if snapshot is None or snapshot.test_count == 0:
            raise NoReadySnapshot("No snapshot with a held-out test set is ready. Create one first.")
        if find_unfinished_jobs(EVALUATE, project=row.project_id, version=row.pk).exists():
            raise EvaluationInProgress("This version is already being evaluated.")
        order = EvaluatePayload(snapshot_id=snapshot.pk, version_id=row.pk)
        record(actor=self.actor, action="model.evaluation_submitted", subject=row, name=row.name, version=row.version)
        job = jobs.submit(EVALUATE, order, actor=self.actor, project_id=row.project_id)
        return Response(job_out(job), status=201)


class VersionLineage(Endpoint):
    """Lineage of a version."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(summary="What a version learned from", out=LineageOut, errors=[NotFound])
    def get(self, request: Request, version_id: int) -> Response:
        """By person and guideline."""
        return Response(lineage.lineage_of(queries.versions_for_detail(self.actor).get_or_404(pk=version_id)))


class VersionLabels(Endpoint):
    """Labels that a version was trained on."""

    scopes: ClassVar = {"GET": Scope.SNAPSHOTS_READ}

    @document(
        summary="The label versions that made a version", out=Page[TrainingLabelOut], query=LABELS,
        errors=[NotFound],
    )  # fmt: skip
    def get(self, request: Request, version_id: int) -> Response:
        """One page."""
        row = queries.versions_for_detail(self.actor).get_or_404(pk=version_id)
        return Response(LABELS.page(request, lineage.training_labels(row), lineage.training_label_out))


class ItemModels(Endpoint):
    """Models derived from an item."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(
        summary="Every version that learned from an item", out=Page[DerivedModelOut], query=DERIVED, errors=[NotFound]
    )
    def get(self, request: Request, item_id: int) -> Response:
        """Live ones first."""
        Item.objects.visible_to(self.actor).get_or_404(pk=item_id)
        return Response(DERIVED.page(request, lineage.derived_models(self.actor, item_id=item_id)))


class AnnotationModels(Endpoint):
    """Models derived from an annotation."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(
        summary="Every version that learned from a label", out=Page[DerivedModelOut], query=DERIVED, errors=[NotFound]
    )
    def get(self, request: Request, annotation_id: int) -> Response:
        """Live ones first."""
        Annotation.objects.visible_to(self.actor).get_or_404(pk=annotation_id)
        return Response(DERIVED.page(request, lineage.derived_models(self.actor, annotation_id=annotation_id)))


class ProjectModelPolicy(Endpoint):
    """A project's rules for its models."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ, "PUT": Scope.MODELS_APPROVE}

    @document(summary="Rules for models", out=ModelPolicyOut, errors=[NotFound])
    def get(self, request: Request, project_id: int) -> Response:
        """As they are."""
        return Response(_policy(Project.objects.visible_to(self.actor).get_or_404(pk=project_id).pk))

    @document(
        summary="Change the rules for models",
        body=ModelPolicyIn,
        out=ModelPolicyOut,
        headers=IF_MATCH,
        errors=[NotFound, InvalidAlias, ProjectArchived],
    )
    def put(self, request: Request, project_id: int) -> Response:
        """All of them.

        Raises:
            InvalidAlias: an alias cannot be one.
        """
        body = parse(ModelPolicyIn, request.data)
        for alias in body.protected_aliases:
            if not alias or len(alias) > 255 or "\x00" in alias:
                raise InvalidAlias.in_field(
                    "protected_aliases", Message("“{alias}” must have 1 to 255 characters", alias=alias[:60])
                )
        project = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        with unchanged(request, project, lambda: _policy(project.pk)):
            services.update_model_policy(
                actor=self.actor,
                project_id=project.pk,
                protected_aliases=body.protected_aliases,
                quota_bytes=body.quota_bytes,
            )
        return Response(_policy(project.pk))


def _policy(project_id: int) -> ModelPolicyOut:
    row = ModelPolicy.for_project(project_id)
    return ModelPolicyOut(
        protected_aliases=row.protected_aliases, quota_bytes=row.quota_bytes, used_bytes=row.used_bytes
    )
