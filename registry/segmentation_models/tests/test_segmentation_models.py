import io

import numpy as np
import onnxruntime
import pytest

from registry.segmentation_models.models import SegmentationModel
from registry.segmentation_models.tests.models import by_brightness

pytestmark = pytest.mark.django_db


def send(client, data, name="Bright"):
    file = io.BytesIO(data)
    file.name = "model.onnx"
    return client.post("/api/v1/segmentation-models/", {"file": file, "name": name})


def test_a_model_is_checked_stored_and_sent_to_the_browser(people):
    data = by_brightness()
    image = np.zeros((1, 3, 8, 8), dtype=np.float32)
    image[..., 2:5, 3:6] = 0.9
    points = {"points": np.array([[[4, 3]]], np.float32), "labels": np.ones((1, 1), np.float32)}
    mask = onnxruntime.InferenceSession(data).run(["mask"], {"image": image, **points})[0]
    assert ((mask[0, 0] > 0) == (image[0, 0] > 0.5)).all()
    created = send(people.client("scientist"), data)
    assert created.status_code == 201
    response = people.client("annotator").get(f"/api/v1/segmentation-models/{created.json()['id']}/")
    assert b"".join(response.streaming_content) == data
    assert people.client("annotator", "theirs").get("/api/v1/segmentation-models/").json()["results"] == []
    assert people.client("scientist").delete(f"/api/v1/segmentation-models/{created.json()['id']}/").status_code == 204


def test_other_files_are_rejected_with_a_reason(people):
    import onnx

    client = people.client("scientist")
    renamed = onnx.load_model_from_string(by_brightness())
    renamed.graph.output[0].name = renamed.graph.node[-1].output[0] = "logits"
    for data, word in ((b"junk", "no valid ONNX"), (renamed.SerializeToString(), "mask")):
        response = send(client, data)
        assert response.json()["code"] == "segmentation_model_invalid"
        assert word in response.json()["detail"]
    assert not SegmentationModel.objects.exists()
    send(client, by_brightness())
    assert send(client, by_brightness()).status_code == 409
