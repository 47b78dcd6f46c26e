"""Routes of saved views: what a person, or a whole organization, wants to see of a list again."""

from typing import Annotated, Any, ClassVar

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from pydantic import Field, StringConstraints
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.projects.errors import NotYourView, SavedViewNameTaken, TooManySavedViews
from annotation.projects.filters import SAVED_VIEWS
from annotation.projects.models import DefaultView, Project, SavedView
from annotation.projects.schemas import Id
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Actor, Scope
from plateau.audit.services import record
from plateau.http.errors import NotFound
from plateau.http.etags import IF_MATCH, Editable, unchanged
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import RequestModel, parse

MAX_VIEWS = 200  # of one person in one organization
ListKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,39}$")]
ViewName = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True, pattern=r"^[^\x00]*$")]
ParameterName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_.-]{0,39}$")]
ParameterValue = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]
ColumnName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][\w-]{0,39}$")]


class SavedViewIn(RequestModel):
    """A view of a list; `project_id` for lists of one project."""

    list_key: ListKey
    project_id: Id | None = None
    name: ViewName
    query: dict[ParameterName, ParameterValue] = Field(default_factory=dict, max_length=40)
    hidden_columns: list[ColumnName] | None = Field(default=None, max_length=60)
    is_shared: bool = False


class SavedViewChange(RequestModel):
    """What may change of a view; what is left out stays."""

    name: ViewName | None = None
    query: dict[ParameterName, ParameterValue] | None = Field(default=None, max_length=40)
    hidden_columns: list[ColumnName] | None = Field(default=None, max_length=60)
    is_shared: bool | None = None


class SavedViewOut(Editable):
    """A view of a list."""

    edited: ClassVar[tuple[str, ...]] = ("name", "query", "hidden_columns", "is_shared")

    id: int
    list_key: str
    project_id: int | None
    name: str
    query: dict[str, str] = Field(description="Parameters of the address: search, filters, `ordering`, layout")
    hidden_columns: list[str] | None
    is_shared: bool = Field(description="Whether everybody who sees the list sees the view")
    is_own: bool
    is_default: bool = Field(description="Whether the caller's list begins with it")
    owner: str


def _views(actor: Actor) -> "QuerySet[SavedView]":
    is_default = Exists(DefaultView.objects.filter(view=OuterRef("pk"), user_id=actor.user_id))
    return SavedView.objects.visible_to(actor).select_related("owner").annotate(is_default=is_default)


def _out(row: SavedView, actor: Actor) -> SavedViewOut:
    return SavedViewOut(
        id=row.pk,
        list_key=row.list_key,
        project_id=row.project_id,
        name=row.name,
        query=row.query,
        hidden_columns=row.hidden_columns,
        is_shared=row.is_shared,
        is_own=row.owner_id == actor.user_id,
        is_default=row.is_default,  # type: ignore[attr-defined]  # annotated by `_views`
        owner=row.owner.name,
    )


@transaction.atomic
def save_view(*, actor: Actor, view: SavedView | None, **fields: Any) -> SavedView:
    """Make or change a view.

    Raises:
        NotYourView: others may use it; its owner, and who manages projects, may change it or share one.
        SavedViewNameTaken: the owner has a view of this name on the list.
        TooManySavedViews: the caller has as many as one person may have.
    """
    is_manager = actor.may(Scope.PROJECTS_WRITE)
    if view is not None and view.owner_id != actor.user_id and not is_manager:
        raise NotYourView
    row = view or SavedView(organization_id=actor.organization_id, owner_id=actor.user_id)
    if fields.get("is_shared") and not row.is_shared and not is_manager:
        raise NotYourView
    own = SavedView.objects.filter(organization_id=actor.organization_id, owner_id=row.owner_id)
    if view is None and own.count() >= MAX_VIEWS:
        raise TooManySavedViews(MAX_VIEWS)
    for name, value in fields.items():
        setattr(row, name, value)
    same = own.filter(list_key=row.list_key, project=row.project, name=row.name)
    if same.exclude(pk=row.pk or 0).exists():
        raise SavedViewNameTaken(row.name)
    row.save()
    record(
        actor=actor,
        action="saved_view.saved",
        subject=row,
        name=row.name,
        list_key=row.list_key,
        is_shared=row.is_shared,
    )
    return row


