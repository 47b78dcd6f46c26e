"""The name that a project has in MLflow."""


def workspace_of(project_id: int) -> str:
    """One project is one MLflow workspace."""
    return f"project-{project_id}"
