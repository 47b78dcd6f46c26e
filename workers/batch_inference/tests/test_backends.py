from pathlib import Path

import numpy as np

from labelkit.tests.pictures import make_png
from registry.model_versions.models import ModelVersion
from registry.serving_backends.catalog import SERVING_BACKENDS
from registry.serving_backends.tests.toy import FACTS, BrightnessBackend
from workers.recipes.base import Example
from workers.recipes.tests.toys import Recorder
from workers.runtime.model_loading import load_predictor


def test_batches_predict_with_whatever_backend_serves_the_version(tmp_path: Path):
    (tmp_path / "image.png").write_bytes(make_png(1))
    backend = BrightnessBackend()
    with SERVING_BACKENDS.including(backend):
        model = load_predictor(ModelVersion(facts=FACTS), tmp_path)
        probabilities = model.predict([Example("1", tmp_path / "image.png")], Recorder(tmp_path, tmp_path))
    assert probabilities.shape == (1, 2)
    assert np.isclose(probabilities.sum(), 1)
    assert (model.labels, backend.call_count) == (["dark", "light"], 1)
