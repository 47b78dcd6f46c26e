"""Endpoints of projects, which are shown and changed with their tasks."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from annotation.labeling import relabel
from annotation.labeling.memberships import assign
from annotation.labeling.services import (
    apply_overlap,
    count_conflicts,
    count_tasks_by_state,
    reorder_queue,
    sync_tasks,
    sync_tasks_of,
    used_labels,
)
from annotation.projects import services
from annotation.projects.errors import DatasetAlreadyAdded, LabelInUse, ProjectNameTaken, ProjectNotArchived
from annotation.projects.filters import PROJECTS
from annotation.projects.mlflow_workspace import workspace_of
from annotation.projects.models import Project, Team
from annotation.projects.queries import current_guideline, current_schema, dataset_ids_of, queue_settings_of
from annotation.projects.schemas import (
    AttributeOut,
    Counts,
    DatasetToAdd,
    LabelOut,
    LabelsIn,
    ProjectChange,
    ProjectDetail,
    ProjectIn,
    ProjectOut,
    ProjectTypeOut,
    QueueSettingsChange,
    SchemaPreview,
)
from labelkit.annotations import SchemaIn
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.datalake.errors import DatasetDeleted
from plateau.datalake.models import Dataset
from plateau.http.errors import InvalidInput, NotFound, ProjectArchived
from plateau.http.etags import IF_MATCH, unchanged
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import parse


def _out(row: Project, counts: dict[str, int], conflict_count: int) -> ProjectOut:
    return ProjectOut(
        id=row.pk,
        name=row.name,
        kind=row.kind,
        project_type=ProjectTypeOut.of(row.project_type),
        note=row.note,
        dataset_id=row.dataset_id,
        target=row.target,
        archived=row.archived_at is not None,
        created_at=row.created_at,
        tasks=Counts(**counts),
        conflict_count=conflict_count,
    )


def _detail(row: Project) -> ProjectDetail:
    schema, guideline = current_schema(row), current_guideline(row)
    return ProjectDetail(
        **_out(
            row, count_tasks_by_state(project_ids=[row.pk])[row.pk], count_conflicts(project_ids=[row.pk])[row.pk]
        ).model_dump(),
        added_dataset_ids=dataset_ids_of(row)[1:],
        labels=[LabelOut(**label) for label in schema.labels],
        attributes=[AttributeOut(**attribute) for attribute in schema.attributes],
        queue_settings=queue_settings_of(row),
        schema_version=schema.version,
        guideline=guideline.text,
        guideline_version=guideline.version,
        workspace=workspace_of(row.pk),
    )


class ProjectList(Endpoint):
    """Projects."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_READ, "POST": Scope.PROJECTS_WRITE}

    @document(
        summary="Projects, newest first",
        out=Page[ProjectOut],
        query=PROJECTS,
        errors=[InvalidInput],
    )
    def get(self, request: Request) -> Response:
        """One page."""
        rows = Project.objects.visible_to(self.actor)
        page = PROJECTS.rows(request, rows)
        project_ids = [row.pk for row in page.rows]
        counts, conflicts = count_tasks_by_state(project_ids=project_ids), count_conflicts(project_ids=project_ids)
        return Response(page.page([_out(row, counts[row.pk], conflicts[row.pk]) for row in page.rows]))

    @document(
        summary="Make a project",
        body=ProjectIn,
        out=ProjectDetail,
        status=201,
        errors=[NotFound, ProjectNameTaken, DatasetDeleted],
    )
    def post(self, request: Request) -> Response:
        """Make one, with a task for every item of its dataset."""
        body = parse(ProjectIn, request.data)
        dataset = Dataset.objects.visible_to(self.actor).get_or_404(pk=body.dataset_id)
        if dataset.deleted_at is not None:
            raise DatasetDeleted
        project = services.create_project(
            actor=self.actor,
            dataset=dataset,
            name=body.name,
            kind=body.kind,
            schema=body,
            guideline=body.guideline,
            note=body.note,
            target=body.target,
        )
        sync_tasks(dataset.pk)
        return Response(_detail(project), status=201)


