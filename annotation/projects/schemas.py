"""Projects on the wire."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticKnownError

from labelkit.annotations import SchemaIn
from labelkit.annotations.base import EditorForm
from labelkit.media.base import EditorView
from labelkit.project_types import PROJECT_TYPES, ProjectType
from plateau.http.etags import Editable
from plateau.http.validation import RequestModel
from plateau.texts import translate

Title = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
Note = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]
Markdown = Annotated[str, StringConstraints(max_length=100_000, pattern=r"^[^\x00]*$")]


def _known_project_type(key: object) -> object:
    """The key of a project type.

    Raises:
        PydanticKnownError: it is none; the message names those that there are.
    """
    if isinstance(key, str) and key in PROJECT_TYPES:
        return key
    *others, last = (repr(name) for name in PROJECT_TYPES)
    raise PydanticKnownError("literal_error", {"expected": f"{', '.join(others)} or {last}"})


ProjectTypeKey = Annotated[
    str, BeforeValidator(_known_project_type), WithJsonSchema({"type": "string", "enum": list(PROJECT_TYPES)})
]
ProjectState = Literal["active", "archived", "all"]
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class ProjectIn(SchemaIn):
    """A new project."""

    name: Title
    kind: ProjectTypeKey
    dataset_id: Id
    guideline: Markdown = ""
    note: Note = ""
    target: float | None = Field(
        default=None, gt=0, lt=1, description="Target accuracy; that of the project type where it is left out"
    )


class DatasetToAdd(RequestModel):
    """A dataset whose items are to be labeled too."""

    dataset_id: Id


class ProjectChange(RequestModel):
    """What may change of a project."""

    name: Title | None = None
    note: Note | None = None
    target: float | None = Field(default=None, gt=0, lt=1)
    guideline: Markdown | None = None
    archived: bool | None = None


class SkeletonOut(BaseModel):
    """Keypoints by name, and which are joined."""

    points: list[str]
    edges: list[list[int]] = []


class LabelOut(BaseModel):
    """A label."""

    id: str
    name: str
    color: str
    key: str
    shape: str = ""
    skeleton: SkeletonOut | None = None
    parent: str = Field(default="", description="Id of the label that it stands under; empty at the top")


class GuidelinePictureOut(BaseModel):
    """A picture of guidelines; Markdown shows it by its address."""

    id: int
    address: str


class AttributeOut(BaseModel):
    """Something to be said of a region, or of the item."""

    id: str
    name: str
    type: Literal["choice", "choices", "flag", "number", "text"]
    options: list[str]
    labels: list[str]
    required: bool


class Counts(BaseModel):
    """Tasks by state; `open` ones may be with somebody just now."""

    open: int
    review: int
    done: int
    skipped: int


OrderName = Literal["random", "priority", "uncertainty", "margin", "entropy", "k_center", "mix"]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class QueueSettings(RequestModel):
    """How a project's tasks are dispatched, reviewed and checked."""

    order: OrderName = Field(default="random", description="A query strategy writes priorities from a model's scores")
    overlap: int = Field(default=1, ge=1, le=20, description="Annotations of each task in the overlap fraction")
    overlap_fraction: Fraction = Field(
        default=1.0, description="Fraction of tasks that get `overlap` annotations; the others get 1"
    )
    max_annotations_per_task: int = Field(
        default=1, ge=1, le=20, description="More are required up to here where annotations differ"
    )
    min_agreement: Fraction = Field(default=0.8, description="Mean similarity below which annotations differ")
    review_fraction: Fraction = Field(default=0.0, description="Fraction of annotated tasks that are reviewed")
    second_review: bool = Field(default=False, description="A second reviewer who does not see the first verdict")
    gold_fraction: Fraction = Field(default=0.0, description="Fraction of dispatched tasks that are gold tasks")
    qualification_tasks: int = Field(
        default=0, ge=0, le=1000, description="Qualification tasks before a newcomer's first task"
    )
    min_gold_accuracy: float | None = Field(
        default=None, gt=0, lt=1, description="Pause annotators whose accuracy on gold tasks is surely below"
    )
    max_annotations_per_person: int | None = Field(
        default=None, ge=1, le=100_000_000, description="Annotations that a person may make in the project"
    )
    is_open_to_everyone: bool = Field(default=True, description="False: only assigned people and teams")
    teams: list[Id] = Field(default_factory=list, max_length=100)
    hourly_cost: float = Field(default=0.0, ge=0, le=1e6, description="Of one person, in your currency")


class QueueSettingsChange(QueueSettings):
    """What may change of it; what is left out stays."""


class ProjectTypeOut(BaseModel):
    """A project type. `editor_view` shows its items, `editor_form` writes its annotations ("" where none does)."""

    key: ProjectTypeKey
    title: str
    media_type: str
    annotation_type: str
    geometries: list[str]
    is_single_class: bool
    learns_labels: bool
    editor_view: EditorView
    editor_form: EditorForm
    default_target: float
    default_min_agreement: float

    @classmethod
    def of(cls, project_type: ProjectType) -> "ProjectTypeOut":
        """As the API shows it."""
        media_type, annotation_type = project_type.media_type, project_type.annotation_type
        return cls(
            key=project_type.key,
            title=translate(project_type.title),
            media_type=media_type.key,
            annotation_type=annotation_type.key,
            geometries=list(annotation_type.geometries),
            is_single_class=annotation_type.is_single_class,
            learns_labels=annotation_type.learns_labels,
            editor_view=media_type.editor_view,
            editor_form=annotation_type.editor_form,
            default_target=project_type.target,
            default_min_agreement=project_type.min_agreement,
        )


class ProjectOut(BaseModel):
    """A project in a list."""

    id: int
    name: str
    kind: ProjectTypeKey
    project_type: ProjectTypeOut
    note: str
    dataset_id: int
    target: float
    archived: bool
    created_at: datetime
    tasks: Counts
    conflict_count: int = Field(description="Tasks whose annotations differ and that nobody decided yet")


class ProjectDetail(ProjectOut, Editable):
    """A project with its label schema and the settings of its queue."""

    edited: ClassVar[tuple[str, ...]] = (
        "name",
        "note",
        "target",
        "archived",
        "labels",
        "attributes",
        "queue_settings",
        "schema_version",
        "guideline",
        "guideline_version",
    )

    added_dataset_ids: list[int] = Field(description="Datasets whose items are labeled too, beside `dataset_id`")
    labels: list[LabelOut]
    attributes: list[AttributeOut]
    queue_settings: QueueSettings
    schema_version: int
    guideline: str
    guideline_version: int
    workspace: str


class LabelsIn(SchemaIn):
    """The next version of the labels; `moves` says which label takes the place of one that goes, "" for none."""

    moves: dict[str, str] = Field(default_factory=dict)


LabelChange = Literal["added", "removed", "renamed", "reshaped"]


class LabelEffect(BaseModel):
    """What happens to a label, and how many resolved labels have it."""

    label: str
    name: str
    effect: LabelChange
    annotation_count: int


class SchemaPreview(BaseModel):
    """What the next version of the labels would do; labels in `must_move` need an entry in `moves`."""

    effects: list[LabelEffect]
    annotation_count: int
    must_move: list[str]
