"""Errors of models and their versions."""

from plateau.http.errors import Conflict, InvalidInput


class InvalidAlias(InvalidInput):
    """MLflow takes no such alias: it is empty, too long, or the reserved word `latest`."""

    code = "invalid_alias"
    title = "Invalid alias"


class FilesChanged(Conflict):
    """Files are not those that were recorded when they were registered; `extra` names `model`, `version` and `file`."""

    code = "files_changed"
    title = "Files changed"


class FilesRegistered(Conflict):
    """They belong to a registered version, and never change while it is there."""

    code = "files_registered"
    title = "Files registered"


class NoReadySnapshot(Conflict):
    """The project has no ready snapshot with a held-out test set to evaluate on."""

    code = "no_ready_snapshot"
    title = "No snapshot"


class VersionNotReady(Conflict):
    """The version is archived or deleted."""

    code = "version_not_ready"
    title = "Not ready"


class VersionNotArchived(Conflict):
    """Only archived versions are restored."""

    code = "version_not_archived"
    title = "Not archived"


class VersionDeleted(Conflict):
    """The version was deleted: only its record is left."""

    code = "version_deleted"
    title = "Version deleted"


class VersionInUse(Conflict):
    """A deployment, a protected alias or another dependent needs the version."""

    code = "version_in_use"
    title = "In use"


class AliasProtected(Conflict):
    """The alias is protected, and the version has passed no acceptance contract: a reason is needed."""

    code = "alias_protected"
    title = "Alias protected"


class OverrideNotAllowed(Conflict):
    """The caller's role may not point a protected alias at a version without approval."""

    code = "override_not_allowed"
    title = "Alias protected"


class AliasInUse(Conflict):
    """A deployment serves the alias."""

    code = "alias_in_use"
    title = "In use"


class NoPreviousVersion(Conflict):
    """The alias pointed at no other version before."""

    code = "no_previous_version"
    title = "No previous version"


class VersionNotEvaluated(Conflict):
    """The version has no evaluation yet."""

    code = "version_not_evaluated"
    title = "Not evaluated"


class VersionNotEvaluable(Conflict):
    """Workers cannot run the version: it is neither an ONNX model with metadata nor written by a recipe."""

    code = "version_not_evaluable"
    title = "Not evaluable"


class EvaluationInProgress(Conflict):
    """The version is being evaluated already."""

    code = "evaluation_in_progress"
    title = "Evaluation in progress"


class VersionsNotComparable(Conflict):
    """The versions are of two projects, or no snapshot evaluated both in a way that pairs items or resamples."""

    code = "versions_not_comparable"
    title = "Not comparable"


class VersionNotExportable(Conflict):
    """The version is not ready, or no ONNX model of images with metadata."""

    code = "version_not_exportable"
    title = "Not exportable"


class ExportInProgress(Conflict):
    """The version is being exported already."""

    code = "export_in_progress"
    title = "Export in progress"


class RunnerNotBuilt(Conflict):
    """This installation was built without the page that runs exports in the browser."""

    code = "runner_not_built"
    title = "Not built"
