"""A backend that only a test knows: the product serves its models, with no other file touched."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import requests

from labelkit.tests.pictures import make_png
from registry.deployments.client import KEY_HEADER, serving_key
from registry.deployments.serving.http import ServingApplication
from registry.deployments.serving.manager import ModelManager
from registry.model_versions.tests.factories import ModelVersionFactory
from registry.serving_backends.catalog import SERVING_BACKENDS
from registry.serving_backends.tests.toy import FACTS, BrightnessBackend

pytestmark = pytest.mark.django_db
WHITE = make_png(0, shade=255)


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def serving(settings) -> Iterator[ModelManager]:
    """A serving process in a thread; `manager.sync` is called by the test, which alone sees its rows."""
    manager = ModelManager("test:1")
    with make_server("127.0.0.1", 0, ServingApplication(manager), handler_class=Quiet) as server:
        settings.SERVING_URL = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield manager
        finally:
            server.shutdown()
            thread.join()


def deploy(people, version):
    body = {"name": "toy", "version_id": version.pk}
    return people.client("scientist").post("/api/v1/deployments/", body, "application/json")


def test_a_backend_of_a_test_serves_predictions_through_the_api(people, make_project, settings):
    project, backend, client = make_project(items=0), BrightnessBackend(), people.client("scientist")
    version = ModelVersionFactory(project=project, name="toy", version=1, facts=FACTS)
    refused = deploy(people, version)
    assert (refused.status_code, refused.json()["code"]) == (400, "version_not_servable")
    with SERVING_BACKENDS.including(backend), serving(settings) as manager:
        assert deploy(people, version).status_code == 201
        manager.sync()
        response = client.post("/api/v1/deployments/toy/predict/", WHITE, content_type="image/png")
        assert response.status_code == 200, response.content
        prediction = response.json()
        assert (prediction["label"], prediction["model_name"], prediction["version"]) == ("light", "toy", 1)
        assert prediction["top_labels"][0] == {"label": "light", "probability": prediction["confidence"]}
        assert prediction["confidence"] > 0.99
        unreadable = client.post("/api/v1/deployments/toy/predict/", b"text", content_type="image/png")
        assert (unreadable.status_code, unreadable.json()["code"]) == (400, "image_unreadable")

        models_url = f"{settings.SERVING_URL}/models"
        assert requests.get(models_url, timeout=10).status_code == 403
        (model,) = requests.get(models_url, headers={KEY_HEADER: serving_key()}, timeout=10).json()["models"]
        assert (model["version_id"], model["backend"], model["health"]) == (version.pk, "brightness", "")
        assert model["call_count"] == 2  # once to warm up

        client.delete("/api/v1/deployments/toy/")
        (worker,) = manager._workers.values()
        manager.sync()
        worker.batcher._thread.join(10)
        assert backend.loaded == []
