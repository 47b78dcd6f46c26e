"""A project type: which annotations of which items a project asks for."""

from dataclasses import dataclass

from labelkit.annotations.base import AnnotationType
from labelkit.media.base import MediaType
from labelkit.messages import Message


@dataclass(frozen=True)
class ProjectType:
    """A media type and an annotation type that fit each other, with the defaults of its projects.

    >>> from labelkit.annotations import ANNOTATION_TYPES
    >>> from labelkit.media import MEDIA_TYPES
    >>> ProjectType("text_boxes", "Boxes in texts", MEDIA_TYPES["text"], ANNOTATION_TYPES["boxes"])
    Traceback (most recent call last):
        ...
    ValueError: the project type 'text_boxes': boxes need items with places in pixels; text has them in characters

    Attributes:
        key: What projects store; other than that of the annotation type where several media have it.
        title: What is asked of the annotator, in English.
        target: Accuracy that is wanted of models, unless a project says another one.
        min_agreement: Mean similarity below which annotations of one task differ, unless a project says another one.
    """

    key: str
    title: str
    media_type: MediaType
    annotation_type: AnnotationType
    target: float = 0.9
    min_agreement: float = 0.8

    def __post_init__(self) -> None:
        """Check that both fit.

        Raises:
            ValueError: annotations have places in a unit that items of this medium have not.
        """
        needed, provided = self.annotation_type.coordinates, self.media_type.coordinates
        if needed and needed != provided:
            places = f"has them in {provided}" if provided else "has none"
            raise ValueError(
                Message(
                    "the project type {project_type!r}: {annotation_type} need items with places in {needed}; "
                    "{media_type} {places}",
                    project_type=self.key,
                    annotation_type=self.annotation_type.key,
                    needed=needed,
                    media_type=self.media_type.key,
                    places=places,
                )
            )
