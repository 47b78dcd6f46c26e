"""Setting an alias from our own pages, through MLflow's own store."""

from plateau.kernel.errors import Conflict
from plateau.kernel.workspaces import workspace_of

from registry.tracking.server import app, configure, store_uri


def set_alias(*, project_id: int, name: str, alias: str, version: int) -> None:
    """Point `alias` of a registered model at `version`.

    Raises:
        Conflict: MLflow has no such model version.
    """
    configure()
    app()  # sets the workspace provider
    from mlflow.exceptions import MlflowException
    from mlflow.store.model_registry.sqlalchemy_workspace_store import WorkspaceAwareSqlAlchemyStore
    from mlflow.utils.workspace_context import clear_server_request_workspace, set_server_request_workspace

    set_server_request_workspace(workspace_of(project_id))
    try:
        WorkspaceAwareSqlAlchemyStore(store_uri()).set_registered_model_alias(name, alias, str(version))
    except MlflowException as error:
        raise Conflict(f"MLflow has no {name} {version}; the version was deleted there.") from error
    finally:
        clear_server_request_workspace()
