import numpy as np
import pytest

from labelkit.model_outputs import confident_regions, decode_runs, encode_runs, regions_value


def float_outputs(**outputs):
    return {key: np.array(value, dtype=np.float32) for key, value in outputs.items()}


def test_boxes_come_in_pixels_of_the_picture_and_the_faintest_are_left_out():
    annotation = regions_value(
        "boxes",
        float_outputs(
            scores=[0.9, 0.2, 0.01], classes=[1, 0, 0], boxes=[[0.1, 0.2, 0.5, 1.2], [0, 0, 0.5, 0.5], [0, 0, 1, 1]]
        ),
        ["cat", "dog"],
        (200, 100),
    )
    first = {"id": "m0", "label": "dog", "shape": "box", "x": 20.0, "y": 20.0, "w": 80.0, "h": 80.0, "score": 0.9}
    assert annotation["regions"][0] == first
    assert [region["label"] for region in annotation["regions"]] == ["dog", "cat"]
    assert [region["id"] for region in confident_regions(annotation)] == ["m0"]


def test_a_label_that_the_model_does_not_have_and_a_box_without_a_size_are_no_regions():
    outputs = float_outputs(scores=[0.9, 0.9], classes=[2, 0], boxes=[[0, 0, 1, 1], [0.5, 0.5, 0.5, 0.9]])
    assert regions_value("boxes", outputs, ["cat", "dog"], (50, 50)) == {"regions": []}


def test_keypoints_that_a_label_does_not_have_are_left_out():
    outputs = float_outputs(scores=[0.8], classes=[0], points=[[0.5, 0.25, 1.0, 0.75, -1, -1]])
    region = regions_value("keypoints", outputs, ["hand"], (40, 80))["regions"][0]
    assert region["points"] == [[20.0, 20.0, 2], [40.0, 60.0, 2]]


def test_touching_pixels_of_a_label_are_one_mask_and_specks_are_none():
    shares = np.zeros((2, 16, 16), dtype=np.float32)
    shares[0] = 0.6
    shares[1, 2:8, 3:9] = 0.9
    shares[1, 12, 12] = 0.9
    regions = regions_value("masks", {"shares": shares}, ["cell"], (16, 16))["regions"]
    assert [(mask["x"], mask["y"], mask["w"], mask["h"]) for mask in regions] == [(3, 2, 6, 6)]
    assert decode_runs(regions[0]["rle"], 6, 6).all()
    assert regions[0]["score"] == pytest.approx(0.9, abs=0.001)


@pytest.mark.parametrize("seed", range(5))
def test_runs_and_pixels_say_the_same(seed):
    bits = np.random.default_rng(seed).random((7, 11)) < 0.4
    assert np.array_equal(decode_runs(encode_runs(bits.ravel()), 11, 7), bits)
