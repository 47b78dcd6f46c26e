import numpy as np

from conftest import png
from registry.deployments.serving.loaded import read_pixels
from workers.recipes.base import read_rgb


def test_serving_sees_the_pixels_that_training_saw(tmp_path):
    (tmp_path / "a.png").write_bytes(png(3, side=90))
    assert np.array_equal(read_pixels(png(3, side=90), 64)[0], read_rgb(tmp_path / "a.png", 64))