@transaction.atomic
def delete_view(*, actor: Actor, view: SavedView) -> None:
    """Delete a view, for everybody who uses it.

    Raises:
        NotYourView: only its owner and who manages projects may.
    """
    if view.owner_id != actor.user_id and not actor.may(Scope.PROJECTS_WRITE):
        raise NotYourView
    record(actor=actor, action="saved_view.deleted", subject=view, name=view.name, list_key=view.list_key)
    view.delete()


@transaction.atomic
def set_default_view(*, actor: Actor, view: SavedView, is_default: bool) -> None:
    """Begin the caller's list with a view, in place of any other, or no longer."""
    of_list = DefaultView.objects.filter(
        user_id=actor.user_id,
        view__organization_id=view.organization_id,
        view__list_key=view.list_key,
        view__project=view.project,
    )
    of_list.delete()
    if is_default:
        DefaultView.objects.create(user_id=actor.user_id, view=view)


def erase_person(user_id: int) -> None:
    """Delete what a person kept for themselves; what they shared stays with those who use it."""
    SavedView.objects.filter(owner_id=user_id, is_shared=False).delete()
    DefaultView.objects.filter(user_id=user_id).delete()


class SavedViewList(Endpoint):
    """Views of lists."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_READ, "POST": Scope.PROJECTS_READ}

    @document(summary="Saved views: my own, and shared ones", out=Page[SavedViewOut], query=SAVED_VIEWS)
    def get(self, request: Request) -> Response:
        """One page, by name."""
        return Response(SAVED_VIEWS.page(request, _views(self.actor), lambda row: _out(row, self.actor)))

    @document(
        summary="Save a view of a list",
        body=SavedViewIn,
        out=SavedViewOut,
        status=201,
        errors=[NotFound, SavedViewNameTaken, TooManySavedViews, NotYourView],
    )
    def post(self, request: Request) -> Response:
        """Sharing needs the scope `projects.write`."""
        body = parse(SavedViewIn, request.data)
        if body.project_id is not None:
            Project.objects.visible_to(self.actor).get_or_404(pk=body.project_id)
        row = save_view(actor=self.actor, view=None, **body.model_dump())
        return Response(_out(_views(self.actor).get(pk=row.pk), self.actor), status=201)


class SavedViewDetail(Endpoint):
    """One view."""

    scopes: ClassVar = {"PATCH": Scope.PROJECTS_READ, "DELETE": Scope.PROJECTS_READ}

    @document(
        summary="Change a saved view",
        body=SavedViewChange,
        out=SavedViewOut,
        headers=IF_MATCH,
        errors=[NotFound, SavedViewNameTaken, NotYourView],
    )
    def patch(self, request: Request, view_id: int) -> Response:
        """What is left out stays."""
        change = parse(SavedViewChange, request.data)
        view = _views(self.actor).get_or_404(pk=view_id)  # type: ignore[attr-defined]  # of `SavedViewQuerySet`
        with unchanged(request, view, lambda: _out(view, self.actor)):
            save_view(actor=self.actor, view=view, **change.model_dump(exclude_unset=True, exclude_none=True))
            return Response(_out(view, self.actor))

    @document(summary="Delete a saved view", status=204, errors=[NotFound, NotYourView])
    def delete(self, request: Request, view_id: int) -> Response:
        """For everybody."""
        delete_view(actor=self.actor, view=SavedView.objects.visible_to(self.actor).get_or_404(pk=view_id))
        return Response(status=204)


class SavedViewDefault(Endpoint):
    """Whether the caller's list begins with a view."""

    scopes: ClassVar = {"POST": Scope.PROJECTS_READ, "DELETE": Scope.PROJECTS_READ}
    unrecorded: ClassVar = {"POST": "one's own settings", "DELETE": "one's own settings"}

    @document(summary="Begin my list with a saved view", status=204, errors=[NotFound])
    def post(self, request: Request, view_id: int) -> Response:
        """In place of any other."""
        return self._set(view_id, is_default=True)

    @document(summary="Begin my list without a saved view", status=204, errors=[NotFound])
    def delete(self, request: Request, view_id: int) -> Response:
        """The list begins as it is."""
        return self._set(view_id, is_default=False)

    def _set(self, view_id: int, *, is_default: bool) -> Response:
        view = SavedView.objects.visible_to(self.actor).get_or_404(pk=view_id)
        set_default_view(actor=self.actor, view=view, is_default=is_default)
        return Response(status=204)
