"""Changing the registry from our own pages, through MLflow's own store."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from annotation.projects.mlflow_workspace import workspace_of
from registry.mlflow_store.errors import MlflowRejected
from registry.mlflow_store.server import configure, load_app, store_uri


@contextmanager
def registry_store(project_id: int) -> Iterator[Any]:
    """MLflow's registry, seen from the project's workspace.

    Raises:
        MlflowRejected: MLflow refuses; its words are the message.
    """
    configure()
    load_app()  # sets the workspace provider
    from mlflow.exceptions import MlflowException
    from mlflow.server.handlers import _get_model_registry_store
    from mlflow.utils.workspace_context import clear_server_request_workspace, set_server_request_workspace

    set_server_request_workspace(workspace_of(project_id))
    try:
        yield _get_model_registry_store(registry_store_uri=store_uri())
    except MlflowException as error:
        raise MlflowRejected(f"MLflow: {error.message}") from error
    finally:
        clear_server_request_workspace()


@contextmanager
def tracking_store(project_id: int) -> Iterator[Any]:
    """MLflow's runs and experiments, seen from the project's workspace."""
    configure()
    load_app()
    from mlflow.server.handlers import _get_tracking_store
    from mlflow.utils.workspace_context import clear_server_request_workspace, set_server_request_workspace

    set_server_request_workspace(workspace_of(project_id))
    try:
        yield _get_tracking_store(store_uri(), "mlflow-artifacts:/")
    finally:
        clear_server_request_workspace()


def set_alias(*, project_id: int, name: str, alias: str, version: int) -> None:
    """Point `alias` of a registered model at `version`.

    Raises:
        MlflowRejected: MLflow has no such model version, or takes no such alias.
    """
    with registry_store(project_id) as store:
        store.set_registered_model_alias(name, alias, str(version))


def delete_alias(*, project_id: int, name: str, alias: str) -> None:
    """Remove an alias.

    Raises:
        MlflowRejected: there is no such model.
    """
    with registry_store(project_id) as store:
        store.delete_registered_model_alias(name, alias)


def set_tag(*, project_id: int, name: str, version: int, key: str, value: str) -> None:
    """Put a tag on a version.

    Raises:
        MlflowRejected: MLflow has no such version.
    """
    with registry_store(project_id) as store:
        from mlflow.entities.model_registry import ModelVersionTag

        store.set_model_version_tag(name, str(version), ModelVersionTag(key, value))


def set_description(*, project_id: int, name: str, version: int, description: str) -> None:
    """Set a version's description.

    Raises:
        MlflowRejected: MLflow has no such version, or the text is too long for it.
    """
    with registry_store(project_id) as store:
        store.update_model_version(name, str(version), description)


def delete_version(*, project_id: int, name: str, version: int) -> None:
    """Delete a version from the registry; its files stay until they are swept.

    Raises:
        MlflowRejected: MLflow has no such version.
    """
    with registry_store(project_id) as store:
        store.delete_model_version(name, str(version))
