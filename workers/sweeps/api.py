"""Routes of searches."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from annotation.projects.models import Project
from annotation.snapshots.models import Snapshot
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import Conflict, Invalid, NotFound, ProjectArchived
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import parse
from workers.sweeps import queries, services
from workers.sweeps.filters import SEARCHES
from workers.sweeps.models import Search
from workers.sweeps.schemas import SearchDetail, SearchIn, SearchOut, Stopped


class SearchList(Endpoint):
    """Searches of a project."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ, "POST": Scope.RUNS_WRITE}

    @document(summary="Searches, newest first", out=Page[SearchOut], query=SEARCHES, refusals=[NotFound, Invalid])
    def get(self, request: Request, project_id: int) -> Response:
        """One page."""
        project = Project.objects.visible_to(self.actor).one(pk=project_id)
        rows = Search.objects.visible_to(self.actor).filter(project=project).select_related("snapshot")
        found = SEARCHES.rows(request, rows)
        return Response(found.page(queries.searches_out(found.rows)))

    @document(
        summary="Search a recipe's parameters", body=SearchIn, out=SearchDetail, status=201,
        refusals=[NotFound, Conflict, ProjectArchived],
    )  # fmt: skip
    def post(self, request: Request, project_id: int) -> Response:
        """Order one; the sealed split is not looked at.

        Raises:
            Invalid: recipe, ranges or fixed parameters are wrong.
        """
        given = parse(SearchIn, request.data)
        project = Project.objects.visible_to(self.actor).active(pk=project_id)
        snapshot = Snapshot.objects.visible_to(self.actor).filter(project=project).one(pk=given.snapshot_id)
        search = services.order_search(
            actor=self.actor,
            snapshot=snapshot,
            recipe=given.recipe,
            method=given.method,
            trials=given.trials,
            prunes=given.prunes,
            seed=given.seed,
            space={key: one.model_dump() for key, one in given.space.items()},
            fixed=given.fixed,
        )
        return Response(queries.detail_of(search), status=201)


class SearchOne(Endpoint):
    """One search."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(summary="A search and its trials", out=SearchDetail, refusals=[NotFound])
    def get(self, request: Request, search_id: int) -> Response:
        """The search."""
        rows = Search.objects.visible_to(self.actor).select_related("snapshot")
        return Response(queries.detail_of(rows.one(pk=search_id)))


class SearchStop(Endpoint):
    """The end of a search before its time."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @document(summary="Stop a search; trials that are done stay", out=Stopped, refusals=[NotFound, Conflict])
    def post(self, request: Request, search_id: int) -> Response:
        """Stop what is not over."""
        search = Search.objects.visible_to(self.actor).one(pk=search_id)
        return Response(Stopped(trials=services.stop_search(actor=self.actor, search=search)))
