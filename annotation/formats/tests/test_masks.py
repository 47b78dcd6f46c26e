"""Masks are worked on as runs: a few numbers stay a few numbers, however large the picture."""

import io
import subprocess
import sys
import tracemalloc
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from annotation.formats.base import BadFormat, ExportData, ExportRow, ImportSource
from annotation.formats.catalog import FORMATS
from annotation.formats.coco import _mask_in
from annotation.formats.labelstudio_rle import decode_mask, encode_mask
from labelkit import rle as masks
from labelkit.geometries import GEOMETRIES, Frame
from labelkit.geometries.mask import MaskRegion, decode
from labelkit.model_outputs import encode_runs

MIB = 1024 * 1024
ROOT = Path(__file__).parents[3]


@st.composite
def bits(draw, sides=None):
    h, w = sides or (draw(st.integers(1, 12)), draw(st.integers(1, 12)))
    return np.array(draw(st.lists(st.booleans(), min_size=h * w, max_size=h * w))).reshape(h, w)


@st.composite
def pair(draw, number=2):
    sides = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    return [draw(bits(sides)) for _ in range(number)]


@given(bits(), st.integers(1, 40))
def test_runs_turned_and_unpacked_are_the_pixels(plane, band):
    h, w = plane.shape
    lines = masks.lines_of(encode_runs(plane.ravel()), w)
    before, masks.BAND = masks.BAND, band
    try:
        assert lines.area == plane.sum()
        assert masks.runs_in(lines, w, h) == encode_runs(plane.ravel())
        assert masks.runs_in(masks.turned(lines), h, w) == encode_runs(plane.T.ravel())
        assert (np.concatenate([part for _, part in masks.bands(lines, w, h)]) == plane).all()
    finally:
        masks.BAND = before


@given(bits(), st.integers(1, 40))
def test_runs_of_bands_are_those_of_the_whole(plane, band):
    h, w = plane.shape
    before, masks.BAND = masks.BAND, band
    try:
        parts = list(masks.runs_of_bands(masks.turned_bands(masks.lines_of(encode_runs(plane.ravel()), w)), h, w))
        assert [run for part in parts for run in part] == encode_runs(plane.T.ravel())
    finally:
        masks.BAND = before


@given(pair(3))
def test_what_masks_share_and_most_have_is_that_of_their_pixels(planes):
    h, w = planes[0].shape
    first, second, third = (masks.lines_of(encode_runs(plane.ravel()), w) for plane in planes)
    assert masks.shared(first, second) == (planes[0] & planes[1]).sum()
    majority = masks.most_of([first, second, third])
    assert masks.runs_in(majority, w, h) == encode_runs((np.sum(planes, axis=0) > 1).ravel())


@given(bits(), st.integers(0, 8))
def test_runs_of_length_zero_change_nothing(plane, at):
    runs = encode_runs(plane.ravel())
    torn = [*runs[:at], 0, 0, *runs[at:]]
    assert masks.normal(torn, plane.size) == runs
    assert masks.lines_of(torn, plane.shape[1]).area == plane.sum()


@given(bits())
def test_label_studios_code_of_a_mask_is_read_as_it_was_written(plane):
    runs = encode_runs(plane.ravel())
    assert decode_mask(encode_mask(runs), plane.size) == runs


@given(bits((40, 30)))
def test_compressed_masks_of_coco_are_read_as_pycocotools_reads_them(plane):
    from pycocotools import mask

    if not plane.any():
        return
    packed = mask.encode(np.asfortranarray(plane.astype(np.uint8)))
    region = _mask_in({"size": packed["size"], "counts": packed["counts"].decode()})
    whole = np.zeros(plane.shape, dtype=bool)
    whole[region["y"] : region["y"] + region["h"], region["x"] : region["x"] + region["w"]] = decode(region)
    assert (whole == plane).all()


def huge(side: int) -> dict:
    return {"id": "a", "label": "pear", "shape": "mask", "x": 0, "y": 0, "w": side, "h": side, "rle": [0, side * side]}


@pytest.mark.parametrize("given_region", [huge(30_000), huge(10_000) | {"x": 1}, huge(10_000) | {"y": 99_000}])
def test_a_mask_larger_than_any_picture_is_refused_by_its_size(given_region):
    with pytest.raises(ValidationError, match="at most 100,000,000"):
        MaskRegion.model_validate(given_region)


def test_a_mask_that_leaves_its_picture_is_refused():
    region = MaskRegion.model_validate(huge(40))
    assert region.outside(Frame(39, 40)) == "the mask extends beyond the image (39 × 40)"
    assert region.outside(Frame(40, 39)) != ""
    assert region.outside(Frame(40, 40)) == region.outside(Frame()) == ""


def most_memory(of) -> int:
    """The most bytes that Python and numpy held while this ran."""
    tracemalloc.start()
    try:
        of()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_likeness_and_average_of_large_masks_need_no_planes():
    lower, upper = huge(10_000), huge(10_000) | {"rle": [50_000_000, 50_000_000]}
    mask, results = GEOMETRIES["mask"], {}

    def work() -> None:
        results["likeness"] = mask.similarity(lower, upper)
        results["average"] = mask.average([lower, upper, upper])

    assert most_memory(work) < 8 * MIB
    assert results["likeness"] == 0.5
    assert results["average"] | {"id": "a", "label": "pear"} == {**upper, "y": 5000, "h": 5000, "rle": [0, 50_000_000]}


