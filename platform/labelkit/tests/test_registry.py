import sys

import pytest

from labelkit.annotations import ANNOTATION_TYPES
from labelkit.annotations.base import AnnotationType
from labelkit.annotations.classification import Classification
from labelkit.annotations.number import Number
from labelkit.annotations.registry import ENTRY_POINTS as GROUP
from labelkit.annotations.registry import AnnotationTypeCatalog
from labelkit.tests.packages import install_package


class Ranking(AnnotationType):
    key = "ranking"


def test_types_are_in_the_order_in_which_they_were_added_and_go_again():
    before = list(ANNOTATION_TYPES)
    with ANNOTATION_TYPES.including(Ranking()):
        assert list(ANNOTATION_TYPES) == [*before, "ranking"]
        with ANNOTATION_TYPES.without("ranking", "boxes"):
            assert "boxes" not in ANNOTATION_TYPES
            assert len(ANNOTATION_TYPES) == len(before) - 1
        assert list(ANNOTATION_TYPES) == [*before, "ranking"]
    assert list(ANNOTATION_TYPES) == before
    with pytest.raises(KeyError):
        ANNOTATION_TYPES["ranking"]


def test_a_block_that_fails_leaves_the_catalog_as_it_was():
    before = list(ANNOTATION_TYPES)
    with (
        pytest.raises(ValueError, match=r"'classification' has .* already"),
        ANNOTATION_TYPES.including(Ranking(), Classification()),
    ):
        pass
    assert list(ANNOTATION_TYPES) == before


@pytest.mark.parametrize("key", ["", "Ranking", "a-b", "9a", "a" * 21, None])
def test_what_is_no_annotation_type_with_a_key_is_refused(key):
    strange = type("Strange", (AnnotationType,), {"key": key})()
    with pytest.raises(ValueError, match="annotation type"):
        AnnotationTypeCatalog((strange,))
    with pytest.raises(ValueError, match="annotation type"):
        AnnotationTypeCatalog((Ranking,))  # a class, not a type


RANKING_MODULE = """
from labelkit.annotations import ANNOTATION_TYPES, AnnotationType

assert "classification" in ANNOTATION_TYPES


class Ranking(AnnotationType):
    key = "ranking"
"""


def test_another_package_brings_its_types_by_entry_point(tmp_path, monkeypatch):
    point = "ranking = rankings_of_others:Ranking"
    install_package(tmp_path, monkeypatch, "rankings_of_others", RANKING_MODULE, {GROUP: [point]})
    catalog = AnnotationTypeCatalog((Classification(), Number()))
    assert list(catalog) == ["classification", "number", "ranking"]
    assert type(catalog["ranking"]) is sys.modules["rankings_of_others"].Ranking


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        ("a = broken_types:Missing", "Missing"),
        ("a = broken_types:Same", "classification"),
        ("a = nowhere_at_all:Type", "nowhere_at_all"),
        ("a = broken_types:text", "annotation type"),
    ],
)
def test_an_entry_point_that_cannot_be_used_is_named(tmp_path, monkeypatch, entry, word):
    source = RANKING_MODULE + "\nclass Same(AnnotationType):\n    key = 'classification'\n\ntext = 'text'\n"
    install_package(tmp_path, monkeypatch, "broken_types", source, {GROUP: [entry]})
    catalog = AnnotationTypeCatalog((Classification(),))
    for _ in range(2):  # it does not work the second time without a word
        with pytest.raises(RuntimeError, match=r"a = .* of plateau.annotation_types cannot be used") as refused:
            list(catalog)
        assert word in str(refused.value)
