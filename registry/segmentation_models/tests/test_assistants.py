import io

import numpy as np
import onnxruntime
import pytest

from registry.segmentation_models.models import Assistant
from registry.segmentation_models.tests.models import by_brightness

pytestmark = pytest.mark.django_db


def send(client, data, name="Bright"):
    file = io.BytesIO(data)
    file.name = "model.onnx"
    return client.post("/api/v1/assistants/", {"file": file, "name": name})


def test_a_model_is_checked_kept_and_given_to_the_browser(people):
    data = by_brightness()
    image = np.zeros((1, 3, 8, 8), dtype=np.float32)
    image[..., 2:5, 3:6] = 0.9
    points = {"points": np.array([[[4, 3]]], np.float32), "labels": np.ones((1, 1), np.float32)}
    mask = onnxruntime.InferenceSession(data).run(["mask"], {"image": image, **points})[0]
    assert ((mask[0, 0] > 0) == (image[0, 0] > 0.5)).all()
    made = send(people.client("scientist"), data)
    assert made.status_code == 201
    answer = people.client("annotator").get(f"/api/v1/assistants/{made.json()['id']}/")
    assert b"".join(answer.streaming_content) == data
    assert people.client("annotator", "theirs").get("/api/v1/assistants/").json()["results"] == []
    assert people.client("scientist").delete(f"/api/v1/assistants/{made.json()['id']}/").status_code == 204


def test_what_is_no_such_model_is_refused_with_a_reason(people):
    import onnx

    client = people.client("scientist")
    other = onnx.load_model_from_string(by_brightness())
    other.graph.output[0].name = other.graph.node[-1].output[0] = "logits"
    for data, word in ((b"junk", "no valid ONNX"), (other.SerializeToString(), "mask")):
        answer = send(client, data)
        assert answer.json()["code"] == "invalid"
        assert word in answer.json()["detail"]
    assert not Assistant.objects.exists()
    send(client, by_brightness())
    assert send(client, by_brightness()).status_code == 409
