"""Endpoints of sweeps."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from annotation.projects.models import Project
from annotation.snapshots.models import Snapshot
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import InvalidInput, NotFound, ProjectArchived
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import parse
from workers.sweeps import queries, services
from workers.sweeps.errors import RecipeHasNoParameters, SweepEnded, SweepNeedsMoreLabels
from workers.sweeps.filters import SWEEPS
from workers.sweeps.models import Sweep
from workers.sweeps.schemas import SweepDetail, SweepIn, SweepOut, SweepStopOut
from workers.training.errors import UNTRAINABLE


class SweepList(Endpoint):
    """Sweeps of a project."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ, "POST": Scope.RUNS_WRITE}

    @document(summary="Sweeps, newest first", out=Page[SweepOut], query=SWEEPS, errors=[NotFound, InvalidInput])
    def get(self, request: Request, project_id: int) -> Response:
        """One page."""
        project = Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        rows = Sweep.objects.visible_to(self.actor).filter(project=project).select_related("snapshot")
        listed = SWEEPS.rows(request, rows)
        return Response(listed.page(queries.sweeps_out(listed.rows)))

    @document(
        summary="Search a recipe's parameters", body=SweepIn, out=SweepDetail, status=201,
        errors=[
            NotFound, ProjectArchived, *UNTRAINABLE, SweepNeedsMoreLabels, RecipeHasNoParameters,
        ],
    )  # fmt: skip
    def post(self, request: Request, project_id: int) -> Response:
        """Submit a sweep; the held-out test set is not used.

        Raises:
            InvalidInput: recipe, ranges or fixed parameters are wrong.
        """
        body = parse(SweepIn, request.data)
        project = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        snapshot = Snapshot.objects.visible_to(self.actor).filter(project=project).get_or_404(pk=body.snapshot_id)
        sweep = services.create_sweep(
            actor=self.actor,
            snapshot=snapshot,
            recipe=body.recipe,
            method=body.method,
            trial_count=body.trial_count,
            pruning_enabled=body.pruning_enabled,
            seed=body.seed,
            space={key: bounds.model_dump() for key, bounds in body.space.items()},
            fixed=body.fixed,
        )
        return Response(queries.sweep_detail(sweep), status=201)


class SweepView(Endpoint):
    """One sweep."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(summary="A sweep and its trials", out=SweepDetail, errors=[NotFound])
    def get(self, request: Request, sweep_id: int) -> Response:
        """The sweep."""
        rows = Sweep.objects.visible_to(self.actor).select_related("snapshot")
        return Response(queries.sweep_detail(rows.get_or_404(pk=sweep_id)))


class SweepStop(Endpoint):
    """Stopping a sweep."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @document(summary="Stop a sweep; trials that are done stay", out=SweepStopOut, errors=[NotFound, SweepEnded])
    def post(self, request: Request, sweep_id: int) -> Response:
        """Cancel the trials that have not ended."""
        sweep = Sweep.objects.visible_to(self.actor).get_or_404(pk=sweep_id)
        return Response(SweepStopOut(cancelled_count=services.stop_sweep(actor=self.actor, sweep=sweep)))
