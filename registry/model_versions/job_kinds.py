"""Jobs on versions of models."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class ExportPayload:
    """Make a version ready for the browser, judged on a snapshot."""

    snapshot_id: int
    version_id: int


@dataclass(frozen=True)
class EvaluatePayload:
    """Let a version answer the held-out items of a snapshot."""

    snapshot_id: int
    version_id: int


_SUBJECT = {"project": "project_id", "version": "payload__version_id"}
EXPORT = JobKind("export", ExportPayload, queue="cpu", subject=_SUBJECT, title="Browser export")
EVALUATE = JobKind("evaluate", EvaluatePayload, queue="cpu", subject=_SUBJECT, title="Evaluation")
