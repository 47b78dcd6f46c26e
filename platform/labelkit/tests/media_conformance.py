"""What every media type promises, to be held against any: ours, and those of other packages.

A `MediaCase` says how files of a type are drawn; `MEDIA_PROMISES` are properties of them.
"""

import contextlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from hypothesis import strategies as st
from PIL import Image

from labelkit.geometries import Frame
from labelkit.media import MEDIA_TYPES, MediaFacts, MediaType, UnreadableFile


@dataclass(frozen=True)
class MediaCase:
    """A media type, a name that its files may have, files as people send them, and files that it must refuse."""

    media_type: MediaType[Any]
    name: str
    files: st.SearchStrategy[bytes]
    broken: st.SearchStrategy[bytes]


@st.composite
def pictures(draw: Any) -> bytes:
    """Pictures of one color, of several modes and formats."""
    mode = draw(st.sampled_from(["L", "RGB", "RGBA", "P", "1"]))
    size = draw(st.tuples(st.integers(1, 90), st.integers(1, 90)))
    out = io.BytesIO()
    Image.new(mode, size, draw(st.integers(0, 1))).save(out, draw(st.sampled_from(["PNG", "TIFF", "GIF"])))
    return out.getvalue()


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


_PLAIN = st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(max_size=9))
_ROWS = st.dictionaries(st.text(max_size=9), _PLAIN, min_size=1, max_size=5)
_TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1).filter(str.strip)

MEDIA_CASES: dict[str, MediaCase] = {
    "image": MediaCase(MEDIA_TYPES["image"], "a.png", pictures(), pictures().map(_cut)),
    "text": MediaCase(
        MEDIA_TYPES["text"],
        "a.txt",
        _TEXTS.map(str.encode),
        st.one_of(_TEXTS.map(lambda text: b"\xff" + text.encode()), st.just(b" \n"), st.just(b"a\x00")),
    ),
    "row": MediaCase(
        MEDIA_TYPES["row"], "", _ROWS.map(orjson.dumps), st.sampled_from([b"", b"[1]", b"{}", b'{"a": {}}', b"{"])
    ),
}


def its_own_files_find_it(case: MediaCase, data: st.DataObject) -> None:
    """Among all types of the catalog, where files of it are sent at all."""
    file, media_type = data.draw(case.files), case.media_type
    is_listed = media_type.key in MEDIA_TYPES  # as those of installed packages are
    with contextlib.nullcontext() if is_listed else MEDIA_TYPES.including(media_type):
        if case.name:
            assert MEDIA_TYPES.find_for_file(case.name, file[:64]) is media_type
        if media_type.is_file:
            assert MEDIA_TYPES.of_file(case.name, file) is media_type
            assert media_type.accepts
        else:
            assert MEDIA_TYPES.of_uri(f"{media_type.uri_scheme}0") is media_type


def probing_twice_yields_the_same(case: MediaCase, data: st.DataObject) -> None:
    """A probe depends on the bytes alone."""
    file = data.draw(case.files)
    probe = case.media_type.probe(file)
    assert probe == case.media_type.probe(bytes(file))
    assert "/" in probe.content_type
    assert len(probe.fingerprint) in (0, 256)


def facts_survive_storage(case: MediaCase, data: st.DataObject) -> None:
    """Written as JSON and read, they are the same, of the type's own class, and say what annotations must lie in."""
    probe = case.media_type.probe(data.draw(case.files))
    stored = case.media_type.dump_facts(probe.facts)
    for again in (json.loads(json.dumps(stored)), {**stored, "of_a_later_version": 1}):
        facts = case.media_type.load_facts(again)
        assert facts == probe.facts
        assert isinstance(facts, MediaFacts)
        assert isinstance(facts, case.media_type.facts_type)


def places_are_counted_in_what_the_medium_says(case: MediaCase, data: st.DataObject) -> None:
    """The frame of a file has a size in pixels, or a length in another unit, or neither."""
    frame = case.media_type.probe(data.draw(case.files)).facts.frame()
    assert isinstance(frame, Frame)
    has_pixels = case.media_type.coordinates == "pixels"
    assert (frame.width is not None, frame.height is not None) == (has_pixels, has_pixels)
    assert (frame.length is not None) == (case.media_type.coordinates not in ("", "pixels"))


def what_is_shown_can_be_shown(case: MediaCase, data: st.DataObject) -> None:
    """The thumbnail is a small picture; tiles come where the facts say so."""
    file = data.draw(case.files)
    probe = case.media_type.probe(file)
    assert probe.display_type == (probe.content_type if probe.display is None else probe.display.content_type)
    if probe.thumbnail is not None:
        assert probe.thumbnail.content_type.startswith("image/")
        assert max(Image.open(io.BytesIO(probe.thumbnail.data)).size) <= 256
    if case.media_type.has_tiles(probe.facts):
        assert "overview" in dict(case.media_type.tiles(file))
    assert case.media_type.is_file or probe.display is None


def a_broken_file_is_refused(case: MediaCase, data: st.DataObject) -> None:
    """By a stable code and a message for people, never by another error."""
    with pytest.raises(UnreadableFile) as refusal:
        case.media_type.probe(data.draw(case.broken))
    assert refusal.value.code.replace("_", "").isalnum()
    assert refusal.value.message.endswith(".") or ":" in refusal.value.message


def any_bytes_are_probed_or_refused(case: MediaCase, data: st.DataObject) -> None:
    """A file of others raises nothing but a refusal."""
    with contextlib.suppress(UnreadableFile):
        case.media_type.probe(data.draw(st.binary(max_size=200)))


MEDIA_PROMISES: tuple[Callable[[MediaCase, st.DataObject], None], ...] = (
    its_own_files_find_it,
    probing_twice_yields_the_same,
    facts_survive_storage,
    places_are_counted_in_what_the_medium_says,
    what_is_shown_can_be_shown,
    a_broken_file_is_refused,
    any_bytes_are_probed_or_refused,
)
