"""Reading projects."""

from annotation.projects.models import Guideline, LabelSchema, Project


def current_schema(project: Project) -> LabelSchema:
    """The labels in force."""
    return project.schemas.latest("version")


def current_guideline(project: Project) -> Guideline:
    """The rules in force."""
    return project.guidelines.latest("version")
