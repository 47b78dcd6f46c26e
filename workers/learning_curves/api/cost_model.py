"""Route of a project's cost model."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from annotation.projects.models import Project
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import NotFound, ProjectArchived
from plateau.http.etags import IF_MATCH, unchanged
from plateau.http.openapi import document
from plateau.http.validation import parse
from workers.learning_curves import queries, services
from workers.learning_curves.schemas import (
    CostModelIn,
    CostModelOut,
)


def cost_model_out(project: Project) -> CostModelOut:
    """The cost model as entered; defaults where nothing was."""
    cost_model = queries.get_cost_model(project)
    return CostModelOut.model_validate({name: getattr(cost_model, name) for name in CostModelIn.model_fields})


class CostModelDetail(Endpoint):
    """The cost model of a project."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ, "PATCH": Scope.RUNS_WRITE}

    @document(summary="The cost model: what labels and errors cost", out=CostModelOut, errors=[NotFound])
    def get(self, request: Request, project_id: int) -> Response:
        """As entered."""
        return Response(cost_model_out(Project.objects.visible_to(self.actor).get_or_404(pk=project_id)))

    @document(
        summary="Enter the cost model",
        body=CostModelIn,
        headers=IF_MATCH,
        out=CostModelOut,
        errors=[NotFound, ProjectArchived],
    )
    def patch(self, request: Request, project_id: int) -> Response:
        """Fields that are left out stay."""
        data = parse(CostModelIn, request.data)
        project = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        with unchanged(request, project, lambda: cost_model_out(project)):
            values = data.model_dump(exclude_unset=True)
            services.set_cost_model(actor=self.actor, project=project, values=values)
        return Response(cost_model_out(project))
