"""What every project type promises, to be held against any: ours, and those of other packages."""

from collections.abc import Callable

from hypothesis import strategies as st

from labelkit.annotations import ANNOTATION_TYPES
from labelkit.media import MEDIA_TYPES
from labelkit.project_types import ProjectType
from labelkit.tests.conformance import Case
from labelkit.tests.media_conformance import MediaCase

Promise = Callable[[ProjectType, MediaCase, Case, st.DataObject], None]


def both_halves_are_in_their_catalogs(
    project_type: ProjectType, media_case: MediaCase, case: Case, data: st.DataObject
) -> None:
    """What asks a catalog by key gets what the project type has."""
    assert type(MEDIA_TYPES[project_type.media_type.key]) is type(project_type.media_type)
    assert type(ANNOTATION_TYPES[project_type.annotation_type.key]) is type(project_type.annotation_type)


def defaults_are_such_as_a_project_may_have(
    project_type: ProjectType, media_case: MediaCase, case: Case, data: st.DataObject
) -> None:
    """Fractions, and a title for the screens."""
    assert 0 < project_type.target < 1
    assert 0 <= project_type.min_agreement <= 1
    assert project_type.title


def annotations_without_places_are_valid_for_any_file_of_the_medium(
    project_type: ProjectType, media_case: MediaCase, case: Case, data: st.DataObject
) -> None:
    """Those with places say in which unit they are counted, and the frame of any file has it."""
    frame = media_case.media_type.probe(data.draw(media_case.files)).facts.frame()
    if project_type.annotation_type.coordinates == "pixels":
        assert frame.width
        assert frame.height
    elif project_type.annotation_type.coordinates:
        assert frame.length
    else:
        value = data.draw(case.annotations)
        canonical = project_type.annotation_type.validate(value, schema=case.schema, frame=frame)
        assert canonical == case.validated(value)


PROJECT_TYPE_PROMISES: tuple[Promise, ...] = (
    both_halves_are_in_their_catalogs,
    defaults_are_such_as_a_project_may_have,
    annotations_without_places_are_valid_for_any_file_of_the_medium,
)
