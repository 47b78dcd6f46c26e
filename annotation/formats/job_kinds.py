"""Jobs that read files of labels."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class Importer:
    """Who imports."""

    user_id: int
    organization_id: int


@dataclass(frozen=True)
class ImportPayload:
    """Import a file of labels; with `pre_annotation_model`, a model's name, as its pre-annotations."""

    project_id: int
    format: str
    key: str
    pre_annotation_model: str
    hidden_fraction: float
    actor: Importer


IMPORT_LABELS = JobKind(
    "import_labels",
    ImportPayload,
    queue="default",
    subject={"project": "project_id"},
    max_attempts=2,
    title="Label import",
)
