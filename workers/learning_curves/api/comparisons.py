"""Routes of active-learning simulations and of ablations."""

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
from plateau.jobs.api import job_out
from workers.learning_curves import queries, services
from workers.learning_curves.errors import (
    AblationNeedsMoreLabels,
    ParameterNotComparable,
    SimulationNeedsMoreLabels,
)
from workers.learning_curves.filters import ABLATIONS, SIMULATIONS
from workers.learning_curves.models import Ablation, ActiveLearningSimulation
from workers.learning_curves.schemas import (
    AblationIn,
    AblationOut,
    SimulationIn,
    SimulationOut,
)
from workers.training.errors import UNTRAINABLE


class SimulationList(Endpoint):
    """Active-learning simulations of a project."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ, "POST": Scope.RUNS_WRITE}

    @document(
        summary="Active-learning simulations, newest first",
        out=Page[SimulationOut],
        query=SIMULATIONS,
        errors=[NotFound, InvalidInput],
    )
    def get(self, request: Request, project_id: int) -> Response:
        """One page."""
        project = Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        simulations = ActiveLearningSimulation.objects.visible_to(self.actor).filter(project=project)
        return Response(SIMULATIONS.page(request, simulations.select_related("job", "snapshot"), _simulation_out))

    @document(
        summary="Simulate query strategies on the labels of a snapshot",
        body=SimulationIn,
        out=SimulationOut,
        status=201,
        errors=[
            NotFound,
            *UNTRAINABLE,
            SimulationNeedsMoreLabels,
            ProjectArchived,
        ],
    )
    def post(self, request: Request, project_id: int) -> Response:
        """A worker simulates them."""
        data = parse(SimulationIn, request.data)
        project = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        snapshot = Snapshot.objects.visible_to(self.actor).filter(project=project).get_or_404(pk=data.snapshot_id)
        return Response(_simulation_out(services.submit_simulation(actor=self.actor, snapshot=snapshot)), status=201)


def _simulation_out(simulation: ActiveLearningSimulation) -> SimulationOut:
    return SimulationOut(
        id=simulation.pk,
        snapshot_version=simulation.snapshot.version,
        created_at=simulation.created_at,
        job=job_out(simulation.job),
    )


class AblationList(Endpoint):
    """Ablations of a project."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ, "POST": Scope.RUNS_WRITE}

    @document(
        summary="Ablations, newest first",
        out=Page[AblationOut],
        query=ABLATIONS,
        errors=[NotFound, InvalidInput],
    )
    def get(self, request: Request, project_id: int) -> Response:
        """One page."""
        project = Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        ablations = Ablation.objects.visible_to(self.actor).filter(project=project).select_related("snapshot")
        ablations = ablations.prefetch_related("learning_curves__points", "learning_curves__job")
        return Response(ABLATIONS.page(request, ablations, queries.ablation_out))

    @document(
        summary="Compare the options of a recipe's parameter", body=AblationIn, out=AblationOut, status=201,
        errors=[NotFound, *UNTRAINABLE, AblationNeedsMoreLabels, ParameterNotComparable, ProjectArchived],
    )  # fmt: skip
    def post(self, request: Request, project_id: int) -> Response:
        """Workers train every variant."""
        data = parse(AblationIn, request.data)
        project = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        snapshot = Snapshot.objects.visible_to(self.actor).filter(project=project).get_or_404(pk=data.snapshot_id)
        fields = data.model_dump(exclude={"snapshot_id"})
        ablation = services.submit_ablation(actor=self.actor, snapshot=snapshot, **fields)
        return Response(queries.ablation_out(ablation), status=201)
