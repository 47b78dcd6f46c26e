"""Errors of deployments and batch predictions."""

from labelkit.messages import Message, in_field
from plateau.http.errors import Conflict, InvalidInput, TooManyRequests, Unavailable
from registry.model_versions.models import ModelVersion


class DeploymentNameTaken(Conflict):
    """Another deployment of the organization has this name."""

    code = "deployment_name_taken"
    title = "Name already in use"

    def __init__(self, name: str) -> None:
        super().__init__(Message("A deployment named “{name}” already exists. Choose another name.", name=name))


class DeploymentNotDeleted(Conflict):
    """Only a deleted deployment can be restored."""

    code = "deployment_not_deleted"
    title = "Deployment not deleted"

    def __init__(self) -> None:
        super().__init__("This deployment is not deleted.")


class DeploymentStopped(Conflict):
    """The deployment is stopped: it predicts again once it is started."""

    code = "deployment_stopped"
    title = "Deployment stopped"

    def __init__(self) -> None:
        super().__init__("This deployment is stopped. Start it first.")


class VersionNotServable(InvalidInput):
    """The version is archived or deleted, or no ONNX model of images."""

    code = "version_not_servable"
    title = "Version not servable"

    def __init__(self, version: ModelVersion, reason: str, *, field: str = "version_id") -> None:
        message = Message("{name} {version} {reason}", name=version.name, version=version.version, reason=reason)
        super().__init__(in_field(field, message), [{"field": field, "message": message}])


class VersionNotRunnable(VersionNotServable):
    """The version is archived or deleted, or no model that workers can run."""

    code = "version_not_runnable"
    title = "Version not runnable"


class VersionOfAnotherProject(InvalidInput):
    """The version belongs to another project than the deployment."""

    code = "version_of_another_project"
    title = "Version of another project"

    def __init__(self, field: str) -> None:
        message = "belongs to another project; choose a version of the deployment's project"
        super().__init__(in_field(f"{field}_id", message), [{"field": f"{field}_id", "message": message}])


class AliasNotOnVersion(InvalidInput):
    """The alias does not point at the version, or at no version of the model."""

    code = "alias_not_on_version"
    title = "Alias points elsewhere"

    def __init__(self, message: str) -> None:
        super().__init__(in_field("alias", message), [{"field": "alias", "message": message}])


class BatchPredictionTargetInvalid(InvalidInput):
    """Neither a dataset nor pre-annotations were asked for, or both."""

    code = "batch_prediction_target_invalid"
    title = "Prediction target missing"

    def __init__(self) -> None:
        super().__init__("body: give dataset_id, or hidden_fraction to pre-label open tasks", [])


class BatchPredictionInProgress(Conflict):
    """The same version predicts the same items already."""

    code = "batch_prediction_in_progress"
    title = "Batch prediction in progress"

    def __init__(self) -> None:
        super().__init__("This batch prediction is already in progress. Wait for its job, or cancel it.")


class BatchPredictionHasNoResult(Conflict):
    """The batch prediction is not finished, or wrote pre-annotations instead of a file."""

    code = "batch_prediction_has_no_result"
    title = "No result"

    def __init__(self) -> None:
        super().__init__("This batch prediction is not finished yet, or created pre-labels instead of a file.")


class ImageUnreadable(InvalidInput):
    """The body is no image that can be decoded, or is too large."""

    code = "image_unreadable"
    title = "Unreadable image"

    def __init__(self, message: str) -> None:
        super().__init__(in_field("body", message), [{"field": "body", "message": message}])


class PredictionQueueFull(TooManyRequests):
    """More images wait for the model than its queue holds."""

    code = "prediction_queue_full"
    title = "Queue full"


class ServingUnavailable(Unavailable):
    """No serving process answers, or the model is not loaded."""

    code = "serving_unavailable"
    title = "Serving unavailable"