@pytest.mark.parametrize(("fmt", "most"), [("coco", 40), ("cvat", 8), ("label_studio", 24), ("jsonl", 8)])
def test_an_export_of_a_large_mask_needs_no_planes(fmt, most):
    labels = [{"id": "pear", "name": "Pear", "color": "#112233", "skeleton": None}]
    value = {"regions": [huge(10_000)]}
    row = ExportRow(1, 1, "a.png", "", "", None, 10_000, 10_000, {}, value, "", datetime(2026, 1, 2, tzinfo=UTC), 1)
    out: list[bytes] = []
    assert most_memory(lambda: out.extend(FORMATS[fmt].write(ExportData("J", "masks", [row], labels)))) < most * MIB
    back = list(FORMATS[fmt].read(ImportSource(io.BytesIO(b"".join(out)), "masks", labels)))
    assert back[0].value["regions"][0]["rle"] == [0, 100_000_000]


def test_stripes_that_are_few_runs_by_rows_are_written_by_columns_piece_by_piece():
    region = huge(6000)
    region["rle"] = [0, *([6000] * 6000)]
    labels = [{"id": "pear", "name": "Pear", "color": "#112233", "skeleton": None}]
    row = ExportRow(
        1, 1, "a.png", "", "", None, 6000, 6000, {}, {"regions": [region]}, "", datetime(2026, 1, 2, tzinfo=UTC), 1
    )
    size = 0

    def work() -> None:
        nonlocal size
        size = sum(map(len, FORMATS["coco"].write(ExportData("J", "masks", [row], labels))))

    assert most_memory(work) < 250 * MIB
    assert size > 70_000_000


def test_a_page_of_noise_is_refused_by_name():
    page, out = io.BytesIO(), io.BytesIO()
    Image.fromarray((np.indices((2000, 2200)).sum(axis=0) % 2).astype(np.uint8)).save(page, "PNG")
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("labels.json", '{"labels": {"1": "Pear"}}')
        archive.writestr("masks/a.png", page.getvalue())
    with pytest.raises(BadFormat, match=r"masks/a\.png: its masks are of more than 2,000,000 runs"):
        list(FORMATS["png"].checked_items(ImportSource(out, "masks", labels=[])))


FILES = {
    "coco": b'{"categories":[{"id":1,"name":"Pear"}],"images":[{"id":1,"file_name":"a.png"}],"annotations":[{"id":1,'
    b'"image_id":1,"category_id":1,"segmentation":{"size":[30000,30000],"counts":[0,900000000]}}]}',
    "cvat": b'<annotations><image id="0" name="a.png"><mask label="Pear" rle="0,900000000" left="0" top="0" '
    b'width="30000" height="30000"/></image></annotations>',
}


@pytest.mark.parametrize("fmt", sorted(FILES))
def test_files_with_a_mask_larger_than_any_picture_unpack_none_of_it(fmt):
    outcome: list = []

    def work() -> None:
        try:
            outcome.extend(FORMATS[fmt].checked_items(ImportSource(io.BytesIO(FILES[fmt]), "masks", [])))
        except Exception as error:
            outcome.append(error)

    assert most_memory(work) < 8 * MIB
    message = " ".join(getattr(outcome[0], "dropped", [])) or str(outcome[0])
    assert "at most 100,000,000" in message
    assert "annotation 1: the mask has" in message or "mask 0: the mask has" in message


def test_a_mask_of_another_size_than_its_picture_is_refused_by_its_annotation():
    data = FILES["coco"].replace(b'"a.png"', b'"a.png","width":4,"height":3').replace(b"30000", b"4")
    with pytest.raises(BadFormat, match="image 1, annotation 1: its mask has 4 × 4 pixels, the image 4 × 3"):
        list(FORMATS["coco"].checked_items(ImportSource(io.BytesIO(data), "masks", [])))


def test_a_png_that_says_that_it_is_huge_is_refused_before_it_is_unpacked():
    """In a process of its own: Pillow's memory is not Python's."""
    code = """
import io, resource, struct, zipfile, zlib
from annotation.formats.base import ImportSource, BadFormat
from annotation.formats.catalog import FORMATS
head = b"\\x89PNG\\r\\n\\x1a\\n"
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
page = head + chunk(b"IHDR", struct.pack(">IIBBBBB", 12_000, 12_000, 8, 0, 0, 0, 0))
page += chunk(b"IDAT", zlib.compress(b"\\0" * (12_001 * 12_000), 9)) + chunk(b"IEND", b"")
out = io.BytesIO()
with zipfile.ZipFile(out, "w") as archive:
    archive.writestr("labels.json", '{"labels": {"1": "Pear"}}')
    archive.writestr("masks/a.png", page)
try:
    list(FORMATS["png"].checked_items(ImportSource(out, "masks", [])))
except BadFormat as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "masks/a.png has 12000 × 12000 pixels; pictures have 100,000,000 at most" in done.stdout
