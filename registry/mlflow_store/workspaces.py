"""MLflow's workspaces, read from our projects: one project is one workspace."""

from collections.abc import Iterable

from mlflow.entities import Workspace
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST
from mlflow.store.workspace.abstract_store import AbstractStore


class ProjectWorkspaces(AbstractStore):
    """Read-only provider. Which workspace a request sees is the proxy's decision, never the client's."""

    def list_workspaces(self) -> Iterable[Workspace]:
        """None: the proxy denies this route."""
        return []

    def get_workspace(self, workspace_name: str) -> Workspace:
        """The workspace of a project. That there is such a project was looked up by the proxy, which named it.

        Raises:
            MlflowException: this is no project's name.
        """
        number = workspace_name.removeprefix("project-")
        if workspace_name.startswith("project-") and number.isdigit():
            return Workspace(name=workspace_name)
        raise MlflowException(f"There is no workspace {workspace_name}.", RESOURCE_DOES_NOT_EXIST)

    def get_default_workspace(self) -> Workspace:
        """None: every request names one.

        Raises:
            MlflowException: always.
        """
        raise MlflowException("Name a project.", INVALID_PARAMETER_VALUE)
