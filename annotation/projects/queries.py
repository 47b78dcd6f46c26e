"""Reading projects."""

from annotation.projects.models import Guideline, LabelSchema, Project
from annotation.projects.schemas import QueueRules


def current_schema(project: Project) -> LabelSchema:
    """The labels in force."""
    return project.schemas.get(version=project.schema_version)


def current_guideline(project: Project) -> Guideline:
    """The rules in force."""
    return project.guidelines.get(version=project.guideline_version)


def rules_of(project: Project) -> QueueRules:
    """How its queue works."""
    fields = {name: getattr(project, name) for name in QueueRules.model_fields if name != "teams"}
    teams = list(project.teams.order_by("pk").values_list("pk", flat=True))
    return QueueRules(**fields, teams=teams)