class ProjectDetailEndpoint(Endpoint):
    """One project."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_READ, "PATCH": Scope.PROJECTS_WRITE}

    @document(
        summary="A project with its label schema and the settings of its queue", out=ProjectDetail, errors=[NotFound]
    )
    def get(self, request: Request, project_id: int) -> Response:
        """The project."""
        return Response(_detail(Project.objects.visible_to(self.actor).get_or_404(pk=project_id)))

    @document(
        summary="Rename, set note and target, write guidelines, archive, restore",
        body=ProjectChange,
        out=ProjectDetail,
        headers=IF_MATCH,
        errors=[NotFound, ProjectNameTaken, ProjectArchived],
    )
    def patch(self, request: Request, project_id: int) -> Response:
        """Change it."""
        body = parse(ProjectChange, request.data)
        row = Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        with unchanged(request, row, lambda: _detail(row)):
            before = row.archived_at
            changed = services.change_project(actor=self.actor, project=row, **body.model_dump())
        if before is not None and changed.archived_at is None:
            sync_tasks_of(changed)
        return Response(_detail(changed))


class ProjectArchive(Endpoint):
    """A project out of the way."""

    scopes: ClassVar = {"POST": Scope.PROJECTS_WRITE}

    @document(summary="Archive a project", out=ProjectDetail, errors=[NotFound, ProjectArchived])
    def post(self, request: Request, project_id: int) -> Response:
        """It can be read and restored; nothing of it is changed, and no work on it begins."""
        row = Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        return Response(_detail(services.archive(actor=self.actor, project=row)))


class ProjectRestore(Endpoint):
    """A project back again."""

    scopes: ClassVar = {"POST": Scope.PROJECTS_WRITE}

    @document(summary="Restore an archived project", out=ProjectDetail, errors=[NotFound, ProjectNotArchived])
    def post(self, request: Request, project_id: int) -> Response:
        """As it was, with a task for every item that came in the meantime."""
        row = services.restore(
            actor=self.actor, project=Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        )
        sync_tasks_of(row)
        return Response(_detail(row))


class ProjectDatasets(Endpoint):
    """Datasets of a project."""

    scopes: ClassVar = {"POST": Scope.PROJECTS_WRITE}

    @document(
        summary="Have the items of one more dataset labeled",
        body=DatasetToAdd,
        out=ProjectDetail,
        errors=[NotFound, DatasetAlreadyAdded, DatasetDeleted, ProjectArchived],
    )
    def post(self, request: Request, project_id: int) -> Response:
        """With a task for each of its items, and for those that come in later."""
        body = parse(DatasetToAdd, request.data)
        row = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        dataset = Dataset.objects.visible_to(self.actor).get_or_404(pk=body.dataset_id)
        services.add_dataset(actor=self.actor, project=row, dataset=dataset)
        sync_tasks(dataset.pk)
        return Response(_detail(row))


class ProjectDataset(Endpoint):
    """One added dataset."""

    scopes: ClassVar = {"DELETE": Scope.PROJECTS_WRITE}

    @document(
        summary="Take no more new items of an added dataset in", out=ProjectDetail, errors=[NotFound, ProjectArchived]
    )
    def delete(self, request: Request, project_id: int, dataset_id: int) -> Response:
        """Tasks that there are stay."""
        row = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        dataset = Dataset.objects.visible_to(self.actor).get_or_404(pk=dataset_id)
        return Response(_detail(services.remove_dataset(actor=self.actor, project=row, dataset=dataset)))


class ProjectLabelSchema(Endpoint):
    """A project's labels."""

    scopes: ClassVar = {"PUT": Scope.PROJECTS_WRITE}

    @document(
        summary="Write the next version of the label schema",
        body=LabelsIn,
        out=ProjectDetail,
        headers=IF_MATCH,
        errors=[NotFound, LabelInUse, ProjectArchived],
    )
    def put(self, request: Request, project_id: int) -> Response:
        """Labels of annotations are replaced where `moves` says so: the old annotations stay, superseded."""
        body = parse(LabelsIn, request.data)
        row = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        with unchanged(request, row, lambda: _detail(row)):
            used = (used_labels(project=row) - body.moves.keys()) | set(body.moves.values()) - {""}
            schema = SchemaIn.model_validate(body.model_dump(exclude={"moves"}))
            services.change_schema(actor=self.actor, project=row, schema=schema, used=used)
            row.refresh_from_db()
            if body.moves:
                relabel.relabel(project=row, moves=body.moves)
        return Response(_detail(row))


class LabelSchemaPreview(Endpoint):
    """A change of the labels, before it is made."""

    scopes: ClassVar = {"POST": Scope.PROJECTS_WRITE}
    unrecorded: ClassVar = {"POST": "nothing is written"}

    @document(summary="What a change of the label schema would do", body=SchemaIn, out=SchemaPreview, errors=[NotFound])
    def post(self, request: Request, project_id: int) -> Response:
        """Nothing is changed."""
        body = parse(SchemaIn, request.data)
        return Response(relabel.preview(Project.objects.visible_to(self.actor).get_or_404(pk=project_id), body))


class ProjectQueueSettings(Endpoint):
    """How a project's queue works."""

    scopes: ClassVar = {"PATCH": Scope.PROJECTS_WRITE}

    @document(
        summary="Change how tasks are dispatched, reviewed and checked",
        body=QueueSettingsChange,
        out=ProjectDetail,
        headers=IF_MATCH,
        errors=[NotFound, ProjectArchived],
    )
    def patch(self, request: Request, project_id: int) -> Response:
        """What is left out stays; a new overlap applies to tasks that nobody annotated yet.

        Whoever closes a project to others stays a member of it, and so does its creator.
        """
        body = parse(QueueSettingsChange, request.data).model_dump(exclude_unset=True)
        row = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        with unchanged(request, row, lambda: _detail(row)):
            queue_settings = queue_settings_of(row).model_copy(update=body)
            teams = [Team.objects.visible_to(self.actor).get_or_404(pk=pk) for pk in queue_settings.teams]
            before, was_open = row.order, row.is_open_to_everyone
            services.set_queue_settings(actor=self.actor, project=row, queue_settings=queue_settings, teams=teams)
            if was_open and not row.is_open_to_everyone:
                assign(project=row, user_ids=[self.actor.user_id, row.created_by_id])
        apply_overlap(project=row)
        if row.order != before:
            reorder_queue(actor=self.actor, project=row)
        return Response(_detail(row))
