"""Route of a project's learning-curve schedule."""

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
from plateau.texts import translate
from workers.learning_curves import scheduling, services
from workers.learning_curves.models import LearningCurveSchedule
from workers.learning_curves.schemas import (
    LearningCurveScheduleIn,
    LearningCurveScheduleOut,
    ScoreGainOut,
)
from workers.training.errors import RecipeNotForProjectType


class ProjectLearningCurveSchedule(Endpoint):
    """The learning-curve schedule of a project."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_READ, "PUT": Scope.RUNS_WRITE}

    @document(
        summary="The learning-curve schedule, labels until the next curve, and the gain by the last ones",
        out=LearningCurveScheduleOut,
        errors=[NotFound],
    )
    def get(self, request: Request, project_id: int) -> Response:
        """For the header of whoever labels."""
        return Response(_schedule_out(Project.objects.visible_to(self.actor).get_or_404(pk=project_id)))

    @document(
        summary="Set the learning-curve schedule",
        body=LearningCurveScheduleIn,
        out=LearningCurveScheduleOut,
        headers=IF_MATCH,
        errors=[NotFound, RecipeNotForProjectType, ProjectArchived],
    )
    def put(self, request: Request, project_id: int) -> Response:
        """Replace the schedule."""
        data = parse(LearningCurveScheduleIn, request.data)
        project = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        with unchanged(request, project, lambda: _schedule_out(project)):
            services.set_learning_curve_schedule(actor=self.actor, project=project, **data.model_dump())
        return Response(_schedule_out(project))


def _schedule_out(project: Project) -> LearningCurveScheduleOut:
    row = LearningCurveSchedule.objects.filter(project=project).first()
    status = scheduling.schedule_status(project)
    schedule = None
    if row is not None:
        schedule = LearningCurveScheduleIn.model_validate(
            {name: getattr(row, name) for name in LearningCurveScheduleIn.model_fields}
        )
    return LearningCurveScheduleOut(
        schedule=schedule,
        last_error=translate(row.last_error) if row else "",
        labels_until_next=status["labels_until_next"],
        is_measuring=status["is_measuring"],
        last_gain=ScoreGainOut(**status["last_gain"]) if status["last_gain"] else None,
    )
