"""Every media type of the catalog keeps every promise of the seam."""

import sys
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelkit.media import MEDIA_TYPES, MediaFacts, MediaType, UnreadableFile
from labelkit.media.catalog import MediaTypeCatalog
from labelkit.media.image import ImageMedia
from labelkit.tests.media_conformance import MEDIA_CASES, MEDIA_PROMISES
from labelkit.tests.packages import install_package
from statkit.tests.examples import examples


def test_every_type_of_the_catalog_is_held_to_its_promises():
    assert set(MEDIA_CASES) == set(MEDIA_TYPES)


@pytest.mark.parametrize("key", sorted(MEDIA_CASES))
@pytest.mark.parametrize("promise", MEDIA_PROMISES, ids=lambda promise: promise.__name__)
@given(data=st.data())
@settings(max_examples=examples(30), deadline=None, suppress_health_check=list(HealthCheck))
def test_a_media_type_keeps_its_promises(promise, key, data):
    promise(MEDIA_CASES[key], data)


@pytest.mark.parametrize(("data", "code"), [(b"", "empty"), (b"hello, this is nothing", "unknown_media_type")])
def test_a_file_of_no_type_is_refused_by_what_is_taken(data, code):
    with pytest.raises(UnreadableFile) as refusal:
        MEDIA_TYPES.of_file("readme.md", data)
    assert refusal.value.code == code
    assert code == "empty" or "pictures (JPEG, PNG, WebP, GIF, BMP, TIFF), texts (.txt)" in refusal.value.message


def test_facts_that_are_not_those_of_the_type_are_refused():
    for stored in ({}, {"width": "wide", "height": 1}):
        with pytest.raises(ValueError, match="width"):
            MEDIA_TYPES["image"].load_facts(stored)


PACKAGE = """
from dataclasses import dataclass

from labelkit.media import MediaFacts, MediaType


@dataclass(frozen=True)
class SoundFacts(MediaFacts):
    seconds: float


class Sound(MediaType[SoundFacts]):
    key, title, accepts, facts_type = "sound", "Sound", "sounds (.wav)", SoundFacts

    def takes(self, name, head):
        return name.endswith(".wav")
"""


def test_another_package_brings_its_media_types_by_entry_point(tmp_path, monkeypatch):
    point = "sound = sounds_of_others:Sound"
    install_package(tmp_path, monkeypatch, "sounds_of_others", PACKAGE, {"plateau.media_types": [point]})
    catalog = MediaTypeCatalog([ImageMedia()])
    assert list(catalog) == ["image", "sound"]
    assert catalog.of_file("a.wav", b"RIFF") is catalog["sound"]
    assert type(catalog["sound"]) is sys.modules["sounds_of_others"].Sound


@dataclass(frozen=True)
class NoFacts(MediaFacts):
    pass


class Nothing(MediaType[NoFacts]):
    key, title, facts_type = "nothing", "Nothing", NoFacts


def test_a_media_type_comes_and_goes_within_a_block():
    before = list(MEDIA_TYPES)
    with MEDIA_TYPES.including(Nothing()), MEDIA_TYPES.without("image"):
        assert list(MEDIA_TYPES) == [*before[1:], "nothing"]
    assert list(MEDIA_TYPES) == before
