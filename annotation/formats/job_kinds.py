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
    """Read a file of labels; with `prelabels`, a model's name, as proposals."""

    project_id: int
    format: str
    key: str
    prelabels: str
    hidden_share: float
    actor: Importer


IMPORT_LABELS = JobKind(
    "import_labels", ImportPayload, queue="default", subject={"project": "project_id"}, max_attempts=2
)
