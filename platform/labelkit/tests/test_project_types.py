"""Every project type of the catalog keeps every promise; types that do not fit are refused when one is made."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelkit.annotations import ANNOTATION_TYPES
from labelkit.annotations.classification import Classification
from labelkit.media import MEDIA_TYPES
from labelkit.media.text import TextMedia
from labelkit.project_types import PROJECT_TYPES, ProjectType
from labelkit.project_types.catalog import ENTRY_POINTS, ProjectTypeCatalog
from labelkit.tests.conformance import CASES
from labelkit.tests.media_conformance import MEDIA_CASES
from labelkit.tests.packages import install_package
from labelkit.tests.project_type_conformance import PROJECT_TYPE_PROMISES
from statkit.tests.examples import examples

# What 0.2.0 stored as the kind of a project, and what it is now: never changed, only added to.
PAIRS = {
    "classification": ("image", "classification"),
    "multi_classification": ("image", "multi_classification"),
    "boxes": ("image", "boxes"),
    "polygons": ("image", "polygons"),
    "keypoints": ("image", "keypoints"),
    "masks": ("image", "masks"),
    "mixed": ("image", "mixed"),
    "text_classification": ("text", "classification"),
    "spans": ("text", "spans"),
    "row_classification": ("row", "classification"),
    "row_number": ("row", "number"),
}


@pytest.mark.parametrize("promise", PROJECT_TYPE_PROMISES, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize("key", PROJECT_TYPES)
@given(data=st.data())
@settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
def test_a_project_type_keeps_its_promise(key, promise, data):
    project_type = PROJECT_TYPES[key]
    media_case, case = MEDIA_CASES[project_type.media_type.key], CASES[project_type.annotation_type.key]
    promise(project_type, media_case, case, data)


def test_stored_keys_name_the_pairs_that_they_always_named():
    pairs = {key: (row.media_type.key, row.annotation_type.key) for key, row in PROJECT_TYPES.items()}
    assert pairs == PAIRS


def test_every_annotation_type_is_of_some_project_type():
    assert {row.annotation_type.key for row in PROJECT_TYPES.values()} == set(ANNOTATION_TYPES)


@pytest.mark.parametrize(
    ("media", "annotation", "message"),
    [
        ("text", "boxes", "boxes need items with places in pixels; text has them in characters"),
        ("row", "masks", "masks need items with places in pixels; row has none"),
        ("image", "spans", "spans need items with places in characters; image has them in pixels"),
    ],
)
def test_what_needs_places_that_a_medium_has_not_is_refused(media, annotation, message):
    with pytest.raises(ValueError, match=message):
        ProjectType("strange", "Strange", MEDIA_TYPES[media], ANNOTATION_TYPES[annotation])


def test_a_pair_that_nobody_thought_of_is_made_where_it_fits():
    """Number needs no places: a price for each picture is a line, no class."""
    price = ProjectType("image_number", "A number for each picture", MEDIA_TYPES["image"], ANNOTATION_TYPES["number"])
    with PROJECT_TYPES.including(price):
        of_type = PROJECT_TYPES.of_annotation_type(ANNOTATION_TYPES["number"])
        assert [row.key for row in of_type] == ["row_number", "image_number"]
    assert "image_number" not in PROJECT_TYPES


TONE_MODULE = """
from labelkit.annotations.classification import Classification
from labelkit.media.text import TextMedia
from labelkit.project_types import PROJECT_TYPES, ProjectType

assert "text_classification" in PROJECT_TYPES
TONE = ProjectType("tone", "Tone of a text", TextMedia(), Classification(), min_agreement=0.5)
"""


def test_another_package_brings_its_project_types_by_entry_point(tmp_path, monkeypatch):
    install_package(
        tmp_path, monkeypatch, "tones_of_others", TONE_MODULE, {ENTRY_POINTS: ["tone = tones_of_others:TONE"]}
    )
    catalog = ProjectTypeCatalog((ProjectType("plain", "Plain", TextMedia(), Classification()),))
    assert list(catalog) == ["plain", "tone"]
    assert catalog["tone"].min_agreement == 0.5
